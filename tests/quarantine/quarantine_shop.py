"""A small lake with rows set aside, and tables that say so."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from clientele.lake.ingest import ingest
from clientele.settings import Settings

PHONE, NAME = "13912345678", "Zhang Wei 张伟"
POS = (
    "receipt_no,line_no,store_id,sold_at,phone,sku,product_name,quantity,net_amount,currency_code,kind,till\n"
    f"R1,1,S1,2025-01-01T10:00:00,{PHONE},SKU1,=1+1,1,nine,CNY,sale,T1 {NAME}\n"
    "R2,1,S1,2025-01-01T10:00:00,,SKU1,'=x,1,-9.90,CNY,sale,T2\n"
    f"R3,1,S1,{PHONE},too few\n"
    "R4,1,S1,2025-01-01T10:00:00,,SKU1,Tea,1,9.90,CNY,sale,T1\n"
)


def deliver(settings: Settings, content: str = POS, name: str = "pos_sales.csv") -> None:
    """Drop a file and take it in."""
    path = settings.landing / "generic" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    ingest(settings)


def say_quarantined(
    database: Path, rows: Iterable[tuple[int, int, str | None, str]], redriven: Iterable[tuple[int, int]] = ()
) -> None:
    """Write the table of rows set aside: (load_id, row_number, column_name, reason_code)."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table quarantined_rows (load_id bigint, row_number bigint, source varchar, feed varchar,"
            " file_name varchar, column_name varchar, reason_code varchar, row_text varchar,"
            " redriven_by_load_id bigint)"
        )
        for load_id, row_number, column_name, reason_code in rows:
            redriven_by = 9 if (load_id, row_number) in redriven else None
            connection.execute(
                "insert into quarantined_rows"
                " values (?, ?, 'generic', 'pos_sales', 'pos_sales.csv', ?, ?, null, ?)",
                [load_id, row_number, column_name, reason_code, redriven_by],
            )
