"""What holds for whole schemes: one tier for everybody, in any order of rows, and never less for more."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hand_worked import Assign
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientele.tiers import METRICS, Metric, Scheme, load_schemes

SCHEMES = load_schemes(Path(__file__).resolve().parents[2] / "dbt_project" / "tiers")

#: Schemes in which a tier never costs more sales or visits than a lower one, with everything else as it was.
MONOTONE = [
    "abc_sales_70_20_10",
    "abc_sales_75_20_5",
    "abc_visits_70_20_10",
    "any_of_three_windows",
    "appliance_spend",
    "growth_value_club",
    "membership_tier",
    "nine_ladder",
    "purchase_frequency",
    "purchase_power",
    "restaurant_abc",
    "value_pyramid",
    "value_quartet",
]
FIGURES = [
    "net_sales_1m_amount",
    "net_sales_12m_amount",
    "last_visit_amount",
    "visits_3m_count",
    "visits_12m_count",
    "visits_12m_per_month",
    "visits_lifetime_count",
    "consecutive_weeks_count",
    "active_quarters_12m_count",
]
ATTRIBUTES = {"is_member": True, "is_reachable": True, "tenure_days": 400, "referrals_converted_count": 3}
BEFORE, AFTER = "2025-03-31", "2025-04-15"

amounts = st.sampled_from([0, 1, 19, 20, 499, 500, 1000, 2000, 5000, 7999, 12_000, 20_001, 50_000])
counts = st.integers(min_value=0, max_value=25)
customers = st.fixed_dictionaries(
    {name: amounts if METRICS[name].unit == "money" else counts for name in FIGURES}
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(everybody=st.lists(customers, min_size=1, max_size=8), more=customers)
@pytest.mark.parametrize("scheme_id", MONOTONE)
def test_more_sales_never_lower_a_tier(
    assign: Assign, scheme_id: str, everybody: list[dict[str, int]], more: dict[str, int]
) -> None:
    # The same customers at two dates; at the later one the first of them bought more.
    rows = [
        {"customer_key": str(place), "as_of_date": day, **ATTRIBUTES, **figures}
        for day in (BEFORE, AFTER)
        for place, figures in enumerate(everybody)
    ]
    first = next(row for row in rows if (row["customer_key"], row["as_of_date"]) == ("0", AFTER))
    first.update({name: first[name] + more[name] for name in FIGURES})
    ranks = {(key, str(day)): tier["tier_rank"] for (key, day), tier in assign(scheme_id, rows).items()}
    assert ranks["0", AFTER] >= ranks["0", BEFORE]


def some_figure(metric: Metric, chance: random.Random) -> Any:
    """A figure as the metric may have it, often one that a scheme cuts at, and unknown where it may be."""
    if not (metric.is_always_known or chance.random() < 0.8):
        return None
    match metric.unit:
        case "flag":
            return chance.random() < 0.5
        case "text":
            return chance.choice(["female", "male", "business", "project", "金卡", "沉默型", "closed"])
        case "ratio":
            return Decimal(chance.randrange(11)) / 10
        case "multiple":
            return Decimal(chance.randrange(-2, 30)) / 10
        case "money":
            return chance.choice([-5, 0, 1, 500, 999, 1000, 5001, 10_000, 50_000, 100_000, 5_000_000])
        case _:
            return chance.choice([0, 1, 2, 3, 4, 5, 12, 20, 90, 181, 365, 900])


def crowd(scheme: Scheme) -> list[dict[str, Any]]:
    """Customers with every figure of the scheme at random; the fifth part of them are prospects only."""
    chance = random.Random(scheme.id)
    return [
        {
            "customer_key": f"{place:03}",
            **{entry.metric: some_figure(METRICS[entry.metric], chance) for entry in scheme.basis},
            "is_prospect_only": place % 5 == 0,
        }
        for place in range(80)
    ]


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_everybody_has_one_tier_in_any_order_of_rows(assign: Assign, scheme: Scheme) -> None:
    # That nobody has two tiers, and nobody is placed by no rule, `assign` asserts itself.
    customers = crowd(scheme)
    found = assign(scheme.id, customers)
    assert {tier["tier_code"] for tier in found.values()} <= {tier.code for tier in scheme.tiers}
    if not scheme.population:
        assert set(found) == {row["customer_key"] for row in customers if not row["is_prospect_only"]}
    assert found
    assert assign(scheme.id, customers[::-1]) == found
