"""What a load leaves in the lake beside its record: raw rows, malformed rows and the vault.

``raw/<source>/<feed>/<load_id>.parquet``: every row as text, contact columns as hashes.
``raw/<source>/<feed>/<load_id>.malformed.parquet``: number and reason of each row that could not be split.
``vault/<load_id>.enc``: contact columns, columns that nobody has described, whatever they may hold, and the
text of malformed rows, encrypted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from clientele.durable import DRAFT_SUFFIX, draft_of, keep_draft, make_folder, open_draft
from clientele.failpoints import failpoint
from clientele.lake.descriptions import ColumnDescription, FeedDescription, plain_header
from clientele.lake.log import LoadRecord
from clientele.lake.reading import Chunk, MalformedRow, Reader, RefusedFileError, read_ahead
from clientele.lake.redrive import EXTRA
from clientele.privacy.hashing import ContactHasher, birth_years
from clientele.privacy.vault import VaultWriter
from clientele.settings import Settings

#: A row group of DuckDB's own size scans fastest.
ROW_GROUP_ROWS = 122_880
#: Rows of long texts are written earlier.
_ROW_GROUP_BYTES = 256 * 1024**2
_OWN_FIELDS = [("_load_id", pa.int64()), ("_row_number", pa.int64()), ("_position_id", pa.int64())]
_MALFORMED_SCHEMA = pa.schema(
    [
        ("load_id", pa.int64()),
        ("row_number", pa.int64()),
        ("column_name", pa.string()),
        ("reason_code", pa.string()),
        ("reason", pa.string()),
    ]
)


def raw_path(settings: Settings, source: str, feed: str, load_id: int) -> Path:
    return settings.lake / "raw" / source / feed / f"{load_id:08d}.parquet"


def malformed_path(settings: Settings, source: str, feed: str, load_id: int) -> Path:
    return raw_path(settings, source, feed, load_id).with_suffix(".malformed.parquet")


def has_malformed_rows(path: Path, row_count: int) -> bool:
    """Whether a file of malformed rows is there and whole."""
    try:
        return int(pq.read_metadata(path).num_rows) == row_count
    except (OSError, pa.ArrowException):
        return False


def vault_path(settings: Settings, load_id: int) -> Path:
    return settings.lake / "vault" / f"{load_id:08d}.enc"


@dataclass(frozen=True)
class WrittenRows:
    """What was written of a file: rows split into columns, malformed rows, and whether there is a vault."""

    row_count: int
    malformed_row_count: int
    has_vault: bool


@dataclass(frozen=True)
class ColumnMap:
    """Where each described column stands in a file's header (None: not there), and the columns left over."""

    described: tuple[tuple[ColumnDescription, int | None], ...]
    extra: tuple[tuple[str, int], ...]


def map_columns(header: tuple[str, ...], feed: FeedDescription) -> ColumnMap:
    """Find the described columns in a header by name or alias, as ``plain_header`` compares them.

    Raises RefusedFileError for a required column that is missing and a name that stands twice. Messages
    name described columns only: a header may be a row of data.
    """
    names = [plain_header(name) for name in header]
    described = {name: column for column in feed.columns for name in column.headers}
    required = [column for column in feed.columns if column.is_required]
    missing = [column.name for column in required if not set(column.headers) & set(names)]
    if missing:
        reason = f"no column {', '.join(missing)}"
        if len(missing) == len(required) > 1 and feed.skip_title_rows == "never":
            reason += "; where lines stand before the header, its description needs skip_title_rows: auto"
        raise RefusedFileError("missing_required_column", reason)
    positions: dict[str, int] = {}
    for position, name in enumerate(names):
        column = described.get(name)
        key = column.name if column else name or _nameless(position)
        if key in positions:
            shown = column.name if column else f"of column {positions[key] + 1}"
            raise RefusedFileError("duplicate_column", f"column {position + 1} repeats the name {shown}")
        positions[key] = position
    return ColumnMap(
        described=tuple((column, positions.get(column.name)) for column in feed.columns),
        extra=tuple(
            (header[position].strip() or _nameless(position), position)
            for position, name in enumerate(names)
            if name not in described
        ),
    )


def _nameless(position: int) -> str:
    return f"column {position + 1}"


