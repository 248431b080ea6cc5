"""From a candidate to the database and the Parquet files of a release."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from clientele.errors import GateFailedError
from clientele.publish.descriptions import TableDescription
from clientele.publish.digest import DigestMethod, TableDigest, content_digest, quote, table_digest
from clientele.publish.tables import PUBLISHED_TABLES, QUALITY_RESULTS, RELEASES
from clientele.settings import Settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RELEASE_ID: Final = "release_id"
#: The oldest DuckDB that can read the file, the one supported longest; older formats take longer to write.
_STORAGE_VERSION: Final = "v1.4.0"
_RELEASE_ID_COMMENT: Final = "The release this row was published with."
#: The tables that this package fills itself lie in the memory of the connection, the others in the candidate.
_FILLED_HERE: Final = (QUALITY_RESULTS, RELEASES)


@dataclass(frozen=True)
class Column:
    """A column as the candidate declares it."""

    name: str
    type: str
    is_required: bool


class Snapshot:
    """A checked candidate, opened for reading, with the tables that are filled at publishing beside it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._columns = _declared_columns(connection)
        missing = [name for name in PUBLISHED_TABLES if name not in self._columns]
        if missing:
            raise GateFailedError(f"the candidate has no table {', '.join(missing)}")
        for name in _FILLED_HERE:
            connection.execute(
                f"create table memory.main.{quote(name)} as from candidate.main.{quote(name)} limit 0"
            )

    def fill(self, table: str, rows: Iterable[Mapping[str, object] | DataclassInstance]) -> None:
        """Insert ``rows`` into ``quality_results`` or ``releases``. Raises KeyError for a missing column."""
        names = [column.name for column in self._columns[table]]
        values = [[record[name] for name in names] for record in map(_as_mapping, rows)]
        if values:
            marks = ", ".join("?" * len(names))
            self._connection.executemany(
                f"insert into memory.main.{quote(table)} values ({marks})",  # noqa: S608
                values,
            )

    def as_of_date(self) -> date:
        """The date the values stand for. Raises GateFailedError when the values name none, or several."""
        found = self._connection.execute(
            "select distinct as_of_date from candidate.main.customer_values order by as_of_date limit 2"
        ).fetchall()
        if len(found) != 1 or not isinstance(found[0][0], date):
            raise GateFailedError(
                f"customer_values has {'more than one' if len(found) > 1 else 'no'} as_of_date",
                remedy="look at what was loaded and build again",
            )
        return found[0][0]

    def known_load_id(self) -> int:
        """The last load of the log that the candidate was built from."""
        row = self._connection.execute("select known_load_id from candidate.lake.run_parameters").fetchone()
        if row is None:
            raise GateFailedError("the candidate does not say which loads it knows")
        return int(row[0])

    def digests(self, method: DigestMethod) -> dict[str, TableDigest]:
        """Digest of every published table but ``releases``, whose rows depend on the digests."""
        return {name: self.digest(name, method) for name in PUBLISHED_TABLES if name != RELEASES}

    def digest(self, table: str, method: DigestMethod) -> TableDigest:
        return table_digest(self._connection, self._relation(table), method)

    def write_database(
        self, database: Path, release_id: str, descriptions: Mapping[str, TableDescription]
    ) -> None:
        """Write every published table into the new file ``database``, sorted by key, with comments.

        Keys are declared NOT NULL and not as primary keys: at a million tiers the index made the file three
        times as large and the writing twice as slow, and the build has tested the keys already. Raises
        GateFailedError when a required column has no value.
        """
        literal = str(database).replace("'", "''")
        self._connection.execute(f"attach '{literal}' as release (storage_version '{_STORAGE_VERSION}')")
        self._connection.begin()
        for table in PUBLISHED_TABLES:
            self._write_table(table, release_id)
            _comment(self._connection, table, self._published_columns(table), descriptions.get(table))
        self._connection.commit()
        self._connection.execute("checkpoint release")

    def write_parquet(self, directory: Path, release_id: str) -> None:
        """Write every table of the database as ``directory/<table>.parquet``, in the same order."""
        directory.mkdir()
        for table in PUBLISHED_TABLES:
            self._connection.execute(
                f"copy release.main.{quote(table)} to ? (format parquet, compression zstd,"
                f" compression_level 1, kv_metadata {{release_id: '{release_id}'}})",
                [str(directory / f"{table}.parquet")],
            )

    def close_database(self) -> None:
        """Let go of the written database, so that others can open it."""
        self._connection.execute("detach release")

    def _relation(self, table: str) -> str:
        database = "memory" if table in _FILLED_HERE else "candidate"
        return f"{database}.main.{quote(table)}"

    def _published_columns(self, table: str) -> Sequence[Column]:
        own = [column for column in self._columns[table] if column.name != RELEASE_ID]
        return [Column(RELEASE_ID, "VARCHAR", is_required=True), *own]

    def _write_table(self, table: str, release_id: str) -> None:
        columns = self._published_columns(table)
        key = PUBLISHED_TABLES[table]
        declarations = ", ".join(
            f"{quote(column.name)} {column.type}"
            + (" not null" if column.is_required or column.name in key else "")
            for column in columns
        )
        # Every release has a row of its own in ``releases``, under its own id.
        first = quote(RELEASE_ID) if table == RELEASES else f"'{release_id}'"
        others = ", ".join(quote(column.name) for column in columns[1:])
        order = ", ".join(map(quote, key))
        self._connection.execute(f"create table release.main.{quote(table)} ({declarations})")
        try:
            self._connection.execute(
                f"insert into release.main.{quote(table)}"  # noqa: S608
                f" select {first}, {others} from {self._relation(table)} order by {order}"
            )
        except duckdb.ConstraintException as error:
            raise GateFailedError(f"a required column of {table} has no value: {error}") from error


@contextmanager
def open_snapshot(settings: Settings, candidate_database: Path) -> Iterator[Snapshot]:
    """Open ``candidate_database`` read-only; what does not fit into memory spills beside it."""
    spill = candidate_database.parent / "publish_spill"
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": str(settings.threads),
        "memory_limit": settings.memory_limit,
        "temp_directory": str(spill),
    }
    try:
        with duckdb.connect(config=config) as connection:
            literal = str(candidate_database).replace("'", "''")
            connection.execute(f"attach '{literal}' as candidate (read_only)")
            yield Snapshot(connection)
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def published_releases(database: Path) -> list[dict[str, object]]:
    """The rows of ``releases`` in a published database, the oldest first."""
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute("from main.releases order by sequence_number")
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def content_of(digests: Mapping[str, TableDigest]) -> str:
    """Digest over all tables but ``releases``: what is published, not when or as which release."""
    return content_digest({name: digest for name, digest in digests.items() if name != RELEASES})


def _declared_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for table, name, kind, is_nullable in connection.execute(
        "select table_name, column_name, data_type, is_nullable from duckdb_columns()"
        " where database_name = 'candidate' and schema_name = 'main' order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, []).append(Column(name, kind, is_required=not is_nullable))
    return found


def _as_mapping(row: Mapping[str, object] | DataclassInstance) -> Mapping[str, object]:
    return row if isinstance(row, Mapping) else dataclasses.asdict(row)


def _comment(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[Column],
    description: TableDescription | None,
) -> None:
    if description is None:
        return
    target = f"release.main.{quote(table)}"
    connection.execute(f"comment on table {target} is {_literal(description.description)}")
    texts = {RELEASE_ID: _RELEASE_ID_COMMENT, **description.columns}
    for column in columns:
        if text := texts.get(column.name):
            connection.execute(f"comment on column {target}.{quote(column.name)} is {_literal(text)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
