"""Schemes over purchases on figures worked out by hand: every tier, both sides of every bound, and ties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hand_worked import Assign, assert_examples, codes


def visits(**counts: int) -> list[dict[str, Any]]:
    return [{"customer_key": key, "visits_12m_count": count} for key, count in counts.items()]


def values(**pairs: tuple[str | int, str | int | None]) -> list[dict[str, Any]]:
    """Customers with what they bought in twelve months and what is predicted of them."""
    return [
        {
            "customer_key": key,
            "visits_lifetime_count": 9,
            "net_sales_12m_amount": Decimal(str(current)),
            "predicted_sales_12m_amount": None if potential is None else Decimal(str(potential)),
        }
        for key, (current, potential) in pairs.items()
    ]


def test_abc_of_visits_cuts_at_the_share_of_visits_before_the_customer(assign: Assign) -> None:
    # Of 100 visits: 70 before b, 82 before c, 90 before d.
    tiers = assign("abc_visits_70_20_10", visits(a=70, b=12, c=8, d=6, e=4, f=0))
    assert codes(tiers) == {"a": "A", "b": "B", "c": "B", "d": "C", "e": "C", "f": "C"}
    assert (tiers["b"]["deciding_value"], tiers["b"]["threshold_value"]) == (70, 90)


@pytest.mark.parametrize(("first", "tier_of_second"), [(69, "A"), (70, "B"), (71, "B")])
def test_abc_of_visits_is_exact_at_one_visit(assign: Assign, first: int, tier_of_second: str) -> None:
    assert codes(assign("abc_visits_70_20_10", visits(a=first, b=20, c=80 - first)))["b"] == tier_of_second


def test_abc_of_visits_gives_equal_customers_the_tier_of_the_first_of_them(assign: Assign) -> None:
    # The block of three stands at 60% before it and reaches to 90%.
    tiers = assign("abc_visits_70_20_10", visits(a=60, b1=10, b2=10, b3=10, c=6, d=4))
    assert codes(tiers) == {"a": "A", "b1": "A", "b2": "A", "b3": "A", "c": "C", "d": "C"}


def test_salon_customers_stand_by_current_and_potential_value(assign: Assign) -> None:
    # Ten customers: the top 20% are places 1 and 2, the top 50% places 1 to 5.
    # Current value falls from a to j; potential value falls along a, j, i, c, d, b, e, f, g, h.
    tiers = assign(
        "salon_abcd",
        values(
            a=(1000, 1000),
            b=(900, 500),
            c=(800, 700),
            d=(700, 600),
            e=(600, 400),
            f=(500, 300),
            g=(400, 200),
            h=(300, 100),
            i=(200, 800),
            j=(100, 900),
        ),
    )
    assert codes(tiers) == {
        "a": "A",  # first in both
        "b": "B",  # second by current value alone
        "c": "B",  # third and fourth: in the upper half of both
        "d": "B",  # fourth and fifth: the last in the upper half of both
        "e": "C",  # fifth by current value, but seventh by potential
        "f": "C",
        "g": "C",
        "h": "C",
        "i": "C",  # lower half, and third by potential: one too far down
        "j": "D",  # lower half, and second by potential
    }


def test_exactly_a_fifth_or_a_half_before_a_salon_customer_is_outside(assign: Assign) -> None:
    # Potential value falls along f, c, b, a, d, e, g, h, i, j.
    tiers = assign(
        "salon_abcd",
        values(
            a=(1000, 700),
            b=(900, 800),
            c=(800, 900),
            d=(700, 600),
            e=(600, 500),
            f=(500, 1000),
            g=(400, 400),
            h=(300, 300),
            i=(200, 200),
            j=(100, 100),
        ),
    )
    assert codes(tiers) == {
        "a": "B",
        "b": "B",  # second and third: 20% stand before it by potential
        "c": "B",  # third and second: 20% stand before it by current value
        "d": "B",
        "e": "C",  # fifth and sixth: 50% stand before it by potential
        "f": "D",  # sixth and first: 50% stand before it by current value
        **dict.fromkeys("ghij", "C"),
    }


def test_a_salon_customer_without_any_purchase_is_potential(assign: Assign) -> None:
    # Three of ten bought in twelve months: the other seven share the fourth place, in the upper half of all.
    bought = values(a=(50, 50), b=(40, 40), lapsed=(0, 1), unpredicted=(30, None))
    never = [{"customer_key": f"n{n}", "visits_lifetime_count": 0} for n in range(6)]
    found = codes(assign("salon_abcd", bought + never))
    assert found == {
        # Places by prediction are among the three who have one: 0, 33.3 and 66.7% stand before them.
        "a": "A",
        "b": "B",
        "unpredicted": "C",
        "lapsed": "C",
        **{f"n{n}": "D" for n in range(6)},
    }


def test_a_salon_customer_who_stayed_away_for_a_year_is_no_key_customer(assign: Assign) -> None:
    # Nobody bought: all share the first place, and none of them has a current value.
    assert set(codes(assign("salon_abcd", values(a=(0, 9), b=(0, 9)))).values()) == {"C"}


def test_appliance_customers_by_frequency(assign: Assign) -> None:
    assert_examples(
        assign,
        "appliance_frequency",
        "visits_lifetime_count visits_12m_count net_sales_12m_amount",
        [
            ("regular", 4, 4, "5000.01"),
            ("other", 4, 4, "5000.00"),
            ("other", 4, 4, "4999.99"),
            ("occasional", 3, 3, "5000.01"),
            ("other", 3, 3, "5000.00"),
            ("occasional", 9, 1, "5000.01"),
            ("new", 1, 1, "0.01"),
            ("new", 1, 1, "999999.99"),
            ("new", 1, 0, "0"),
            ("occasional", 2, 2, "5000.01"),
            ("other", 2, 0, "0"),
            ("other", 0, 0, "0"),
        ],
    )


@pytest.mark.parametrize("scheme_id", ["purchase_power", "purchase_frequency"])
def test_terciles_are_cut_among_buyers_only(assign: Assign, scheme_id: str) -> None:
    # Nine buyers in three thirds; the three who bought nothing change no cut.
    rows = [
        {"customer_key": f"b{n}", "visits_12m_count": n, "net_sales_12m_amount": n * 100}
        for n in range(1, 10)
    ]
    rows += [{"customer_key": f"n{n}", "net_sales_12m_amount": -n} for n in range(3)]
    assert codes(assign(scheme_id, rows)) == {
        **dict.fromkeys(["b1", "b2", "b3"], "low"),
        **dict.fromkeys(["b4", "b5", "b6"], "middle"),
        **dict.fromkeys(["b7", "b8", "b9"], "high"),
        **dict.fromkeys(["n0", "n1", "n2"], "no_purchase"),
    }


def test_terciles_move_at_one_cent_and_keep_equal_buyers_together(assign: Assign) -> None:
    def power(*amounts: str) -> list[str]:
        rows = [
            {"customer_key": f"{n}", "visits_12m_count": 1, "net_sales_12m_amount": Decimal(amount)}
            for n, amount in enumerate(amounts)
        ]
        return [code for _, code in sorted(codes(assign("purchase_power", rows)).items())]

    assert power("10.00", "10.01", "10.02") == ["low", "middle", "high"]
    assert power("10.00", "10.00", "10.01") == ["low", "low", "high"]
    assert power("10.00", "10.01", "10.01") == ["low", "middle", "middle"]
    assert power("10.00", "10.00", "10.00") == ["low", "low", "low"]
    assert power("10.00") == ["low"]


def test_a_preference_is_half_of_the_sales_or_more(assign: Assign) -> None:
    assert_examples(
        assign,
        "category_preference",
        "visits_12m_count preferred_category_12m_ratio",
        [
            ("one_category", 2, "0.5"),
            ("one_category", 2, "0.500001"),
            ("several_categories", 2, "0.499999"),
            ("one_category", 9, "1"),
            ("several_categories", 2, None),
            ("unknown", 1, "1"),
            ("unknown", 0, None),
        ],
    )


def test_loyalty_and_profit_are_cut_at_the_median_of_active_customers(assign: Assign) -> None:
    # Medians of the four active customers: halfway between the second and the third.
    def customer(key: str, expected: str, profit: str, visits: int = 1) -> dict[str, Any]:
        return {
            "customer_key": key,
            "visits_12m_count": visits,
            "predicted_purchases_12m_count": Decimal(expected),
            "profit_12m_amount": Decimal(profit),
        }

    active = [
        customer("friend", "4", "400"),
        customer("barnacle", "3", "200"),
        customer("butterfly", "2", "300"),
        customer("stranger", "1", "100"),
    ]
    assert codes(assign("loyalty_profit_matrix", active)) == {
        key: key for key in ("friend", "barnacle", "butterfly", "stranger")
    }
    # Who is not active is placed nowhere and moves no median, however rich.
    assert codes(assign("loyalty_profit_matrix", [*active, customer("gone", "99", "9999", 0)])) == {
        key: key for key in ("friend", "barnacle", "butterfly", "stranger")
    }


def test_the_median_itself_is_high(assign: Assign) -> None:
    rows = [
        {
            "customer_key": key,
            "visits_12m_count": 1,
            "predicted_purchases_12m_count": Decimal(expected),
            "profit_12m_amount": Decimal(profit),
        }
        for key, expected, profit in [
            ("below", "1.9999", "99.99"),
            ("at", "2.0000", "100.00"),
            ("above", "2.0001", "100.01"),
        ]
    ]
    assert codes(assign("loyalty_profit_matrix", rows)) == {
        "below": "stranger",
        "at": "friend",
        "above": "friend",
    }


PREDICTED = {"predicted_purchases_12m_count": Decimal(2), "predicted_sales_12m_amount": Decimal(9)}


@pytest.mark.parametrize(
    ("scheme_id", "known"),
    [
        ("salon_abcd", "predicted_sales_12m_amount"),
        ("loyalty_profit_matrix", "predicted_purchases_12m_count"),
    ],
)
def test_at_a_date_at_which_nothing_was_predicted_nobody_is_placed(
    assign: Assign, scheme_id: str, known: str
) -> None:
    # Too few customers bought twice: nobody's loyalty is low because nobody's is known.
    row = {
        "visits_12m_count": 3,
        "visits_lifetime_count": 3,
        "profit_12m_amount": 5,
        "net_sales_12m_amount": 5,
    }
    then, now = date(2025, 2, 28), date(2025, 3, 31)
    found = assign(
        scheme_id,
        [
            {"customer_key": "one", "as_of_date": then, **row},
            {"customer_key": "one", "as_of_date": now, **row},
            {"customer_key": "two", "as_of_date": now, **row, known: 2},
        ],
    )
    assert set(found) == {"one", "two"}
    assert {tier["as_of_date"] for tier in found.values()} == {now}


@pytest.mark.parametrize(
    ("scheme_id", "need"),
    [
        ("salon_abcd", "predictions"),
        ("loyalty_profit_matrix", "predictions"),
        ("category_preference", "categories"),
    ],
)
def test_without_what_it_needs_a_scheme_places_nobody(assign: Assign, scheme_id: str, need: str) -> None:
    row = {"customer_key": "one", "visits_12m_count": 3, "visits_lifetime_count": 3, **PREDICTED}
    assert set(assign(scheme_id, [row])) == {"one"}
    assert assign(scheme_id, [row], absent_needs=[need]) == {}
