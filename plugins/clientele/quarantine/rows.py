"""Rows of the lake as a person may see them: contact columns masked, or opened with the key."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clientele.duck import connect, path_literal
from clientele.durable import private_draft
from clientele.errors import ConfigurationError
from clientele.lake.descriptions import FeedDescription, load_descriptions
from clientele.lake.ingest import FileOutcome, redrive
from clientele.lake.log import LoadRecord, read_records
from clientele.lake.originals import read_original
from clientele.lake.raw import malformed_path, raw_path, vault_path
from clientele.lake.redrive import EXTRA, LOAD_ID, ROW_NUMBER, TEXT, guarded
from clientele.privacy.keys import load_keys
from clientele.privacy.vault import read_vault
from clientele.quarantine.listing import list_open_rows
from clientele.settings import Settings

MASK = "***"
#: As the macro `without_contact` of what is published: e-mail addresses, numbers with a country code, and
#: mobile numbers of China.
_EMAIL = re.compile(r"[^\s@]@[^\s@]+[.][^\s@]")
_PHONE = re.compile(r"((00|[+])?86)?1[3-9][0-9]{9}|[+][0-9]{8,15}")
_NO_PART_OF_A_PHONE = re.compile(r"[^0-9+]")
#: Rows read at once: what an export holds in memory.
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class ShownRow:
    """One row: its cells by column (None: empty), or the text of a row that could not be split."""

    load_id: int
    row_number: int
    source: str
    feed: str
    file_name: str
    reason: str | None
    cells: Mapping[str, str | None]
    text: str | None


def show_row(settings: Settings, load_id: int, row_number: int, *, reveals: bool) -> ShownRow:
    """One row of an accepted load. Contact data is masked unless ``reveals``, which needs the key.

    Raises ConfigurationError for a row that there is not, UnavailableError for a vault that cannot be opened.
    """
    record, feed = _load(settings, load_id)
    if not 1 <= row_number <= record.row_count:
        raise ConfigurationError(
            f"load {load_id} has no row {row_number}", remedy=f"it has {record.row_count}"
        )
    reason = _malformed_reasons(settings, record).get(row_number)
    plain = _plain_cells(settings, record, feed, [row_number]).get(row_number, {})
    secret = _secret_cells(settings, record, [row_number]).get(row_number, {}) if reveals else {}
    cells = {} if reason else _joined(feed, plain, secret, masks=not reveals)
    return ShownRow(
        load_id=load_id,
        row_number=row_number,
        source=record.source,
        feed=feed.name,
        file_name=record.file_name,
        reason=reason,
        cells=cells,
        text=secret.get(TEXT) if reveals else (MASK if reason else None),
    )


def export_rows(settings: Settings, load_id: int, output: Path) -> int:
    """Write the rows of a load that wait for repair as a CSV file for the redrive; returns how many.

    The file holds contact data: only its owner may read it. Columns that nobody described are in it as well.
    A row that could not be split has its text in ``_text`` and its cells empty. No cell starts a formula.
    Raises ConfigurationError when the load has no such row, UnavailableError for a vault that cannot be
    opened.
    """
    record, feed = _load(settings, load_id)
    waiting = [row.row_number for row in list_open_rows(settings, load_id)]
    if not waiting:
        raise ConfigurationError(f"load {load_id} has no row that waits for repair")
    columns = [column.name for column in feed.columns]
    with private_draft(output) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        extra = _extra_columns(settings, record)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([LOAD_ID, ROW_NUMBER, *columns, *extra, TEXT])
        for start in range(0, len(waiting), _ROWS_AT_ONCE):
            numbers = waiting[start : start + _ROWS_AT_ONCE]
            plain = _plain_cells(settings, record, feed, numbers)
            secret = _secret_cells(settings, record, numbers)
            for number in numbers:
                hidden = secret.get(number, {})
                joined = _joined(feed, plain.get(number, {}), hidden, masks=False)
                cells = [joined[column] or "" for column in columns]
                cells += [hidden.get(column) or "" for column in extra]
                text = hidden.get(TEXT) or ""
                writer.writerow([load_id, number, *map(guarded, cells), guarded(text.rstrip("\r\n"))])
    return len(waiting)


def redrive_rows(settings: Settings, path: Path) -> FileOutcome:
    """Take in what ``export_rows`` wrote, repaired; rows that do not stand in quarantine are refused.

    Raises ConfigurationError, with nothing recorded, for a file that is no redrive or repairs rows that
    cannot be; UnavailableError before the first run, and when the file cannot be read.
    """
    return redrive(
        settings, path, lambda load_id: {row.row_number for row in list_open_rows(settings, load_id)}
    )


def export_original(settings: Settings, load_id: int, output: Path) -> int:
    """Write the file of a load as it was dropped, for its owner alone; returns its size in bytes.

    Raises ConfigurationError when it is not kept any more, UnavailableError when it cannot be opened.
    """
    record = _record(settings, load_id)
    size = 0
    with private_draft(output) as draft, draft.open("wb") as file:
        for chunk in read_original(settings, record, load_keys(settings).vault):
            size += file.write(chunk)
    return size


def _record(settings: Settings, load_id: int) -> LoadRecord:
    records = read_records(settings)
    if not 1 <= load_id <= len(records):
        raise ConfigurationError(f"there is no load {load_id}", remedy=f"the log ends at {len(records)}")
    return records[load_id - 1]


def _load(settings: Settings, load_id: int) -> tuple[LoadRecord, FeedDescription]:
    record = _record(settings, load_id)
    source = load_descriptions(settings.dbt_project).get(record.source)
    feed = source.feeds.get(record.feed or "") if source else None
    if record.status != "accepted" or feed is None:
        raise ConfigurationError(f"load {load_id} is no accepted file of a described feed")
    return record, feed


def _plain_cells(
    settings: Settings, record: LoadRecord, feed: FeedDescription, numbers: Iterable[int]
) -> dict[int, dict[str, str | None]]:
    """Cells of the raw lake by row and column, hashes of contact columns among them."""
    path = path_literal(raw_path(settings, record.source, feed.name, record.load_id))
    query = (
        f"from read_parquet([{path}], hive_partitioning = false) where _row_number in (from unnest($rows))"
    )
    with connect(None, settings) as connection:
        table = connection.execute(f"select * {query}", {"rows": list(numbers)}).to_arrow_table()
    return {row["_row_number"]: row for row in table.to_pylist()}


def _secret_cells(
    settings: Settings, record: LoadRecord, numbers: Iterable[int]
) -> dict[int, dict[str, str | None]]:
    """Cells of the vault by row and column; the text of a row that could not be split is under ``_text``."""
    found: dict[int, dict[str, str | None]] = {}
    if not record.has_vault:
        return found
    wanted = pa.array(sorted(numbers), pa.int64())
    key = load_keys(settings).vault
    for kind, batch in read_vault(vault_path(settings, record.load_id), key, record.load_id):
        for row in batch.filter(pc.is_in(batch.column("row_number"), value_set=wanted)).to_pylist():
            number = row.pop("row_number")
            cells = {TEXT: row["text"]} if kind == "malformed_rows" else row
            found.setdefault(number, {}).update(cells)
    return found


def _extra_columns(settings: Settings, record: LoadRecord) -> list[str]:
    """Columns of a load's file that nobody described, as the vault and a redrive name them."""
    if not record.has_vault:
        return []
    key = load_keys(settings).vault
    contacts = (
        batch
        for kind, batch in read_vault(vault_path(settings, record.load_id), key, record.load_id)
        if kind == "contacts"
    )
    first = next(contacts, None)
    return [name for name in first.schema.names if name.startswith(EXTRA)] if first is not None else []


