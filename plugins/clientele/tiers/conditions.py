"""The shape of conditions on a customer's figures and attributes."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator

from clientele.tiers.intervals import Interval
from clientele.tiers.shapes import Code, Identifier, Number, Percentage, PositiveInteger, Shape, Text


class Bounds(Shape):
    """Bounds on a figure, at most one on each side; lower and upper meet no value twice."""

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

    @property
    def has_bounds(self) -> bool:
        return self.interval != Interval()


class TimesOther(Shape):
    """So many times another figure of the customer."""

    metric: Identifier
    times: Number


class ReferrerOf(Shape):
    """Whoever has referred a customer for whom a rule of the tier holds."""

    tier: Code


class Condition(Bounds):
    """What must be so of the customer, said in one way; an unknown figure meets only ``is_known: false``."""

    metric: Identifier | None = None
    is_: Annotated[StrictBool | Text | None, Field(alias="is")] = None
    in_: Annotated[list[Text] | None, Field(alias="in", min_length=1)] = None
    is_known: StrictBool | None = None
    over_times: TimesOther | None = None
    at_least_times: TimesOther | None = None
    top_share: Percentage | None = None
    bottom_share: Percentage | None = None
    above_median: StrictBool | None = None
    referrer_of: ReferrerOf | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if not self.kinds:
            raise ValueError(
                "asks for nothing: give at_least, over, at_most, under, is, in, is_known, over_times, "
                "at_least_times, top_share, bottom_share, above_median or referrer_of"
            )
        if len(self.kinds) > 1:
            raise ValueError(f"asks for {' and '.join(self.kinds)}: keep one, or make two conditions of it")
        if (self.metric is None) != (self.referrer_of is not None):
            raise ValueError("needs a metric" if self.metric is None else "referrer_of takes no metric")
        return self

    @property
    def kinds(self) -> list[str]:
        """What the condition asks for, by the keys of the file; bounds are one kind."""
        others = {
            "is": self.is_,
            "in": self.in_,
            "is_known": self.is_known,
            "over_times": self.over_times,
            "at_least_times": self.at_least_times,
            "top_share": self.top_share,
            "bottom_share": self.bottom_share,
            "above_median": self.above_median,
            "referrer_of": self.referrer_of,
        }
        return [
            *(["bounds"] if self.has_bounds else []),
            *(key for key, value in others.items() if value is not None),
        ]

    @property
    def kind(self) -> str:
        return self.kinds[0]

    @property
    def is_ranking(self) -> bool:
        """Whether it holds by the customer's place among all customers of the population."""
        return self.kind in ("top_share", "bottom_share", "above_median")

    @property
    def multiple(self) -> TimesOther | None:
        return self.over_times or self.at_least_times

    def contains(self, narrower: Condition) -> bool:
        """Whether whoever meets ``narrower`` surely meets this condition."""
        if self == narrower:
            return True
        if self.metric != narrower.metric:
            return False
        if self.kind == "is_known":
            return self.is_known is True and narrower.is_known is None
        if self.kind == narrower.kind == "bounds":
            return self.interval.contains(narrower.interval)
        if self.top_share is not None and narrower.top_share is not None:
            return self.top_share >= narrower.top_share
        if self.in_ is not None:
            return set(narrower.in_ or {str(narrower.is_)}) <= set(self.in_)
        return False


Conditions = Annotated[list[Condition], Field(min_length=1)]


class AtLeastOf(Shape):
    """At least so many of the conditions hold."""

    at_least: PositiveInteger
    of: Conditions


def implies(narrow: AtLeastOf, wide: AtLeastOf) -> bool:
    """Whether whoever meets ``narrow`` surely meets ``wide``, by looking at each condition for itself."""
    return all(
        sum(any(asked.contains(given) for given in met) for asked in wide.of) >= wide.at_least
        for met in combinations(narrow.of, narrow.at_least)
    )
