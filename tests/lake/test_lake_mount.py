"""The mounted relations have one shape, whatever files there are."""

from __future__ import annotations

import pytest
from lake_exports import drop, pos_file, pos_line, query

from clientele.duck import connect
from clientele.lake import ingest as ingest_module
from clientele.lake import mount as mount_module
from clientele.lake.descriptions import ColumnDescription, SourceDescription, load_descriptions
from clientele.lake.ingest import ingest
from clientele.lake.mount import mount
from clientele.settings import Settings


def columns(settings: Settings, relation: str) -> list[tuple[object, ...]]:
    return query(
        settings,
        "select column_name, data_type from information_schema.columns"
        f" where table_schema = 'lake' and table_name = '{relation}' order by ordinal_position",
    )


def use(monkeypatch: pytest.MonkeyPatch, description: SourceDescription) -> None:
    for module in (ingest_module, mount_module):
        monkeypatch.setattr(module, "load_descriptions", lambda _: {description.name: description})


def with_column(settings: Settings, name: str) -> SourceDescription:
    generic = load_descriptions(settings.dbt_project)["generic"]
    feed = generic.feeds["pos_sales"]
    widened = feed.model_copy(update={"columns": (ColumnDescription(name=name), *feed.columns)})
    return generic.model_copy(update={"feeds": {**generic.feeds, "pos_sales": widened}})


def test_an_empty_lake_has_every_relation_and_column(settings: Settings) -> None:
    empty = {name: columns(settings, name) for name in ("generic__pos_sales", "loads", "load_totals")}
    assert query(settings, "select * from lake.generic__pos_sales, lake.loads, lake.malformed_rows") == []
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    assert {name: columns(settings, name) for name in empty} == empty
    assert empty["generic__pos_sales"][:4] == [
        ("_load_id", "BIGINT"),
        ("_row_number", "BIGINT"),
        ("_position_id", "BIGINT"),
        ("receipt_no", "VARCHAR"),
    ]


def test_contact_columns_are_mounted_as_what_replaces_them(settings: Settings) -> None:
    names = {name for name, _ in columns(settings, "generic__members")}
    assert {"phone_hash", "email_hash", "birth_year", "child_birth_year"} <= names
    assert not names & {"phone", "email", "name", "birth_date", "child_birth_date", "company_name"}


def test_every_row_that_can_be_read_back_is_told_by_feed(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1), pos_line(2)))
    drop(settings, "prospects.csv", b"prospect_id,phone,created_at\nP1,13800138000,2026-01-01\n")
    ingest(settings)
    assert query(
        settings, "select source, feed, load_id, row_number from lake.readable_rows order by all"
    ) == [
        ("generic", "pos_sales", 1, 1),
        ("generic", "pos_sales", 1, 2),
        ("generic", "prospects", 2, 1),
    ]


def test_the_shape_of_the_tables_of_the_log(settings: Settings) -> None:
    assert columns(settings, "loads") == [
        ("load_id", "BIGINT"),
        ("source", "VARCHAR"),
        ("feed", "VARCHAR"),
        ("file_name", "VARCHAR"),
        ("file_sha256", "VARCHAR"),
        ("size_bytes", "BIGINT"),
        ("status", "VARCHAR"),
        ("reason_code", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("row_count", "BIGINT"),
        ("malformed_row_count", "BIGINT"),
        ("position_id", "BIGINT"),
        ("superseded_by_load_id", "BIGINT"),
        ("duplicate_of_load_id", "BIGINT"),
        ("loaded_at", "TIMESTAMP"),
    ]
    assert columns(settings, "load_totals") == [
        ("load_id", "BIGINT"),
        ("currency_code", "VARCHAR"),
        ("row_count", "BIGINT"),
        ("amount", "DECIMAL(38,4)"),
    ]
    assert columns(settings, "malformed_rows") == [
        ("load_id", "BIGINT"),
        ("row_number", "BIGINT"),
        ("column_name", "VARCHAR"),
        ("reason_code", "VARCHAR"),
        ("reason", "VARCHAR"),
    ]


def test_a_column_described_later_is_null_in_the_files_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(settings, "pos_sales_1.csv", pos_file(pos_line(1)))
    ingest(settings)
    use(monkeypatch, with_column(settings, 'till "no"'))
    header = pos_file().decode().strip()
    drop(settings, "pos_sales_2.csv", pos_file(f"{pos_line(2)},T9", header=f'{header},"till ""no"""'))
    ingest(settings)
    rows = query(settings, 'select receipt_no, "till ""no""" from lake.generic__pos_sales order by 1')
    assert rows == [("R1", None), ("R2", "T9")]


def test_a_mounted_database_stays_as_it_was_while_the_lake_grows(settings: Settings) -> None:
    drop(settings, "pos_sales_1.csv", pos_file(pos_line(1)))
    ingest(settings)
    with connect(settings.home / "warehouse.duckdb", settings) as connection:
        mount(connection, settings)
    drop(settings, "pos_sales_1.csv", pos_file(pos_line(2)))
    drop(settings, "pos_sales_3.csv", pos_file(pos_line(3)))
    ingest(settings)
    with connect(settings.home / "warehouse.duckdb", settings, read_only=True) as connection:
        rows = connection.execute("select receipt_no from lake.generic__pos_sales").fetchall()
    assert rows == [("R1",)]


def test_mounting_again_replaces_what_was_mounted(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1), "R2,1"))
    ingest(settings)
    with connect(None, settings) as connection:
        mount(connection, settings)
        mount(connection, settings, 0)
        assert connection.execute("select count(*) from lake.malformed_rows").fetchone() == (0,)
        mount(connection, settings, 1)
        assert connection.execute(
            "select load_id, row_number, reason_code from lake.malformed_rows"
        ).fetchall() == [(1, 2, "too_few_fields")]


def test_a_connection_works_in_utc(settings: Settings) -> None:
    with connect(None, settings) as connection:
        assert connection.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
