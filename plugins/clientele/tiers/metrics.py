"""The figures of ``customer_values`` that a scheme may read, with their units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Unit = Literal["money", "visits", "visits_per_month", "weeks", "days", "ratio"]
UNITS: tuple[Unit, ...] = get_args(Unit)
#: Units that count whole things.
WHOLE_UNITS: frozenset[Unit] = frozenset({"visits", "weeks", "days"})
#: Decimals that a figure of the unit has.
DECIMALS: Mapping[Unit, int] = {
    "money": 4,
    "visits": 0,
    "visits_per_month": 4,
    "weeks": 0,
    "days": 0,
    "ratio": 6,
}
WINDOWS = ("1m", "3m", "6m", "12m", "24m", "lifetime")


@dataclass(frozen=True)
class Metric:
    """A column of ``customer_values``.

    ``is_additive``: the figures of customers add up to a total that means something.
    ``is_better_high``: more of it is better, so that it can be ranked from the highest.
    ``known_after_visit_in``: the window that needs a visit for the figure to exist; None when it always does.
    """

    name: str
    unit: Unit
    is_additive: bool = False
    is_better_high: bool = True
    known_after_visit_in: str | None = None


_METRICS = (
    *(Metric(f"net_sales_{window}_amount", "money", is_additive=True) for window in WINDOWS),
    *(Metric(f"visits_{window}_count", "visits", is_additive=True) for window in WINDOWS),
    Metric("recency_days", "days", is_better_high=False, known_after_visit_in="lifetime"),
    Metric("last_visit_amount", "money", known_after_visit_in="lifetime"),
    Metric("largest_visit_amount", "money", known_after_visit_in="lifetime"),
    Metric("average_visit_12m_amount", "money", known_after_visit_in="12m"),
    Metric("visits_12m_per_month", "visits_per_month"),
    Metric("consecutive_weeks_count", "weeks"),
    Metric("return_12m_ratio", "ratio", is_better_high=False, known_after_visit_in="12m"),
)
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _METRICS}


def visit_counts_that_imply(window: str) -> frozenset[str]:
    """Names of the visit counts that are at least 1 only when there is a visit in ``window``."""
    return frozenset(f"visits_{shorter}_count" for shorter in WINDOWS[: WINDOWS.index(window) + 1])
