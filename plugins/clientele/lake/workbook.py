"""Excel workbooks (XLSX): typed cells as canonical text.

Whole numbers as digits, others as the shortest text that reads back to the same number, without an exponent;
dates and times as ISO 8601; ``true`` and ``false``. Of a formula, the value that was saved with it; of an
error, nothing. A number from 2 to the 53rd on has lost digits before it was saved: its row is malformed.

A workbook is read as a whole, so its size is limited, and so is the rectangle its cells span: two cells at
opposite corners of a sheet would ask for all memory there is.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from clientele.lake.descriptions import FeedDescription
from clientele.lake.headers import HeaderSearch
from clientele.lake.reading import (
    NUL_CHARACTER,
    Chunk,
    Limits,
    MalformedRow,
    RefusedFileError,
    empty_to_null,
)

_CHUNK_ROWS = 8_192
_READ_BYTES = 1024 * 1024
_EXACT_NUMBERS = 2**53
_PLACE = re.compile(rb'\sr\s*=\s*["\']\s*([A-Za-z]*)([0-9]+)')
#: A place padded so that a part of it could hide where two pieces of reading meet.
_PADDED_PLACE = re.compile(
    rb'\sr(\s{50}|\s*=\s{50}|\s*=\s*["\'](\s{50}|\s*[A-Za-z]{50}|\s*[A-Za-z]*[0-9]{50}))'
)
_OVERLAP_BYTES = 4_096
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")

_Value = str | float | int | bool | date | datetime | time | timedelta


class WorkbookReader:
    """Reads one sheet: the one that the description names, else the only visible one.

    Every row of the sheet is the header, a title before it, a row, malformed, blank or a repeated header.
    Raises RefusedFileError.
    """

    def __init__(self, content: bytes, feed: FeedDescription, limits: Limits) -> None:
        _check_parts(content, limits)
        self._limits = limits
        with _refusing_damage():
            self._sheet = _sheet(CalamineWorkbook.from_filelike(io.BytesIO(content)), feed)
        self._rows = _rows(self._sheet)
        self._may_repeat_header = feed.header
        self._row_number = 0
        self._rows_accounted = 0
        self.header = self._read_header(HeaderSearch(feed))

    def chunks(self) -> Iterator[Chunk]:
        """The rows in sheet order; the last step checks that no row is missing."""
        while rows := list(islice(self._rows, _CHUNK_ROWS)):
            yield self._chunk(rows)
        found = 0 if self._sheet.end is None else self._sheet.end[0] + 1
        if self._rows_accounted != found:
            raise RefusedFileError("lines_lost", f"only {self._rows_accounted} of {found} rows were read")

    def _read_header(self, search: HeaderSearch) -> tuple[str, ...]:
        if search.given is not None:
            return search.given
        for row in self._rows:
            self._rows_accounted += 1
            cells = _trimmed([_text(value) for value in row])
            if search.is_header(cells):
                return tuple(cells)
        raise search.not_found()

    def _chunk(self, sheet_rows: list[list[_Value]]) -> Chunk:
        numbers: list[int] = []
        rows: list[Sequence[str]] = []
        malformed: list[MalformedRow] = []
        width = len(self.header)
        for values in sheet_rows:
            cells = _trimmed([_text(value) for value in values])
            if not cells or (self._may_repeat_header and tuple(cells) == self.header):
                self._rows_accounted += 1
                continue
            self._row_number += 1
            problem = self._problem(values, cells)
            if problem is None:
                numbers.append(self._row_number)
                rows.append([*cells, *[""] * (width - len(cells))])
            else:
                malformed.append(MalformedRow(self._row_number, *problem, "\t".join(cells)))
        self._rows_accounted += len(numbers) + len(malformed)
        columns = zip(*rows, strict=True) if rows else [()] * width
        arrays = [empty_to_null(pa.array(column, pa.string())) for column in columns]
        return Chunk(pa.array(numbers, pa.int64()), arrays, malformed)

    def _problem(self, values: Sequence[_Value], cells: Sequence[str]) -> tuple[str, str] | None:
        if len(cells) > len(self.header):
            return "too_many_fields", f"{len(cells)} cells where the header has {len(self.header)}"
        if sum(map(len, cells)) > self._limits.record_characters:
            return self._limits.oversized
        if any("\0" in cell for cell in cells):
            return NUL_CHARACTER
        if any(isinstance(value, float) and abs(value) >= _EXACT_NUMBERS for value in values):
            return "inexact_number", "a number with more digits than Excel keeps; such ids have to be text"
        return None


def _sheet(workbook: CalamineWorkbook, feed: FeedDescription) -> CalamineSheet:
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if feed.sheet is not None:
        if feed.sheet not in [sheet.name for sheet in sheets]:
            raise RefusedFileError("missing_sheet", f"it has no sheet {feed.sheet}")
        return workbook.get_sheet_by_name(feed.sheet)
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    if len(visible) != 1:
        raise RefusedFileError(
            "ambiguous_sheet", f"it has {len(visible)} visible sheets and none is described"
        )
    return workbook.get_sheet_by_name(visible[0])


def _rows(sheet: CalamineSheet) -> Iterator[list[_Value]]:
    with _refusing_damage():
        yield from sheet.iter_rows()


@contextmanager
def _refusing_damage() -> Iterator[None]:
    try:
        yield
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise RefusedFileError("unreadable_file", "the workbook is damaged or protected") from error
    except BaseException as error:
        # What the library did not foresee, such as a date of the year 30,000,000, has no class to name.
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise RefusedFileError("unreadable_file", "the workbook is damaged") from None


def _check_parts(content: bytes, limits: Limits) -> None:
    """Refuse what would grow beyond all bounds when it is opened."""
    allowed = limits.workbook_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist():
                with archive.open(part) as stream:
                    allowed -= _check_part(stream, allowed, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        reason = "the workbook is cut, damaged or protected"
        raise RefusedFileError("unreadable_file", reason) from None


def _check_part(stream: Any, allowed: int, limits: Limits) -> int:
    """Size of a part in bytes, its cells within the limits."""
    size = 0
    rest = b""
    while data := stream.read(_READ_BYTES):
        size += len(data)
        if size > allowed:
            reason = f"it decompresses to more than {limits.workbook_bytes} bytes"
            raise RefusedFileError("decompressed_too_large", reason)
        text = rest + data
        if _PADDED_PLACE.search(text) or (size == len(data) and data.startswith(_OTHER_ENCODINGS)):
            raise RefusedFileError("unreadable_file", "the workbook is written as no tool writes them")
        rest = text[-_OVERLAP_BYTES:]
        places = _PLACE.findall(text)
        columns = max(map(_column_number, {letters for letters, _ in places}), default=0)
        rows = max((int(digits) for _, digits in places), default=0)
        if rows > limits.sheet_rows or columns > limits.columns:
            reason = f"its cells span {rows} rows and {columns} columns"
            raise RefusedFileError("sheet_too_large", reason)
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: _Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else _plain(repr(value))
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, (datetime, time)):
        text = value.isoformat()
        return text.rstrip("0") if "." in text else text
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(number: str) -> str:
    return format(Decimal(number), "f") if "e" in number else number
