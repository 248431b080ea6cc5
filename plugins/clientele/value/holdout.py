"""How wrong a prediction would have been: made from the first part of the observation, held against the rest.

The plain heuristic is judged beside the model, for published comparisons find it hard to beat: M. Wübben,
F. v. Wangenheim, "Instant Customer Base Analysis: Managerial Heuristics Often 'Get It Right'", Journal of
Marketing 72 (2008) 82-93. It says that everybody buys as often as in the last span of the same length, and
that who has not bought for some time is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.value.bgnbd import expected_purchases, fit_bgnbd, repurchase_ratio
from clientele.value.fitting import Reason
from clientele.value.horizon import DAYS_PER_WEEK
from clientele.value.statistics import Floats, compress

#: A customer is said to buy again when that is at least as likely as not.
_EVEN = 0.5


@dataclass(frozen=True)
class Holdout:
    """Customers at the split and after it, one position per kind of customer.

    ``repeat_days``, ``recency`` and ``age`` are the history at the split, times in weeks. ``later_days`` are
    days of purchase in the span held out, ``span`` weeks long; ``earlier_days`` those in the span before the
    split that is as long. ``customers`` is how many are alike.
    """

    repeat_days: Floats
    recency: Floats
    age: Floats
    earlier_days: Floats
    later_days: Floats
    customers: Floats
    span: float


@dataclass(frozen=True)
class HoldoutErrors:
    """Errors over customers, of days of purchase in the span held out.

    ``total_deviation_ratio`` is how far the sum over all customers is off, as a fraction of what came: 0.1 is
    10% too many, None if nobody bought. ``activity_error_ratio`` is the share of customers of whom it was
    wrongly said whether they would buy at all.
    """

    mean_absolute_error: float
    root_mean_squared_error: float
    total_deviation_ratio: float | None
    activity_error_ratio: float


def errors_of_model(holdout: Holdout, minimum_repeaters: int = 1) -> HoldoutErrors | Reason:
    """Of a BG/NBD model fitted on the histories at the split; the reason where none can be. Never raises."""
    if holdout.span <= 0:
        return Reason.NO_SPAN
    fit = fit_bgnbd(
        compress(holdout.repeat_days, holdout.recency, holdout.age, holdout.customers), minimum_repeaters
    )
    if fit.parameters is None:
        return fit.reason or Reason.NO_CONVERGENCE
    history = (fit.parameters, holdout.repeat_days, holdout.recency, holdout.age)
    return _errors(
        holdout,
        expected_purchases(*history, horizon=holdout.span),
        repurchase_ratio(*history, horizon=holdout.span) >= _EVEN,
    )


def errors_of_heuristic(holdout: Holdout, active_days: int) -> HoldoutErrors | Reason:
    """Of "as often as in the span before", and "active if bought within ``active_days``"."""
    if holdout.span <= 0:
        return Reason.NO_SPAN
    if not holdout.customers.sum():
        return Reason.NO_CUSTOMERS
    since_last = (holdout.age - holdout.recency) * DAYS_PER_WEEK
    return _errors(holdout, holdout.earlier_days, since_last.round() <= active_days)


def _errors(
    holdout: Holdout, predicted: Floats, is_active: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> HoldoutErrors:
    counts, actual = holdout.customers, holdout.later_days
    total, bought = counts.sum(), (counts * actual).sum()
    off = predicted - actual
    return HoldoutErrors(
        mean_absolute_error=float((counts * np.abs(off)).sum() / total),
        root_mean_squared_error=float(np.sqrt((counts * off**2).sum() / total)),
        total_deviation_ratio=float((counts * off).sum() / bought) if bought else None,
        activity_error_ratio=float(counts[is_active != (actual > 0)].sum() / total),
    )
