"""Retention by cohort, customers won and lost by month, and the concentration curve."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from values_reference import Ledger, month_end, months_before
from world_strategies import few, worlds
from worlds import World, account, sale


def months_traded(world: World) -> dict[str, dict[date, Decimal]]:
    """Net sales of each month (by its first day) with a receipt, by customer."""
    ledger = Ledger(world)
    found: dict[str, dict[date, Decimal]] = {}
    for key in ledger.customers:
        months: dict[date, Decimal] = defaultdict(Decimal)
        for receipt in ledger.until(key, world.as_of_date):
            months[receipt.day.replace(day=1)] += receipt.net
        found[key] = months
    return found


def months_bought(world: World) -> dict[str, dict[date, Decimal]]:
    """The same of the months with a visit, by customer who has any."""
    ledger = Ledger(world)
    found: dict[str, dict[date, Decimal]] = {}
    for key, traded in months_traded(world).items():
        months = {visit.day.replace(day=1) for visit in ledger.visits(key, world.as_of_date)}
        found[key] = {month: traded[month] for month in months}
    return {key: months for key, months in found.items() if months}


def all_months(first: date, last: date) -> list[date]:
    months = [first]
    while months[-1] < last.replace(day=1):
        months.append(months_before(months[-1], -1))
    return months


@few(4)
@given(world=worlds())
def test_customers_won_and_lost_are_what_a_plain_reading_says(measure, world):
    bought, traded = months_bought(world), months_traded(world)
    rows = measure(world, "relationship_monthly")
    if not bought:
        assert rows == []
        return
    months = all_months(min(min(found) for found in bought.values()), world.as_of_date)
    assert [row["month_date"] for row in rows] == months
    active_before: set[str] = set()
    for month, row in zip(months, rows, strict=True):
        is_complete = month_end(month) <= world.as_of_date
        buyers = {key for key, found in bought.items() if month in found}
        new = {key for key in buyers if min(bought[key]) == month}
        active = {
            key for key, found in bought.items() if any(months_before(month, 11) <= m <= month for m in found)
        }
        lost = active_before - active if is_complete else set()
        active |= set() if is_complete else active_before
        assert row["is_complete"] == is_complete
        assert row["new_count"] == len(new)
        assert row["kept_count"] == len(buyers & active_before)
        assert row["won_back_count"] == len(buyers - active_before - new)
        assert row["buyers_count"] == len(buyers)
        assert row["lost_count"] == len(lost)
        assert row["active_count"] == len(active)
        assert row["buyers_net_sales_amount"] == sum((bought[key][month] for key in buyers), Decimal(0))
        assert row["lost_net_sales_amount"] == sum(
            (
                amount
                for key in lost
                for m, amount in traded[key].items()
                if months_before(month, 23) <= m < month
            ),
            Decimal(0),
        )
        ages = [
            (month.year - min(bought[key]).year) * 12 + month.month - min(bought[key]).month for key in active
        ]
        if ages:
            assert abs(Fraction(row["average_tenure_months"]) - Fraction(sum(ages), len(ages))) <= Fraction(
                1, 10000
            )
        active_before = active


@few(4)
@given(world=worlds())
def test_retention_counts_who_of_a_cohort_came_in_a_month(measure, world):
    bought = months_bought(world)
    cohorts: dict[date, list[str]] = defaultdict(list)
    for key, found in bought.items():
        cohorts[min(found)].append(key)
    expected = {
        (cohort, month): (len(keys), sum(month in bought[key] for key in keys))
        for cohort, keys in cohorts.items()
        for month in all_months(cohort, world.as_of_date)
    }
    rows = measure(world, "retention_monthly")
    found = {
        (row["cohort_month_date"], row["month_date"]): (row["customers_count"], row["active_count"])
        for row in rows
    }
    assert found == expected


@pytest.fixture(scope="module")
def curve(measure) -> dict[int, dict[str, Any]]:
    """The curve of 150 buyers: the first spends 1051, the others 1 to 149."""
    day = date(2026, 6, 30)
    amounts = [1051, *range(1, 150)]
    lines = [
        sale(day, Decimal(amount), number, receipt_no=str(number)) for number, amount in enumerate(amounts)
    ]
    accounts = [account(number, f"c{number}", day) for number in range(151)]
    rows = measure(World(day, lines, accounts), "concentration_curve")
    return {row["top_pct"]: row for row in rows if row["as_of_date"] == day}


def test_a_buyer_belongs_to_the_top_while_the_share_before_is_under_the_cut(curve):
    assert {top: row["customers_count"] for top, row in curve.items()} == {1: 2, 2: 3, 5: 8, 10: 15, 20: 30}


def test_the_curve_gives_the_share_of_all_sales(curve):
    total = 1051 + 149 * 150 // 2
    assert curve[1]["net_sales_12m_amount"] == 1051 + 149
    assert curve[1]["net_sales_12m_ratio"] == round(Decimal(1200) / total, 6)


def test_sales_lost_are_those_of_the_last_year_with_purchases(measure):
    lines = [
        sale(date(2022, 5, 5), Decimal(1000)),
        sale(date(2023, 5, 5), Decimal(100)),
        sale(date(2024, 1, 10), Decimal(7)),
        sale(date(2024, 12, 31), Decimal(5)),
        sale(date(2026, 2, 1), Decimal(3)),
    ]
    rows = measure(
        World(date(2026, 2, 28), lines, [account(1, "c1", date(2022, 5, 5))]), "relationship_monthly"
    )
    by_month = {row["month_date"]: row for row in rows}
    assert {month for month, row in by_month.items() if row["lost_count"]} == {date(2025, 12, 1)}
    december = by_month[date(2025, 12, 1)]
    assert (december["lost_count"], december["lost_net_sales_amount"], december["churn_ratio"]) == (1, 12, 1)
    february = by_month[date(2026, 2, 1)]
    assert (february["won_back_count"], february["won_back_net_sales_amount"]) == (1, 3)
    assert (february["kept_count"], february["active_count"]) == (0, 1)


def test_what_came_back_in_months_without_a_purchase_was_not_lost(measure):
    """The last purchase is of December 2024: what came back from January 2024 on counts, whenever it did."""
    lines = [
        sale(date(2023, 11, 1), Decimal(1000)),
        sale(date(2023, 12, 31), Decimal(-400), line_kind="return", amount=Decimal(400)),
        sale(date(2024, 1, 10), Decimal(70)),
        sale(date(2024, 6, 15), Decimal(-20), line_kind="return", amount=Decimal(20)),
        sale(date(2024, 12, 31), Decimal(50)),
        sale(date(2025, 11, 30), Decimal(-1), line_kind="return", amount=Decimal(1)),
    ]
    rows = measure(
        World(date(2025, 12, 31), lines, [account(1, "c1", date(2023, 11, 1))]), "relationship_monthly"
    )
    assert {row["month_date"]: row["lost_net_sales_amount"] for row in rows if row["lost_count"]} == {
        date(2025, 12, 1): 70 - 20 + 50 - 1
    }
