"""The signed set of a review: what it changed against the scheme's review before, as sealed."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from clientele.crm.review_changes import COLUMNS, write_review_changes

#: Sequence number, id, month end and scheme of each sealed review. Number 2 was rejected.
REVIEWS = (
    (1, "2026-03-31", "2026-03-31", "club"),
    (1, "2026-03-31", "2026-03-31", "spend"),
    (3, "2026-04-30", "2026-04-30", "club"),
)
#: Review, month end, customer, rank, version of the scheme and outcome of a decision on the club.
DECISIONS = (
    (1, "2026-02-28", "c1", 2, 1, "new"),
    (1, "2026-03-31", "c1", 1, 1, "downgraded"),
    (1, "2026-03-31", "c2", 2, 1, "kept"),
    (1, "2026-03-31", "c3", 1, 1, "kept"),
    (1, "2026-03-31", "c4", 1, 1, "kept"),
    (3, "2026-04-15", "c1", 2, 1, "upgraded"),
    (3, "2026-04-30", "c1", 2, 1, "kept"),
    (3, "2026-04-30", "c2", 1, 1, "downgraded"),
    (3, "2026-04-30", "c3", 1, 1, "kept"),
    (3, "2026-04-30", "c4", None, 1, "left"),
    (3, "2026-04-30", "c5", 1, 1, "new"),
)


def write_lake(database: Path, decisions: Iterable[tuple] = DECISIONS, tier_name: str = "Gold") -> Path:
    database.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema lake;"
            " create table lake.sealed_reviews"
            " (sequence_number bigint, review_id varchar, as_of_date date, scheme_id varchar);"
            " create table lake.sealed_decisions (sequence_number bigint, decided_on_date date,"
            " customer_key varchar, tier_rank integer, scheme_version integer, outcome varchar,"
            " scheme_id varchar default 'club');"
            " create table main.tier_reviews (sequence_number bigint, review_id varchar, as_of_date date);"
            " create table lake.sealed_scheme_tiers (sequence_number bigint, scheme_id varchar,"
            " scheme_version integer, tier_rank integer, tier_code varchar, tier_name_zh varchar,"
            " tier_name_en varchar)"
        )
        connection.executemany("insert into lake.sealed_reviews values (?, ?, ?, ?)", REVIEWS)
        connection.execute(
            "insert into main.tier_reviews select sequence_number, review_id, as_of_date"
            " from lake.sealed_reviews"
        )
        for decision in decisions:
            connection.execute(
                "insert into lake.sealed_decisions (sequence_number, decided_on_date, customer_key,"
                " tier_rank, scheme_version, outcome) values (?, ?, ?, ?, ?, ?)",
                decision,
            )
        for number in (1, 3):
            for version in (1, 2):
                connection.execute(
                    "insert into lake.sealed_scheme_tiers"
                    " values ($n, 'club', $v, 1, 'silver', '银', 'Silver'),"
                    " ($n, 'club', $v, 2, 'gold', '金', $name)",
                    {"n": number, "v": version, "name": tier_name},
                )
    return database


@pytest.fixture
def written(tmp_path):
    """What is written of a lake, by review: the rows as dictionaries."""

    def write(**changes) -> dict[str, list[dict[str, str]]]:
        files = write_review_changes(write_lake(tmp_path / "warehouse.duckdb", **changes), [], tmp_path)
        return {file.stem: read(file) for file in files}

    return write


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def changes_of(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str, str]]:
    return [
        (row["customer_key"], row["previous_tier_code"], row["tier_code"], row["change"], row["outcome"])
        for row in rows
    ]


def test_the_first_review_of_a_scheme_is_new_to_the_crm_as_of_its_date(written):
    rows = written()["2026-03-31"]
    assert tuple(rows[0]) == COLUMNS
    assert {row["change"] for row in rows} == {"new"}
    assert [(row["customer_key"], row["tier_code"]) for row in rows] == [
        ("c1", "silver"),
        ("c2", "gold"),
        ("c3", "silver"),
        ("c4", "silver"),
    ]


def test_a_later_review_tells_what_it_changed_and_nothing_else(written):
    assert changes_of(written()["2026-04-30"]) == [
        ("c1", "silver", "gold", "upgraded", "kept"),
        ("c2", "gold", "silver", "downgraded", "downgraded"),
        ("c4", "silver", "", "left", "left"),
        ("c5", "", "silver", "new", "new"),
    ]


def test_under_another_version_a_tier_is_changed_and_neither_higher_nor_lower(written):
    decisions = ((1, "2026-03-31", "c1", 1, 1, "new"), (3, "2026-04-30", "c1", 2, 2, "upgraded"))
    assert changes_of(written(decisions=decisions)["2026-04-30"]) == [
        ("c1", "silver", "gold", "changed", "upgraded")
    ]


def test_no_cell_starts_a_formula(written):
    rows = written(tier_name="=1+1")["2026-03-31"]
    assert {row["tier_name_en"] for row in rows} == {"'=1+1", "Silver"}


def test_a_file_of_the_release_before_is_linked(tmp_path):
    database = write_lake(tmp_path / "warehouse.duckdb")
    first, second = tmp_path / "first", tmp_path / "second"
    before = write_review_changes(database, [], first)
    after = write_review_changes(database, [first], second)
    assert [file.name for file in after] == ["2026-03-31.csv", "2026-04-30.csv"]
    assert all(file.samefile(other) for file, other in zip(before, after, strict=True))


def test_a_candidate_of_an_earlier_release_gets_the_files_of_its_reviews(tmp_path):
    first = tmp_path / "first"
    write_review_changes(write_lake(tmp_path / "warehouse.duckdb"), [], first)
    with duckdb.connect(str(tmp_path / "earlier.duckdb")) as connection:
        connection.execute(
            "create table tier_reviews as select 1::bigint as sequence_number, '2026-03-31' as review_id"
        )
    written = write_review_changes(tmp_path / "earlier.duckdb", [first], tmp_path / "again")
    assert [file.name for file in written] == ["2026-03-31.csv"]


def test_an_earlier_date_has_no_signed_set_of_a_review_after_it(tmp_path):
    """The lake knows both reviews, the tables of the date show the first alone."""
    database = write_lake(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from tier_reviews where as_of_date > '2026-03-31'")
    written = write_review_changes(database, [], tmp_path / "crm")
    assert [file.name for file in written] == ["2026-03-31.csv"]


def test_without_a_sealed_review_nothing_is_written(tmp_path):
    with duckdb.connect(str(write_lake(tmp_path / "warehouse.duckdb"))) as connection:
        connection.execute("delete from tier_reviews")
    assert write_review_changes(tmp_path / "warehouse.duckdb", [], tmp_path / "crm") == []
    assert not (tmp_path / "crm").exists()
