"""The shape of a scheme's movement policy: when a customer is judged anew, and what that may change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from clientele.tiers.shapes import Code, Count, PositiveInteger, Shape

Month = Annotated[int, Field(strict=True, ge=1, le=12)]
Cadence = Literal["daily", "monthly", "quarterly", "yearly", "anniversary"]


class MaximumDowngrades(Shape):
    """No more downgrades than ``count``, at most 6, in the ``months`` that end at the review."""

    count: Annotated[int, Field(strict=True, ge=1, le=6)]
    months: PositiveInteger


def _cadence_kind(value: object) -> str:
    return "<months>" if isinstance(value, list) else "<name>"


class Policy(Shape):
    """How tiers move between reviews and at them; without a policy the computed tier holds at every date.

    ``cadence``: every day, month, quarter or year, on the anniversary of joining, or in these months.
    ``upgrade``: at any date, or at a review; ``immediate_tiers`` are reached at any date all the same.
    ``downgrade``: by one tier, to the tier that fits, to the lowest tier, or never.
    ``grace_days``: how long a customer may fall short before falling.
    ``minimum_hold_months``: how long a tier is held at least. ``hold_until``: a tier once reached is held to
    the end of the next calendar year.
    """

    cadence: Annotated[
        Annotated[Cadence, Tag("<name>")]
        | Annotated[list[Month], Field(min_length=1, max_length=12), Tag("<months>")],
        Discriminator(_cadence_kind),
    ]
    upgrade: Literal["immediate", "at_review"]
    immediate_tiers: Annotated[list[Code], Field(default_factory=list)]
    downgrade: Literal["one_level", "to_fit", "to_base", "never"]
    grace_days: Count = 0
    minimum_hold_months: Count = 0
    hold_until: Literal["end_of_next_year"] | None = None
    maximum_downgrades: MaximumDowngrades | None = None
