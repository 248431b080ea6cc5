"""Errors on the part held out, and the twelve months ahead, worked by hand."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from clientele.value.bgnbd import BgNbdParameters, expected_purchases, fit_bgnbd, repurchase_ratio
from clientele.value.figures import holdout_figures
from clientele.value.fitting import Reason
from clientele.value.holdout import Holdout, errors_of_heuristic, errors_of_model
from clientele.value.horizon import WEEKS_PER_MONTH, outlook
from clientele.value.statistics import compress

CDNOW = BgNbdParameters(r=0.243, alpha=4.414, a=0.793, b=2.426)


def holdout(rows: list[tuple[float, ...]], span: float) -> Holdout:
    columns = np.array(rows, dtype=float).reshape(-1, 6).T
    return Holdout(*columns, span=span)


#: x, t_x, T, days before, days after, customers; the first five bought 10 days before the split.
ROWS = [
    (2, 50 / 7, 60 / 7, 3, 2, 5),
    (0, 0, 200 / 7, 0, 1, 1),
    (0, 0, 181 / 7, 1, 0, 4),
]


def test_errors_of_the_heuristic_by_hand():
    errors = errors_of_heuristic(holdout(ROWS, 26), active_days=180)
    # 5 off by +1, 1 off by -1, 4 off by +1; bought 5 * 2 + 1 = 11, predicted 5 * 3 + 4 = 19.
    assert errors.mean_absolute_error == pytest.approx(1.0)
    assert errors.root_mean_squared_error == pytest.approx(1.0)
    assert errors.total_deviation_ratio == pytest.approx(8 / 11)
    # Wrong of the one who came back after 200 days; right of those gone for 181.
    assert errors.activity_error_ratio == pytest.approx(0.1)


def test_the_cut_is_inclusive():
    errors = errors_of_heuristic(holdout(ROWS, 26), active_days=181)
    assert errors.activity_error_ratio == pytest.approx(0.5)


@functools.cache
def many() -> Holdout:
    """Customers who follow the model, in whole weeks, and whatever after it."""
    random = np.random.default_rng(8)
    rate, leaves = random.gamma(0.8, 0.25, 2_000), random.beta(0.8, 2.4, 2_000)
    age = random.integers(20, 40, 2_000)
    weeks = np.arange(1, 40)
    wants = (random.random((2_000, 39)) < rate[:, None]) & (weeks <= age[:, None])
    stays = random.random((2_000, 39)) >= leaves[:, None]
    # One who leaves after a purchase makes no further one.
    left_before = np.cumsum(wants & ~stays, axis=1) - (wants & ~stays) > 0
    bought = wants & ~left_before
    x, t_x = bought.sum(axis=1) * 1.0, (bought * weeks).max(axis=1) * 1.0
    later = random.poisson(0.5 * x + 0.2) * 1.0
    return Holdout(x, t_x, age * 1.0, x, later, np.ones(2_000), span=20.0)


def test_errors_of_the_model_by_hand():
    data = many()
    fitted = fit_bgnbd(compress(data.repeat_days, data.recency, data.age)).parameters
    expected = expected_purchases(fitted, data.repeat_days, data.recency, data.age, 20.0)
    likely = repurchase_ratio(fitted, data.repeat_days, data.recency, data.age, 20.0)
    off = [a - b for a, b in zip(expected.tolist(), data.later_days.tolist(), strict=True)]
    errors = errors_of_model(data, minimum_repeaters=30)
    assert errors.mean_absolute_error == pytest.approx(sum(map(abs, off)) / 2_000)
    assert errors.root_mean_squared_error == pytest.approx(math.sqrt(sum(each**2 for each in off) / 2_000))
    assert errors.total_deviation_ratio == pytest.approx(sum(off) / data.later_days.sum())
    wrong = sum((a >= 0.5) != (b > 0) for a, b in zip(likely, data.later_days, strict=True))
    assert errors.activity_error_ratio == pytest.approx(wrong / 2_000)


def test_alike_customers_may_be_one_row():
    data = many()
    rows = np.column_stack([getattr(data, name) for name in list(vars(data))[:5]])
    grouped, customers = np.unique(rows, axis=0, return_counts=True)
    together = Holdout(*grouped.T, customers=customers * 1.0, span=20.0)
    assert vars(errors_of_model(together)) == pytest.approx(vars(errors_of_model(data)))
    assert vars(errors_of_heuristic(together, 90)) == pytest.approx(vars(errors_of_heuristic(data, 90)))


@pytest.mark.parametrize(
    ("rows", "span", "model", "heuristic"),
    [
        ([], 26, Reason.NO_CUSTOMERS, Reason.NO_CUSTOMERS),
        (ROWS, 0, Reason.NO_SPAN, Reason.NO_SPAN),
        (ROWS[1:], 26, Reason.ALL_ONE_TIME_BUYERS, None),
        (ROWS, 26, Reason.TOO_FEW_REPEATERS, None),
    ],
)
def test_what_cannot_be_judged_has_a_reason(rows, span, model, heuristic):
    data = holdout(rows, span)
    assert errors_of_model(data, minimum_repeaters=30) == model
    outcome = errors_of_heuristic(data, 180)
    assert outcome == heuristic if heuristic else not isinstance(outcome, Reason)


def test_a_share_of_nothing_is_no_figure():
    errors = errors_of_heuristic(holdout([(0, 0, 5, 1, 0, 3)], 5), active_days=180)
    figures = {figure.parameter: figure for figure in holdout_figures("heuristic", errors, 3, 0)}
    assert figures["holdout_mean_absolute_error"].value == 1
    assert figures["holdout_total_deviation_ratio"].value is None
    assert figures["holdout_total_deviation_ratio"].reason == Reason.NO_PURCHASES


def test_the_outlook_adds_up_month_by_month():
    history = [np.array([part]) for part in (2.0, 30.43, 38.86)]
    ahead = outlook(CDNOW, *history, annual_discount_rate=0.21)
    until = [float(expected_purchases(CDNOW, 2, 30.43, 38.86, n * WEEKS_PER_MONTH)) for n in range(1, 13)]
    monthly = [after - before for before, after in zip([0.0, *until], until, strict=False)]
    worth = sum(count / 1.21 ** (n / 12) for n, count in enumerate(monthly, start=1))
    assert ahead.purchases[0] == pytest.approx(until[-1])
    assert ahead.discounted_purchases[0] == pytest.approx(worth)
    assert until[-1] / 1.21 < ahead.discounted_purchases[0] < until[-1]
    assert ahead.repurchase_ratio[0] <= ahead.alive_ratio[0] < 1


def test_without_a_discount_rate_nothing_is_discounted():
    history = [np.array([part, 0.0]) for part in (2.0, 30.43, 38.86)]
    ahead = outlook(CDNOW, *history, annual_discount_rate=0.0)
    assert ahead.discounted_purchases == pytest.approx(ahead.purchases)
    assert pytest.approx(365.25) == WEEKS_PER_MONTH * 12 * 7
