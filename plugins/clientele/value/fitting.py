"""Maximum likelihood on the logarithms of positive parameters, with a reason wherever there is no maximum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np
from scipy.optimize import minimize

from clientele.value.statistics import Floats

Parameters = TypeVar("Parameters")
#: Logarithms of parameters -> log-likelihood and its gradient by them, both per customer.
Objective = Callable[[Floats], tuple[float, Floats]]


class Reason(StrEnum):
    """Why a figure is missing. A span of no days cannot be held out; a share of no purchases is none."""

    NO_CUSTOMERS = "no_customers"
    ALL_ONE_TIME_BUYERS = "all_one_time_buyers"
    TOO_FEW_REPEATERS = "too_few_repeaters"
    NO_CONVERGENCE = "no_convergence"
    INFINITE_MEAN = "infinite_mean"
    NO_SPAN = "no_span"
    NO_PURCHASES = "no_purchases"


@dataclass(frozen=True)
class Fit(Generic[Parameters]):
    """A fitted model, or why there is none: exactly one of ``parameters`` and ``reason`` is None.

    ``log_likelihood`` is that of all customers together. ``customers_count`` is how many the model was fitted
    on, ``repeaters_count`` how many of them bought again.
    """

    parameters: Parameters | None
    log_likelihood: float | None
    customers_count: int
    repeaters_count: int
    reason: Reason | None


#: A parameter that runs off by more than this, in logarithms, has no maximum: the data do not determine it.
_FARTHEST_LOGARITHM = 9.0
#: Slope per customer, by the logarithm of a parameter: what is aimed at, and what counts as the top.
_GOAL = 1e-8
_FLAT = 1e-6


def too_little(customers_count: int, repeaters_count: int, minimum_repeaters: int) -> Reason | None:
    """Why there is too little to fit on, or None. At least one repeater is always needed."""
    if customers_count == 0:
        return Reason.NO_CUSTOMERS
    if repeaters_count == 0:
        return Reason.ALL_ONE_TIME_BUYERS
    if repeaters_count < minimum_repeaters:
        return Reason.TOO_FEW_REPEATERS
    return None


def maximise(objective: Objective, starts: Sequence[Floats]) -> tuple[Floats, float] | None:
    """The logarithms at the top of ``objective`` and its height there; None where none is reached.

    The starts (logarithms of parameters) are tried in turn until one leads to a flat place, which is no top
    if it lies where a parameter makes no difference any more. Nothing is random and nothing is remembered
    from other fits, so equal data give equal parameters. BFGS, because it calls no routine that would split
    such small matrices among threads.
    """

    def descend(logarithms: Floats) -> tuple[float, Floats]:
        height, slope = objective(logarithms)
        return -height, -slope

    for start in starts:
        with np.errstate(all="ignore"):
            found = minimize(descend, start, jac=True, method="BFGS", options={"maxiter": 200, "gtol": _GOAL})
        if np.isfinite(found.fun) and np.abs(found.jac).max() < _FLAT:
            is_determined = np.abs(found.x - start).max() < _FARTHEST_LOGARITHM
            return (found.x, -float(found.fun)) if is_determined else None
    return None