class RawWriter:
    """Writes the rows of one file. Nothing has its name until ``keep`` is called."""

    def __init__(
        self, settings: Settings, feed: FeedDescription, load_id: int, position_id: int, hasher: ContactHasher
    ) -> None:
        self._settings = settings
        self._feed = feed
        self._load_id = load_id
        self._position_id = position_id
        self._hasher = hasher
        self.path = raw_path(settings, feed.source, feed.name, load_id)
        self._malformed_path = malformed_path(settings, feed.source, feed.name, load_id)
        self._vault_path = vault_path(settings, load_id)
        self._paths = [self.path, self._malformed_path, self._vault_path]
        self._schema = pa.schema([*_OWN_FIELDS, *((name, pa.string()) for name in feed.lake_columns)])

    def write(self, reader: Reader, vault_key: bytes) -> WrittenRows:
        """Write all rows of ``reader`` into drafts. Raises RefusedFileError, with no draft left behind."""
        make_folder(self.path.parent)
        make_folder(self._vault_path.parent, 0o700)
        try:
            written = self._write_drafts(reader, vault_key)
        except BaseException:
            self.discard()
            raise
        if not written.malformed_row_count:
            draft_of(self._malformed_path).unlink()
        if not written.has_vault:
            draft_of(self._vault_path).unlink()
        return written

    def discard(self) -> None:
        """Remove the drafts."""
        for path in self._paths:
            draft_of(path).unlink(missing_ok=True)

    def _write_drafts(self, reader: Reader, vault_key: bytes) -> WrittenRows:
        columns = map_columns(reader.header, self._feed)
        row_count = malformed_row_count = 0
        with ExitStack() as files:
            rows = files.enter_context(_parquet_draft(self.path, self._schema))
            malformed = files.enter_context(_parquet_draft(self._malformed_path, _MALFORMED_SCHEMA))
            vault = files.enter_context(_vault_draft(self._vault_path, vault_key, self._load_id))
            for chunk in read_ahead(reader.chunks()):
                rows.add(self._lake_batch(chunk, columns))
                personal = _personal_batch(chunk, columns)
                if personal is not None:
                    vault.write("contacts", personal)
                if chunk.malformed:
                    malformed.add(self._malformed_batch(chunk.malformed))
                    vault.write("malformed_rows", _text_batch(chunk.malformed))
                failpoint(self._settings, "ingest_drafts_begun")
                row_count += len(chunk.row_numbers)
                malformed_row_count += len(chunk.malformed)
        if row_count + malformed_row_count == 0:
            raise RefusedFileError("empty_file", "it has a header and no rows")
        return WrittenRows(row_count, malformed_row_count, vault.has_content)

    def keep(self) -> None:
        """Give the drafts their names. Without a record in the log they still mean nothing."""
        failpoint(self._settings, "ingest_drafts_written")
        for path, what in zip(self._paths, ("raw", "malformed", "vault"), strict=True):
            if draft_of(path).exists():
                keep_draft(path)
            failpoint(self._settings, f"ingest_{what}_kept")

    def _lake_batch(self, chunk: Chunk, columns: ColumnMap) -> pa.RecordBatch:
        length = len(chunk.row_numbers)
        arrays = [
            pa.repeat(pa.scalar(self._load_id, pa.int64()), length),
            chunk.row_numbers,
            pa.repeat(pa.scalar(self._position_id, pa.int64()), length),
        ]
        for column, position in columns.described:
            if column.lake_name is None:
                continue
            cells = pa.nulls(length, pa.string()) if position is None else chunk.columns[position]
            arrays.append(self._without_contact(cells, column))
        return pa.record_batch(arrays, schema=self._schema)

    def _without_contact(self, cells: pa.StringArray, column: ColumnDescription) -> pa.StringArray:
        if column.contact == "phone":
            return self._hasher.phones(cells)
        if column.contact == "email":
            return self._hasher.emails(cells)
        if column.contact == "birth_date":
            return birth_years(cells)
        return cells

    def _malformed_batch(self, rows: list[MalformedRow]) -> pa.RecordBatch:
        return pa.RecordBatch.from_pylist(
            [
                {
                    "load_id": self._load_id,
                    "row_number": row.row_number,
                    "column_name": None,
                    "reason_code": row.reason_code,
                    "reason": row.reason,
                }
                for row in rows
            ],
            _MALFORMED_SCHEMA,
        )


def remove_orphans(settings: Settings, records: list[LoadRecord]) -> None:
    """Remove what a killed run left behind: drafts, and files of loads that the log does not accept."""
    accepted = {record.load_id for record in records if record.status == "accepted"}
    for folder in ("raw", "vault", "loads"):
        for path in (settings.lake / folder).rglob("*"):
            is_draft = path.name.endswith(DRAFT_SUFFIX)
            number = path.name.partition(".")[0]
            is_orphan = folder != "loads" and number.isdecimal() and int(number) not in accepted
            if path.is_file() and (is_draft or is_orphan):
                path.unlink()


class _ParquetDraft:
    """Collects batches into row groups, so that memory holds one row group and no more."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._bytes = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= ROW_GROUP_ROWS or self._bytes >= _ROW_GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_batches(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows, self._bytes = [], 0, 0


@contextmanager
def _parquet_draft(path: Path, schema: pa.Schema) -> Iterator[_ParquetDraft]:
    with open_draft(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        draft = _ParquetDraft(writer)
        yield draft
        draft.flush()


class _VaultDraft:
    def __init__(self, file: BinaryIO, key: bytes, load_id: int) -> None:
        self._writer = VaultWriter(file, key, load_id)
        self.has_content = False

    def write(self, kind: str, batch: pa.RecordBatch) -> None:
        self.has_content = True
        self._writer.write(kind, batch)

    def finish(self) -> None:
        self._writer.finish()


@contextmanager
def _vault_draft(path: Path, key: bytes, load_id: int) -> Iterator[_VaultDraft]:
    with open_draft(path) as file:
        draft = _VaultDraft(file, key, load_id)
        yield draft
        draft.finish()


def _personal_batch(chunk: Chunk, columns: ColumnMap) -> pa.RecordBatch | None:
    """Columns for the vault: contact columns, and those that nobody has described."""
    personal = {
        column.name: chunk.columns[position]
        for column, position in columns.described
        if column.contact is not None and position is not None
    }
    personal |= {f"{EXTRA}{name}": chunk.columns[position] for name, position in columns.extra}
    if not personal or not len(chunk.row_numbers):
        return None
    return pa.record_batch({"row_number": chunk.row_numbers, **personal})


def _text_batch(rows: list[MalformedRow]) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "row_number": pa.array([row.row_number for row in rows], pa.int64()),
            "text": pa.array([row.text for row in rows], pa.string()),
        }
    )
