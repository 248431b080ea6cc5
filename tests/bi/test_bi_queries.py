"""What the queries of the datasets make of a few rows."""

from __future__ import annotations

import duckdb
import pytest

from clientele.bi import catalogue


def insert(database: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, object]) -> None:
    for row in rows:
        places = ", ".join("?" for _ in row)
        database.execute(
            f"insert into clientele.{table} ({', '.join(row)}) values ({places})", [*row.values()]
        )


def size(day: str, code: str, rank: int, customers: int, sales: int) -> dict[str, object]:
    return {
        "as_of_date": day,
        "scheme_id": "s",
        "scheme_title_zh": "方案",
        "scheme_title_en": "Scheme",
        "tier_code": code,
        "tier_rank": rank,
        "tier_name_zh": f"层{code}",
        "tier_name_en": f"Tier {code}",
        "customers_count": customers,
        "net_sales_12m_amount": sales,
    }


@pytest.fixture
def shop(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    insert(
        database,
        "tier_sizes",
        size("2025-05-31", "A", 10, 1, 60),
        size("2025-05-31", "B", 2, 3, 40),
        size("2025-06-30", "A", 10, 2, 150),
        size("2025-06-30", "B", 2, 2, 50),
    )
    return database


def ask(database: duckdb.DuckDBPyConnection, dataset, columns: str, rest: str = "") -> list[tuple]:
    return database.execute(f"select {columns} from ({dataset.query}) as taken {rest}").fetchall()


def test_tiers_sort_by_rank_and_the_date_of_the_release_is_known(shop):
    columns = "ranked_tier_zh, ranked_tier_en, scheme_customers_count, is_current, is_top_tier"
    assert ask(shop, catalogue.TIER_SIZES, columns, "order by as_of_date, ranked_tier_en") == [
        ("02 层B", "02 Tier B", 4, False, False),
        ("10 层A", "10 Tier A", 4, False, True),
        ("02 层B", "02 Tier B", 4, True, False),
        ("10 层A", "10 Tier A", 4, True, True),
    ]


def test_shares_are_of_the_scheme_at_the_date(shop):
    metrics = [
        catalogue.TIER_SIZES.metric(name).expression for name in ("customers_ratio", "net_sales_12m_ratio")
    ]
    rest = "where is_current group by tier_code order by tier_code"
    assert ask(shop, catalogue.TIER_SIZES, f"tier_code, {', '.join(metrics)}", rest) == [
        ("A", 0.5, 0.75),
        ("B", 0.5, 0.25),
    ]
    top = catalogue.TIER_SIZES.metric("top_tier_sales_ratio").expression
    assert ask(shop, catalogue.TIER_SIZES, top, "where is_current") == [(0.75,)]


def move(
    before: str, before_rank: int | None, now: str, now_rank: int | None, customers: int
) -> dict[str, object]:
    return {
        "as_of_date": "2025-06-30",
        "previous_as_of_date": "2025-05-31",
        "scheme_id": "s",
        "from_tier_code": before,
        "from_tier_rank": before_rank,
        "to_tier_code": now,
        "to_tier_rank": now_rank,
        "customers_count": customers,
        "net_sales_12m_amount": 1,
    }


def test_moves_are_named_in_both_languages(shop):
    insert(
        shop,
        "tier_movements",
        move("B", 2, "A", 10, 5),
        move("A", 10, "B", 2, 3),
        move("B", 2, "B", 2, 7),
        move("(new)", None, "B", 2, 11),
        move("gone", 4, "(left)", None, 5),
    )
    columns = (
        "direction, from_tier_zh, from_tier_en, to_tier_zh, to_tier_en, scheme_title_zh, customers_count"
    )
    assert ask(shop, catalogue.TIER_MOVEMENTS, columns, "order by direction") == [
        ("downgraded", "10 层A", "10 Tier A", "02 层B", "02 Tier B", "方案", 3),
        ("left", "gone", "gone", "（退出）", "(left)", "方案", 5),
        ("new", "（新进入）", "(new)", "02 层B", "02 Tier B", "方案", 11),
        ("stayed", "02 层B", "02 Tier B", "02 层B", "02 Tier B", "方案", 7),
        ("upgraded", "02 层B", "02 Tier B", "10 层A", "10 Tier A", "方案", 5),
    ]
    names = (
        "upgraded_count",
        "downgraded_count",
        "joined_count",
        "left_count",
        "upgraded_ratio",
        "downgraded_ratio",
    )
    figures = ", ".join(catalogue.TIER_MOVEMENTS.metric(name).expression for name in names)
    assert ask(shop, catalogue.TIER_MOVEMENTS, figures) == [(5, 3, 11, 5, 0.25, 0.15)]


def test_the_last_month_that_has_ended_is_marked(database):
    insert(
        database,
        "relationship_monthly",
        {"month_date": "2025-05-01", "is_complete": True},
        {"month_date": "2025-06-01", "is_complete": True},
        {"month_date": "2025-07-01", "is_complete": False},
    )
    marked = ask(database, catalogue.RELATIONSHIP, "month_date::varchar", "where is_latest_complete")
    assert marked == [("2025-06-01",)]


def test_a_scheme_without_sizes_goes_by_its_id(shop):
    insert(
        shop,
        "scheme_states",
        {"scheme_id": "s", "state": "computed"},
        {"scheme_id": "unsized", "state": "missing_feed"},
    )
    assert ask(shop, catalogue.SCHEME_STATES, "scheme_title_zh, scheme_title_en", "order by scheme_id") == [
        ("方案", "Scheme"),
        ("unsized", "unsized"),
    ]
