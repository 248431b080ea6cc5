"""A shop reviewed for once with real builds: sealed, decided again from the lake, and restated by news."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from review_shop import (
    PHONES,
    REVIEWED_ON,
    SCHEMES,
    SPENT,
    at,
    deliver_news,
    opened_shop,
    raise_the_bar,
)

from clientele import cli
from clientele.lake.reviews import find_review, review_folder, verify_reviews
from clientele.reviews.decide import approve_review
from clientele.reviews.proposal import propose_review
from clientele.reviews.replaying import replay
from clientele.reviews.schemes import sealed_scheme_text
from clientele.settings import Settings


def say(line: str) -> None:
    del line


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory) -> Settings:
    """The review of March is sealed; then come corrections of March, and another version of a scheme."""
    settings = opened_shop(tmp_path_factory.mktemp("reviewed"))
    propose_review(settings, REVIEWED_ON, None, say, now=at("2026-04-01"))
    approve_review(settings, REVIEWED_ON, "Wang", "person", say, now=at("2026-04-01"))
    deliver_news(settings)
    raise_the_bar(settings)
    return settings


@pytest.fixture(scope="module")
def customers(reviewed) -> dict[str, str]:
    """Customer -> the cards it had when the review was sealed, `M08 M09`."""
    accounts = review_folder(reviewed, 1) / "accounts.parquet"
    rows = duckdb.execute(
        f"select customer_key, string_agg(account_reference[8:], ' ' order by account_reference)"
        f" from read_parquet('{accounts}') where account_type = 'member' group by customer_key"
    ).fetchall()
    return dict(rows)


@pytest.fixture(scope="module")
def restated(reviewed, customers):
    """Cards of then, or the customer's key -> scheme -> tiers of then and now, cause and rows."""
    found = replay(reviewed, REVIEWED_ON.isoformat(), "now", say).restatements
    by_card: dict[str, dict[str, tuple]] = {}
    for one in found:
        cards = customers.get(one.customer_key, "unknown then")
        by_card.setdefault(cards, {})[one.scheme_id] = (
            one.tier_code_then, one.tier_code_now, one.cause, one.row_numbers,
        )  # fmt: skip
    return by_card


def test_the_review_seals_every_scheme_and_its_file(reviewed, customers):
    assert set(customers.values()) == ({*SPENT} - {*PHONES}) | {"M08 M09"}
    assert verify_reviews(reviewed) == []
    for scheme_id in SCHEMES:
        file = review_folder(reviewed, 1) / "schemes" / f"{scheme_id}.yml"
        assert f"id: {scheme_id}" in file.read_text(encoding="utf-8")


def test_what_was_known_then_gives_the_same_digests_whatever_came_since(reviewed):
    found = replay(reviewed, REVIEWED_ON.isoformat(), "then", say)
    assert [scheme.scheme_id for scheme in found.schemes] == list(SCHEMES)
    assert [scheme.scheme_id for scheme in found.schemes if not scheme.is_equal] == []
    assert not (reviewed.warehouse / "replays" / "2026-03-31-then").exists()


def test_what_is_known_now_restates_whom_the_news_move_each_with_its_cause_and_rows(restated):
    by_card = {cards: schemes.get("appliance_spend") for cards, schemes in restated.items()}
    assert by_card == {
        "M01": ("high", "middle", "scheme_edit", None),
        "M03": ("middle", "low", "correction", "5:2"),
        "M04": ("high", "low", "return", "5:3"),
        "M05": ("low", "middle", "late_line", "5:4"),
        "M06": ("low", "middle", "merge", "4:1,4:2"),
        "M07": ("low", "middle", "merge", "4:1,4:2"),
        "M08 M09": ("middle", "low", "unmerge", "4:3"),
        "unknown then": ("middle", "low", "unmerge", "4:3"),
        "M10": ("low", "high", "override", "6:1"),
        "M11": None,
    }


def test_a_late_record_is_the_cause_only_in_schemes_that_read_it(restated):
    assert restated["M11"]["buyer_type"] == ("personal", "business", "late_record", "4:4")
    assert restated["M11"]["abc_sales_75_20_5"] == ("C", "B", "place_among_others", None)


def test_the_scheme_that_was_sealed_stays_readable(reviewed):
    record = find_review(reviewed, "2026-03-31")
    assert "over: 20000" in sealed_scheme_text(reviewed, record, "appliance_spend")


def test_the_next_run_publishes_the_tiers_that_the_review_sealed(reviewed, monkeypatch):
    """`clientele run`, every step of it: nothing in its place, and no Airflow."""
    monkeypatch.setattr(cli, "load_settings", lambda: reviewed)
    assert cli.main(["run"]) == 0
    of_march = "where scheme_id = 'appliance_spend' and decided_on_date = ?"
    decisions = review_folder(reviewed, 1) / "decisions.parquet"
    sealed = duckdb.execute(
        f"select customer_key, tier_rank from read_parquet('{decisions}') {of_march}", [REVIEWED_ON]
    ).fetchall()
    with duckdb.connect(reviewed.published / "clientele.duckdb", read_only=True) as published:
        decided = published.execute(
            f"select customer_key, tier_rank from tier_decisions {of_march}", [REVIEWED_ON]
        ).fetchall()
        reviews = published.execute("select scheme_id, decided_by from tier_reviews order by 1").fetchall()
        released = published.execute("select distinct as_of_date from customer_values").fetchall()
        said = published.execute(
            "select details from quality_results where check_id = 'no_sale_after_date'"
        ).fetchall()
        later = published.execute("select net_sales_after_date_amount from sales_totals").fetchall()
    # One of two customers who turned out to be one is gone, and the one who turned out to be two.
    assert len(decided) == len(sealed) - 2
    assert set(decided) < set(sealed)
    assert reviews == [(scheme_id, "Wang") for scheme_id in sorted(SCHEMES)]
    # The sale of 2062 is loaded and moves no date.
    assert released == [(date(2026, 4, 10),)]
    assert said == [
        ("1 found: load_id=5 file_name=pos_sales_2026-04.csv source=generic rows_after_date_count=1",)
    ]
    assert later == [(Decimal(60000),)]
