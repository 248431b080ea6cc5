"""The customers whose tier changed between two releases, as a CSV file with a manifest.

Everything is computed and written by the engine, row by row, so that memory does not grow with the customers.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from clientele.settings import Settings

CHANGES_FILE: Final = "customer_tier_changes.csv"
MANIFEST_FILE: Final = "manifest.json"
#: new: not in the scheme before. upgraded, downgraded: by rank within one version of the scheme. changed:
#: under another version, whose ranks do not compare. left: no longer in the scheme.
CHANGES: Final = ("new", "upgraded", "downgraded", "changed", "left")
COLUMNS: Final = (
    "release_id",
    "customer_key",
    "scheme_id",
    "scheme_version",
    "tier_code",
    "tier_name_zh",
    "tier_name_en",
    "previous_tier_code",
    "change",
    "reason_zh",
    "reason_en",
    "valid_from_date",
)
_TEXT_COLUMNS: Final = frozenset(COLUMNS) - {"scheme_version", "valid_from_date", "change"}

#: What a spreadsheet takes for the beginning of a formula, half-width, full-width and small, also behind
#: white space and invisible characters; and the line and tab characters that end a cell.
_FORMULA_START: Final = r"^(?:[\t\r\n]|[\s\p{C}\p{Z}]*[=+\-@＝＋－＠﹦﹢﹣﹫])"

_LATEST_RELEASE = (
    "select release_id, as_of_date from {database}.main.releases order by sequence_number desc limit 1"
)

_TIERS_CHANGED = """
create temp table tiers_changed as
with

tiers as (
    select
        customer_key, scheme_id, scheme_version, tier_code, tier_rank, tier_name_zh, tier_name_en,
        reason_zh, reason_en, valid_from_date
    from latest.main.customer_tiers
),

previous_tiers as (
    select customer_key, scheme_id, scheme_version, tier_code, tier_rank
    from {previous_tiers}
),

compared as (
    select
        customer_key,
        scheme_id,
        coalesce(tiers.scheme_version, previous_tiers.scheme_version) as scheme_version,
        tiers.tier_code,
        tiers.tier_name_zh,
        tiers.tier_name_en,
        previous_tiers.tier_code as previous_tier_code,
        case
            when previous_tiers.tier_code is null then 'new'
            when tiers.tier_code is null then 'left'
            when tiers.scheme_version <> previous_tiers.scheme_version then 'changed'
            when tiers.tier_rank > previous_tiers.tier_rank then 'upgraded'
            when tiers.tier_rank < previous_tiers.tier_rank then 'downgraded'
            when tiers.tier_code <> previous_tiers.tier_code then 'changed'
        end as change,
        if(tiers.tier_code is null, '不再属于该方案', tiers.reason_zh) as reason_zh,
        if(tiers.tier_code is null, 'No longer in this scheme', tiers.reason_en) as reason_en,
        if(tiers.tier_code is null, $as_of_date, tiers.valid_from_date) as valid_from_date
    from tiers
    full join previous_tiers using (customer_key, scheme_id)
)

select
    $release_id as release_id, customer_key, scheme_id, scheme_version, tier_code, tier_name_zh, tier_name_en,
    previous_tier_code, change, reason_zh, reason_en, valid_from_date
from compared
where change is not null
"""

_WRITE = """
copy (select {cells} from {table} order by customer_key, scheme_id)
to $path (format csv, header, delimiter ',', quote '"', escape '"', nullstr '')
"""


@dataclass(frozen=True)
class CrmExport:
    """What was written: ``changes`` counts the rows by kind of change, every kind named."""

    file: Path
    manifest: Path
    rows: int
    sha256: str
    release_id: str
    previous_release_id: str | None
    changes: Mapping[str, int]


def write_changes(
    database: Path, previous_database: Path | None, output: Path, *, memory_limit: str = Settings.memory_limit
) -> CrmExport:
    """Write ``customer_tier_changes.csv`` and ``manifest.json`` into the directory ``output``.

    One row per customer and scheme whose tier, or version of the scheme, differs between
    ``previous_database`` (None: there was none, so everyone is new) and ``database``, ordered by customer_key
    and scheme_id. Both are published databases. UTF-8, lines end with LF, no cell starts a formula. For
    ``left``, ``valid_from_date`` is the release's as-of date. The manifest is written last. Raises
    duckdb.Error and OSError.
    """
    output.mkdir(parents=True, exist_ok=True)
    file = output / CHANGES_FILE
    with (
        tempfile.TemporaryDirectory(prefix=".spill-", dir=output) as spill,
        duckdb.connect(config={"memory_limit": memory_limit, "temp_directory": spill}) as connection,
    ):
        _attach(connection, database, "latest")
        release_id, as_of_date = _latest_release(connection, "latest")
        previous_release_id, previous_tiers = None, "latest.main.customer_tiers where false"
        if previous_database is not None:
            _attach(connection, previous_database, "previous")
            previous_release_id, _ = _latest_release(connection, "previous")
            previous_tiers = "previous.main.customer_tiers"
        connection.execute(
            _TIERS_CHANGED.format(previous_tiers=previous_tiers),
            {"release_id": release_id, "as_of_date": as_of_date},
        )
        counts = connection.execute("select change, count(*) from tiers_changed group by change").fetchall()
        beside = output / f".{CHANGES_FILE}.part"
        write_cells(connection, "tiers_changed", COLUMNS, _TEXT_COLUMNS, beside)
    with beside.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    beside.replace(file)
    changes = {change: dict(counts).get(change, 0) for change in CHANGES}
    export = CrmExport(
        file=file,
        manifest=output / MANIFEST_FILE,
        rows=sum(changes.values()),
        sha256=checksum,
        release_id=release_id,
        previous_release_id=previous_release_id,
        changes=changes,
    )
    _write_manifest(export)
    return export


def _attach(connection: duckdb.DuckDBPyConnection, database: Path, name: str) -> None:
    literal = str(database).replace("'", "''")
    connection.execute(f"attach '{literal}' as {name} (read_only)")


def _latest_release(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[str, object]:
    row = connection.execute(_LATEST_RELEASE.format(database=database)).fetchone()
    if row is None:
        raise duckdb.DataError(f"the {database} database names no release")
    return row[0], row[1]


def without_formula(expression: str) -> str:
    """SQL of a text that no spreadsheet runs: one that could be a formula gets an apostrophe in front."""
    return f"if(regexp_matches({expression}, '{_FORMULA_START}'), '''' || {expression}, {expression})"


def write_cells(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    text_columns: Collection[str],
    file: Path,
) -> None:
    """Write ``columns`` of a table as CSV, ordered by customer and scheme; texts start no formula."""
    cells = [
        f"{without_formula(column)} as {column}" if column in text_columns else column for column in columns
    ]
    connection.execute(_WRITE.format(cells=", ".join(cells), table=table), {"path": str(file)})


def _write_manifest(export: CrmExport) -> None:
    manifest = {
        "file": export.file.name,
        "rows": export.rows,
        "sha256": export.sha256,
        "release_id": export.release_id,
        "previous_release_id": export.previous_release_id,
        "columns": list(COLUMNS),
        "changes": dict(export.changes),
    }
    beside = export.manifest.with_name(f".{MANIFEST_FILE}.part")
    beside.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    beside.replace(export.manifest)
