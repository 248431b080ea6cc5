"""The shape of a scheme file. What a shape cannot say is in ``checks``."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ConfigDict, Discriminator, Field, StrictBool, StringConstraints, Tag, model_validator

from clientele.tiers.conditions import AtLeastOf, Bounds, Condition, Conditions
from clientele.tiers.limits import Limits
from clientele.tiers.metrics import Unit
from clientele.tiers.policy import Policy
from clientele.tiers.shapes import (
    Code,
    Identifier,
    Number,
    Percentage,
    PositiveInteger,
    Shape,
    Text,
    Translated,
)

#: What a scheme may ask the feeds for, as int_feeds_present lists it.
Need = Literal[
    "members",
    "buyer_types",
    "birth_years",
    "genders",
    "stored_values",
    "referrals",
    "overdue_amounts",
    "agreements",
    "service_events",
    "complaints",
    "surveys",
    "personality_tags",
    "prospects",
    "costs",
    "categories",
    "discounts",
    "predictions",
    "vip_tiers",
]
NEEDS: tuple[Need, ...] = get_args(Need)
Window = Literal["1m", "3m", "6m", "12m", "24m", "lifetime"]


class BasisMetric(Shape):
    """A metric or attribute that the scheme reads, its unit, and what reasons call it."""

    metric: Identifier
    unit: Unit
    name: Translated


class Term(Shape):
    """A part of a weighted sum."""

    metric: Identifier
    times: Number


class CountVisits(Shape):
    """The visits of the window whose net sales are over the amount."""

    amount_over: Number
    window: Window


class Figure(Shape):
    """A figure of the scheme's own: a weighted sum, or a count of visits. It stands wherever a metric may."""

    code: Identifier
    unit: Unit
    name: Translated
    sum: Annotated[list[Term], Field(min_length=1)] | None = None
    count_visits: CountVisits | None = None

    @model_validator(mode="after")
    def _is_made_in_one_way(self) -> Self:
        if (self.sum is None) == (self.count_visits is None):
            raise ValueError("is made in one way: give sum or count_visits")
        return self


class Benefit(Translated):
    """What the tier gives; ``cost_amount`` is what it costs a year for one customer."""

    cost_amount: Annotated[Number, Field(ge=0)] | None = None


class Contact(Shape):
    """How often the customers of a tier are to be visited or called."""

    every_days: PositiveInteger
    by: Literal["visit", "call"]


def _one_or_several(value: object) -> str:
    return "<several>" if isinstance(value, list) else "<one>"


class Tier(Shape):
    """A tier: a higher ``rank`` is better; ranks are the only thing compared."""

    code: Code
    rank: PositiveInteger
    name: Translated
    benefits: list[Benefit]
    actions: Annotated[list[Translated], Field(default_factory=list)]
    contact: (
        Annotated[
            Annotated[Contact, Tag("<one>")]
            | Annotated[list[Contact], Field(min_length=1), Tag("<several>")],
            Discriminator(_one_or_several),
        ]
        | None
    ) = None


class KeepTier(Tier):
    """A tier that a customer who is in it keeps while ``keep`` holds."""

    keep: AtLeastOf | None = None


class ShareTier(Tier):
    """Given while the share before the customer is under the cut; the last tier has no cut."""

    share_under: Percentage | None = None


class BandTier(KeepTier, Bounds):
    """Given to figures within the bounds."""

    @model_validator(mode="after")
    def _has_bounds(self) -> Self:
        if not self.has_bounds:
            raise ValueError("has no bound: give at_least, over, at_most or under")
        return self


class CriteriaTier(KeepTier):
    """Given to those who meet ``when`` and nothing of a higher tier; the last tier has no ``when``."""

    when: AtLeastOf | None = None


class Rule(Shape):
    """The tier of those who meet all, any or so many of the conditions; the last rule has none."""

    tier: Code
    all: Conditions | None = None
    any: Conditions | None = None
    at_least: PositiveInteger | None = None
    of: Conditions | None = None

    @model_validator(mode="after")
    def _asks_in_one_way(self) -> Self:
        if (self.at_least is None) != (self.of is None):
            raise ValueError("at_least and of go together")
        if sum(conditions is not None for conditions in (self.all, self.any, self.of)) > 1:
            raise ValueError("asks in several ways: keep one of all, any and at_least with of")
        return self

    @property
    def key(self) -> Literal["all", "any", "of"]:
        """The key under which the conditions stand."""
        return "all" if self.all else "any" if self.any else "of"

    @property
    def when(self) -> AtLeastOf | None:
        """What the rule asks for; None for the rule that takes the rest."""
        if self.all:
            return AtLeastOf(at_least=len(self.all), of=self.all)
        if self.any:
            return AtLeastOf(at_least=1, of=self.any)
        if self.of and self.at_least:
            return AtLeastOf(at_least=self.at_least, of=self.of)
        return None


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


