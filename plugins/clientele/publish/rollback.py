"""Going back: what an earlier release said, published again as a new one.

Releases only ever move forward, so that readers, PostgreSQL and the CRM see a rollback as one more release
with its own changes. What is made here is a candidate like any other, with the tables of the earlier release.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientele.errors import ConfigurationError, UnavailableError
from clientele.publish import store
from clientele.publish.descriptions import TableDescription
from clientele.publish.digest import quote
from clientele.publish.record import Release, read_release, release_name
from clientele.publish.snapshot import RELEASE_ID
from clientele.publish.tables import PUBLISHED_TABLES, QUALITY_RESULTS, RELEASES
from clientele.settings import Settings
from clientele.warehouse.fence import next_token


@dataclass(frozen=True)
class EarlierState:
    """A candidate that says what an earlier release said: the arguments of ``publish``."""

    database: Path
    run_id: str
    token: int
    quality_results: list[dict[str, object]]
    descriptions: Mapping[str, TableDescription]


def kept_releases(settings: Settings) -> list[Release]:
    """The releases that lie in the published folder up to the current one, the newest first.

    Raises UnavailableError naming one whose record cannot be read.
    """
    current = store.current_release(settings)
    if current is None:
        return []
    folder = settings.published / "releases"
    names = sorted((path.name for path in folder.glob("r*") if path.is_dir()), reverse=True)
    return [current, *(_earlier_release(folder / name) for name in names if name < current.release_id)]


def _earlier_release(directory: Path) -> Release:
    try:
        return read_release(directory)
    except UnavailableError as error:
        remedy = f"remove {directory}: earlier releases may go"
        raise UnavailableError(error.message, remedy=remedy) from error


def earlier_state(settings: Settings, release_id: str | None) -> EarlierState:
    """Make a candidate of the release ``release_id``; None is the one before the current one.

    Its token is newer than that of every run under way, so none of those can publish over it. Raises
    ConfigurationError when there is no such release, or it is the current one, and UnavailableError when it
    cannot be read as this version publishes.
    """
    releases = {release.release_id: release for release in kept_releases(settings)}
    current, *earlier = releases or [release_name(0)]
    wanted = release_id or next(iter(earlier), None)
    kept = f"kept are {', '.join(earlier)}" if earlier else "no earlier release is kept"
    if wanted is None or wanted not in releases:
        raise ConfigurationError(f"there is no release {wanted or 'to go back to'}", remedy=kept)
    if wanted == current:
        raise ConfigurationError(f"{wanted} is the current release", remedy=kept)
    token = next_token(settings)
    run_id = f"run_{token:06d}"
    directory = settings.warehouse / "runs" / run_id
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    database = directory / "warehouse.duckdb"
    release = releases[wanted]
    shutil.copyfile(release.directory / store.DATABASE, database)
    try:
        descriptions, quality_results = _make_candidate(database, release)
    except duckdb.Error as error:
        # Damaged, or without a table that is published since.
        first_line = str(error).partition("\n")[0]
        raise UnavailableError(f"{wanted} cannot be gone back to: {first_line}", remedy=kept) from error
    return EarlierState(database, run_id, token, quality_results, descriptions)


def _make_candidate(
    database: Path, release: Release
) -> tuple[dict[str, TableDescription], list[dict[str, object]]]:
    """Make a copy of the release's database a candidate; returns its descriptions and its quality results."""
    with duckdb.connect(str(database)) as connection:
        descriptions = _descriptions(connection)
        # Every release has its own id in front; this one gets it when it is published.
        for table in PUBLISHED_TABLES:
            if table != RELEASES:
                connection.execute(f"alter table {quote(table)} drop column {RELEASE_ID}")
        cursor = connection.execute(f"from {QUALITY_RESULTS}")
        names = [column[0] for column in cursor.description or []]
        quality_results = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection.execute("create schema lake")
        connection.execute(
            "create table lake.run_parameters as select ?::bigint as known_load_id", [release.known_load_id]
        )
    return descriptions, quality_results


def _descriptions(connection: duckdb.DuckDBPyConnection) -> dict[str, TableDescription]:
    columns: dict[str, dict[str, str]] = {}
    for table, column, comment in connection.execute(
        "select table_name, column_name, comment from duckdb_columns()"
        " where schema_name = 'main' and comment is not null"
    ).fetchall():
        columns.setdefault(table, {})[column] = comment
    return {
        table: TableDescription(comment, columns.get(table, {}))
        for table, comment in connection.execute(
            "select table_name, comment from duckdb_tables()"
            " where schema_name = 'main' and comment is not null"
        ).fetchall()
    }
