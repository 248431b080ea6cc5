"""Ingest: take every new export of the landing folder into the lake, whole or not at all.

A load is committed by its record in the log and by nothing else. The files it consists of get their names
before; what a killed run leaves of them is removed by the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from clientele.duck import connect
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.descriptions import FeedDescription, SourceDescription, load_descriptions
from clientele.lake.formats import open_reader
from clientele.lake.landing import LandedFile, list_files, list_strays, unsettled
from clientele.lake.log import (
    LoadRecord,
    Status,
    lake_keys,
    locked_lake,
    read_records,
    resolve,
    write_record,
)
from clientele.lake.originals import (
    OriginalChangedError,
    keep_original,
    original_draft,
    remove_expired_originals,
    remove_orphaned_originals,
)
from clientele.lake.raw import RawWriter, remove_orphans
from clientele.lake.reading import Limits, Reader, RefusedFileError
from clientele.lake.redrive import RedriveReader, redrive_dialect, repaired_load_id
from clientele.lake.totals import control_totals
from clientele.privacy.hashing import ContactHasher
from clientele.privacy.keys import Keys
from clientele.settings import Settings

Progress = Callable[[str], None]
#: Row numbers of the load with this id.
RowsInQuarantine = Callable[[int], Collection[int]]


@dataclass(frozen=True)
class FileOutcome:
    """What became of a file of the landing folder.

    ``unchanged``: known already. ``waiting``: its writer is not done with it; nothing is recorded.
    """

    source: str
    feed: str | None
    file_name: str
    status: Status | Literal["unchanged", "waiting"]
    row_count: int = 0
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class IngestResult:
    """Every file that lies in the landing folder, by source and name."""

    files: list[FileOutcome]

    def count(self, status: str) -> int:
        """How many files had this outcome."""
        return sum(file.status == status for file in self.files)

    @property
    def row_count(self) -> int:
        """Data rows of the files taken in now, malformed ones included."""
        return sum(file.row_count for file in self.files if file.status == "accepted")


def ingest(
    settings: Settings,
    source: str | None = None,
    progress: Progress = lambda _: None,
    limits: Limits | None = None,
    now: datetime | None = None,
) -> IngestResult:
    """Take in the new files of ``landing/<source>/`` (None: of every folder there).

    Doing it again changes nothing. A file that cannot be taken in whole is refused, with the reason in the
    log, and the others go on. Originals older than they may be kept at ``now`` (None: when the newest load
    was made) are removed. Raises ConfigurationError for an unknown source, a bad description or a secret
    key that is not the lake's own; UnavailableError when the landing folder is missing or the lake is locked,
    and, the other files taken in, when a folder of a source cannot be listed.
    """
    descriptions = load_descriptions(settings.dbt_project)
    if source is not None and source not in descriptions:
        raise ConfigurationError(
            f"there is no source {source!r}", remedy=f"one of: {', '.join(sorted(descriptions))}"
        )
    if not settings.landing.is_dir():
        raise UnavailableError(
            f"there is no landing folder {settings.landing}", remedy="put exports into landing/<source>/"
        )
    with _open_lake(settings, limits) as (log, ingester):
        unlisted: list[OSError] = []
        sources = [source] if source else sorted(descriptions)
        landed = [file for name in sources for file in list_files(settings.landing, name, unlisted.append)]
        if source is None:
            landed += list_strays(settings.landing, descriptions)
        unknown = [file for file in landed if not ingester.is_known(file, descriptions)]
        waiting = unsettled(unknown, settings.settle_seconds)
        outcomes = []
        for file in landed:
            if file not in unknown:
                outcomes.append(log.outcome(file))
            elif file in waiting:
                outcomes.append(_waiting(file))
            else:
                outcomes.append(ingester.take(file, descriptions.get(file.source)))
            _tell(progress, outcomes[-1])
        if log.records:
            remove_expired_originals(settings, log.records, now or log.records[-1].loaded_at)
    _require_listed(unlisted)
    return IngestResult(outcomes)


def redrive(
    settings: Settings, path: Path, in_quarantine: RowsInQuarantine, limits: Limits | None = None
) -> FileOutcome:
    """Take in a file of repaired rows as a load of its own, which names the rows it repairs.

    ``in_quarantine`` tells the rows of a load that were set aside: no other can be repaired. The same file
    again changes nothing. Raises ConfigurationError, with nothing recorded, for a file that is
    no redrive or repairs rows that cannot be; UnavailableError when it cannot be read or the lake is locked.
    """
    descriptions = load_descriptions(settings.dbt_project)
    with _open_lake(settings, limits) as (_, ingester):
        try:
            return ingester.redrive(path, descriptions, in_quarantine)
        except RefusedFileError as refusal:
            raise ConfigurationError(
                f"{path} cannot be redriven: {refusal.reason}",
                remedy="nothing was changed; repair it and try again",
            ) from refusal
        except OSError as error:
            raise UnavailableError(f"{path} could not be taken in: {error.strerror}") from error
        except (_ChangedMeanwhileError, OriginalChangedError) as error:
            raise UnavailableError(
                f"{path} is still changing", remedy="try again when it is saved"
            ) from error


@contextmanager
def _open_lake(settings: Settings, limits: Limits | None) -> Iterator[tuple[_Log, _Ingester]]:
    """The lake, locked, without what a killed run left, and ready to be added to."""
    with locked_lake(settings), connect(None, settings) as connection:
        log = _Log(settings)
        remove_orphans(settings, log.records)
        remove_orphaned_originals(settings, log.records)
        keys = lake_keys(settings, log.records)
        yield log, _Ingester(settings, log, keys, connection, limits or Limits())


class _Log:
    """The log while it is being added to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.records: list[LoadRecord] = []
        self._newest: dict[tuple[str, str], LoadRecord] = {}
        self._accepted_content: set[tuple[str, str]] = set()
        self._first_use: dict[tuple[str, str | None, str], int] = {}
        for record in read_records(settings):
            self._remember(record)

    @property
    def next_load_id(self) -> int:
        return len(self.records) + 1

    def newest(self, file: LandedFile) -> LoadRecord | None:
        """The last record of this file's name."""
        return self._newest.get((file.source, file.file_name))

    def standing_with(self, source: str, sha256: str) -> LoadRecord | None:
        """The load of the source with this content whose rows count; None when they were replaced."""
        if (source, sha256) not in self._accepted_content:
            return None
        standing = (load.record for load in resolve(self.records) if load.is_active)
        content = (source, sha256)
        return next((load for load in standing if (load.source, load.file_sha256) == content), None)

    def position_id(self, source: str, feed: str | None, file_name: str) -> int:
        return self._first_use.get((source, feed, file_name), self.next_load_id)

    def outcome(self, file: LandedFile) -> FileOutcome:
        """A file that the log knows already."""
        record = self._newest[file.source, file.file_name]
        return FileOutcome(
            record.source, record.feed, record.file_name, "unchanged", reason_code=record.reason_code
        )

    def add(self, record: LoadRecord) -> None:
        """Commit a load."""
        write_record(self._settings, record)
        self._remember(record)

    def _remember(self, record: LoadRecord) -> None:
        self.records.append(record)
        self._newest[record.source, record.file_name] = record
        self._first_use.setdefault((record.source, record.feed, record.file_name), record.load_id)
        if record.status == "accepted" and record.file_sha256 is not None:
            self._accepted_content.add((record.source, record.file_sha256))