def _malformed_reasons(settings: Settings, record: LoadRecord) -> dict[int, str]:
    if not record.malformed_row_count:
        return {}
    path = path_literal(malformed_path(settings, record.source, str(record.feed), record.load_id))
    query = f"select row_number, reason from read_parquet([{path}], hive_partitioning = false)"  # noqa: S608 - a path, quoted
    with connect(None, settings) as connection:
        return dict(connection.execute(query).fetchall())


def _holds_contact(cell: str) -> bool:
    """Whether a cell of any column looks like contact data: in a row that is shifted by one it is."""
    return bool(_EMAIL.search(cell) or _PHONE.fullmatch(_NO_PART_OF_A_PHONE.sub("", cell)))


def _joined(
    feed: FeedDescription,
    plain: Mapping[str, str | None],
    secret: Mapping[str, str | None],
    *,
    masks: bool,
) -> dict[str, str | None]:
    """All cells of a row in the order of the description; columns that nobody described come last."""
    cells = {}
    for column in feed.columns:
        if column.contact is None:
            cell = plain.get(column.name)
            cells[column.name] = MASK if masks and cell and _holds_contact(cell) else cell
        else:
            cells[column.name] = MASK if masks else secret.get(column.name)
    extra = {name.removeprefix(EXTRA): cell for name, cell in secret.items() if name.startswith(EXTRA)}
    return {**cells, **{name: cell for name, cell in extra.items() if name not in cells}}
