"""Schemes over what members are, have and owe, on figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hand_worked import Assign, assert_examples, codes


def test_buyers_by_type(assign: Assign) -> None:
    assert_examples(
        assign,
        "buyer_type",
        "is_member buyer_type",
        [
            ("personal", True, "personal"),
            ("business", True, "business"),
            ("project", True, "project"),
            ("unknown", True, None),
            ("unknown", True, "reseller"),
            (None, False, None),
        ],
    )


def test_walk_in_customers_and_members(assign: Assign) -> None:
    assert_examples(
        assign,
        "walk_in_or_member",
        "is_member card_tier",
        [
            ("walk_in", False, None),
            ("member", True, None),
            ("member", True, "普通"),
            ("member", True, "银卡"),
            ("vip", True, "金卡"),
            ("vip", True, "白金"),
            ("vip", True, "钻石"),
            ("vip", True, "VIP"),
            # A tier without a card that is held now is a walk-in customer's.
            ("walk_in", False, "金卡"),
        ],
    )


def test_tiers_of_the_member_card(assign: Assign) -> None:
    assert_examples(
        assign,
        "membership_tier",
        "is_member net_sales_12m_amount",
        [
            ("diamond", True, "50000.01"),
            ("diamond", True, "50000.00"),
            ("platinum", True, "49999.99"),
            ("platinum", True, "20000.00"),
            ("gold", True, "19999.99"),
            ("gold", True, "8000.00"),
            ("silver", True, "7999.99"),
            ("silver", True, "2000.00"),
            ("ordinary", True, "1999.99"),
            ("ordinary", True, "0"),
            ("ordinary", True, "-10.00"),
            (None, False, "50000.00"),
        ],
    )


def business(key: str, tier: str | None, **figures: Any) -> tuple[dict[str, Any], str | None]:
    """An old business customer with orders in every quarter: a model, unless a figure says otherwise."""
    model = {
        "buyer_type": "business",
        "visits_lifetime_count": 9,
        "net_sales_12m_amount": 9000,
        "average_visit_lifetime_amount": 1000,
        "service_minutes_12m_count": 0,
        "tenure_days": 365,
        "active_quarters_12m_count": 4,
    }
    return {"customer_key": key, **model, **figures}, tier


def test_nine_grades_of_business_customers(assign: Assign) -> None:
    small = {"average_visit_lifetime_amount": Decimal("999.99")}
    once = {"visits_lifetime_count": 1, "active_quarters_12m_count": 0}
    cases = [
        business("agreement", "strategic", has_supply_agreement=True),
        business("all of it", "strategic", has_supply_agreement=True, has_breached_agreement=True),
        business("five million", "vip", net_sales_12m_amount=5_000_000),
        business("a cent less", "model", net_sales_12m_amount=Decimal("4999999.99")),
        business("first order of six million", "vip", net_sales_12m_amount=6_000_000, tenure_days=1, **once),
        business("large", "strategic", has_supply_agreement=True, net_sales_12m_amount=9_000_000),
        business("large platform", "vip", is_platform_account=True, net_sales_12m_amount=5_000_000),
        business("platform", "key", is_platform_account=True, has_social_value=True),
        business("social", "honoured", has_social_value=True, has_breached_agreement=True),
        business("breach", "free", has_breached_agreement=True, tenure_days=10),
        business("89 days", "new", tenure_days=89, active_quarters_12m_count=1),
        business("89 days, one order", "new", tenure_days=89, **once),
        business("one order, small and costly", "dormant", service_minutes_12m_count=601, **small, **once),
        business("90 days, one order", "dormant", tenure_days=90, **once),
        business("90 days, two orders", "low_value", tenure_days=90, active_quarters_12m_count=1),
        business("long ago, one order", "dormant", tenure_days=900, **once),
        business("regular", "model"),
        business("a day short of a year", "low_value", tenure_days=364),
        business("a quarter without", "low_value", active_quarters_12m_count=3),
        business("small and costly", "low_value", service_minutes_12m_count=601, **small),
        business("small, 600 minutes", "model", service_minutes_12m_count=600, **small),
        business("costly", "model", service_minutes_12m_count=9000),
        business("project", "model", buyer_type="project"),
        business("personal", None, buyer_type="personal", has_supply_agreement=True),
        business("untyped", None, buyer_type=None),
        business("no order", None, visits_lifetime_count=0, has_supply_agreement=True),
    ]
    found = codes(assign("b2b_nine_grade", [row for row, _ in cases]))
    assert [(row["customer_key"], found.get(row["customer_key"])) for row, _ in cases] == [
        (row["customer_key"], tier) for row, tier in cases
    ]


def test_the_quartet_takes_1_and_19_of_a_hundred(assign: Assign) -> None:
    # Places 1 to 60 bought, 61 to 100 did not; the agreement lifts place 99, and place 1 stays strategic.
    rows = [
        {
            "customer_key": f"c{place:03}",
            "net_sales_12m_amount": max(0, 61 - place),
            "visits_12m_count": int(place <= 60),
            "has_supply_agreement": place == 99 or None,
        }
        for place in range(1, 101)
    ]
    found = codes(assign("value_quartet", rows))
    expected = ["strategic"] + ["important"] * 19 + ["general"] * 40 + ["potential"] * 40
    expected[98] = "strategic"
    assert [found[f"c{place:03}"] for place in range(1, 101)] == expected


def test_equal_customers_of_the_quartet_take_the_tier_of_the_first(assign: Assign) -> None:
    # Of ten, places 2 to 4 are equal: 10% stand before the block, so all three are important.
    amounts = {"a": "9", "b": "8.01", "c": "8.01", "d": "8.01", "e": "8.00", **dict.fromkeys("fghij", "1")}
    rows = [
        {"customer_key": key, "visits_12m_count": 1, "net_sales_12m_amount": Decimal(amount)}
        for key, amount in amounts.items()
    ]
    assert codes(assign("value_quartet", rows)) == {
        "a": "strategic",
        **dict.fromkeys("bcd", "important"),
        **dict.fromkeys("efghij", "general"),
    }


def test_where_nobody_bought_nobody_of_the_quartet_is_strategic_by_sales(assign: Assign) -> None:
    rows = [{"customer_key": "a", "has_supply_agreement": True}, {"customer_key": "b"}]
    assert codes(assign("value_quartet", rows)) == {"a": "strategic", "b": "potential"}


def test_the_state_of_stored_value(assign: Assign) -> None:
    assert_examples(
        assign,
        "stored_value_state",
        "stored_value_balance_amount stored_value_opened_days stored_value_used_months_count",
        [
            ("new", "100", 0, 1),
            ("new", "0", 29, 0),
            ("used", "0.01", 30, 2),
            ("used", "100", 400, 3),
            ("unsteady", "100", 400, 1),
            ("unused", "100", 400, 0),
            ("unused", "0.01", 30, 0),
            ("empty", "0", 30, 3),
            ("empty", "-0.01", 400, 0),
            ("used", "100", None, 2),
            (None, None, None, 0),
        ],
    )


def test_bands_of_age_and_gender(assign: Assign) -> None:
    assert_examples(
        assign,
        "age_gender_band",
        "is_member age_years gender",
        [
            ("female_under_20", True, 0, "female"),
            ("female_under_20", True, 19, "female"),
            ("female_20_24", True, 20, "f"),
            ("female_20_24", True, 24, "女"),
            ("female_25_34", True, 25, "female"),
            ("female_25_34", True, 34, "female"),
            ("female_35_up", True, 35, "female"),
            ("male_under_20", True, 19, "male"),
            ("male_20_24", True, 20, "m"),
            ("male_20_24", True, 24, "男"),
            ("male_25_34", True, 25, "male"),
            ("male_25_34", True, 34, "male"),
            ("male_35_up", True, 35, "male"),
            ("male_35_up", True, 99, "male"),
            ("unknown", True, None, "female"),
            ("unknown", True, None, "male"),
            *(("unknown", True, age, None) for age in (19, 20, 25, 35)),
            ("unknown", True, 30, "other"),
            ("unknown", True, None, None),
            (None, False, 30, "female"),
        ],
    )


def test_the_risk_of_credit(assign: Assign) -> None:
    assert_examples(
        assign,
        "credit_risk",
        "overdue_days overdue_amount",
        [
            ("normal", 0, "0"),
            ("normal", 0, None),
            ("watch", 1, "0"),
            ("watch", 0, "0.01"),
            ("watch", 90, "49999.99"),
            ("high_risk", 91, "0.01"),
            ("high_risk", 1, "50000.00"),
            ("high_risk", 91, None),
            (None, None, None),
            (None, None, "50000.00"),
        ],
    )


@pytest.mark.parametrize(
    ("scheme_id", "needs"),
    [
        ("buyer_type", ["buyer_types"]),
        ("walk_in_or_member", ["members", "vip_tiers"]),
        ("membership_tier", ["members"]),
        ("b2b_nine_grade", ["agreements", "buyer_types", "service_events"]),
        ("value_quartet", ["agreements"]),
        ("stored_value_state", ["stored_values"]),
        ("age_gender_band", ["birth_years", "genders"]),
        ("credit_risk", ["overdue_amounts"]),
    ],
)
def test_without_the_feed_of_members_a_scheme_places_nobody(
    assign: Assign, scheme_id: str, needs: list[str]
) -> None:
    row = {
        "customer_key": "one",
        "is_member": True,
        "buyer_type": "business",
        "visits_lifetime_count": 1,
        "stored_value_balance_amount": 1,
        "overdue_days": 0,
    }
    assert set(assign(scheme_id, [row])) == {"one"}
    for need in needs:
        assert assign(scheme_id, [row], absent_needs=[need]) == {}
