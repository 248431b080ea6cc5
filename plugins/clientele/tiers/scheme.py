"""The shape of a scheme file. What a shape cannot say is in ``checks``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from clientele.tiers.intervals import Interval
from clientele.tiers.metrics import Unit

#: dbt renders Jinja in model files, so its delimiters would be code.
_JINJA = re.compile(r"\{\{|\{%|\{#")
_PERCENTAGE = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?%$"
#: Beyond this many digits a number in YAML is no longer exact.
_EXACT_DIGITS = 15


def _text(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty")
    if isinstance(value, str) and (_JINJA.search(value) or not value.isprintable()):
        raise ValueError("is plain text on one line, without {{, {% or {#")
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("should be a number, without quotes or a unit")  # noqa: TRY004 (pydantic wants ValueError)
    number = Decimal(str(value))
    if (
        not number.is_finite()
        or len(number.as_tuple().digits) > _EXACT_DIGITS
        or abs(number) >= Decimal("1e14")
    ):
        raise ValueError(
            f"should be a finite number of at most {_EXACT_DIGITS} digits, under 100 million million"
        )
    return number


def _percentage(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not re.match(_PERCENTAGE, value):
        raise ValueError("should be a percentage with its sign, such as 70%")
    return Decimal(value.removesuffix("%"))


Text = Annotated[str, BeforeValidator(_text), StringConstraints(strict=True, strip_whitespace=True)]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Percentage = Annotated[
    Decimal, BeforeValidator(_percentage), WithJsonSchema({"type": "string", "pattern": _PERCENTAGE})
]
PositiveInteger = Annotated[int, Field(strict=True, ge=1)]
Identifier = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]


class Shape(BaseModel):
    """A mapping of a scheme file: unknown keys are refused, and it does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Translated(Shape):
    """The same in Chinese and in English."""

    zh: Text
    en: Text


class BasisMetric(Shape):
    """A metric that the scheme reads, its unit, and what reasons call it."""

    metric: Identifier
    unit: Unit
    name: Translated


class Bounds(Shape):
    """One or two bounds on a figure; lower and upper meet no value twice."""

    at_least: Number | None = None
    over: Number | None = None
    at_most: Number | None = None
    under: Number | None = None

    @model_validator(mode="after")
    def _bounds_make_an_interval(self) -> Self:
        if self.at_least is not None and self.over is not None:
            raise ValueError("has both at_least and over: keep one")
        if self.at_most is not None and self.under is not None:
            raise ValueError("has both at_most and under: keep one")
        if self.interval == Interval():
            raise ValueError("has no bound: give at_least, over, at_most or under")
        if self.interval.is_empty:
            raise ValueError("holds for no value: its lower bound is above its upper one")
        return self

    @property
    def interval(self) -> Interval:
        """The values within the bounds."""
        return Interval(
            low=self.over if self.at_least is None else self.at_least,
            includes_low=self.at_least is not None,
            high=self.under if self.at_most is None else self.at_most,
            includes_high=self.at_most is not None,
        )


class Condition(Bounds):
    """A figure of the customer that must lie within the bounds; an unknown figure does not."""

    metric: Identifier


class AtLeastOf(Shape):
    """At least so many of the conditions hold."""

    at_least: PositiveInteger
    of: Annotated[list[Condition], Field(min_length=1)]


class Tier(Shape):
    """A tier: a higher ``rank`` is better; ranks are the only thing compared."""

    code: Code
    rank: PositiveInteger
    name: Translated
    benefits: list[Translated]


class ShareTier(Tier):
    """Given while the share before the customer is under the cut; the last tier has no cut."""

    share_under: Percentage | None = None


class BandTier(Tier, Bounds):
    """Given to figures within the bounds."""


class CriteriaTier(Tier):
    """Given to those who meet ``when`` and nothing of a higher tier; the last tier has no ``when``."""

    when: AtLeastOf | None = None


class Score(Shape):
    """A metric scored 1 (worst) to the number of quantiles (best) by its quantile cut points."""

    code: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]$")]
    metric: Identifier
    better: Literal["lower", "higher"]


ScoreRange = Annotated[list[PositiveInteger], Field(min_length=2, max_length=2)]


class ScoreRule(Shape):
    """The tier of those whose scores lie within the ranges, ends included; a score left out is free."""

    tier: Code
    when: dict[str, ScoreRange]


class SchemeBase(Shape):
    """What every scheme has, whatever its method."""

    id: Identifier
    version: PositiveInteger
    title: Translated
    population: Annotated[
        list[Condition], Field(description="All must hold; without it, every customer known by the date.")
    ] = []
    basis: Annotated[
        list[BasisMetric], Field(min_length=1, description="Every metric that the scheme reads.")
    ]


class CumulativeShareScheme(SchemeBase):
    """Customers from the highest figure down, cut by the part of the total that those before hold."""

    method: Literal["cumulative_share"]
    metric: Identifier
    tiers: Annotated[list[ShareTier], Field(min_length=2)]


class RankShareScheme(SchemeBase):
    """Customers from the highest figure down, cut by the part of the customers that stand before."""

    method: Literal["rank_share"]
    metric: Identifier
    tiers: Annotated[list[ShareTier], Field(min_length=2)]


class BandsScheme(SchemeBase):
    """One figure, cut into bands that meet without gap or overlap."""

    method: Literal["bands"]
    metric: Identifier
    tiers: Annotated[list[BandTier], Field(min_length=2)]


class CriteriaScheme(SchemeBase):
    """The highest tier of which the customer meets enough criteria; the last tier takes the rest."""

    method: Literal["criteria"]
    tiers: Annotated[list[CriteriaTier], Field(min_length=2)]


class QuantileScoresScheme(SchemeBase):
    """Scores by quantile cut points, and ordered rules over them: the first that holds gives the tier."""

    method: Literal["quantile_scores"]
    quantiles: Annotated[int, Field(strict=True, ge=2, le=9)]
    scores: Annotated[list[Score], Field(min_length=1, max_length=4)]
    rules: Annotated[list[ScoreRule], Field(min_length=1)]
    tiers: Annotated[list[Tier], Field(min_length=2)]


Scheme = CumulativeShareScheme | RankShareScheme | BandsScheme | CriteriaScheme | QuantileScoresScheme


class SchemeMeta(Shape):
    """The scheme stands under ``config.meta.scheme`` of its model."""

    scheme: Annotated[Scheme, Field(discriminator="method")]


class SchemeConfig(Shape):
    """The configuration of a scheme's model: nothing but the scheme."""

    meta: SchemeMeta


class SchemeModel(Shape):
    """The dbt model of a scheme."""

    name: Identifier
    description: Annotated[str, Field(min_length=1)]
    config: SchemeConfig


class SchemeFile(Shape):
    """A scheme file: one dbt model with its scheme."""

    version: Literal[2] | None = None
    models: Annotated[list[SchemeModel], Field(min_length=1, max_length=1)]

    @property
    def scheme(self) -> Scheme:
        return self.models[0].config.meta.scheme


def json_schema() -> dict[str, Any]:
    """The JSON schema of a scheme file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A clientele scheme",
        **{key: value for key, value in SchemeFile.model_json_schema().items() if key != "title"},
    }
