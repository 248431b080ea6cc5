"""Delimited text, read so that every physical line is accounted for.

No fast reader at hand says where all lines went: Arrow 26 takes ``1,"2,3`` and every line up to the next
quote for one cell and goes on without a word, and its quotes may be followed by anything. So Arrow splits
only blocks in which a line cannot be anything but a row: without quotes, or with each quoted field whole
on its line; and only if it gets as many rows as there are lines. All other blocks go through the strict
reader of the standard library, record by record. In the end the lines of all rows, malformed rows and blank
lines have to add up to the lines of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

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
from clientele.lake.text import ByteStream, OversizedRecordError, RecordLines, text_blocks


class DelimitedReader:
    """Reads a CSV file in the dialect that the description of its feed fixes.

    Data row 1 is the first record after the header; blank lines, records without anything in their cells
    and repeated headers have no number. ``encoding`` is the feed's unless it was detected. Raises
    RefusedFileError.
    """

    def __init__(
        self, stream: ByteStream, feed: FeedDescription, limits: Limits, encoding: str | None = None
    ) -> None:
        self._text = text_blocks(
            stream,
            encoding or feed.encoding,
            limits,
            needs_final_line_break=feed.final_line_break == "required",
        )
        self._delimiter = feed.delimiter
        self._limits = limits
        self._row_number = 0
        self._lines_accounted = 0
        delimiter = re.escape(feed.delimiter.encode())
        # The quote comes first, so that the search leaps from quote to quote; then what may stand before it.
        self._quoted_on_one_line = re.compile(
            rb'"(?<![^%b\n]")[^"\r\n]*"(?=[%b\r\n])' % (delimiter, delimiter)
        )
        self.header = self._read_header(HeaderSearch(feed))
        self._may_repeat_header = feed.header

    def chunks(self) -> Iterator[Chunk]:
        """The rows in file order; the last step checks that no line is missing."""
        while (block := self._text.next_bytes()) is not None:
            yield self._split_at_line_breaks(block) or self._split_strictly(self._text.decoded(block))
        if self._lines_accounted != self._text.lines_read:
            raise RefusedFileError(
                "lines_lost", f"only {self._lines_accounted} of {self._text.lines_read} lines became rows"
            )

    def _read_header(self, search: HeaderSearch) -> tuple[str, ...]:
        if search.given is not None:
            return search.given
        while (block := self._text.next_block()) is not None:
            lines = RecordLines(self._text, block, self._limits.record_characters)
            reader = self._strict_reader(lines)
            while lines.are_waiting:
                cells: list[str] | None = None
                try:
                    cells = next(reader)
                    taken = lines.take()
                except (csv.Error, OversizedRecordError) as error:
                    if not search.may_have_titles:
                        raise RefusedFileError(
                            "unreadable_header", "its first line is not a header"
                        ) from error
                    taken = lines.take_first()
                self._lines_accounted += len(taken)
                if "\0" in "".join(taken):
                    raise RefusedFileError("wrong_encoding", "line 1 holds NUL characters")
                if search.is_header(cells):
                    self._text.put_back(lines.rest())
                    return tuple(cells or ())
        raise search.not_found()

    def _split_at_line_breaks(self, block: bytes) -> Chunk | None:
        """A row for each line, or None if the block is not as simple as that, or not UTF-8."""
        has_quotes = b'"' in block
        if has_quotes and b'"' in self._quoted_on_one_line.sub(b"", block):
            return None
        if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
            return None
        names = [str(position) for position in range(len(self.header))]
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(block),
                read_options=arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=len(block) + 1
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter, quote_char='"' if has_quotes else False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
                ),
            )
        except pa.ArrowInvalid:
            return None
        rows = table.num_rows
        if rows != block.count(b"\n") + (not block.endswith(b"\n")):
            return None
        columns = [column.combine_chunks() for column in table.columns]
        longest = sum(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns)
        if longest > self._limits.record_characters:
            return None
        columns, dropped = self._with_content(columns)
        self._lines_accounted += len(columns[0]) + dropped
        first, self._row_number = self._row_number + 1, self._row_number + len(columns[0])
        return Chunk(pa.array(range(first, self._row_number + 1), pa.int64()), columns, [])

    def _split_strictly(self, block: str) -> Chunk:
        """Record by record; takes further blocks while a quoted field is open at the end of this one.

        After a record that cannot be read, reading goes on at its second line: a quote that should not be
        there takes one line with it and not all up to the next quote.
        """
        lines = RecordLines(self._text, block, self._limits.record_characters)
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
            except OversizedRecordError:
                problem = self._limits.oversized
                taken = lines.take_first()
            except csv.Error:
                self._refuse_open_quote(lines)
                problem = ("bad_quoting", "a quote or carriage return in the wrong place")
                taken = lines.take_first()
            if problem is None and (not any(cells) or self._is_repeated_header(cells)):
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

    def _refuse_open_quote(self, lines: RecordLines) -> None:
        if lines.are_at_an_end:
            line = self._text.lines_read - len(lines.take()) + 1
            raise RefusedFileError("truncated_file", f"a quote that opens in line {line} is never closed")

    def _problem(self, cells: list[str]) -> tuple[str, str] | None:
        expected = len(self.header)
        if any(cells) and len(cells) != expected:
            code = "too_few_fields" if len(cells) < expected else "too_many_fields"
            return code, f"{len(cells)} fields where the header has {expected}"
        if "\0" in "".join(cells):
            return NUL_CHARACTER
        return None

    def _chunk(self, numbers: list[int], rows: list[list[str]], malformed: list[MalformedRow]) -> Chunk:
        cells = zip(*rows, strict=True) if rows else ([] for _ in self.header)
        columns = [pa.array(column, pa.string()) for column in cells]
        # Counted from what came out, not from what the reader says it took.
        breaks = sum(pc.sum(pc.count_substring(column, "\n")).as_py() or 0 for column in columns)
        self._lines_accounted += len(rows) + breaks
        return Chunk(pa.array(numbers, pa.int64()), [empty_to_null(column) for column in columns], malformed)

    def _with_content(self, columns: list[pa.StringArray]) -> tuple[list[pa.StringArray], int]:
        """Without blank rows and repeated headers, and how many these were."""
        blank = repeated = 0
        if all(column.null_count for column in columns):
            columns, blank = _without(columns, [column.is_null() for column in columns])
        if self._may_repeat_header:
            looks_alike = _equals(columns[0], self.header[0])
            if pc.any(looks_alike).as_py():
                others = zip(columns[1:], self.header[1:], strict=True)
                conditions = [looks_alike, *(_equals(column, name) for column, name in others)]
                columns, repeated = _without(columns, conditions)
        return columns, blank + repeated

    def _is_repeated_header(self, cells: list[str]) -> bool:
        return self._may_repeat_header and tuple(cells) == self.header

    def _strict_reader(self, lines: RecordLines) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)


def _equals(column: pa.StringArray, text: str) -> pa.BooleanArray:
    return pc.fill_null(pc.equal(column, text), fill_value=False) if text else column.is_null()


def _without(
    columns: list[pa.StringArray], conditions: list[pa.BooleanArray]
) -> tuple[list[pa.StringArray], int]:
    """The rows that do not meet all conditions, and how many do."""
    are_dropped = reduce(pc.and_, conditions)
    are_kept = pc.invert(are_dropped)
    return [column.filter(are_kept) for column in columns], are_dropped.true_count
