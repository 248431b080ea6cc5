"""Schemes over the life of a customer on figures worked out by hand: every tier and its bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hand_worked import Assign, assert_examples, codes


def test_the_life_of_a_demand(assign: Assign) -> None:
    assert_examples(
        assign,
        "demand_lifecycle",
        "recency_days median_gap_days active_quarters_12m_count visits_12m_count visits_lifetime_count"
        " is_member",
        [
            # Lost is over twice the own gap and over 180 days; at either bound it is not yet.
            ("lost", 181, "90.0", 2, 5, 9, True),
            ("regular", 180, "30.0", 2, 5, 9, True),
            ("regular", 200, "100.0", 2, 5, 9, True),
            ("lost", 201, "100.0", 2, 5, 9, True),
            ("lost", 201, "100.4", 2, 5, 9, True),
            ("regular", 201, "100.5", 2, 5, 9, True),
            ("lost", 900, "30.0", 0, 0, 9, False),
            # One purchase has no gap, so it is never lost.
            ("one_time", 900, None, 0, 0, 1, True),
            ("one_time", 0, None, 1, 1, 1, False),
            ("loyal", 10, "60.0", 4, 4, 9, True),
            ("regular", 10, "60.0", 3, 9, 9, True),
            ("regular", 10, "60.0", 1, 2, 2, True),
            # Twice ever and once in the year, within twice the own gap: neither regular nor lost.
            ("other", 10, "400.0", 1, 1, 2, True),
            ("potential", None, None, 0, 0, 0, True),
            ("other", None, None, 0, 0, 0, False),
        ],
    )


def test_the_stage_of_a_relationship(assign: Assign) -> None:
    assert_examples(
        assign,
        "relationship_stage",
        "visits_12m_count tenure_days sales_trend_6m_multiple active_quarters_12m_count",
        [
            ("exploring", 1, 0, None, 1),
            ("exploring", 9, 89, None, 1),
            ("forming", 9, 90, None, 1),
            ("declining", 9, 365, "0.499999", 4),
            ("stable", 9, 365, "0.5", 4),
            ("forming", 9, 364, "0.5", 4),
            ("forming", 9, 365, "2", 3),
            ("stable", 9, 4000, None, 4),
            ("declining", 1, 400, "0", 1),
            # Returns may leave less than nothing.
            ("declining", 3, 400, "-0.1", 4),
            # Nobody without a visit in twelve months has a stage.
            (None, 0, 400, None, 0),
            (None, 0, None, None, 0),
        ],
    )


def test_the_status_of_everybody_the_shop_knows(assign: Assign) -> None:
    assert_examples(
        assign,
        "customer_status",
        "visits_lifetime_count visits_12m_count recency_days median_gap_days is_member has_contact_consent"
        " member_status is_reachable contacts_12m_count",
        [
            ("lost", 5, 3, 181, "90.0", True, True, "active", True, 0),
            ("actual", 5, 3, 180, "30.0", True, True, "active", True, 0),
            ("actual", 5, 3, 200, "100.0", True, True, "active", True, 0),
            ("actual", 1, 1, 300, None, False, None, None, False, 0),
            # Somebody who bought is a customer even with a closed card or without consent.
            ("actual", 1, 1, 10, None, True, False, "closed", False, 0),
            # Nothing in twelve months is lost, also where one purchase has no gap.
            ("lost", 1, 0, 366, None, True, True, "active", True, 5),
            ("lost", 1, 0, 366, None, True, False, "closed", False, 0),
            ("lost", 2, 0, 400, "900.0", True, True, "active", True, 5),
            ("target", 0, 0, None, None, True, True, "active", True, 1),
            ("target", 0, 0, None, None, True, None, "active", True, 9),
            ("potential", 0, 0, None, None, True, True, "active", True, 0),
            ("non_customer", 0, 0, None, None, True, False, "active", False, 1),
            ("non_customer", 0, 0, None, None, True, True, "closed", True, 1),
            ("non_customer", 0, 0, None, None, True, False, "active", True, 1),
            ("non_customer", 0, 0, None, None, False, None, None, True, 1),
            ("potential", 0, 0, None, None, True, True, "blocked", True, 0),
            ("non_customer", 0, 0, None, None, True, True, "active", False, 1),
            ("non_customer", 0, 0, None, None, False, None, None, True, 0),
        ],
    )


def ladder(key: str, tier: str, **figures: Any) -> tuple[dict[str, Any], str]:
    return {"customer_key": key, "is_member": True, "is_reachable": True, **figures}, tier


def loyal(key: str, tier: str, **figures: Any) -> tuple[dict[str, Any], str]:
    """Someone on the seventh step, unless a figure says otherwise."""
    steady = {
        "visits_lifetime_count": 9,
        "visits_12m_count": 4,
        "tenure_days": 365,
        "active_quarters_12m_count": 4,
        "net_sales_12m_amount": 100,
    }
    return ladder(key, tier, **(steady | figures))


def test_the_ladder_of_nine_steps(assign: Assign) -> None:
    # Thirty customers, so the top 20% are the six with the highest sales; the seventh has 20% before it.
    cases = [
        loyal("rich1", "repeat", net_sales_12m_amount=1000, visits_12m_count=3, active_quarters_12m_count=3),
        loyal("rich2", "devoted", net_sales_12m_amount=900, referrals_converted_count=3),
        loyal("rich3", "advocate", net_sales_12m_amount=800, referrals_converted_count=2),
        loyal("rich4", "loyal", net_sales_12m_amount=700),
        loyal("rich5", "major", net_sales_12m_amount=600, tenure_days=364, referrals_converted_count=9),
        loyal(
            "rich6",
            "major",
            net_sales_12m_amount=500,
            active_quarters_12m_count=3,
            referrals_converted_count=9,
        ),
        loyal("seventh", "advocate", net_sales_12m_amount=400, referrals_converted_count=3),
        loyal("one_friend", "advocate", referrals_converted_count=1),
        loyal("no_friend", "loyal", referrals_made_count=9),
        loyal("young", "frequent", tenure_days=364, referrals_converted_count=9),
        loyal("absent", "frequent", active_quarters_12m_count=3, referrals_converted_count=9),
        loyal("three_visits", "repeat", visits_12m_count=3, active_quarters_12m_count=3),
        ladder("two_visits", "repeat", visits_lifetime_count=2, visits_12m_count=2, tenure_days=30),
        ladder("one_this_year", "first", visits_lifetime_count=5, visits_12m_count=1, tenure_days=900),
        ladder("first", "first", visits_lifetime_count=1, visits_12m_count=1, tenure_days=1),
        ladder("long_ago", "first", visits_lifetime_count=7, tenure_days=900),
        ladder("bought_unreachable", "first", visits_lifetime_count=1, is_reachable=False),
        ladder("bought_without_card", "first", visits_lifetime_count=1, is_member=False),
        ladder("card_only", "potential"),
        ladder("consented", "potential", has_contact_consent=True),
        ladder("referrer_without_purchase", "potential", referrals_converted_count=5),
        ladder("opted_out", "non_potential", has_contact_consent=False),
        ladder("unreachable", "non_potential", is_reachable=False),
        ladder("no_card", "non_potential", is_member=False),
        *(ladder(f"card{number}", "potential") for number in range(6)),
    ]
    assert len(cases) == 30
    found = codes(assign("nine_ladder", [row for row, _ in cases]))
    assert found == {row["customer_key"]: tier for row, tier in cases}


@pytest.mark.parametrize(
    ("amount", "tier"), [("500.01", "major"), ("500.00", "major"), ("499.99", "frequent")]
)
def test_the_top_fifth_of_the_ladder_takes_equal_customers_in(assign: Assign, amount: str, tier: str) -> None:
    # Of five one stands in the top 20%; who is equal to the first stands with it.
    others = {"a": "500.00", "c": "3", "d": "2", "e": "1"}
    rows = [
        {
            "customer_key": key,
            "visits_lifetime_count": 4,
            "visits_12m_count": 4,
            "net_sales_12m_amount": Decimal(sales),
        }
        for key, sales in {**others, "b": amount}.items()
    ]
    assert codes(assign("nine_ladder", rows))["b"] == tier


def test_big_customers_and_who_referred_them(assign: Assign) -> None:
    rows = [
        {
            "customer_key": key,
            "visits_lifetime_count": visits,
            "average_visit_lifetime_amount": average and Decimal(average),
            "largest_unreturned_receipt_amount": largest and Decimal(largest),
        }
        for key, visits, average, largest in [
            ("big", 5, "100000.00", "400000"),
            ("too_few", 4, "100000.00", "400000"),
            ("too_small", 5, "99999.99", "400000"),
            ("single", 1, "500000.00", "500000.00"),
            ("returned", 1, "500000.00", None),
            ("nearly_single", 1, "499999.99", "499999.99"),
            ("referrer", 1, "20.00", "20.00"),
            ("referrer_without_purchase", 0, None, None),
            ("referrer_of_single", 1, "20.00", "20.00"),
            ("large_referrer", 1, "600000.00", "600000.00"),
            ("big_referrer", 6, "100000.01", "600000.00"),
            ("grandfather", 1, "20.00", "20.00"),
        ]
    ]
    referrals = [
        {"customer_key": referrer, "referred_customer_key": referred}
        for referrer, referred in [
            ("referrer", "big"),
            ("referrer", "too_few"),
            ("referrer_without_purchase", "big"),
            ("referrer_of_single", "single"),
            ("large_referrer", "big"),
            ("big_referrer", "big"),
            ("grandfather", "referrer"),
        ]
    ]
    assert codes(assign("big_customer", rows, referrals=referrals)) == {
        "big": "big",
        "too_few": "other",
        "too_small": "other",
        "single": "single_large",
        "returned": "other",
        "nearly_single": "other",
        "referrer": "referrer",
        "referrer_without_purchase": "referrer",
        "referrer_of_single": "other",
        "large_referrer": "referrer",
        "big_referrer": "big",
        "grandfather": "other",
    }


@pytest.mark.parametrize(
    ("scheme_id", "need"),
    [
        ("customer_status", "members"),
        ("customer_status", "service_events"),
        ("nine_ladder", "referrals"),
        ("nine_ladder", "members"),
        ("big_customer", "referrals"),
    ],
)
def test_without_the_feed_a_scheme_places_nobody(assign: Assign, scheme_id: str, need: str) -> None:
    rows = [{"customer_key": "one", "is_member": True}]
    assert set(assign(scheme_id, rows)) == {"one"}
    assert assign(scheme_id, rows, absent_needs=[need]) == {}
