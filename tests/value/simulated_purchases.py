"""Customers who buy and leave as the BG/NBD model says."""

from __future__ import annotations

import numpy as np

from clientele.value.bgnbd import BgNbdParameters

MADE_FROM = BgNbdParameters(r=1.2, alpha=6.0, a=0.9, b=3.0)


def repeat_times(random: np.random.Generator, age: np.ndarray) -> np.ndarray:
    """Times after the first purchase up to ``age``, one row per customer, nan after the last."""
    rate = random.gamma(MADE_FROM.r, 1 / MADE_FROM.alpha, len(age))
    leaves = random.beta(MADE_FROM.a, MADE_FROM.b, len(age))
    last, is_active, columns = np.zeros(len(age)), np.ones(len(age), dtype=bool), []
    while is_active.any():
        last = last + random.exponential(1 / rate)
        is_active &= last < age
        columns.append(np.where(is_active, last, np.nan))
        is_active &= random.random(len(age)) > leaves
    return np.column_stack(columns)


def histories(customers: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T of customers aged 20 to 80 weeks."""
    random = np.random.default_rng(seed)
    age = random.integers(20 * 7, 80 * 7, customers) / 7
    times = repeat_times(random, age)
    return (~np.isnan(times)).sum(axis=1) * 1.0, np.nan_to_num(times).max(axis=1), age
