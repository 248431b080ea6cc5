"""Show the lake, as far as a run knows it, in the schema ``lake`` of a DuckDB database."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from clientele.duck import identifier, path_literal
from clientele.errors import UnavailableError
from clientele.lake.descriptions import FeedDescription, load_descriptions
from clientele.lake.log import LoadRecord, ResolvedLoad, read_records, resolve
from clientele.lake.raw import has_malformed_rows, malformed_path, raw_path
from clientele.lake.reviews import read_reviews
from clientele.lake.sealed import mount_sealed
from clientele.settings import Settings

_OWN_COLUMNS = ("_load_id", "_row_number", "_position_id")
_LOADS = pa.schema(
    [
        ("load_id", pa.int64()),
        ("source", pa.string()),
        ("feed", pa.string()),
        ("file_name", pa.string()),
        ("file_sha256", pa.string()),
        ("size_bytes", pa.int64()),
        ("status", pa.string()),
        ("reason_code", pa.string()),
        ("reason", pa.string()),
        ("row_count", pa.int64()),
        ("malformed_row_count", pa.int64()),
        ("position_id", pa.int64()),
        ("superseded_by_load_id", pa.int64()),
        ("duplicate_of_load_id", pa.int64()),
        ("loaded_at", pa.timestamp("us")),
    ]
)
_LOAD_TOTALS = pa.schema(
    [
        ("load_id", pa.int64()),
        ("currency_code", pa.string()),
        ("row_count", pa.int64()),
        ("amount", pa.decimal128(38, 4)),
    ]
)
_REDRIVEN_ROWS = pa.schema(
    [("load_id", pa.int64()), ("row_number", pa.int64()), ("redriven_by_load_id", pa.int64())]
)
_FEEDS = pa.schema([("source", pa.string()), ("feed", pa.string()), ("volume", pa.string())])
_RAW_FILES = pa.schema(
    [
        ("relation", pa.string()),
        ("load_id", pa.int64()),
        ("path_literal", pa.string()),
        ("select_list", pa.string()),
        ("record_digest", pa.string()),
    ]
)
_MALFORMED_ROWS = (
    "load_id bigint, row_number bigint, column_name varchar, reason_code varchar, reason varchar"
)


def mount(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    known_load_id: int | None = None,
    known_sequence_number: int | None = None,
    review_dates: Iterable[date] = (),
) -> None:
    """Make the relations of the schema ``lake`` from the log up to a load and a review (None: all of it).

    ``<source>__<feed>``   a view: one row per row of the files that count, see ``_feed_view``
    ``readable_rows``      a view: one row per row of those, over all feeds that are described
    ``loads``              one row per load
    ``load_totals``        one row per load and currency
    ``malformed_rows``     one row per row of an accepted file that could not be split
    ``redriven_rows``      one row per row that was set aside and came again, repaired, in a later load
    ``feeds``              one row per described feed, with what its volume checks are set to
    ``raw_files``          one row per file behind the view ``relation``, see ``_raw_file``
    ``sealed_...``         the sealed reviews, and with ``proposed_review_dates`` the month ends
                           ``review_dates``, which this run decides on: see ``sealed``

    Views name their files one by one; they stay right while the lake grows. Raises UnavailableError when a
    file of the lake is missing or damaged.
    """
    loads = resolve(read_records(settings, known_load_id))
    _check_files(settings, loads)
    connection.execute("create schema if not exists lake")
    _make_table(connection, "loads", pa.Table.from_pylist([_load_row(load) for load in loads], _LOADS))
    totals = [
        {"load_id": load.record.load_id, **total.model_dump()}
        for load in loads
        for total in load.record.totals
    ]
    _make_table(connection, "load_totals", pa.Table.from_pylist(totals, _LOAD_TOTALS))
    _make_malformed_rows(connection, settings, loads)
    _make_table(connection, "redriven_rows", pa.Table.from_pylist(_redriven_rows(loads), _REDRIVEN_ROWS))
    active: dict[tuple[str, str | None], list[LoadRecord]] = defaultdict(list)
    for load in loads:
        if load.is_active:
            active[load.record.source, load.record.feed].append(load.record)
    feeds = [
        feed for source in load_descriptions(settings.dbt_project).values() for feed in source.feeds.values()
    ]
    _make_table(
        connection,
        "feeds",
        pa.Table.from_pylist(
            [{"source": feed.source, "feed": feed.name, "volume": feed.volume} for feed in feeds], _FEEDS
        ),
    )
    files = []
    for feed in feeds:
        view = f"lake.{identifier(feed.view)}"
        records = active[feed.source, feed.name]
        select = _feed_view(settings, feed, records)
        connection.execute(f"create or replace view {view} as {select}")
        files += [_raw_file(settings, feed, record) for record in records]
    _make_table(connection, "raw_files", pa.Table.from_pylist(files, _RAW_FILES))
    connection.execute(f"create or replace view lake.readable_rows as {_readable_rows(feeds)}")
    mount_sealed(connection, settings, read_reviews(settings, known_sequence_number), review_dates)


def _readable_rows(feeds: Iterable[FeedDescription]) -> str:
    """What can be read back, told by the views of the feeds themselves."""
    selects = [
        # Names of sources and feeds are checked by their description.
        f"select '{feed.source}' as source, '{feed.name}' as feed, _load_id as load_id,"  # noqa: S608
        f" _row_number as row_number from lake.{identifier(feed.view)}"
        for feed in feeds
    ]
    return " union all ".join(selects)


def _feed_view(settings: Settings, feed: FeedDescription, records: Sequence[LoadRecord]) -> str:
    """All active files of a feed with all its columns; what a file does not have is null.

    Files with equal columns share one scan, which reads the columns of its first file only: binding a view
    over 300 files that way takes milliseconds, a union by name opens every one of them.
    """
    groups: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for record in records:
        path = raw_path(settings, feed.source, feed.name, record.load_id)
        groups[record.columns].append(path)
    selects = [_scan(feed.lake_columns, columns, paths) for columns, paths in groups.items()]
    return " union all ".join(selects) or _no_rows(feed.lake_columns)


def _raw_file(settings: Settings, feed: FeedDescription, record: LoadRecord) -> dict[str, object]:
    """Where the rows of a load lie, how to read them as all rows of the feed, and what they follow from.

    Equal digests of two records mean equal rows, whatever lake the records are of.
    """
    text = record.model_dump_json(exclude_defaults=True)
    return {
        "relation": feed.view,
        "load_id": record.load_id,
        "path_literal": path_literal(raw_path(settings, feed.source, feed.name, record.load_id)),
        "select_list": _select_list(feed.lake_columns, record.columns),
        "record_digest": hashlib.sha256(text.encode()).hexdigest(),
    }


def _scan(wanted: Iterable[str], present: Iterable[str], paths: Sequence[Path]) -> str:
    # Names and paths are quoted where they are made.
    return f"select {_select_list(wanted, present)} from {_read_parquet(paths)}"  # noqa: S608


def _select_list(wanted: Iterable[str], present: Iterable[str]) -> str:
    known = set(present)
    columns = [identifier(name) for name in _OWN_COLUMNS]
    columns += [
        identifier(name) if name in known else f"cast(null as varchar) as {identifier(name)}"
        for name in wanted
    ]
    return ", ".join(columns)


def _no_rows(wanted: Iterable[str]) -> str:
    columns = [f"cast(null as bigint) as {identifier(name)}" for name in _OWN_COLUMNS]
    columns += [f"cast(null as varchar) as {identifier(name)}" for name in wanted]
    return f"select {', '.join(columns)} where false"


def _read_parquet(paths: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(path_literal, paths))}], hive_partitioning = false)"


def _make_malformed_rows(
    connection: duckdb.DuckDBPyConnection, settings: Settings, loads: Iterable[ResolvedLoad]
) -> None:
    connection.execute(f"create or replace table lake.malformed_rows ({_MALFORMED_ROWS})")
    paths = [
        malformed_path(settings, load.record.source, str(load.record.feed), load.record.load_id)
        for load in loads
        if load.record.malformed_row_count
    ]
    if paths:
        connection.execute(f"insert into lake.malformed_rows from {_read_parquet(paths)}")


def _check_files(settings: Settings, loads: Iterable[ResolvedLoad]) -> None:
    for load in loads:
        record = load.record
        if record.status != "accepted":
            continue
        place = (settings, record.source, str(record.feed), record.load_id)
        raw, malformed = raw_path(*place), malformed_path(*place)
        is_whole = raw.is_file() and raw.stat().st_size == record.raw_bytes
        rows = record.malformed_row_count
        if not is_whole or (rows and not has_malformed_rows(malformed, rows)):
            raise UnavailableError(
                f"the rows of load {record.load_id} ({record.file_name}) are missing or damaged",
                remedy=f"restore {raw.parent} from a backup",
            )


def _redriven_rows(loads: Iterable[ResolvedLoad]) -> list[dict[str, int | None]]:
    return [
        {
            "load_id": load.record.redrives_load_id,
            "row_number": row,
            "redriven_by_load_id": load.record.load_id,
        }
        for load in loads
        if load.is_active
        for row in load.record.redriven_rows
    ]


def _load_row(load: ResolvedLoad) -> dict[str, object]:
    record = load.record
    return {
        **{name: getattr(record, name) for name in _LOADS.names if name in LoadRecord.model_fields},
        "superseded_by_load_id": load.superseded_by_load_id,
        "loaded_at": record.loaded_at.replace(tzinfo=None),
    }


def _make_table(connection: duckdb.DuckDBPyConnection, name: str, content: pa.Table) -> None:
    connection.register("lake_content", content)
    connection.execute(f"create or replace table lake.{name} as from lake_content")
    connection.unregister("lake_content")
