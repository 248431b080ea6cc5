"""The BG/NBD model against finite differences, quadrature and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simulated_purchases
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import roots_jacobi

from clientele.value.bgnbd import (
    BgNbdParameters,
    alive_ratio,
    expected_purchases,
    fit_bgnbd,
    log_likelihood,
    repurchase_ratio,
)
from clientele.value.fitting import Reason
from clientele.value.statistics import compress

CDNOW = BgNbdParameters(r=0.243, alpha=4.414, a=0.793, b=2.426)

positive = st.floats(0.05, 8.0)
parameters_of_any_kind = st.builds(BgNbdParameters, r=positive, alpha=positive, a=positive, b=positive)


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, float, float]:
    """One possible history: repeat days, weeks to the last of them, weeks to the date."""
    age_days = draw(st.integers(0, 800))
    if age_days == 0 or draw(st.booleans()):
        return 0, 0.0, age_days / 7
    return draw(st.integers(1, age_days)), draw(st.integers(1, age_days)) / 7, age_days / 7


def likelihood_of_one(parameters: BgNbdParameters, x: int, t_x: float, age: float) -> float:
    """The likelihood as it is printed, of one customer, in plain Python."""
    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b

    def beta(first: float, second: float) -> float:
        return math.exp(math.lgamma(first) + math.lgamma(second) - math.lgamma(first + second))

    rate = math.exp(math.lgamma(r + x) - math.lgamma(r)) * alpha**r
    still_there = beta(a, b + x) / beta(a, b) / (alpha + age) ** (r + x)
    gone = beta(a + 1, b + x - 1) / beta(a, b) / (alpha + t_x) ** (r + x) if x else 0.0
    return rate * (still_there + gone)


@settings(deadline=None)
@given(parameters=parameters_of_any_kind, history=histories().filter(lambda history: history[0] < 40))
def test_the_logarithm_is_that_of_the_printed_likelihood(parameters, history):
    height, _ = log_likelihood(parameters, compress(*history))
    assert height == pytest.approx(math.log(likelihood_of_one(parameters, *history)), rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(parameters=parameters_of_any_kind, rows=st.lists(histories(), min_size=1, max_size=6))
def test_the_gradient_is_that_of_finite_differences(parameters, rows):
    compressed = compress(*zip(*rows, strict=True))
    _, slope = log_likelihood(parameters, compressed)
    for position, name in enumerate(("r", "alpha", "a", "b")):
        step = getattr(parameters, name) * 1e-5
        sides = [
            log_likelihood(
                BgNbdParameters(**{**vars(parameters), name: getattr(parameters, name) + moved}), compressed
            )[0]
            for moved in (step, -step)
        ]
        assert slope[position] == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-4, abs=1e-3)


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(histories(), min_size=1, max_size=30), seed=st.integers(0, 2**32 - 1))
def test_neither_order_nor_compression_changes_a_figure(rows, seed):
    counted = compress(*zip(*rows, strict=True))
    shuffled = [rows[position] for position in np.random.default_rng(seed).permutation(len(rows))]
    again = compress(*zip(*shuffled, strict=True))
    assert log_likelihood(CDNOW, again)[0] == log_likelihood(CDNOW, counted)[0]
    one_by_one = sum(log_likelihood(CDNOW, compress(*row))[0] for row in rows)
    assert log_likelihood(CDNOW, counted)[0] == pytest.approx(one_by_one, rel=1e-12)
    assert counted.customers_count == len(rows)
    assert len(counted.age) == len(set(rows))


def test_the_fit_finds_what_the_customers_were_made_from():
    fit = fit_bgnbd(compress(*simulated_purchases.histories(40_000)))
    assert fit.reason is None
    assert vars(fit.parameters) == pytest.approx(vars(simulated_purchases.MADE_FROM), rel=0.1)


def test_the_compressed_fit_is_the_fit_customer_by_customer():
    x, t_x, age = simulated_purchases.histories(3_000)
    t_x = np.ceil(t_x * 7) / 7
    grouped, customers = np.unique(np.column_stack([x, t_x, age]), axis=0, return_counts=True)
    counted = fit_bgnbd(compress(*grouped.T, customers))
    plain = fit_bgnbd(compress(x, t_x, age))
    assert counted == plain
    doubled = fit_bgnbd(compress(*grouped.T, 2 * customers))
    assert vars(doubled.parameters) == pytest.approx(vars(plain.parameters), rel=1e-5)
    assert doubled.log_likelihood == pytest.approx(2 * plain.log_likelihood)


def test_at_the_fit_the_likelihood_is_flat_and_higher_than_around():
    histories = compress(*simulated_purchases.histories(3_000))
    fit = fit_bgnbd(histories)
    height, slope = log_likelihood(fit.parameters, histories)
    assert height == pytest.approx(fit.log_likelihood)
    assert np.abs(slope * list(vars(fit.parameters).values())).max() < 0.01
    for name in vars(fit.parameters):
        for factor in (0.9, 1.1):
            moved = BgNbdParameters(**{**vars(fit.parameters), name: getattr(fit.parameters, name) * factor})
            assert log_likelihood(moved, histories)[0] < height


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], Reason.NO_CUSTOMERS),
        ([(0, 0, 5)] * 50, Reason.ALL_ONE_TIME_BUYERS),
        ([(0, 0, 0)], Reason.ALL_ONE_TIME_BUYERS),
        ([(0, 0, 5)] * 50 + [(1, 2, 5)] * 9, Reason.TOO_FEW_REPEATERS),
        ([(52, 52, 52)] * 40, Reason.NO_CONVERGENCE),
    ],
)
def test_what_cannot_be_fitted_has_a_reason(rows, reason):
    fit = fit_bgnbd(compress(*(zip(*rows, strict=True) if rows else ([], [], []))), minimum_repeaters=10)
    assert (fit.parameters, fit.log_likelihood, fit.reason) == (None, None, reason)
    assert fit.customers_count == len(rows)


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(histories(), max_size=5))
def test_fitting_never_raises_and_never_gives_half_an_answer(rows):
    fit = fit_bgnbd(compress(*(zip(*rows, strict=True) if rows else ([], [], []))))
    assert (fit.parameters is None) == (fit.log_likelihood is None) == (fit.reason is not None)


@pytest.mark.parametrize("history", [(1, 0, 5), (0, 3, 5), (1, 6, 5), (-1, 0, 5)])
def test_a_history_that_cannot_be_is_refused(history):
    with pytest.raises(ValueError, match="1 purchase histories cannot be"):
        compress(*history)


@settings(deadline=None, max_examples=40)
@given(
    parameters=parameters_of_any_kind,
    history=histories().filter(lambda history: history[0] < 100),
    horizon=st.floats(0.1, 120),
)
def test_the_expectation_is_the_mean_over_all_probabilities_to_leave(parameters, history, horizon):
    x, _, age = history
    places, weights = roots_jacobi(150, parameters.b + x - 1, parameters.a - 1)
    leaves = (1 + places) / 2
    # Of who is there and leaves with probability p after a purchase, with the buying rate integrated out.
    quiet = (1 + leaves * horizon / (parameters.alpha + age)) ** -(parameters.r + x)
    while_alive = (weights * (1 - quiet) / leaves).sum() / weights.sum()
    expected = while_alive * alive_ratio(parameters, *history)
    assert expected_purchases(parameters, *history, horizon) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_new_customers_buy_in_simulation_as_often_as_expected():
    made_from = simulated_purchases.MADE_FROM
    x, _, age = simulated_purchases.histories(30_000, seed=5)
    assert x.mean() == pytest.approx(expected_purchases(made_from, 0, 0, 0, age).mean(), rel=0.03)
    assert (x > 0).mean() == pytest.approx(repurchase_ratio(made_from, 0, 0, 0, age).mean(), rel=0.01)


@settings(deadline=None)
@given(parameters=parameters_of_any_kind, history=histories(), horizon=st.floats(0.1, 120))
def test_probabilities_are_what_the_likelihood_says(parameters, history, horizon):
    x, t_x, age = history
    alive = float(alive_ratio(parameters, *history))
    buys = float(repurchase_ratio(parameters, *history, horizon))
    assert 0 <= buys <= alive <= 1
    if x == 0:
        assert alive == 1
    if x < 40:
        whole = likelihood_of_one(parameters, x, t_x, age)
        quiet = likelihood_of_one(parameters, x, t_x, age + horizon)
        # Both have the term of who left after t_x; the difference is who was there and bought.
        assert buys == pytest.approx((whole - quiet) / whole, rel=1e-6, abs=1e-9)


@settings(deadline=None)
@given(history=histories(), horizon=st.floats(0.1, 120))
def test_a_longer_horizon_never_brings_less(history, horizon):
    expected = [float(expected_purchases(CDNOW, *history, weeks)) for weeks in (horizon, horizon + 1)]
    assert 0 <= expected[0] <= expected[1] <= horizon * 1e4


@pytest.mark.parametrize("x", [1_000, 100_000, 10_000_000])
def test_a_customer_with_any_number_of_purchases_goes_on_as_before(x):
    parameters = BgNbdParameters(r=0.5, alpha=2.0, a=0.2, b=8.0)
    expected = float(expected_purchases(parameters, x, 100, 100, 10))
    rate = (parameters.r + x) / (parameters.alpha + 100)
    assert np.isfinite(expected)
    # So loyal that hardly anything is lost to leaving: rate times horizon, a little less.
    assert 0.9 * rate * 10 < expected < rate * 10


@pytest.mark.parametrize("a", [1.0, 1.0 + 1e-9, 1.0 - 1e-9])
@pytest.mark.parametrize("history", [(0, 0.0, 10.0), (3, 8.0, 10.0), (0, 0.0, 0.0)])
def test_the_expectation_has_no_gap_where_the_formula_divides_by_zero(a, history):
    for b in (2.0, 1e-12):
        beside = [
            float(expected_purchases(BgNbdParameters(0.5, 4.0, near, b), *history, 20.0))
            for near in (a, 1.0 + 1e-4)
        ]
        assert beside[0] == pytest.approx(beside[1], rel=1e-3)
