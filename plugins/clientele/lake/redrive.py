"""A redrive: rows of one load, repaired by a person and put through ingest again.

It is a CSV file with the columns of its feed, those that nobody described under ``extra: <name>``, and in
front ``_load_id`` and ``_row_number``, which say what each row repairs. The row that was set aside stays
where it is; its repair is a row of the new load.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from clientele.lake.descriptions import FeedDescription
from clientele.lake.reading import Chunk, Reader, RefusedFileError
from clientele.privacy.hashing import map_distinct

LOAD_ID: Final = "_load_id"
ROW_NUMBER: Final = "_row_number"
#: Text of a row that could not be split, for the person who repairs it; not read back.
TEXT: Final = "_text"
#: In front of the name of a column that nobody described: it is none of the above, whatever it is called.
EXTRA: Final = "extra: "
#: What a spreadsheet takes for the beginning of a formula, behind apostrophes as well.
_GUARDED = re.compile(r"^'*[\s\u200b\ufeff]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫]")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs: with an apostrophe in front where it could be a formula."""
    return f"'{cell}" if _GUARDED.match(cell) else cell


def unguarded(cell: str) -> str:
    """What ``guarded`` was given."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def redrive_dialect(feed: FeedDescription) -> FeedDescription:
    """The feed as a redrive writes it: plain CSV with a header, whatever the feed's own files look like."""
    return feed.model_copy(
        update={
            "format": "delimited",
            "encoding": "utf-8",
            "encodings": (),
            "delimiter": ",",
            "header": True,
            "names": (),
            "skip_title_rows": "never",
            "final_line_break": "optional",
        }
    )


def repaired_load_id(path: Path) -> int:
    """The load that the first row of a redrive repairs. Raises RefusedFileError, and OSError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = [name.strip().casefold() for name in next(csv.reader(file), [])]
            row = dict(zip(header, next(csv.reader(file), []), strict=False))
    except (UnicodeDecodeError, csv.Error):
        # Without its cause, which carries the line itself.
        raise RefusedFileError("wrong_encoding", "it is not CSV text in UTF-8") from None
    number = row.get(LOAD_ID, "").strip()
    if not re.fullmatch("[1-9][0-9]{0,17}", number):
        raise RefusedFileError(
            "not_a_redrive", f"its first row does not say in {LOAD_ID} which load it repairs"
        )
    return int(number)


class RedriveReader:
    """The rows of a redrive without the columns that say what they repair; ``rows`` collects those.

    Raises RefusedFileError for a row that names no row, another load than the first, or a row named before.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        names = [name.strip().casefold() for name in reader.header]
        missing = [name for name in (LOAD_ID, ROW_NUMBER) if names.count(name) != 1]
        if missing:
            raise RefusedFileError("not_a_redrive", f"no column {', '.join(missing)}")
        self._places = names.index(LOAD_ID), names.index(ROW_NUMBER)
        self._kept = [place for place, name in enumerate(names) if name not in (LOAD_ID, ROW_NUMBER, TEXT)]
        self.header = tuple(reader.header[place].removeprefix(EXTRA) for place in self._kept)
        self.load_id: int | None = None
        self.rows: dict[int, None] = {}

    def chunks(self) -> Iterator[Chunk]:
        """As of any reader."""
        for chunk in self._reader.chunks():
            if chunk.malformed:
                first = chunk.malformed[0]
                raise RefusedFileError(first.reason_code, f"row {first.row_number}: {first.reason}")
            self._remember(chunk)
            columns = [map_distinct(chunk.columns[place], unguarded) for place in self._kept]
            yield Chunk(chunk.row_numbers, columns, [])

    def _remember(self, chunk: Chunk) -> None:
        load_ids, rows = (_numbers(chunk.columns[place]) for place in self._places)
        for place, load_id, row in zip(chunk.row_numbers.to_pylist(), load_ids, rows, strict=True):
            if load_id is None or row is None:
                raise RefusedFileError("not_a_redrive", f"row {place} does not say which row it repairs")
            if self.load_id not in (None, load_id):
                raise RefusedFileError(
                    "not_a_redrive", f"row {place} repairs another load than those before it"
                )
            if row in self.rows:
                raise RefusedFileError("not_a_redrive", f"row {place} repairs the same row as one before it")
            self.load_id = load_id
            self.rows[row] = None


def _numbers(column: pa.StringArray) -> list[int | None]:
    """Whole numbers from 1 on; None for anything else."""
    text = pc.utf8_trim_whitespace(column)
    are_whole = pc.match_substring_regex(text, "^[1-9][0-9]{0,17}$")
    cells = zip(text.to_pylist(), are_whole.to_pylist(), strict=True)
    return [int(cell) if is_whole else None for cell, is_whole in cells]
