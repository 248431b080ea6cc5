"""The Gamma-Gamma model against finite differences and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientele.value.fitting import Reason
from clientele.value.gamma_gamma import (
    GammaGammaParameters,
    RepeatSpending,
    expected_mean,
    fit_gamma_gamma,
    log_likelihood,
    repeat_spending,
)

CDNOW = GammaGammaParameters(p=6.25, q=3.74, v=15.44)

customers = st.lists(st.tuples(st.integers(1, 40), st.floats(0.01, 5_000.0)), min_size=1, max_size=8)
parameters_of_any_kind = st.builds(
    GammaGammaParameters, p=st.floats(0.1, 20), q=st.floats(0.1, 20), v=st.floats(0.1, 500)
)


def log_density(parameters: GammaGammaParameters, x: int, mean: float) -> float:
    """Equation 1a as it is printed, of one customer, in plain Python."""
    p, q, v = parameters.p, parameters.q, parameters.v
    return (
        math.lgamma(p * x + q)
        - math.lgamma(p * x)
        - math.lgamma(q)
        + q * math.log(v)
        + (p * x - 1) * math.log(mean)
        + p * x * math.log(x)
        - (p * x + q) * math.log(x * mean + v)
    )


@settings(deadline=None, max_examples=40)
@given(parameters=parameters_of_any_kind, rows=customers)
def test_the_likelihood_is_the_printed_one_whatever_the_order(parameters, rows):
    height, _ = log_likelihood(parameters, repeat_spending(*zip(*rows, strict=True)))
    expected = math.fsum(log_density(parameters, *row) for row in rows)
    assert height == pytest.approx(expected, rel=1e-9, abs=1e-7)
    backwards = repeat_spending(*zip(*rows[::-1], strict=True))
    assert log_likelihood(parameters, backwards)[0] == height


@settings(deadline=None, max_examples=40)
@given(parameters=parameters_of_any_kind, rows=customers)
def test_the_gradient_is_that_of_finite_differences(parameters, rows):
    spending = repeat_spending(*zip(*rows, strict=True))
    _, slope = log_likelihood(parameters, spending)
    for position, name in enumerate(("p", "q", "v")):
        step = getattr(parameters, name) * 1e-5
        sides = [
            log_likelihood(
                GammaGammaParameters(**{**vars(parameters), name: getattr(parameters, name) + moved}),
                spending,
            )[0]
            for moved in (step, -step)
        ]
        assert slope[position] == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-4, abs=1e-3)


def simulated(parameters: GammaGammaParameters, customers: int) -> RepeatSpending:
    """Customers who follow the model."""
    random = np.random.default_rng(3)
    x = random.integers(1, 12, customers)
    rate = random.gamma(parameters.q, 1 / parameters.v, customers)
    return repeat_spending(x, random.gamma(parameters.p * x) / rate / x)


def test_the_fit_finds_what_the_customers_were_made_from():
    made_from = GammaGammaParameters(p=6.0, q=3.7, v=15.0)
    spending = simulated(made_from, 20_000)
    fit = fit_gamma_gamma(spending)
    assert vars(fit.parameters) == pytest.approx(vars(made_from), rel=0.15)
    assert float(expected_mean(fit.parameters, 0, 0)) == pytest.approx(6.0 * 15.0 / 2.7, rel=0.02)
    # Twice what the likelihood gains is chi-squared with 3 degrees of freedom: above 16 once in a thousand.
    assert 0 <= fit.log_likelihood - log_likelihood(made_from, spending)[0] < 8
    assert fit.customers_count == fit.repeaters_count == 20_000


def test_the_unit_of_money_does_not_matter():
    spending = simulated(CDNOW, 2_000)
    dollars, cents = (
        fit_gamma_gamma(repeat_spending(spending.repeat_days, spending.mean_amount * unit)).parameters
        for unit in (1, 100)
    )
    assert (cents.p, cents.q, cents.v / 100) == pytest.approx((dollars.p, dollars.q, dollars.v), rel=1e-4)


def test_where_the_mean_over_customers_is_infinite_nothing_is_expected():
    fit = fit_gamma_gamma(simulated(GammaGammaParameters(p=6.0, q=0.7, v=15.0), 2_000))
    assert (fit.parameters, fit.log_likelihood, fit.reason) == (None, None, Reason.INFINITE_MEAN)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], Reason.NO_CUSTOMERS),
        ([(0, 0.0)] * 40, Reason.NO_CUSTOMERS),
        ([(2, 0.0)] * 40, Reason.NO_CUSTOMERS),
        ([(1, 5.0)] * 9, Reason.TOO_FEW_REPEATERS),
        ([(3, 5.0)] * 40, Reason.NO_CONVERGENCE),
    ],
)
def test_what_cannot_be_fitted_has_a_reason(rows, reason):
    spending = repeat_spending(*(zip(*rows, strict=True) if rows else ([], [])))
    fit = fit_gamma_gamma(spending, minimum_repeaters=10)
    assert (fit.parameters, fit.log_likelihood, fit.reason) == (None, None, reason)


def test_a_customer_without_repeat_purchases_is_expected_to_spend_what_all_do():
    everybody = CDNOW.p * CDNOW.v / (CDNOW.q - 1)
    assert expected_mean(CDNOW, 0, 999.0) == pytest.approx(everybody)
    assert expected_mean(CDNOW, 0, 0.0) == pytest.approx(everybody)


@settings(deadline=None)
@given(x=st.integers(1, 10_000), mean=st.floats(0, 1e6))
def test_an_expected_mean_lies_between_the_customers_own_and_that_of_all(x, mean):
    everybody = CDNOW.p * CDNOW.v / (CDNOW.q - 1)
    expected = float(expected_mean(CDNOW, x, mean))
    assert min(mean, everybody) * (1 - 1e-9) <= expected <= max(mean, everybody) * (1 + 1e-9)
    assert abs(float(expected_mean(CDNOW, x + 1, mean)) - mean) <= abs(expected - mean) * (1 + 1e-9) + 1e-9
