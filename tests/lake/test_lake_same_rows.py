"""The exchange format's rows are the same in the lake, whatever file they came in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake_workbooks import workbook

from clientele.lake.ingest import ingest
from clientele.lake.mount import mount
from clientele.publish.digest import TableDigest, table_digest
from clientele.settings import Settings

HEADER = [
    *(
        "receipt_no",
        "line_no",
        "store_id",
        "sold_at",
        "member_no",
        "phone",
        "sku",
        "product_name",
        "quantity",
    ),
    *("net_amount", "currency_code", "kind"),
]
NUMBERS = ("line_no", "quantity", "net_amount")
ROWS = [
    dict(
        zip(
            HEADER,
            [
                *(f"{10**18 + number // 2}", f"{number % 2 + 1}", f"S{number % 3}"),
                f"2026-05-{number % 28 + 1:02}T10:{number % 60:02}:00+08:00",
                *("" if number % 3 else f"M{number}", f"1380013{number:04}" if number % 5 == 0 else ""),
                *(f"SKU{number % 7}", ("牛奶, 低温", 'a "quoted" name', "plain")[number % 3], "1"),
                *(f"{number + 0.5}", "CNY", "return" if number % 11 == 0 else "sale"),
            ],
            strict=True,
        )
    )
    for number in range(200)
]


def as_csv() -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def as_parquet() -> bytes:
    columns = {name: pa.array([row[name] or None for row in ROWS], pa.string()) for name in HEADER}
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


def as_workbook() -> bytes:
    """Numbers as numbers, as Excel would have them; receipt numbers, too long for one, as text."""
    rows = [[float(row[name]) if name in NUMBERS else row[name] or None for name in HEADER] for row in ROWS]
    return workbook({"Sales": [HEADER, *rows]})


def as_json_lines() -> bytes:
    records = [
        {name: json.loads(value) if name in NUMBERS else value for name, value in row.items() if value}
        for row in ROWS
    ]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


CONTAINERS: dict[str, Callable[[], bytes]] = {
    "pos_sales.csv": as_csv,
    "pos_sales_with_a_mark.csv": lambda: b"\xef\xbb\xbf" + as_csv().replace(b"\n", b"\r\n"),
    "pos_sales.csv.gz": lambda: gzip.compress(as_csv()),
    "pos_sales.parquet": as_parquet,
    "pos_sales.xlsx": as_workbook,
    "pos_sales.jsonl": as_json_lines,
}


def lake_of(home: Path, file_name: str, content: bytes) -> tuple[TableDigest, TableDigest]:
    """What the lake of a shop that dropped this file says of its rows and of its money."""
    settings = Settings(home=home, settle_seconds=0, secret_key="a secret for tests only")
    path = settings.landing / "generic" / file_name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    (outcome,) = ingest(settings, "generic").files
    assert (outcome.status, outcome.row_count) == ("accepted", len(ROWS)), outcome
    with duckdb.connect() as connection:
        mount(connection, settings)
        return (
            table_digest(connection, "lake.generic__pos_sales"),
            table_digest(connection, "lake.load_totals"),
        )


@pytest.mark.parametrize("file_name", list(CONTAINERS)[1:])
def test_rows_and_control_totals_are_those_of_the_csv_file(tmp_path, file_name):
    expected = lake_of(tmp_path / "csv", "pos_sales.csv", as_csv())
    assert expected[0].rows == len(ROWS)
    assert lake_of(tmp_path / "other", file_name, CONTAINERS[file_name]()) == expected


def test_another_cent_is_seen(tmp_path):
    expected = lake_of(tmp_path / "csv", "pos_sales.csv", as_csv())
    changed = lake_of(tmp_path / "other", "pos_sales.csv", as_csv().replace(b",17.5,", b",17.51,", 1))
    assert changed[0] != expected[0]
    assert changed[1] != expected[1]
