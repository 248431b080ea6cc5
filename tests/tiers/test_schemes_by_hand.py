"""Each scheme on figures worked out by hand: every tier, both sides of every boundary, and ties."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

Assign = Callable[..., dict[Any, dict[str, Any]]]


def codes(tiers: dict[Any, dict[str, Any]]) -> dict[Any, str]:
    return {key: tier["tier_code"] for key, tier in tiers.items()}


def sales(**amounts: str | int) -> list[dict[str, Any]]:
    return [
        {"customer_key": key, "net_sales_12m_amount": Decimal(str(amount))} for key, amount in amounts.items()
    ]


@pytest.mark.parametrize(
    ("scheme_id", "amounts", "first_cut", "second_cut"),
    [
        ("abc_sales_70_20_10", {"a": 70, "b": 12, "c": 8, "d": 6, "e": 4, "f": 0}, 70, 90),
        ("abc_sales_75_20_5", {"a": 75, "b": 12, "c": 8, "d": 3, "e": 2, "f": 0}, 75, 95),
    ],
)
def test_abc_cuts_at_the_share_before_the_customer(
    assign: Assign, scheme_id: str, amounts: dict[str, str | int], first_cut: int, second_cut: int
) -> None:
    # Of 100: before b stands exactly the first cut, before d exactly the second.
    tiers = assign(scheme_id, sales(**amounts))
    assert codes(tiers) == {"a": "A", "b": "B", "c": "B", "d": "C", "e": "C", "f": "C"}
    assert (tiers["a"]["deciding_value"], tiers["a"]["threshold_value"]) == (0, first_cut)
    assert (tiers["b"]["deciding_value"], tiers["b"]["threshold_value"]) == (first_cut, second_cut)
    assert (tiers["d"]["deciding_value"], tiers["d"]["threshold_value"]) == (second_cut, second_cut)


@pytest.mark.parametrize(("first", "tier_of_second"), [("69.99", "A"), ("70.00", "B"), ("70.01", "B")])
def test_abc_is_exact_at_one_cent(assign: Assign, first: str, tier_of_second: str) -> None:
    rest = Decimal(100) - Decimal(first) - 20
    tiers = assign("abc_sales_70_20_10", sales(a=first, b=20, c=str(rest)))
    assert codes(tiers) == {"a": "A", "b": tier_of_second, "c": "C" if first != "69.99" else "B"}


def test_abc_is_exact_where_floating_point_is_not(assign: Assign) -> None:
    # In a total of ten million million the cut of 70% is missed by a hundredth of a cent.
    tiers = assign(
        "abc_sales_70_20_10", sales(a="6999999999999.9999", b="2000000000000.0001", c="1000000000000.0000")
    )
    assert codes(tiers) == {"a": "A", "b": "A", "c": "C"}
    assert tiers["b"]["deciding_value"] == Decimal("69.999999")
    assert tiers["b"]["reason_en"] == "Cumulative share before this customer is 69.99%, under 70%."


def test_abc_gives_equal_customers_the_tier_of_the_first_of_them(assign: Assign) -> None:
    # The block of three stands at 60% before it and reaches to 90%.
    tiers = assign("abc_sales_70_20_10", sales(a=60, b1=10, b2=10, b3=10, c=6, d=4))
    assert codes(tiers) == {"a": "A", "b1": "A", "b2": "A", "b3": "A", "c": "C", "d": "C"}
    assert {tiers[key]["deciding_value"] for key in ("b1", "b2", "b3")} == {60}


@pytest.mark.parametrize("scheme_id", ["abc_sales_70_20_10", "value_pyramid"])
@pytest.mark.parametrize("amounts", [{"a": 0, "b": 0}, {"a": 10, "b": -10}, {"a": 10, "b": "-10.01"}])
def test_without_a_positive_total_everybody_is_in_the_last_tier(
    assign: Assign, scheme_id: str, amounts: dict[str, str | int]
) -> None:
    tiers = assign(scheme_id, sales(**amounts))
    assert {tier["tier_rank"] for tier in tiers.values()} == {1}
    total = sum(Decimal(str(amount)) for amount in amounts.values())
    assert tiers["a"]["deciding_value"] == total
    assert f"of everybody together: {total:.2f}, not over 0" in tiers["a"]["reason_en"]


def test_abc_places_customers_with_more_returns_than_sales_last(assign: Assign) -> None:
    assert codes(assign("abc_sales_70_20_10", sales(a=100, b=-1, c=-50))) == {"a": "A", "b": "C", "c": "C"}


def test_each_date_has_shares_of_its_own(assign: Assign) -> None:
    days = {"2025-03-31": {"a": 99, "b": 1}, "2025-04-15": {"a": 1, "b": 99}}
    rows = [{**row, "as_of_date": day} for day, amounts in days.items() for row in sales(**amounts)]
    found = {(key, str(day)): code for (key, day), code in codes(assign("abc_sales_70_20_10", rows)).items()}
    assert found == {
        ("a", "2025-03-31"): "A",
        ("b", "2025-03-31"): "C",
        ("a", "2025-04-15"): "C",
        ("b", "2025-04-15"): "A",
    }


def test_the_pyramid_takes_1_19_30_and_50_of_a_hundred(assign: Assign) -> None:
    tiers = assign("value_pyramid", sales(**{f"c{place:03}": 1000 - place for place in range(1, 101)}))
    expected = ["angel"] * 1 + ["main"] * 19 + ["ordinary"] * 30 + ["small"] * 50
    assert [tiers[f"c{place:03}"]["tier_code"] for place in range(1, 101)] == expected
    assert tiers["c021"]["deciding_value"] == 20
    assert tiers["c021"]["reason_zh"] == "排在此客户之前的顾客占比为 20.00%，低于 50%。"
    assert tiers["c100"]["reason_en"] == "Share of customers before this one is 99.00%, at least 50%."


def test_the_pyramid_gives_equal_customers_the_tier_of_the_first_of_them(assign: Assign) -> None:
    # Places 2 to 4 of ten are equal: place 2 has 10% before it and is main, so all three are.
    tiers = assign("value_pyramid", sales(a=9, b=8, c=8, d=8, e=5, f=5, g=3, h=2, i=1, j=0))
    assert codes(tiers) == {
        "a": "angel",
        **dict.fromkeys("bcd", "main"),
        **dict.fromkeys("ef", "ordinary"),
        **dict.fromkeys("ghij", "small"),
    }


@pytest.mark.parametrize(
    ("figures", "tier", "criterion"),
    [
        ({"net_sales_1m_amount": "5000.00"}, "A", "net_sales_1m_amount"),
        ({"net_sales_1m_amount": "4999.99"}, "B", "net_sales_1m_amount"),
        ({"net_sales_1m_amount": "2000.00"}, "B", "net_sales_1m_amount"),
        ({"net_sales_1m_amount": "1999.99"}, "C", "net_sales_1m_amount"),
        ({"visits_12m_per_month": "4.0000"}, "A", "visits_12m_per_month"),
        ({"visits_12m_per_month": "3.9999"}, "B", "visits_12m_per_month"),
        ({"visits_12m_per_month": "2.0000"}, "B", "visits_12m_per_month"),
        ({"visits_12m_per_month": "1.9999"}, "C", "net_sales_1m_amount"),
        ({"consecutive_weeks_count": 3}, "A", "consecutive_weeks_count"),
        ({"consecutive_weeks_count": 2}, "B", "consecutive_weeks_count"),
        ({"consecutive_weeks_count": 1}, "C", "net_sales_1m_amount"),
        ({"last_visit_amount": "3000.00"}, "A", "last_visit_amount"),
        ({"last_visit_amount": "2999.99"}, "B", "last_visit_amount"),
        ({"last_visit_amount": "2000.00"}, "B", "last_visit_amount"),
        ({"last_visit_amount": "1999.99"}, "C", "net_sales_1m_amount"),
        ({"last_visit_amount": None}, "C", "net_sales_1m_amount"),
        # A criterion of A outweighs any of B, and the first one met in the order of the file decides.
        ({"net_sales_1m_amount": "2500", "last_visit_amount": "3000"}, "A", "last_visit_amount"),
        ({"visits_12m_per_month": "5", "consecutive_weeks_count": 9}, "A", "visits_12m_per_month"),
    ],
)
def test_one_criterion_makes_a_restaurant_guest(
    assign: Assign, figures: dict[str, Any], tier: str, criterion: str
) -> None:
    found = assign("restaurant_abc", [{"customer_key": "guest", **figures}])["guest"]
    assert (found["tier_code"], found["deciding_criterion"]) == (tier, criterion)


def test_a_reason_names_the_figure_and_the_threshold_without_rounding(assign: Assign) -> None:
    guests = assign(
        "restaurant_abc",
        [
            {"customer_key": "a", "visits_12m_per_month": "4.25"},
            {"customer_key": "c", "net_sales_1m_amount": "1999.996"},
            {"customer_key": "ten", "consecutive_weeks_count": 10},
        ],
    )
    assert guests["a"]["reason_en"] == (
        "Visits per month over the last 12 months: 4.25, at least 4 (it takes 1 of 4 criteria)."
    )
    assert guests["a"]["reason_zh"] == "近12个月月均到店次数为 4.25，不低于 4（4 项条件中须满足 1 项）。"
    assert guests["c"]["reason_en"] == (
        "Net sales in the last month: 1999.996, under 2000; no higher tier is reached."
    )
    assert guests["c"]["threshold_value"] == 2000
    assert "now: 10, at least 3" in guests["ten"]["reason_en"]


@pytest.mark.parametrize(
    ("amount", "tier", "threshold"),
    [
        ("20000.01", "high", 20000),
        ("20000.00", "middle", 10000),
        ("19999.99", "middle", 10000),
        ("10000.01", "middle", 10000),
        ("10000.00", "middle", 10000),
        ("9999.99", "low", 10000),
        ("0", "low", 10000),
        ("-5", "low", 10000),
    ],
)
def test_appliance_spenders_are_cut_at_the_cent(
    assign: Assign, amount: str, tier: str, threshold: int
) -> None:
    found = assign("appliance_spend", sales(one=amount))["one"]
    assert (found["tier_code"], found["deciding_value"], found["threshold_value"]) == (
        tier,
        Decimal(amount),
        threshold,
    )


#: The group at each recency (a line), frequency (1 to 5, between slashes) and monetary value (1 to 5).
GROUPS = {
    "CH": "champions",
    "LO": "loyal",
    "PL": "potential_loyalists",
    "NC": "new_customers",
    "PR": "promising",
    "NA": "need_attention",
    "AS": "about_to_sleep",
    "AR": "at_risk",
    "CL": "cant_lose_them",
    "HI": "hibernating",
    "LS": "lost",
}
GRID = {
    5: "NC NC NC NC NC / PL PL PL PL PL / PL PL LO LO LO / LO LO LO CH CH / LO LO LO CH CH",
    4: "PR PR PR PR PR / PL PL PL PL PL / PL PL LO LO LO / LO LO LO CH CH / LO LO LO CH CH",
    3: "AS AS AS AS AS / NA NA NA NA NA / NA NA LO LO LO / LO LO LO LO LO / LO LO LO LO LO",
    2: "HI HI HI HI HI / AS AS AS AS AS / AR AR AR AR AR / AR AR AR AR AR / AR AR AR AR AR",
    1: "LS LS HI HI HI / HI HI HI HI HI / AR AR AR AR AR / AR AR AR CL CL / AR AR AR CL CL",
}


def test_all_125_scores_have_their_rfm_group(assign: Assign) -> None:
    rows = [
        {
            "customer_key": repr((recency, frequency, monetary)),
            "recency_days": (6 - recency) * 30,
            "visits_24m_count": frequency * 2,
            "net_sales_24m_amount": monetary * 100,
        }
        for recency in range(1, 6)
        for frequency in range(1, 6)
        for monetary in range(1, 6)
    ]
    found = {
        key: (tier["deciding_value"], tier["tier_code"]) for key, tier in assign("rfm_quintile", rows).items()
    }
    assert found == {
        repr((recency, frequency, monetary)): (
            recency * 100 + frequency * 10 + monetary,
            GROUPS[group],
        )
        for recency, block in GRID.items()
        for frequency, line in enumerate(block.split(" / "), start=1)
        for monetary, group in enumerate(line.split(), start=1)
    }


def test_equal_values_score_equal_and_the_cut_is_the_first_value_that_covers_a_fifth(assign: Assign) -> None:
    # Of ten customers six came once: cuts 1 to 3 fall on one visit, cut 4 on the eighth place, three visits.
    visits = [1, 1, 1, 1, 1, 1, 2, 3, 3, 9]
    rows = [
        {
            "customer_key": f"c{n}",
            "visits_24m_count": count,
            "recency_days": 5,
            "net_sales_24m_amount": 1,
        }
        for n, count in enumerate(visits)
    ]
    tiers = assign("rfm_quintile", rows)
    frequency = [int(tiers[f"c{n}"]["deciding_value"]) // 10 % 10 for n in range(10)]
    assert frequency == [1, 1, 1, 1, 1, 1, 4, 4, 4, 5]
    assert {int(tier["deciding_value"]) // 100 for tier in tiers.values()} == {1}


def test_rfm_leaves_out_who_has_not_come_in_24_months(assign: Assign) -> None:
    rows = [
        {"customer_key": "came", "visits_24m_count": 1, "recency_days": 700, "net_sales_24m_amount": 5},
        {"customer_key": "long_ago", "visits_24m_count": 0, "recency_days": 900},
        {"customer_key": "never"},
    ]
    assert set(assign("rfm_quintile", rows)) == {"came"}


@pytest.mark.parametrize(
    ("amount", "visits", "last_visit", "tier", "criterion"),
    [
        ("1000.01", 3, None, "regular", "net_sales_12m_amount"),
        ("1000.00", 3, "99.99", "regular", "visits_12m_count"),
        ("1000.01", 21, "99.99", "regular", "net_sales_12m_amount"),
        ("1000.01", 2, "99.98", "other", "visits_12m_count"),
        ("1000.00", 20, "99.98", "other", "net_sales_12m_amount"),
        ("1000.01", 21, None, "other", "visits_12m_count"),
    ],
)
def test_a_scheme_may_need_two_of_three_criteria(
    assign: Assign, amount: str, visits: int, last_visit: str | None, tier: str, criterion: str
) -> None:
    figures = {
        "net_sales_12m_amount": amount,
        "visits_12m_count": visits,
        "last_visit_amount": last_visit,
    }
    found = assign("two_of_three", [{"customer_key": "one", **figures}])["one"]
    assert (found["tier_code"], found["deciding_criterion"]) == (tier, criterion)
    assert found["scheme_version"] == 3
    assert found["tier_name_en"] == ("It's a regular" if tier == "regular" else "Other")
    if (visits, tier) == (21, "other"):
        assert "21, under 3 or over 20" in found["reason_en"]
