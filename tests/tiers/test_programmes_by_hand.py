"""Programmes of other companies on figures worked out by hand: where each tier begins and is kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hand_worked import Assign, assert_examples, codes

#: Tier ranks of the growth value club.
ORDINARY, SILVER, GOLD, BLACK = 1, 2, 3, 4


def orders(key: str, *amounts: str, first_day: date = date(2025, 1, 1)) -> list[dict[str, Any]]:
    """One order a day from the first day on."""
    return [
        {
            "customer_key": key,
            "business_date": first_day + timedelta(days=place),
            "net_sales_amount": Decimal(amount),
        }
        for place, amount in enumerate(amounts)
    ]


def guest(key: str, sales: str, visits_3m: int = 0) -> dict[str, Any]:
    return {
        "customer_key": key,
        "is_member": True,
        "net_sales_12m_amount": Decimal(sales),
        "visits_3m_count": visits_3m,
    }


@pytest.mark.parametrize(
    ("value", "tier", "rank_to_keep"),
    [
        ("12000.00", "black", BLACK),
        ("11999.99", "gold", BLACK),
        ("9600.00", "gold", BLACK),
        ("9599.99", "gold", GOLD),
        ("6000.00", "gold", GOLD),
        ("5999.99", "silver", GOLD),
        ("4800.00", "silver", GOLD),
        ("4799.99", "silver", SILVER),
        ("2000.00", "silver", SILVER),
        ("1999.99", "ordinary", SILVER),
        ("1600.00", "ordinary", SILVER),
        ("1599.99", "ordinary", ORDINARY),
        ("0", "ordinary", ORDINARY),
        ("-5", "ordinary", ORDINARY),
    ],
)
def test_growth_value_has_bands_to_enter_and_lower_ones_to_keep(
    assign: Assign, value: str, tier: str, rank_to_keep: int
) -> None:
    found = assign("growth_value_club", [guest("one", value)])["one"]
    assert (found["tier_code"], found["keep_rank"]) == (tier, rank_to_keep)


@pytest.mark.parametrize(("visits", "tier"), [(12, "black"), (13, "black"), (11, "ordinary")])
def test_twelve_visits_in_three_months_make_black(assign: Assign, visits: int, tier: str) -> None:
    found = assign("growth_value_club", [guest("one", "5", visits)])["one"]
    assert found["tier_code"] == tier


def test_each_order_over_a_hundred_adds_a_hundred_points(assign: Assign) -> None:
    # 1800.00 spent: one order of 100.00 adds nothing, one of 100.01 a hundred points; 2000 take two of those.
    rows = [guest(key, "1800.00") for key in ("none", "one", "two")]
    visits = [
        *orders("none", "100.00", "100.00", "100.00"),
        *orders("one", "100.01", "100.00"),
        *orders("two", "100.01", "1500.00"),
    ]
    tiers = assign("growth_value_club", rows, visits=visits)
    assert codes(tiers) == {"none": "ordinary", "one": "ordinary", "two": "silver"}
    assert tiers["two"]["deciding_value"] == 2000
    # What is missing is counted from the growth value, not from the amount spent.
    assert tiers["one"]["change_value"] == 100


def test_an_order_counts_for_twelve_months(assign: Assign) -> None:
    # As of 2025-04-15 the twelve months begin on 2024-04-16.
    rows = [guest(key, "1900.00") for key in ("last_day", "first_day", "today")]
    visits = [
        *orders("last_day", "150", first_day=date(2024, 4, 15)),
        *orders("first_day", "150", first_day=date(2024, 4, 16)),
        *orders("today", "150", first_day=date(2025, 4, 15)),
    ]
    assert codes(assign("growth_value_club", rows, visits=visits)) == {
        "last_day": "ordinary",
        "first_day": "silver",
        "today": "silver",
    }


def test_the_club_is_for_members(assign: Assign) -> None:
    outsider = {"customer_key": "outsider", "net_sales_12m_amount": 20_000}
    assert set(assign("growth_value_club", [outsider, guest("member", "1")])) == {"member"}
    assert assign("growth_value_club", [guest("member", "1")], absent_needs=["members"]) == {}


def test_any_of_three_windows_gives_the_tier(assign: Assign) -> None:
    assert_examples(
        assign,
        "any_of_three_windows",
        "net_sales_1m_amount net_sales_12m_amount visits_12m_count",
        [
            ("preferred", "500.00", "500.00", 1),
            ("base", "499.99", "499.99", 1),
            ("preferred", "0", "1000.00", 1),
            ("base", "0", "999.99", 19),
            ("preferred", "0", "20.00", 20),
            ("base", "0", "20.00", 19),
            ("preferred", "500.01", "1000.01", 21),
            ("base", "0", "0", 0),
        ],
    )
