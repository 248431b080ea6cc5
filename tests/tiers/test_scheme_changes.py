"""The change that a scheme names is enough: with it, everything else equal, the customer has that tier."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clientele.tiers import METRICS, Metric, Scheme, load_schemes
from clientele.tiers.reads import conditions_of, is_ranked
from clientele.tiers.scheme import BandsScheme, CriteriaScheme, RulesScheme

Assign = Callable[..., dict[Any, dict[str, Any]]]
Rows = dict[str, dict[str, Any]]

SCHEMES = load_schemes(Path(__file__).resolve().parents[2] / "dbt_project" / "tiers")
JUDGED_ALONE = [
    scheme_id
    for scheme_id, scheme in SCHEMES.items()
    if isinstance(scheme, BandsScheme | CriteriaScheme | RulesScheme) and not is_ranked(scheme)
]


def bounds_of(scheme: Scheme, name: str) -> Iterator[Decimal]:
    """Every number that the scheme holds the metric against."""
    bounded = [condition for _, condition in conditions_of(scheme) if condition.metric == name]
    if isinstance(scheme, BandsScheme) and scheme.metric == name:
        bounded += scheme.tiers
    for bounds in bounded:
        yield from (bound for bound in (bounds.interval.low, bounds.interval.high) if bound is not None)


def figure(scheme: Scheme, metric: Metric, chance: random.Random) -> Any:
    """A figure at a bound of the scheme, just beside it or anywhere; now and then none."""
    if not metric.is_always_known and chance.random() < 0.15:
        return None
    if metric.unit == "flag":
        return metric.name == "is_member" or chance.random() < 0.5
    if metric.unit == "text":
        return chance.choice(["business", "personal", "VIP", "other"])
    bounds = list(bounds_of(scheme, metric.name)) or [Decimal(1)]
    step = Decimal(1).scaleb(-min(metric.decimals, 2))
    near = chance.choice(bounds) + step * chance.choice([-1, 0, 0, 1, chance.randint(-3000, 3000)])
    return min(max(near, Decimal(0)), Decimal(1)) if metric.unit == "ratio" else max(near, Decimal(0))


def customers(scheme: Scheme, count: int) -> Rows:
    chance = random.Random(scheme.id)
    return {
        f"c{number:03}": {
            "customer_key": f"c{number:03}",
            **{entry.metric: figure(scheme, METRICS[entry.metric], chance) for entry in scheme.basis},
        }
        for number in range(count)
    }


@pytest.mark.parametrize("scheme_id", JUDGED_ALONE)
def test_one_changed_figure_gives_the_tier_that_is_named(assign: Assign, scheme_id: str) -> None:
    rows = customers(SCHEMES[scheme_id], 150)
    changes = {
        key: found
        for key, found in assign(scheme_id, rows.values()).items()
        if found["change_metric"] in METRICS
    }
    changed = [
        {**rows[key], found["change_metric"]: rows[key][found["change_metric"]] + found["change_value"]}
        for key, found in changes.items()
    ]
    after = assign(scheme_id, changed) if changed else {}
    assert {key: found["tier_code"] for key, found in after.items()} == {
        key: found["change_tier_code"] for key, found in changes.items()
    }
    assert all(found["change_value"] != 0 for found in changes.values())


def test_most_schemes_that_judge_customers_alone_name_changes(assign: Assign) -> None:
    naming = [
        scheme_id
        for scheme_id in JUDGED_ALONE
        if any(
            found["change_metric"]
            for found in assign(scheme_id, customers(SCHEMES[scheme_id], 60).values()).values()
        )
    ]
    assert len(naming) * 2 > len(JUDGED_ALONE)


@pytest.mark.parametrize("scheme_id", ["abc_sales_70_20_10", "value_pyramid"])
def test_the_lowest_figure_of_the_next_tier_is_enough_for_it(assign: Assign, scheme_id: str) -> None:
    chance = random.Random(7)
    rows = {
        f"c{number:02}": {
            "customer_key": f"c{number:02}",
            "net_sales_12m_amount": Decimal(chance.randint(-5, 40)) ** 2,
        }
        for number in range(40)
    }
    found = assign(scheme_id, rows.values())
    changes = {key: row for key, row in found.items() if row["change_metric"]}
    assert {row["tier_code"] for row in found.values()} > {row["tier_code"] for row in changes.values()}
    for key, row in list(changes.items())[::4]:
        sales = rows[key]["net_sales_12m_amount"] + row["change_value"]
        after = assign(scheme_id, {**rows, key: {**rows[key], "net_sales_12m_amount": sales}}.values())
        assert after[key]["tier_rank"] > row["tier_rank"]
        holder = next(other for other in found.values() if other["tier_code"] == row["change_tier_code"])
        assert after[key]["tier_rank"] >= holder["tier_rank"]


JUDGED_BESIDE_OTHERS = ["salon_abcd", "value_quartet", "nine_ladder", "loyalty_profit_matrix"]


@pytest.mark.parametrize("scheme_id", JUDGED_BESIDE_OTHERS)
def test_the_lowest_figure_of_a_place_is_enough_for_it(assign: Assign, scheme_id: str) -> None:
    rows = customers(SCHEMES[scheme_id], 60)
    found = assign(scheme_id, rows.values())
    changes = {key: row for key, row in found.items() if row["change_metric"]}
    assert len(changes) > 5
    for key, row in list(changes.items())[::3]:
        metric = row["change_metric"]
        changed = {**rows[key], metric: rows[key][metric] + row["change_value"]}
        after = assign(scheme_id, {**rows, key: changed}.values())
        assert (after[key]["tier_code"], after[key]["tier_rank"] > row["tier_rank"]) == (
            row["change_tier_code"],
            True,
        )


def test_the_nearer_axis_of_a_matrix_is_named(assign: Assign) -> None:
    axes = ("predicted_purchases_12m_count", "profit_12m_amount")
    figures = {"a": (9, 900), "b": (8, 100), "c": (1, 800), "d": (7, 790), "e": (2, 200)}
    rows = [
        {"customer_key": key, "visits_12m_count": 1, **dict(zip(axes, pair, strict=True))}
        for key, pair in figures.items()
    ]
    found = assign("loyalty_profit_matrix", rows)
    named = {
        key: (row["tier_code"], row["change_metric"], row["change_value"], row["change_tier_code"])
        for key, row in found.items()
    }
    # At or above the median is 7 purchases and a profit of 790.
    assert named == {
        "a": ("friend", None, None, None),
        "b": ("barnacle", "profit_12m_amount", 690, "friend"),
        "c": ("butterfly", "predicted_purchases_12m_count", 6, "friend"),
        "d": ("friend", None, None, None),
        "e": ("stranger", "predicted_purchases_12m_count", 5, "barnacle"),
    }


@pytest.mark.parametrize(
    ("amount", "change", "tier"),
    [
        ("9990.00", "10.00", "middle"),
        ("9999.995", "0.005", "middle"),
        ("14999.99", "-5000.00", "low"),
        # Both bounds are as far: the band that stands first.
        ("15000.00", "5000.01", "high"),
        ("15000.01", "5000.00", "high"),
        ("20000.00", "0.01", "high"),
        ("20000.01", "-0.01", "middle"),
    ],
)
def test_the_nearest_band_is_up_or_down(assign: Assign, amount: str, change: str, tier: str) -> None:
    row = {"customer_key": "one", "net_sales_12m_amount": Decimal(amount)}
    found = assign("appliance_spend", [row])["one"]
    assert (found["change_value"], found["change_tier_code"]) == (Decimal(change), tier)


def test_of_several_criteria_the_one_that_is_nearest_beside_its_bound_is_named(assign: Assign) -> None:
    # 1800 of 2000 lack a tenth; 1 of 2 weeks a half; nothing is known of the last visit.
    guest = {"customer_key": "one", "net_sales_1m_amount": 1800, "consecutive_weeks_count": 1}
    found = assign("restaurant_abc", [guest])["one"]
    assert (found["change_metric"], found["change_value"]) == ("net_sales_1m_amount", 200)


def test_no_change_is_named_where_one_figure_is_not_enough(assign: Assign) -> None:
    # Two of three criteria are needed, and none is met; then one is, and the nearer of the others is enough.
    none_met = {"net_sales_12m_amount": 900, "visits_12m_count": 2, "last_visit_amount": 90}
    one_met = {"net_sales_12m_amount": 1001, "visits_12m_count": 2, "last_visit_amount": 90}
    rows = [{"customer_key": "none", **none_met}, {"customer_key": "one", **one_met}]
    found = assign("two_of_three", rows)
    assert found["none"]["change_value"] is None
    assert (found["one"]["change_metric"], found["one"]["change_value"]) == (
        "last_visit_amount",
        Decimal("9.99"),
    )


def test_a_change_that_would_lead_past_the_next_tier_is_not_named_for_it(assign: Assign) -> None:
    rows = [
        {"customer_key": "often", "net_sales_12m_amount": 900, "visits_12m_count": 5},
        {"customer_key": "seldom", "net_sales_12m_amount": 900, "visits_12m_count": 4},
        {"customer_key": "much", "net_sales_12m_amount": 1000, "visits_12m_count": 4},
    ]
    found = assign("skipping_tiers", rows)
    named = {
        key: (row["change_metric"], row["change_value"], row["change_tier_code"])
        for key, row in found.items()
    }
    assert named == {
        "often": (None, None, None),
        "seldom": ("net_sales_12m_amount", 100, "middle"),
        "much": ("visits_12m_count", 1, "top"),
    }