class _Ingester:
    def __init__(
        self,
        settings: Settings,
        log: _Log,
        keys: Keys,
        connection: duckdb.DuckDBPyConnection,
        limits: Limits,
    ) -> None:
        self._settings = settings
        self._log = log
        self._keys = keys
        self._connection = connection
        self._limits = limits
        self._hasher = ContactHasher(keys.hashing, settings.phone_region)

    def is_known(self, file: LandedFile, descriptions: dict[str, SourceDescription]) -> bool:
        """Whether the log has this very file, as far as can be told without reading it."""
        newest = self._log.newest(file)
        if newest is None:
            return False
        if newest.status == "refused" and newest.description_digest != _digest(descriptions.get(file.source)):
            return False
        if file.problem is not None:
            return newest.reason_code == file.problem[0]
        return (newest.size_bytes, newest.modified_ns) == (file.size_bytes, file.modified_ns)

    def take(self, file: LandedFile, source: SourceDescription | None) -> FileOutcome:
        """Accept, recognise or refuse one file, with a record in the log where that is news."""
        try:
            return self._take(file, source)
        except (_ChangedMeanwhileError, OriginalChangedError, FileNotFoundError):
            return _waiting(file)
        except OSError as error:
            raise UnavailableError(f"{file.label} could not be taken in: {error.strerror}") from error

    def _take(self, file: LandedFile, source: SourceDescription | None) -> FileOutcome:
        sha256 = None
        feed = None
        try:
            if file.problem is not None:
                raise RefusedFileError(*file.problem)  # noqa: TRY301 - refused like any other
            sha256 = _sha256(file.path)
            feed = _feed_of(file, source)
            newest = self._log.newest(file)
            if newest is not None and newest.file_sha256 == sha256 and newest.status != "refused":
                return self._log.outcome(file)
            twin = self._log.standing_with(file.source, sha256)
            if twin is not None and twin.file_name != file.file_name:
                return self._recognise(file, feed, sha256, twin)
            with open_reader(file.path, file.file_name, feed, self._limits) as reader:
                return self._accept(file, feed, sha256, reader)
        except RefusedFileError as error:
            if file.problem is None and not file.is_unchanged():
                return _waiting(file)
            return self._refuse(file, feed, sha256, source, error)
        except PermissionError:
            return self._refuse(
                file, feed, sha256, source, RefusedFileError("unreadable_file", "it cannot be opened")
            )

    def redrive(
        self, path: Path, descriptions: dict[str, SourceDescription], in_quarantine: RowsInQuarantine
    ) -> FileOutcome:
        """Accept repaired rows; raises RefusedFileError for those that repair nothing."""
        load_id = repaired_load_id(path)
        repaired = next((record for record in self._log.records if record.load_id == load_id), None)
        source = descriptions.get(repaired.source) if repaired else None
        feed = source.feeds.get(repaired.feed or "") if source and repaired else None
        if feed is None:
            raise RefusedFileError(
                "not_a_redrive", f"there is no load {load_id} with rows of a described feed"
            )
        seen = path.stat()
        sha256 = _sha256(path)
        name = f"redrive/{load_id:08d}/{sha256[:16]}.csv"
        file = LandedFile(feed.source, name, path, seen.st_size, seen.st_mtime_ns, seen.st_ino)
        if self._log.newest(file) is not None:
            return self._log.outcome(file)
        with open_reader(path, name, redrive_dialect(feed), self._limits) as reader:
            rows = RedriveReader(reader)
            return self._accept(file, feed, sha256, rows, lambda: self._repair(rows, in_quarantine))

    def _repair(self, redrive: RedriveReader, in_quarantine: RowsInQuarantine) -> dict[str, Any]:
        """What the record of a redrive says of it; raises RefusedFileError for rows beyond repair."""
        loads = {load.record.load_id: load for load in resolve(self._log.records)}
        repaired = loads[redrive.load_id or 0]
        if not repaired.is_active:
            by = repaired.superseded_by_load_id
            why = f"was replaced by load {by}" if by else f"is {repaired.record.status}"
            raise RefusedFileError("not_a_redrive", f"load {repaired.record.load_id} {why}")
        set_aside = frozenset(in_quarantine(repaired.record.load_id))
        done = {
            row: load.record.load_id
            for load in loads.values()
            if load.is_active and load.record.redrives_load_id == redrive.load_id
            for row in load.record.redriven_rows
        }
        for row in redrive.rows:
            if row > repaired.record.row_count:
                raise RefusedFileError("not_a_redrive", f"load {redrive.load_id} has no row {row}")
            if row in done:
                raise RefusedFileError("not_a_redrive", f"row {row} was redriven by load {done[row]}")
            if row not in set_aside:
                reason = f"row {row} of load {redrive.load_id} does not stand in quarantine"
                raise RefusedFileError("not_a_redrive", reason)
        return {"redrives_load_id": redrive.load_id, "redriven_rows": tuple(sorted(redrive.rows))}

    def _accept(
        self,
        file: LandedFile,
        feed: FeedDescription,
        sha256: str,
        reader: Reader,
        say_more: Callable[[], dict[str, Any]] = dict,
    ) -> FileOutcome:
        """Write all rows and commit them; ``say_more`` gives what else the record says, all rows read."""
        load_id = self._log.next_load_id
        position_id = self._log.position_id(file.source, feed.name, file.file_name)
        writer = RawWriter(self._settings, feed, load_id, position_id, self._hasher)
        with original_draft(
            self._settings, file.path, sha256, load_id, self._keys.vault
        ) as keep_original_draft:
            written = writer.write(reader, self._keys.vault)
            try:
                if not file.is_unchanged():
                    raise _ChangedMeanwhileError  # noqa: TRY301 - as when its original is found to have changed
                further = say_more()
                original_bytes = keep_original_draft()
            except BaseException:
                writer.discard()
                raise
        writer.keep()
        row_count = written.row_count + written.malformed_row_count
        totals = control_totals(self._connection, writer.path, feed, written.malformed_row_count)
        if sum(total.row_count for total in totals) != row_count:
            raise UnavailableError(f"{file.label}: the lake holds other rows than were read")
        self._record(
            file,
            feed,
            sha256,
            status="accepted",
            row_count=row_count,
            malformed_row_count=written.malformed_row_count,
            columns=feed.lake_columns,
            raw_bytes=writer.path.stat().st_size,
            has_vault=written.has_vault,
            original_bytes=original_bytes,
            totals=totals,
            key_fingerprint=self._keys.fingerprint,
            **further,
        )
        return FileOutcome(file.source, feed.name, file.file_name, "accepted", row_count)

    def _recognise(
        self, file: LandedFile, feed: FeedDescription, sha256: str, twin: LoadRecord
    ) -> FileOutcome:
        code, reason = "duplicate_file", f"the same bytes as {twin.file_name}"
        self._record(
            file,
            feed,
            sha256,
            status="duplicate_file",
            duplicate_of_load_id=twin.load_id,
            reason_code=code,
            reason=reason,
        )
        return FileOutcome(
            file.source, feed.name, file.file_name, "duplicate_file", reason_code=code, reason=reason
        )

    def _refuse(
        self,
        file: LandedFile,
        feed: FeedDescription | None,
        sha256: str | None,
        source: SourceDescription | None,
        refusal: RefusedFileError,
    ) -> FileOutcome:
        code, reason = refusal.reason_code, refusal.reason
        newest = self._log.newest(file)
        known = newest and (newest.status, newest.file_sha256, newest.reason_code)
        is_news = known != ("refused", sha256, code)
        if is_news:
            original_bytes = 0
            if file.problem is None and sha256 is not None:
                load_id = self._log.next_load_id
                original_bytes = keep_original(self._settings, file.path, sha256, load_id, self._keys.vault)
            self._record(
                file,
                feed,
                sha256,
                status="refused",
                original_bytes=original_bytes,
                description_digest=_digest(source),
                reason_code=code,
                reason=reason,
            )
        return FileOutcome(
            file.source,
            feed.name if feed else None,
            file.file_name,
            "refused" if is_news else "unchanged",
            reason_code=code,
            reason=reason,
        )

    def _record(
        self, file: LandedFile, feed: FeedDescription | None, sha256: str | None, **details: Any
    ) -> None:
        feed_name = feed.name if feed else None
        self._log.add(
            LoadRecord(
                load_id=self._log.next_load_id,
                source=file.source,
                feed=feed_name,
                file_name=file.file_name,
                file_sha256=sha256,
                size_bytes=file.size_bytes,
                modified_ns=file.modified_ns,
                position_id=self._log.position_id(file.source, feed_name, file.file_name),
                loaded_at=_now(),
                **details,
            )
        )