class Level(Bounds):
    """A level of an axis, cut by the place among all customers or by bounds; the last takes the rest."""

    code: Code
    top_share: Percentage | None = None
    above_median: Literal[True] | None = None

    @property
    def cuts(self) -> list[str]:
        """In which ways the level is cut."""
        return [
            *(["bounds"] if self.has_bounds else []),
            *(["top_share"] if self.top_share is not None else []),
            *(["above_median"] if self.above_median else []),
        ]

    @model_validator(mode="after")
    def _is_cut_in_one_way(self) -> Self:
        if len(self.cuts) > 1:
            raise ValueError(f"is cut by {' and '.join(self.cuts)}: keep one")
        return self

    def condition(self, metric: str) -> Condition | None:
        """The level as a condition on the axis's metric; None for the rest."""
        if not self.cuts:
            return None
        return Condition(
            metric=metric,
            at_least=self.at_least,
            over=self.over,
            at_most=self.at_most,
            under=self.under,
            top_share=self.top_share,
            above_median=self.above_median,
        )


class Axis(Shape):
    """A metric in levels, the first that holds from the top."""

    code: Identifier
    metric: Identifier
    levels: Annotated[list[Level], Field(min_length=2)]


class Cell(Shape):
    """The tier of those in the levels named for each axis; an axis left out is free."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Annotated[list[Code], Field(min_length=1)]]

    tier: Code

    @property
    def levels(self) -> dict[str, list[str]]:
        return self.__pydantic_extra__


class SchemeBase(Shape):
    """What every scheme has, whatever its method."""

    id: Identifier
    version: PositiveInteger
    title: Translated
    needs: Annotated[
        list[Need],
        Field(
            default_factory=list,
            description="What the feeds must bring; where it is absent the scheme places nobody.",
        ),
    ]
    includes_prospects: Annotated[
        StrictBool, Field(description="Whether those who are only prospects are placed as well.")
    ] = False
    population: Annotated[
        list[Condition],
        Field(
            default_factory=list,
            description="All must hold; without it, every customer known by the date.",
        ),
    ]
    basis: Annotated[
        list[BasisMetric],
        Field(min_length=1, description="Every metric and attribute that the scheme reads."),
    ]
    figures: Annotated[
        list[Figure],
        Field(default_factory=list, description="Figures made of metrics; each may read those above it."),
    ]
    policy: Policy | None = None
    limits: Limits | None = None


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


class RulesScheme(SchemeBase):
    """Ordered rules, whatever the ranks of their tiers: the first that holds gives the tier."""

    method: Literal["rules"]
    rules: Annotated[list[Rule], Field(min_length=2)]
    tiers: Annotated[list[KeepTier], Field(min_length=2)]


class QuantileScoresScheme(SchemeBase):
    """Scores by quantile cut points, and ordered rules over them: the first that holds gives the tier."""

    method: Literal["quantile_scores"]
    quantiles: Annotated[int, Field(strict=True, ge=2, le=9)]
    scores: Annotated[list[Score], Field(min_length=1, max_length=4)]
    scored: Annotated[
        Conditions | None, Field(description="Who is scored; without it, everybody of the population.")
    ] = None
    otherwise: Annotated[Code | None, Field(description="The tier of those who are not scored.")] = None
    rules: Annotated[list[ScoreRule], Field(min_length=1)]
    tiers: Annotated[list[Tier], Field(min_length=2)]

    @model_validator(mode="after")
    def _places_those_who_are_not_scored(self) -> Self:
        if (self.scored is None) != (self.otherwise is None):
            raise ValueError("scored and otherwise go together")
        return self


class MatrixScheme(SchemeBase):
    """Levels on two or more axes, and ordered cells over them: the first that holds gives the tier."""

    method: Literal["matrix"]
    axes: Annotated[list[Axis], Field(min_length=2, max_length=4)]
    cells: Annotated[list[Cell], Field(min_length=1)]
    tiers: Annotated[list[Tier], Field(min_length=2)]


class AttributeMapScheme(SchemeBase):
    """The tier that the value of an attribute stands for."""

    method: Literal["attribute_map"]
    metric: Identifier
    map: Annotated[dict[Text, Code], Field(min_length=1)]
    otherwise: Annotated[Code, Field(description="The tier of every other value, and of none.")]
    tiers: Annotated[list[Tier], Field(min_length=2)]


Scheme = (
    CumulativeShareScheme
    | RankShareScheme
    | BandsScheme
    | CriteriaScheme
    | RulesScheme
    | QuantileScoresScheme
    | MatrixScheme
    | AttributeMapScheme
)


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
