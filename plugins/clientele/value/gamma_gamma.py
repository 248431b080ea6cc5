"""Gamma-Gamma: how much a customer spends on a day of purchase.

What a customer spends varies around a mean of their own, and that mean varies over customers, both
gamma-distributed: ``p`` is the shape within a customer, ``q`` and ``v`` shape and scale over customers. A
customer with few purchases is drawn towards the mean of all.

P. S. Fader, B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), brucehardie.com/notes/025:
the likelihood is its equation 1a, the conditional mean its equation 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from clientele.value.fitting import Fit, Reason, maximise, too_little
from clientele.value.statistics import Floats


@dataclass(frozen=True)
class GammaGammaParameters:
    """``p`` and ``q`` without unit, ``v`` in units of money; all positive."""

    p: float
    q: float
    v: float


@dataclass(frozen=True)
class RepeatSpending:
    """Mean spend of every customer with repeat purchases, ordered by number of purchases and mean.

    ``distinct_repeats`` and ``repeats_at`` are those of ``PurchaseHistories``.
    """

    repeat_days: Floats
    mean_amount: Floats
    distinct_repeats: Floats
    repeats_at: npt.NDArray[np.int64]

    @property
    def customers_count(self) -> int:
        return len(self.repeat_days)


def repeat_spending(repeat_days: npt.ArrayLike, mean_amount: npt.ArrayLike) -> RepeatSpending:
    """The customers the model is about: those who bought again, for more than nothing on average.

    A mean of zero or less has no likelihood under the model. Order does not matter.
    """
    x = np.asarray(repeat_days, dtype=np.float64).ravel()
    mean = np.asarray(mean_amount, dtype=np.float64).ravel()
    is_spender = (x > 0) & (mean > 0)
    x, mean = x[is_spender], mean[is_spender]
    order = np.lexsort((mean, x))
    distinct, position = np.unique(x[order], return_inverse=True)
    return RepeatSpending(x[order], mean[order], distinct, position.astype(np.int64))


def log_likelihood(parameters: GammaGammaParameters, spending: RepeatSpending) -> tuple[float, Floats]:
    """Of all customers together, and its gradient by p, q, v."""
    p, q, v = parameters.p, parameters.q, parameters.v
    x, mean, repeats = spending.repeat_days, spending.mean_amount, spending.distinct_repeats
    counts = np.bincount(spending.repeats_at, minlength=len(repeats))
    customers = spending.customers_count

    spent = x * mean
    log_spent, log_scale = np.log(spent), np.log(spent + v)
    height = (
        (counts * (gammaln(p * repeats + q) - gammaln(p * repeats))).sum()
        + customers * (q * np.log(v) - gammaln(q))
        + (p * x * log_spent - np.log(mean) - (p * x + q) * log_scale).sum()
    )
    both = digamma(p * repeats + q)
    slope = np.array(
        [
            (counts * repeats * (both - digamma(p * repeats))).sum() + (x * (log_spent - log_scale)).sum(),
            (counts * both).sum() + customers * (np.log(v) - digamma(q)) - log_scale.sum(),
            customers * q / v - ((p * x + q) / (spent + v)).sum(),
        ]
    )
    return float(height), slope


def fit_gamma_gamma(spending: RepeatSpending, minimum_repeaters: int = 1) -> Fit[GammaGammaParameters]:
    """The parameters that make the means likeliest, or the reason why there are none. Never raises.

    With q at 1 or below the mean over customers is infinite and nothing can be expected of anybody.
    """
    customers = spending.customers_count
    reason = too_little(customers, customers, minimum_repeaters)
    if reason is not None:
        return Fit(None, None, customers, customers, reason)

    def objective(logarithms: Floats) -> tuple[float, Floats]:
        positive = np.exp(logarithms)
        height, slope = log_likelihood(GammaGammaParameters(*positive), spending)
        return height / customers, slope * positive / customers

    # At the start v is such that the mean over customers is the one seen.
    mean = spending.mean_amount.mean()
    starts = [
        np.log([p, q, mean * (q - 1) / p]) for p, q in ((4.0, 4.0), (1.0, 2.0), (20.0, 20.0), (0.3, 1.5))
    ]
    top = maximise(objective, starts)
    if top is None:
        return Fit(None, None, customers, customers, Reason.NO_CONVERGENCE)
    logarithms, height = top
    parameters = GammaGammaParameters(*(float(value) for value in np.exp(logarithms)))
    if parameters.q <= 1:
        return Fit(None, None, customers, customers, Reason.INFINITE_MEAN)
    return Fit(parameters, height * customers, customers, customers, None)


def expected_mean(
    parameters: GammaGammaParameters, repeat_days: npt.ArrayLike, mean_amount: npt.ArrayLike
) -> Floats:
    """Spend per purchase to expect, given ``repeat_days`` purchases of ``mean_amount`` on average.

    Without a repeat purchase it is the mean over customers, p v / (q - 1). In units of money.
    """
    x = np.asarray(repeat_days, dtype=np.float64)
    spent = np.where(x > 0, x * np.asarray(mean_amount, dtype=np.float64), 0.0)
    p, q, v = parameters.p, parameters.q, parameters.v
    return np.asarray(p * (v + spent) / (p * x + q - 1))
