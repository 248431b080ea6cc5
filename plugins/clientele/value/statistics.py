"""Purchase histories, compressed to what the models need to know of them.

A history is three figures: on how many days the customer bought again (``x``), the time from the first
purchase to the last (``t_x``) and from the first purchase to the date (``T``). Customers with the same
three figures are one row with a count; the likelihood of a million customers is a sum over far fewer rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PurchaseHistories:
    """Distinct histories, one per position, ordered by ``repeat_days``, ``recency``, ``age``.

    ``recency`` (t_x) and ``age`` (T) are in one unit of time, here weeks. ``customers`` says how many
    customers have the history. ``distinct_repeats`` are the different values of ``repeat_days``, and
    ``repeats_at`` says which of them a history has: a function of x alone is computed once per distinct x.
    """

    repeat_days: Floats
    recency: Floats
    age: Floats
    customers: Floats
    distinct_repeats: Floats
    repeats_at: Integers

    @property
    def customers_count(self) -> int:
        return int(self.customers.sum())

    @property
    def repeaters_count(self) -> int:
        return int(self.customers[self.repeat_days > 0].sum())

    def customers_by_repeats(self) -> Floats:
        """Customers of every distinct number of repeat days, in the order of ``distinct_repeats``."""
        return _added_up(self.repeats_at, self.customers, len(self.distinct_repeats))


def compress(
    repeat_days: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    customers: npt.ArrayLike | None = None,
) -> PurchaseHistories:
    """Histories in any order, each with its number of customers (1 by default), as distinct sorted ones.

    Sorted, so that sums over them come out the same whatever order the customers came in. Raises ValueError
    on a history that cannot be: 0 <= t_x <= T, x >= 0, and t_x = 0 exactly where x = 0.
    """
    columns = [np.asarray(part, dtype=np.float64).ravel() for part in (repeat_days, recency, age)]
    _refuse_impossible(*columns)
    # One whole number per history, in the order of the histories, sorts three times as fast as three columns.
    values = [np.unique(column) for column in columns]
    places = [np.searchsorted(value, column) for value, column in zip(values, columns, strict=True)]
    shape = tuple(max(len(value), 1) for value in values)
    numbers = np.ravel_multi_index(places, shape)
    if customers is None:
        distinct, counted = np.unique(numbers, return_counts=True)
        counts = counted.astype(np.float64)
    else:
        distinct, groups = np.unique(numbers, return_inverse=True)
        counts = _added_up(groups, np.asarray(customers, dtype=np.float64).ravel(), len(distinct))
    repeats_at, recency_at, age_at = np.unravel_index(distinct, shape)
    return PurchaseHistories(
        repeat_days=values[0][repeats_at],
        recency=values[1][recency_at],
        age=values[2][age_at],
        customers=counts,
        distinct_repeats=values[0],
        repeats_at=repeats_at.astype(np.int64),
    )


def _added_up(groups: Integers, counts: Floats, length: int) -> Floats:
    return np.bincount(groups, weights=counts, minlength=length).astype(np.float64)


def _refuse_impossible(repeat_days: Floats, recency: Floats, age: Floats) -> None:
    is_possible = (
        (repeat_days >= 0) & (recency >= 0) & (recency <= age) & ((recency > 0) == (repeat_days > 0))
    )
    if not is_possible.all():
        raise ValueError(f"{(~is_possible).sum()} purchase histories cannot be")
