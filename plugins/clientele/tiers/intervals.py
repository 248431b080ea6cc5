"""Intervals of exact numbers: what two bounds say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Interval:
    """The numbers between two ends; None is without end."""

    low: Decimal | None = None
    includes_low: bool = False
    high: Decimal | None = None
    includes_high: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (
            self.low == self.high and not (self.includes_low and self.includes_high)
        )

    def contains(self, other: Interval) -> bool:
        """Whether every number of ``other`` lies in this interval."""
        starts_before = self.low is None or (
            other.low is not None
            and (other.low > self.low or (other.low == self.low and self.includes_low >= other.includes_low))
        )
        ends_after = self.high is None or (
            other.high is not None
            and (
                other.high < self.high
                or (other.high == self.high and self.includes_high >= other.includes_high)
            )
        )
        return starts_before and ends_after

    def of_whole_numbers(self) -> Interval:
        """The same whole numbers, as an interval that includes its ends (which are whole)."""
        low = None if self.low is None else self.low if self.includes_low else self.low + 1
        high = None if self.high is None else self.high if self.includes_high else self.high - 1
        return Interval(low, low is not None, high, high is not None)


def seam_problem(lower: Interval, upper: Interval, *, are_whole: bool) -> str | None:
    """Why ``upper`` does not begin exactly where ``lower`` ends, or None when it does."""
    if are_whole:
        lower, upper = lower.of_whole_numbers(), upper.of_whole_numbers()
    if lower.high is None or upper.low is None:
        return "overlaps the next band without end"
    if are_whole:
        gap = upper.low - lower.high - 1
    elif lower.high == upper.low:
        gap = Decimal(1 - lower.includes_high - upper.includes_low)
    else:
        gap = upper.low - lower.high
    if gap > 0 and lower.high == upper.low:
        return f"leaves out {lower.high} before the next band"
    if gap > 0:
        return f"leaves a gap between {lower.high} and {upper.low}"
    return f"overlaps the next band at {upper.low}" if gap < 0 else None
