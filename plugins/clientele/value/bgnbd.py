"""BG/NBD: how often customers buy again, and whether they still will.

While active, a customer buys at a rate of their own (gamma-distributed over customers: ``r``, ``alpha``), and
after every purchase leaves for good with a probability of their own (beta-distributed: ``a``, ``b``).

P. S. Fader, B. G. S. Hardie, K. L. Lee, "'Counting Your Customers' the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24 (2005) 275-284. The likelihood is their equation 6, written as a sum
of logarithms; the conditional expectation their equation 10; P(alive) their technical note of 2008.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln, hyp2f1

from clientele.value.fitting import Fit, Reason, maximise, too_little
from clientele.value.statistics import Floats, PurchaseHistories

#: Where a formula divides 0 by 0, the parameter is moved by this much: the function itself is smooth there.
_NUDGE = 1e-6


@dataclass(frozen=True)
class BgNbdParameters:
    """``r`` and ``alpha`` (in units of time) of the buying rate, ``a`` and ``b`` of leaving; all positive."""

    r: float
    alpha: float
    a: float
    b: float


def log_likelihood(parameters: BgNbdParameters, histories: PurchaseHistories) -> tuple[float, Floats]:
    """Of all customers together, and its gradient by r, alpha, a, b."""
    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    x, counts = histories.repeat_days, histories.customers
    repeats, counts_by_repeats = histories.distinct_repeats, histories.customers_by_repeats()

    # Two ways to a history: still active at T, or gone after the last purchase. Both without what they share.
    log_age, log_recency = np.log(alpha + histories.age), np.log(alpha + histories.recency)
    is_repeater = x > 0
    times_left = np.where(is_repeater, b + x - 1, 1.0)
    log_gone = np.where(is_repeater, np.log(a / times_left) - (r + x) * (log_recency - log_age), -np.inf)
    log_both = np.logaddexp(0.0, log_gone)
    gone = np.exp(log_gone - log_both)

    by_repeats = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
    by_repeats += gammaln(a + b) - gammaln(a + b + repeats) + gammaln(b + repeats) - gammaln(b)
    height = (counts_by_repeats * by_repeats).sum() + (counts * (log_both - (r + x) * log_age)).sum()

    log_time = log_age + gone * (log_recency - log_age)
    time = (1 - gone) / (alpha + histories.age) + gone / (alpha + histories.recency)
    total = counts.sum()
    ends = digamma(a + b) - digamma(a + b + repeats)
    slope = np.array(
        [
            (counts_by_repeats * (digamma(r + repeats) - digamma(r))).sum()
            + total * np.log(alpha)
            - (counts * log_time).sum(),
            total * r / alpha - (counts * (r + x) * time).sum(),
            (counts_by_repeats * ends).sum() + (counts * gone).sum() / a,
            (counts_by_repeats * (ends + digamma(b + repeats) - digamma(b))).sum()
            - (counts * gone / times_left).sum(),
        ]
    )
    return float(height), slope


def fit_bgnbd(histories: PurchaseHistories, minimum_repeaters: int = 1) -> Fit[BgNbdParameters]:
    """The parameters that make the histories likeliest, or the reason why there are none. Never raises."""
    customers, repeaters = histories.customers_count, histories.repeaters_count
    reason = too_little(customers, repeaters, minimum_repeaters)
    if reason is not None:
        return Fit(None, None, customers, repeaters, reason)

    def objective(logarithms: Floats) -> tuple[float, Floats]:
        positive = np.exp(logarithms)
        height, slope = log_likelihood(BgNbdParameters(*positive), histories)
        return height / customers, slope * positive / customers

    top = maximise(objective, _starts(histories))
    if top is None:
        return Fit(None, None, customers, repeaters, Reason.NO_CONVERGENCE)
    logarithms, height = top
    parameters = BgNbdParameters(*(float(value) for value in np.exp(logarithms)))
    return Fit(parameters, height * customers, customers, repeaters, None)


def _starts(histories: PurchaseHistories) -> list[Floats]:
    """Logarithms to start from: customers as different as usual, at the rate that was seen."""
    repeats = (histories.customers * histories.repeat_days).sum()
    weeks_each = (histories.customers * histories.age).sum() / repeats
    return [
        np.log([r, r * weeks_each, a, b])
        for r, a, b in ((0.5, 0.8, 2.5), (1.0, 0.2, 2.0), (0.1, 2.0, 8.0), (5.0, 0.05, 1.0))
    ]


def alive_ratio(
    parameters: BgNbdParameters, repeat_days: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
) -> Floats:
    """Probability, 0 to 1, that a customer with this history has not left for good. 1 without a repeat."""
    x, t_x, t_end = (np.asarray(part, dtype=np.float64) for part in (repeat_days, recency, age))
    is_repeater = x > 0
    odds = np.log(parameters.a / np.where(is_repeater, parameters.b + x - 1, 1.0)) + (parameters.r + x) * (
        np.log(parameters.alpha + t_end) - np.log(parameters.alpha + t_x)
    )
    return np.asarray(np.exp(-np.logaddexp(0.0, np.where(is_repeater, odds, -np.inf))))


def repurchase_ratio(
    parameters: BgNbdParameters,
    repeat_days: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    horizon: npt.ArrayLike,
) -> Floats:
    """Probability, 0 to 1, of at least one purchase in the ``horizon`` after the date.

    Who is active and buys nothing remains active, so the histories "active at T" and "active at T + horizon
    with nothing bought" differ by those who bought: [A(T) - A(T + horizon)] / L with A the first term of the
    likelihood, which is P(alive) times 1 - ((alpha + T) / (alpha + T + horizon))^(r + x).
    """
    x, t_end = np.asarray(repeat_days, dtype=np.float64), np.asarray(age, dtype=np.float64)
    buys_nothing = (parameters.r + x) * np.log1p(-_elapsed(parameters, t_end, horizon))
    return alive_ratio(parameters, repeat_days, recency, age) * -np.expm1(buys_nothing)


def expected_purchases(
    parameters: BgNbdParameters,
    repeat_days: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    horizon: npt.ArrayLike,
) -> Floats:
    """Purchases to expect in the ``horizon`` after the date, given the history (equation 10).

    Euler's transformation of the hypergeometric function takes x out of its first two arguments and the
    power before it: 2F1(r + x, b + x; c; z) = (1 - z)^(a - 1 - r - x) 2F1(a + b - 1 - r, a - 1; c; z) with
    c = a + b + x - 1. So it neither overflows nor loses digits however often a customer has bought.
    """
    x, t_end = np.asarray(repeat_days, dtype=np.float64), np.asarray(age, dtype=np.float64)
    a = parameters.a + (_NUDGE if abs(parameters.a - 1) < _NUDGE else 0.0)
    c = a + parameters.b + x - 1
    c = np.where(np.abs(c) < _NUDGE, _NUDGE, c)
    z = _elapsed(parameters, t_end, horizon)
    none = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a + parameters.b - 1 - parameters.r, a - 1, c, z)
    while_alive = np.maximum(c / (a - 1) * (1 - none), 0.0)
    return np.asarray(while_alive * alive_ratio(parameters, repeat_days, recency, age))


def _elapsed(parameters: BgNbdParameters, age: Floats, horizon: npt.ArrayLike) -> Floats:
    ahead = np.asarray(horizon, dtype=np.float64)
    return np.asarray(ahead / (parameters.alpha + age + ahead))
