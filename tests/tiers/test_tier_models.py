"""The models around the schemes, in the small project that was built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

Assign = Callable[..., dict[Any, dict[str, Any]]]

SCHEMES = (
    "abc_sales_70_20_10",
    "abc_sales_75_20_5",
    "value_pyramid",
    "restaurant_abc",
    "appliance_spend",
    "rfm_quintile",
)


@pytest.fixture
def built(tier_project) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built database, whose changes are undone."""
    with duckdb.connect(str(tier_project.database)) as connection:
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def test_the_unit_tests_in_the_model_files_are_run(tier_project) -> None:
    for name in (
        "a_tier_left_and_regained_gives_two_spans",
        "the_previous_tier_is_that_of_the_last_month_end",
        "every_customer_is_counted_in_one_move_per_date",
        "who_came_and_who_left_are_named",
        "two_schemes_are_compared_tier_by_tier",
        "an_empty_tier_is_counted_as_zero",
        "a_review_counts_what_moved_since_the_date_before",
        "what_is_usual_is_the_median_of_three_earlier_reviews_or_more",
    ):
        assert f"::{name} " in tier_project.output.replace(".", " ")


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_a_scheme_reads_the_values_once(tier_project, scheme_id: str) -> None:
    sql = tier_project.compiled(scheme_id)
    assert sql.count('"int_customer_values_by_date"') == 1
    assert "double" not in sql.lower().split("placed as (")[0]


def test_a_customer_without_a_tier_fails_the_build(tier_project, built: duckdb.DuckDBPyConnection) -> None:
    check = tier_project.compiled("every_customer_has_one_tier_int_tier_decisions_")
    assert built.execute(check).fetchall() == []
    built.execute(
        "delete from int_tier_decisions_made where scheme_id = 'restaurant_abc'"
        " and customer_key = 'customer_07' and decided_on_date = date '2025-04-15'"
    )
    built.execute(
        "update int_tier_decisions_made set customer_key = 'nobody'"
        " where scheme_id = 'rfm_quintile' and customer_key = 'customer_08'"
    )
    found = {(row[0], row[1], row[2]) for row in built.execute(check).fetchall()}
    assert found == {
        ("restaurant_abc", "has no tier", "customer_07"),
        ("rfm_quintile", "has no tier", "customer_08"),
        ("rfm_quintile", "is outside the population", "nobody"),
    }


@pytest.mark.parametrize(
    "damage",
    [
        "update tier_history set valid_to_date = valid_from_date where valid_to_date is not null",
        "update tier_history set valid_to_date = date '2099-01-01' where valid_to_date is not null",
        "update tier_history set valid_to_date = null",
    ],
)
def test_overlapping_history_fails_the_build(
    tier_project, built: duckdb.DuckDBPyConnection, damage: str
) -> None:
    check = tier_project.compiled("validity_never_overlaps_tier_history_customer_key__scheme_id")
    assert built.execute(check).fetchall() == []
    built.execute(damage)
    assert built.execute(check).fetchall() != []


def test_movements_add_up_to_the_sizes_before_and_after(built: duckdb.DuckDBPyConnection) -> None:
    sizes = {
        (str(day), scheme, tier): count
        for day, scheme, tier, count in built.execute(
            "select as_of_date, scheme_id, tier_code, customers_count from tier_sizes"
        ).fetchall()
        if count
    }
    first_day = min(day for day, _, _ in sizes)
    last_day = max(day for day, _, _ in sizes)
    before = built.execute(
        "select previous_as_of_date, scheme_id, from_tier_code, sum(customers_count) from tier_movements"
        " where from_tier_code <> '(new)' group by all"
    ).fetchall()
    after = built.execute(
        "select as_of_date, scheme_id, to_tier_code, sum(customers_count) from tier_movements"
        " where to_tier_code <> '(left)' group by all"
    ).fetchall()
    assert {(str(day), s, t): n for day, s, t, n in before} == {
        k: n for k, n in sizes.items() if k[0] != last_day
    }
    assert {(str(day), s, t): n for day, s, t, n in after} == {
        k: n for k, n in sizes.items() if k[0] != first_day
    }
    assert any(
        row[0] == "(new)" for row in built.execute("select from_tier_code from tier_movements").fetchall()
    )


