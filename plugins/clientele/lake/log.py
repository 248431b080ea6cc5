"""The log of loads: one record per file taken in, refused or recognised, numbered from 1 without a gap.

Writing a record is what commits a load; everything else about it is written before. What follows from the
records of others, such as being superseded, is derived and never stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from clientele.durable import make_folder, write_once
from clientele.errors import ConfigurationError, UnavailableError
from clientele.failpoints import failpoint
from clientele.privacy.keys import Keys, load_keys
from clientele.settings import Settings

LOCK_TIMEOUT_SECONDS = 300.0
NO_CURRENCY = "XXX"
_RECORD_NAME = re.compile(r"^(\d{8})\.json$")
Status = Literal["accepted", "refused", "duplicate_file"]


class LoadTotal(BaseModel):
    """Rows and money of a load in one currency, counted from its text."""

    model_config = ConfigDict(frozen=True)

    currency_code: str
    row_count: int
    amount: Decimal


class LoadRecord(BaseModel):
    """What the log says of one file. ``row_count`` includes malformed rows; a refused file has none.

    ``position_id`` is the first load that had this name in this feed: it keeps a file's place among the
    others when its content is replaced. ``columns`` are those of its raw Parquet file. ``original_bytes`` is
    the size of the encrypted copy of the file, 0 where none was kept. A redrive names the load it repairs and
    which of its rows (row numbers).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    load_id: int
    source: str
    feed: str | None
    file_name: str
    file_sha256: str | None
    size_bytes: int
    modified_ns: int
    status: Status
    reason_code: str | None = None
    reason: str | None = None
    row_count: int = 0
    malformed_row_count: int = 0
    position_id: int
    duplicate_of_load_id: int | None = None
    columns: tuple[str, ...] = ()
    raw_bytes: int = 0
    has_vault: bool = False
    original_bytes: int = 0
    redrives_load_id: int | None = None
    redriven_rows: tuple[int, ...] = ()
    totals: tuple[LoadTotal, ...] = ()
    description_digest: str | None = None
    key_fingerprint: str | None = None
    loaded_at: datetime


@dataclass(frozen=True)
class ResolvedLoad:
    """A record and what the records after it did to it."""

    record: LoadRecord
    superseded_by_load_id: int | None

    @property
    def is_active(self) -> bool:
        """Whether its rows are in the lake's relations."""
        return self.record.status == "accepted" and self.superseded_by_load_id is None


def resolve(records: Iterable[LoadRecord]) -> list[ResolvedLoad]:
    """Apply the rule of the log: what a name held is superseded by what is taken in under it later.

    A refused file supersedes nothing. A duplicate does: its name now stands for the content of another load.
    A redrive goes with the load it repairs: what replaces that load replaces the repair.
    """
    superseded_by: dict[int, int] = {}
    current: dict[tuple[str, str | None, str], int] = {}
    ordered = sorted(records, key=lambda record: record.load_id)
    for record in ordered:
        name = (record.source, record.feed, record.file_name)
        if record.status != "refused" and name in current:
            superseded_by[current.pop(name)] = record.load_id
        if record.status == "accepted":
            current[name] = record.load_id
    for record in ordered:
        if record.redrives_load_id in superseded_by:
            superseded_by.setdefault(record.load_id, superseded_by[record.redrives_load_id])
    return [ResolvedLoad(record, superseded_by.get(record.load_id)) for record in ordered]


def last_load_id(settings: Settings) -> int:
    """Number of the newest load; 0 for an empty lake."""
    return max(_record_paths(settings), default=0)


def read_records(settings: Settings, known_load_id: int | None = None) -> list[LoadRecord]:
    """All records up to ``known_load_id`` (None: all), in order.

    Raises UnavailableError for a record that is missing or damaged, ConfigurationError for a number that
    the log has not reached.
    """
    paths = _record_paths(settings)
    last = max(paths, default=0)
    wanted = last if known_load_id is None else known_load_id
    if not 0 <= wanted <= last:
        raise ConfigurationError(f"the log ends at load {last}; there is no load {wanted}")
    records = []
    for load_id in range(1, wanted + 1):
        path = paths.get(load_id)
        try:
            if path is None:
                raise FileNotFoundError
            records.append(LoadRecord.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise UnavailableError(
                f"the record of load {load_id} is missing or damaged",
                remedy=f"restore {settings.lake / 'loads'} from a backup",
            ) from error
    return records


def write_record(settings: Settings, record: LoadRecord) -> None:
    """Commit a load. Raises UnavailableError when its number has been taken by another process."""
    path = settings.lake / "loads" / f"{record.load_id:08d}.json"
    make_folder(path.parent)
    failpoint(settings, "ingest_record_due")
    try:
        write_once(path, record.model_dump_json(indent=1, exclude_defaults=True).encode() + b"\n")
    except FileExistsError as error:
        raise UnavailableError(f"load {record.load_id} was written by another process") from error
    failpoint(settings, "ingest_record_written")


@contextmanager
def locked_lake(settings: Settings, timeout_seconds: float = LOCK_TIMEOUT_SECONDS) -> Iterator[None]:
    """Be the only writer of the lake. Raises UnavailableError when another one does not finish in time."""
    make_folder(settings.lake)
    lock = FileLock(settings.lake / ".lock", timeout=timeout_seconds)
    try:
        lock.acquire()
    except Timeout as error:
        raise UnavailableError(
            f"another process has been writing to the lake for {timeout_seconds:g} seconds",
            remedy="try again when it has finished",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _record_paths(settings: Settings) -> dict[int, Path]:
    folder = settings.lake / "loads"
    if not folder.is_dir():
        return {}
    matches = ((path, _RECORD_NAME.match(path.name)) for path in folder.iterdir())
    return {int(match[1]): path for path, match in matches if match}


def lake_keys(settings: Settings, records: Iterable[LoadRecord]) -> Keys:
    """The keys that the loads were written with.

    Raises ConfigurationError for a secret under which hashes would not meet theirs, nor their vaults open.
    """
    keys = load_keys(settings)
    if has_other_key(records, keys):
        raise ConfigurationError(
            "the secret key is not the one this lake was written with",
            remedy="set CLIENTELE_SECRET_KEY to it, or put lake/secret.key back",
        )
    return keys


def has_other_key(records: Iterable[LoadRecord], keys: Keys) -> bool:
    """Whether a load was written with another secret."""
    return not {record.key_fingerprint for record in records} <= {keys.fingerprint, None}