class _ChangedMeanwhileError(Exception):
    """A file was written to while it was read."""


def _feed_of(file: LandedFile, source: SourceDescription | None) -> FeedDescription:
    if source is None:
        reason = "no source of this name is described; `clientele source new` drafts a description"
        raise RefusedFileError("unknown_source", reason)
    feeds = source.feeds_of(file.path.name)
    if not feeds:
        examples = ", ".join(feed.files[0] for feed in source.feeds.values())
        raise RefusedFileError("unknown_feed", f"its name is none of those described, such as {examples}")
    if len(feeds) > 1:
        names = " and ".join(feed.name for feed in feeds)
        raise RefusedFileError("ambiguous_feed", f"its name belongs to {names}")
    return feeds[0]


def _require_listed(unlisted: Iterable[OSError]) -> None:
    """What cannot be seen must not pass for nothing new. A source without a folder has nothing."""
    errors = [error for error in unlisted if not isinstance(error, (FileNotFoundError, NotADirectoryError))]
    if errors:
        raise UnavailableError(
            f"the folder {errors[0].filename} cannot be listed: {errors[0].strerror}",
            remedy="give the user that runs clientele the right to read it",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(source: SourceDescription | None) -> str | None:
    return source.digest if source else None


def _waiting(file: LandedFile) -> FileOutcome:
    return FileOutcome(
        file.source,
        None,
        file.file_name,
        "waiting",
        reason_code="being_written",
        reason="it is still changing",
    )


def _tell(progress: Progress, outcome: FileOutcome) -> None:
    if outcome.status == "unchanged":
        return
    details = f"{outcome.row_count:,} rows" if outcome.status == "accepted" else outcome.reason
    progress(f"{outcome.source}/{outcome.file_name}: {outcome.status.replace('_', ' ')}, {details}")


def _now() -> datetime:
    # The one fact of a record that comes from the clock. Sales that are dated later move the date of no run.
    return datetime.now(UTC)
