"""The next twelve months: what a customer is expected to do in them, and what it is worth today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.value.bgnbd import BgNbdParameters, alive_ratio, expected_purchases, repurchase_ratio
from clientele.value.statistics import Floats

DAYS_PER_WEEK = 7
MONTHS = 12
#: A month of the mean calendar year, so that a prediction does not depend on which months follow its date.
WEEKS_PER_MONTH = 365.25 / 12 / DAYS_PER_WEEK


@dataclass(frozen=True)
class Outlook:
    """Twelve months ahead, one entry per history: counts of purchases, and probabilities from 0 to 1.

    ``discounted_purchases`` are worth as much today as the purchases when they come.
    """

    purchases: Floats
    discounted_purchases: Floats
    alive_ratio: Floats
    repurchase_ratio: Floats


def outlook(
    parameters: BgNbdParameters,
    repeat_days: Floats,
    recency: Floats,
    age: Floats,
    annual_discount_rate: float,
) -> Outlook:
    """What to expect of every history, of which ``recency`` and ``age`` are in weeks.

    Purchases of month n (1 to 12) count as made at its end and are divided by (1 + rate)^(n / 12). The rate
    is a fraction, 0.1 for 10% a year.
    """
    history = (parameters, repeat_days, recency, age)
    before, discounted = np.zeros(len(age)), np.zeros(len(age))
    for month in range(1, MONTHS + 1):
        until = expected_purchases(*history, horizon=month * WEEKS_PER_MONTH)
        discounted += (until - before) / (1 + annual_discount_rate) ** (month / MONTHS)
        before = until
    return Outlook(
        purchases=before,
        discounted_purchases=discounted,
        alive_ratio=alive_ratio(*history),
        repurchase_ratio=repurchase_ratio(*history, horizon=MONTHS * WEEKS_PER_MONTH),
    )
