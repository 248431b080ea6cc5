"""The text of a row in quarantine: every described column, and no contact data in any of them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest

from clientele.duck import identifier
from clientele.settings import PROJECT

MACRO = PROJECT / "dbt_project" / "macros" / "row_texts.sql"
CELLS = {"receipt_no": "R1", "phone_hash": "abc", "O'Name": "茶", "note": None}


def table(name: str, **contacts: str | None) -> SimpleNamespace:
    columns = {
        column: SimpleNamespace(name=column, config=SimpleNamespace(meta={"contact": contact}))
        for column, contact in contacts.items()
    }
    meta = {"ingest": {"files": []}}
    return SimpleNamespace(
        unique_id=name, columns=columns, relation_name=f"main.{name}", config=SimpleNamespace(meta=meta)
    )


def row_texts(connection: duckdb.DuckDBPyConnection, *tables: SimpleNamespace) -> list[tuple[Any, ...]]:
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    macros: dict[str, Any] = {
        "execute": True,
        "graph": {"sources": {each.unique_id: each for each in tables}},
        "adapter": SimpleNamespace(quote=identifier),
        "clientele": SimpleNamespace(),
    }
    module = environment.from_string(MACRO.read_text(encoding="utf-8")).make_module(macros)
    for name in ("row_texts_of_feed", "without_contact"):
        setattr(macros["clientele"], name, getattr(module, name))
    return connection.execute(f"{module.row_texts('wanted')} order by all").fetchall()


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    memory = duckdb.connect()
    memory.execute("create table wanted as select 1::bigint as load_id, 2::bigint as row_number")
    memory.execute(
        "create table till as select 1::bigint as _load_id, row_number::bigint as _row_number,"
        " 'R1' as receipt_no, 'abc' as phone_hash, '茶' as \"O'Name\", null::varchar as note"
        " from range(1, 4) as rows(row_number)"
    )
    return memory


def test_a_row_is_told_with_its_columns_and_contact_columns_masked(connection) -> None:
    till = table("till", receipt_no=None, phone="phone", **{"O'Name": None}, note=None)
    ((load_id, row_number, text),) = row_texts(connection, till)
    assert (load_id, row_number) == (1, 2)
    assert json.loads(text) == {"receipt_no": "R1", "phone": "***", "O'Name": "茶", "note": None}


def test_rows_of_all_feeds_are_told(connection) -> None:
    connection.execute(
        "create table web as select 1::bigint as _load_id, 2::bigint as _row_number, 'W' as order_no"
    )
    told = row_texts(connection, table("till", receipt_no=None), table("web", order_no=None))
    assert [text for _, _, text in told] == ['{"order_no":"W"}', '{"receipt_no":"R1"}']


def test_without_feeds_there_is_no_text(connection) -> None:
    assert row_texts(connection) == []


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("13912345678", "***"),
        ("139 1234 5678", "***"),
        ("+86 139-1234-5678", "***"),
        ("8613912345678", "***"),
        ("+1 (415) 555-0123", "***"),
        ("zhang.wei@shop.example", "***"),
        ("ask zhang.wei@shop.example first", "***"),
        ("4710105011011", "4710105011011"),
        ("2025-01-01T10:00:00+08:00", "2025-01-01T10:00:00+08:00"),
        ("-1234.50", "-1234.50"),
        ("2 @ 3.50", "2 @ 3.50"),
    ],
)
def test_a_contact_in_the_wrong_column_is_masked_as_well(connection, cell: str, told: str) -> None:
    connection.execute("update till set receipt_no = ?", [cell])
    ((_, _, text),) = row_texts(connection, table("till", receipt_no=None))
    assert json.loads(text) == {"receipt_no": told}
