"""Connections to DuckDB, all opened alike, and safe literals for the few places that take no parameters."""

from __future__ import annotations

from pathlib import Path

import duckdb

from clientele.errors import UnavailableError
from clientele.settings import Settings


def connect(
    database: Path | None, settings: Settings, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a database file (None: in memory) with the threads, memory and time zone of this installation.

    Spill files go beside the database. Extensions are never fetched. Insertion order is kept: the only
    reader that may give it up is dbt, whose models order what has to be ordered. A new file has the engine's
    newest format, which takes two thirds of the time to write; no file made here outlives its run.
    Raises UnavailableError when the file is missing, damaged or open for writing elsewhere.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "autoinstall_known_extensions": False,
        "storage_compatibility_version": "latest",
    }
    if database is not None:
        config["temp_directory"] = str(database.parent / "spill")
    try:
        connection = duckdb.connect(database or ":memory:", read_only=read_only, config=config)
        connection.execute("set TimeZone = 'UTC'")
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        raise UnavailableError(
            f"{database or 'an in-memory database'} cannot be opened: {first_line}"
        ) from error
    return connection


def text_literal(text: str) -> str:
    """``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A path as an SQL string literal that names this one file, whatever glob characters it has."""
    unglobbed = "".join(
        f"[{character}]" if character in "*?[" else character for character in str(path.absolute())
    )
    return text_literal(unglobbed)


def identifier(name: str) -> str:
    """``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
