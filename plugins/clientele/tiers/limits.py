"""The shape of a scheme's limits: what a review may do before somebody has to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from clientele.tiers.findings import Finding
from clientele.tiers.shapes import Number, Percentage, PositiveInteger, Shape

if TYPE_CHECKING:
    from clientele.tiers.scheme import Scheme


class Limits(Shape):
    """How much may change at a review; a key left out is that of ``review_limits`` in dbt_project.yml.

    ``downgraded`` and ``upgraded`` are parts of the customers there were before, ``falling_net_sales`` is
    the part of the twelve months' net sales that those who fall hold, ``near_threshold`` the part of the
    customers who are within ``near_threshold_within`` of the bound of another tier. 100% lifts a limit.
    ``times_usual``: how many times its usual share a review may move before it is pointed out. With fewer
    customers before than ``from_customers`` no share is held against a limit.
    """

    downgraded: Percentage | None = None
    upgraded: Percentage | None = None
    falling_net_sales: Percentage | None = None
    near_threshold: Percentage | None = None
    near_threshold_within: Percentage | None = None
    times_usual: Annotated[Number | None, Field(gt=1)] = None
    from_customers: PositiveInteger | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("names no limit")
        return self


def check_limits(scheme: Scheme) -> Iterator[Finding]:
    """Yield the limits of a scheme that could never be passed."""
    if scheme.limits is None:
        return
    if scheme.policy and scheme.policy.downgrade == "never":
        for key in ("downgraded", "falling_net_sales"):
            if getattr(scheme.limits, key) is not None:
                yield Finding(("limits", key), f"{key} never matters: downgrade is never")
