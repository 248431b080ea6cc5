"""Delimited text, read so that every physical line is accounted for.

No fast reader at hand says where all lines went: Arrow 26 takes ``1,"2,3`` and every line up to the next
quote for one cell and goes on without a word, and its quotes may be followed by anything. So Arrow splits
only blocks in which a line cannot be anything but a row: without quotes, or with each quoted field whole
on its line; and only if it gets as many rows as there are lines. All other blocks go through the strict
reader of the standard library, record by record. In the end the lines of all rows, malformed rows and blank
lines have to add up to the lines of the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from clientele.lake.descriptions import FeedDescription
from clientele.lake.reading import Chunk, Limits, MalformedRow, RefusedFileError, empty_to_null

_READ_BYTES = 1024 * 1024
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class ByteStream(Protocol):
    """Anything that can be read piece by piece."""

    def read(self, size: int, /) -> bytes: ...


class DelimitedReader:
    """Reads a CSV file in the dialect that the description of its feed fixes.

    Data row 1 is the first record after the header; blank lines have no number. Raises RefusedFileError.
    """

    def __init__(self, stream: ByteStream, feed: FeedDescription, limits: Limits) -> None:
        self._text = _Text(stream, feed, limits)
        self._delimiter = feed.delimiter
        self._limits = limits
        self._row_number = 0
        self._lines_accounted = 0
        quoted = (
            rf'(?:(?<=[{re.escape(feed.delimiter)}\n])|\A)"[^"\r\n]*"(?=[{re.escape(feed.delimiter)}\r\n])'
        )
        self._quoted_on_one_line = re.compile(quoted)
        self.header = self._read_header()

    def chunks(self) -> Iterator[Chunk]:
        """The rows in file order; the last step checks that no line is missing."""
        while (block := self._text.next_block()) is not None:
            yield self._split_at_line_breaks(block) or self._split_strictly(block)
        if self._lines_accounted != self._text.lines_read:
            raise RefusedFileError(
                "lines_lost", f"only {self._lines_accounted} of {self._text.lines_read} lines became rows"
            )

    def _read_header(self) -> tuple[str, ...]:
        while (block := self._text.next_block()) is not None:
            lines = _RecordLines(self._text, block, self._limits.record_characters)
            reader = self._strict_reader(lines)
            while lines.are_waiting:
                try:
                    cells = next(reader)
                except (csv.Error, _OversizedRecordError) as error:
                    raise RefusedFileError("unreadable_header", "its first line is not a header") from error
                self._lines_accounted += len(lines.take())
                if "\0" in "".join(cells):
                    raise RefusedFileError("wrong_encoding", "line 1 holds NUL characters")
                if cells:
                    self._text.put_back(lines.rest())
                    return tuple(cells)
        raise RefusedFileError("empty_file", "it has no line with anything in it")

    def _split_at_line_breaks(self, block: str) -> Chunk | None:
        """A row for each line, or None if the block is not as simple as that."""
        has_quotes = '"' in block
        if has_quotes and '"' in self._quoted_on_one_line.sub("", block):
            return None
        if "\0" in block or block.count("\r") != block.count("\r\n"):
            return None
        names = [str(position) for position in range(len(self.header))]
        encoded = block.encode()
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(encoded),
                read_options=arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=len(encoded) + 1
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter, quote_char='"' if has_quotes else False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        rows = table.num_rows
        if rows != block.count("\n") + (not block.endswith("\n")):
            return None
        columns = [column.combine_chunks() for column in table.columns]
        if (
            sum(pc.max(pc.binary_length(column)).as_py() for column in columns)
            > self._limits.record_characters
        ):
            return None
        numbers = pa.array(range(self._row_number + 1, self._row_number + rows + 1), pa.int64())
        self._row_number += rows
        self._lines_accounted += rows
        return Chunk(numbers, [empty_to_null(column) for column in columns], [])

    def _split_strictly(self, block: str) -> Chunk:
        """Record by record; takes further blocks while a quoted field is open at the end of this one.

        After a record that cannot be read, reading goes on at its second line: a quote that should not be
        there takes one line with it and not all up to the next quote.
        """
        lines = _RecordLines(self._text, block, self._limits.record_characters)
        reader = self._strict_reader(lines)
        numbers: list[int] = []
        rows: list[list[str]] = []
        malformed: list[MalformedRow] = []
        while lines.are_waiting:
            cells: list[str] = []
            try:
                cells = next(reader)
                problem = self._problem(cells)
                taken = lines.take()
            except _OversizedRecordError:
                problem = ("oversized_record", f"longer than {self._limits.record_characters} characters")
                taken = lines.take_first()
            except csv.Error:
                self._refuse_open_quote(lines)
                problem = ("bad_quoting", "a quote or carriage return in the wrong place")
                taken = lines.take_first()
            if problem is None and not cells:
                self._lines_accounted += len(taken)
                continue
            self._row_number += 1
            if problem is None:
                numbers.append(self._row_number)
                rows.append(cells)
            else:
                self._lines_accounted += len(taken)
                malformed.append(MalformedRow(self._row_number, *problem, "".join(taken)))
        return self._chunk(numbers, rows, malformed)

    def _refuse_open_quote(self, lines: _RecordLines) -> None:
        if lines.are_at_an_end:
            line = self._text.lines_read - len(lines.take()) + 1
            raise RefusedFileError("truncated_file", f"a quote that opens in line {line} is never closed")

    def _problem(self, cells: list[str]) -> tuple[str, str] | None:
        expected = len(self.header)
        if cells and len(cells) != expected:
            code = "too_few_fields" if len(cells) < expected else "too_many_fields"
            return code, f"{len(cells)} fields where the header has {expected}"
        if "\0" in "".join(cells):
            return "nul_character", "a NUL character, which no text has"
        return None

    def _chunk(self, numbers: list[int], rows: list[list[str]], malformed: list[MalformedRow]) -> Chunk:
        cells = zip(*rows, strict=True) if rows else ([] for _ in self.header)
        columns = [pa.array(column, pa.string()) for column in cells]
        # Counted from what came out, not from what the reader says it took.
        breaks = sum(pc.sum(pc.count_substring(column, "\n")).as_py() or 0 for column in columns)
        self._lines_accounted += len(rows) + breaks
        return Chunk(pa.array(numbers, pa.int64()), [empty_to_null(column) for column in columns], malformed)

    def _strict_reader(self, lines: _RecordLines) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)


class _Text:
    """The text of a stream in blocks of whole lines. A line ends with a line feed."""

    def __init__(self, stream: ByteStream, feed: FeedDescription, limits: Limits) -> None:
        self._stream = stream
        self._encoding = feed.encoding
        self._needs_final_line_break = feed.final_line_break == "required"
        self._limits = limits
        self._decoder = codecs.getincrementaldecoder(feed.encoding)("strict")
        self._pending = ""
        self._put_back = ""
        self._is_first = True
        self._is_done = False
        self.lines_read = 0

    def next_block(self) -> str | None:
        """The next whole lines; None at the end."""
        if self._put_back:
            block, self._put_back = self._put_back, ""
            return block
        while not self._is_done:
            data = self._stream.read(_READ_BYTES)
            text = self._pending + self._decode(data)
            if not data:
                return self._last_block(text)
            cut = text.rfind("\n") + 1
            self._pending = text[cut:]
            if len(self._pending) > self._limits.line_characters:
                line = self.lines_read + text.count("\n") + 1
                raise RefusedFileError("oversized_line", f"line {line} is too long to be a line of text")
            if cut:
                return self._counted(text[:cut])
        return None

    def put_back(self, text: str) -> None:
        """Give back lines of the last block that were not used."""
        self._put_back = text

    def _last_block(self, text: str) -> str | None:
        self._is_done = True
        if not text:
            return None
        if "\r" in text and not text.endswith("\n") and self.lines_read == 0 and "\n" not in text:
            raise RefusedFileError("unknown_line_breaks", "its lines end with a carriage return alone")
        if self._needs_final_line_break:
            line = self.lines_read + 1
            raise RefusedFileError("truncated_file", f"line {line}, its last, has no line break at the end")
        return self._counted(text)

    def _counted(self, block: str) -> str:
        self.lines_read += block.count("\n") + (not block.endswith("\n"))
        return block

    def _decode(self, data: bytes) -> str:
        if self._is_first:
            self._check_byte_order_mark(data)
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            line = self.lines_read + error.object[: error.start].count(b"\n") + 1
            if not data and self._needs_final_line_break:
                reason = f"line {line}, its last, ends within a character"
                raise RefusedFileError("truncated_file", reason) from None
            reason = f"line {line} is not {self._encoding} text"
            # Without its cause, which carries the line itself.
            raise RefusedFileError("wrong_encoding", reason) from None
        if self._is_first and text:
            text = text.removeprefix("\ufeff")
            self._is_first = False
        return text

    def _check_byte_order_mark(self, data: bytes) -> None:
        expected = codecs.lookup(self._encoding).name
        for mark, encoding in _BYTE_ORDER_MARKS.items():
            if data.startswith(mark):
                if not expected.startswith(encoding):
                    reason = f"line 1 begins like {encoding} and not like {self._encoding}"
                    raise RefusedFileError("wrong_encoding", reason)
                return


class _OversizedRecordError(Exception):
    """A record has become longer than any honest one."""


class _RecordLines:
    """Feeds lines to the strict reader and remembers those of the record that it is in."""

    def __init__(self, text: _Text, block: str, limit: int) -> None:
        self._text = text
        self._waiting = deque(_lines(block))
        self._taken: list[str] = []
        self._characters = 0
        self._limit = limit
        self.are_at_an_end = False

    @property
    def are_waiting(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> _RecordLines:
        return self

    def __next__(self) -> str:
        if not self._waiting:
            block = self._text.next_block()
            if block is None:
                self.are_at_an_end = True
                raise StopIteration
            self._waiting.extend(_lines(block))
        line = self._waiting.popleft()
        self._taken.append(line)
        self._characters += len(line)
        if self._characters > self._limit:
            raise _OversizedRecordError
        return line

    def take(self) -> list[str]:
        """The lines of the record just read."""
        taken, self._taken, self._characters = self._taken, [], 0
        return taken

    def take_first(self) -> list[str]:
        """The first line of the record just read; its other lines are read again."""
        first, *others = self.take()
        self._waiting.extendleft(reversed(others))
        return [first]

    def rest(self) -> str:
        """All lines not read yet."""
        rest = "".join(self._waiting)
        self._waiting.clear()
        return rest


def _lines(block: str) -> list[str]:
    lines = block.split("\n")
    last = lines.pop()
    whole = [line + "\n" for line in lines]
    return [*whole, last] if last else whole
