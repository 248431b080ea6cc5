"""What is in quarantine, as the newest tables say: those of the current run, else those published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from clientele.duck import connect
from clientele.errors import UnavailableError
from clientele.settings import Settings

_TABLE = "quarantined_rows"
_BUILT = "select count(*) from information_schema.columns where table_name = ? and column_name = 'row_text'"
_GROUPS = """
select load_id, source, feed, file_name, reason_code, column_name, count(*) as rows_count,
    count(redriven_by_load_id) as redriven_rows_count, min(row_number) as first_row_number
from quarantined_rows
where ($source is null or source = $source)
    and ($reason_code is null or reason_code = $reason_code)
    and ($load_id is null or load_id = $load_id)
group by all
order by load_id, reason_code, column_name
"""
_OPEN_ROWS = """
select row_number, column_name, reason_code
from quarantined_rows
where load_id = $load_id and redriven_by_load_id is null
order by row_number
"""


@dataclass(frozen=True)
class QuarantineGroup:
    """Rows of one file set aside for one reason; ``redriven_rows_count`` of them were repaired since."""

    load_id: int
    source: str
    feed: str
    file_name: str
    reason_code: str
    column_name: str | None
    rows_count: int
    redriven_rows_count: int
    first_row_number: int


@dataclass(frozen=True)
class OpenRow:
    """A row that was set aside and not repaired yet."""

    row_number: int
    column_name: str | None
    reason_code: str


def list_groups(
    settings: Settings,
    source: str | None = None,
    reason_code: str | None = None,
    load_id: int | None = None,
) -> list[QuarantineGroup]:
    """Rows in quarantine by file, reason and column. Raises UnavailableError before the first run."""
    parameters = {"source": source, "reason_code": reason_code, "load_id": load_id}
    return [QuarantineGroup(*row) for row in _query(settings, _GROUPS, parameters)]


def list_open_rows(settings: Settings, load_id: int) -> list[OpenRow]:
    """The rows of a load that wait for repair, by number. Raises UnavailableError before the first run."""
    return [OpenRow(*row) for row in _query(settings, _OPEN_ROWS, {"load_id": load_id})]


def _query(settings: Settings, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    for database in _databases(settings):
        try:
            with connect(database, settings, read_only=True) as connection:
                built = connection.execute(_BUILT, [_TABLE]).fetchone()
                if built and built[0]:
                    return connection.execute(sql, dict(parameters)).fetchall()
        except (UnavailableError, duckdb.Error):
            # Being written to by a run, or left half-built by one: the next newest tells.
            continue
    raise UnavailableError("no run has built its tables yet", remedy="run `clientele run`")


def _databases(settings: Settings) -> list[Path]:
    runs = sorted((settings.warehouse / "runs").glob("run_*/warehouse.duckdb"), reverse=True)
    return [*runs, *(path for path in [settings.published / "clientele.duckdb"] if path.exists())]