def test_the_current_tier_is_the_open_end_of_its_history(built: duckdb.DuckDBPyConnection) -> None:
    current = built.execute(
        "select customer_key, scheme_id, tier_code, valid_from_date from customer_tiers order by all"
    ).fetchall()
    open_ends = built.execute(
        "select customer_key, scheme_id, tier_code, valid_from_date from tier_history"
        " where valid_to_date is null order by all"
    ).fetchall()
    assert current == open_ends
    assert sum(scheme_id in SCHEMES for _, scheme_id, *_ in current) == 60 * len(SCHEMES)


def test_the_history_says_the_tier_of_every_computed_date(built: duckdb.DuckDBPyConnection) -> None:
    differing = built.execute(
        """
        from (
            select customer_key, scheme_id, decided_on_date as as_of_date, tier_code
            from int_tier_decisions as decisions
            join int_scheme_tiers using (scheme_id, tier_rank)
        ) as computed
        full join (
            select history.customer_key, history.scheme_id, dates.as_of_date, history.tier_code
            from tier_history as history
            join int_as_of_dates as dates
                on dates.as_of_date >= history.valid_from_date
                and (history.valid_to_date is null or dates.as_of_date < history.valid_to_date)
        ) as said using (customer_key, scheme_id, as_of_date, tier_code)
        select count(*) where computed.customer_key is null or said.customer_key is null
        """
    ).fetchone()
    assert differing == (0,)


def test_every_tier_of_every_scheme_has_a_size_at_every_date(built: duckdb.DuckDBPyConnection) -> None:
    counts = built.execute("select scheme_id, count(*) from tier_sizes group by all").fetchall()
    tiers = built.execute("select scheme_id, count(*) from int_scheme_tiers group by all").fetchall()
    assert dict(counts) == {scheme_id: 3 * count for scheme_id, count in tiers}
    assert set(SCHEMES) <= set(dict(counts))
    ratios = built.execute(
        "select sum(customers_ratio), sum(net_sales_12m_ratio) from tier_sizes"
        " group by as_of_date, scheme_id having sum(customers_count) > 0"
    ).fetchall()
    assert all(abs(ratio - 1) < 0.00001 for row in ratios for ratio in row)


def test_the_limits_of_a_scheme_go_before_those_of_the_project(built: duckdb.DuckDBPyConnection) -> None:
    limits = """
        select downgraded_limit_ratio::varchar, upgraded_limit_ratio::varchar, usual_limit_multiple::varchar
        from int_scheme_limits where scheme_id = ?
    """
    assert built.execute(limits, ["two_of_three"]).fetchall() == [("0.125000", "0.300000", "2.5000")]
    assert built.execute(limits, ["value_pyramid"]).fetchall() == [("0.200000", "0.300000", "3.0000")]


def test_every_scheme_without_a_policy_is_reviewed_at_every_end_of_a_month(
    built: duckdb.DuckDBPyConnection,
) -> None:
    reviews = "select as_of_date::varchar, judged_count from review_outcomes where scheme_id = ? order by all"
    assert built.execute(reviews, ["value_pyramid"]).fetchall() == [("2025-02-28", 60), ("2025-03-31", 60)]
    assert built.execute(reviews, ["membership_tier"]).fetchall() == []


def test_a_policy_is_followed_from_the_first_date_at_which_its_figures_are_known(assign: Assign) -> None:
    # Before the recent dates nobody's profit is known, which says nothing about anybody's tier then.
    days = [date(2024, 2, 29), date(2024, 3, 31), date(2025, 3, 31)]
    profits = [None, 500, 500]
    rows = [
        {"customer_key": "c", "as_of_date": day, "profit_12m_amount": profit, "net_sales_12m_amount": 9000}
        for day, profit in zip(days, profits, strict=True)
    ]
    for row in rows:
        row["is_member"] = True
    found = assign("profit_club", rows, recent_since="2024-03-31")
    assert {key: tier["tier_code"] for key, tier in found.items()} == {
        ("c", days[1]): "gold",
        ("c", days[2]): "gold",
    }
    # Sales are known at every date.
    assert {day for _, day in assign("membership_tier", rows, recent_since="2024-03-31")} == set(days)
