"""Staged rows that go from run to run: what was staged of a load is not staged again.

A row of a model that is ``staged_once`` follows from the rows of its own load, from the compiled model and
from little else. ``warehouse/staged/<model>.<key>.<loads>.parquet`` holds the rows of some loads: ``key`` is
a digest of all that they follow from besides the loads, ``loads`` one of the loads' records, which the file
lists in its metadata. The macro ``staged_once`` says how both are made.

A run borrows the kept files by hard links in its own folder and writes new ones there, so that no two runs
meet: a kept file is there whole or not at all, and may be removed while others read it. The folder may be
deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clientele.duck import connect, path_literal
from clientele.durable import make_folder, sync
from clientele.errors import UnavailableError
from clientele.failpoints import failpoint
from clientele.settings import Settings

_FILES = pa.schema(
    [
        ("model", pa.string()),
        ("staging_key", pa.string()),
        ("file_name", pa.string()),
        ("row_count", pa.int64()),
        ("load_id", pa.int64()),
        ("is_read", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class KeptFile:
    """A kept file: the rows of ``loads``, each with the digest of its record, as the model staged them."""

    path: Path
    model: str
    key: str
    row_count: int
    loads: Mapping[int, str]


def kept_folder(settings: Settings) -> Path:
    """Where the files lie that go from run to run."""
    return settings.warehouse / "staged"


def folder_of(directory: Path) -> Path:
    """Where a run has those that it borrows and those that it writes."""
    return directory / "staged"


def lend(connection: duckdb.DuckDBPyConnection, settings: Settings, directory: Path) -> None:
    """Let the run in ``directory``, whose lake is mounted, read what is kept of its loads.

    ``lake.staged_folder``  one row: where its files lie
    ``lake.staged_files``   one row per file and load, and whether the load's rows are read from that file
    ``lake.staged_models``  one row per model that is staged; the macro adds them

    Raises UnavailableError when a kept file cannot be read.
    """
    folder = folder_of(directory)
    make_folder(folder)
    digests = dict(connection.execute("select load_id, record_digest from lake.raw_files").fetchall())
    rows = []
    for file, read in _chosen(_kept_files(settings), digests):
        # Another run may have removed it; a file of another user may not be linked. Then it is not lent.
        with suppress(FileNotFoundError, PermissionError):
            (folder / file.path.name).hardlink_to(file.path)
            rows += [_row(file, load_id, load_id in read) for load_id in file.loads]
    connection.register("lent_files", pa.Table.from_pylist(rows, _FILES))
    connection.execute("create or replace table lake.staged_files as from lent_files")
    connection.unregister("lent_files")
    connection.execute("create or replace table lake.staged_models (model varchar, staging_key varchar)")
    connection.execute(
        "create or replace table lake.staged_folder as select ? as folder, ? as folder_literal",
        [str(folder.absolute()), path_literal(folder)],
    )


def keep(settings: Settings, directory: Path, database: Path) -> frozenset[str]:
    """Keep what the run staged, for the runs after it; returns the names of all the files that it read."""
    names = _names_read(settings, database)
    folder = kept_folder(settings)
    for name in sorted(names):
        if not (folder / name).exists():
            make_folder(folder)
            written = folder_of(directory) / name
            sync(written)
            # A run beside this one may have kept the same loads.
            with suppress(FileExistsError):
                (folder / name).hardlink_to(written)
            failpoint(settings, "staged_kept")
    if names:
        sync(folder)
    return names


def discard_others(settings: Settings, names: frozenset[str]) -> None:
    """Remove every kept file but those of ``names``, which the newest run reads."""
    folder = kept_folder(settings)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in names:
                path.unlink(missing_ok=True)


def _names_read(settings: Settings, database: Path) -> frozenset[str]:
    """Files of the models that were built; another model's file may have been written in part."""
    with connect(database, settings, read_only=True) as connection:
        found = connection.execute(
            "select distinct file_name from lake.staged_files join lake.staged_models"
            " using (model, staging_key) where is_read"
        ).fetchall()
    return frozenset(name for (name,) in found)


def _chosen(
    files: Iterable[KeptFile], digests: Mapping[int, str]
) -> Iterator[tuple[KeptFile, frozenset[int]]]:
    """The files to read, each with the loads to read from it; no load is read from two."""

    def purpose(file: KeptFile) -> tuple[str, str]:
        return file.model, file.key

    for _, alike in groupby(sorted(files, key=purpose), key=purpose):
        read: set[int] = set()
        for file in sorted(alike, key=lambda file: (-file.row_count, file.path.name)):
            fitting = {load_id for load_id, digest in file.loads.items() if digests.get(load_id) == digest}
            if fitting - read:
                yield file, frozenset(fitting - read)
            read |= fitting


def _kept_files(settings: Settings) -> Iterator[KeptFile]:
    for path in sorted(kept_folder(settings).glob("*.parquet")):
        try:
            described = pq.read_metadata(path)
            loads = json.loads(described.metadata[b"loads"])
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise unreadable(settings, path.name) from error
        model, key, _ = path.name.split(".", 2)
        yield KeptFile(
            path, model, key, described.num_rows, {int(load_id): loads[load_id] for load_id in loads}
        )


def unreadable(settings: Settings, said: str) -> UnavailableError:
    """What to say of a kept file that cannot be read."""
    return UnavailableError(
        f"staged rows that were kept cannot be read: {said}",
        remedy=f"delete {kept_folder(settings)} and run again; nothing is lost but time",
    )


def _row(file: KeptFile, load_id: int, is_read: bool) -> dict[str, object]:
    return {
        "model": file.model,
        "staging_key": file.key,
        "file_name": file.path.name,
        "row_count": file.row_count,
        "load_id": load_id,
        "is_read": is_read,
    }
