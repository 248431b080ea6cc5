"""Fixed-width text: each line is a row, each column has its place in the line.

Places count characters, not bytes. The spaces around a cell are the layout's and not the cell's.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from clientele.lake.descriptions import FeedDescription, plain_header
from clientele.lake.headers import HeaderSearch
from clientele.lake.reading import (
    NUL_CHARACTER,
    Chunk,
    Limits,
    MalformedRow,
    RefusedFileError,
    empty_to_null,
)
from clientele.lake.text import ByteStream, TextBlocks, split_lines


class FixedWidthReader:
    """Reads fixed-width text. Data row 1 is the first line with anything in it after the header.

    A header line has the names of all required columns somewhere. A line is malformed if something stands
    outside of the columns, if it ends before its last column begins, or if it has a NUL. Raises
    RefusedFileError.
    """

    def __init__(self, stream: ByteStream, feed: FeedDescription, limits: Limits, encoding: str) -> None:
        self._text = TextBlocks(
            stream, encoding, limits, needs_final_line_break=feed.final_line_break == "required"
        )
        self._limits = limits
        self._places = [
            (column.start - 1, column.start - 1 + column.width)
            for column in feed.columns
            if column.start is not None and column.width is not None
        ]
        self._gaps = _gaps(self._places)
        self._last_start = max(start for start, _ in self._places)
        self._row_number = 0
        self._lines_accounted = 0
        self._header_line = self._read_header(feed) if feed.header else None
        self.header = tuple(column.name for column in feed.columns)

    def chunks(self) -> Iterator[Chunk]:
        """The rows in file order; the last step checks that no line is missing."""
        while (block := self._text.next_block()) is not None:
            yield self._split(block)
        if self._lines_accounted != self._text.lines_read:
            raise RefusedFileError(
                "lines_lost", f"only {self._lines_accounted} of {self._text.lines_read} lines became rows"
            )

    def _read_header(self, feed: FeedDescription) -> str:
        search = HeaderSearch(feed)
        while (block := self._text.next_block()) is not None:
            lines = split_lines(block)
            for number, line in enumerate(lines, start=1):
                self._lines_accounted += 1
                shown = plain_header(line)
                names = [header for column in feed.columns for header in column.headers if header in shown]
                if search.is_header(names or [shown]):
                    self._text.put_back("".join(lines[number:]))
                    self._refuse_missing(feed, names)
                    return line.rstrip()
        raise search.not_found()

    def _refuse_missing(self, feed: FeedDescription, names: list[str]) -> None:
        missing = [
            column.name
            for column in feed.columns
            if column.is_required and not set(column.headers) & set(names)
        ]
        if missing:
            raise RefusedFileError("missing_required_column", f"no column {', '.join(missing)}")

    def _split(self, block: str) -> Chunk:
        texts = [line.rstrip("\r\n") for line in split_lines(block)]
        kept = [text for text in texts if text.strip(" \t") and text.rstrip() != self._header_line]
        self._lines_accounted += len(texts) - len(kept)
        lines = pa.array(kept, pa.string())
        numbers = pa.array(range(self._row_number + 1, self._row_number + len(kept) + 1), pa.int64())
        self._row_number += len(kept)
        problems = self._problems(lines)
        malformed = [
            MalformedRow(number, code, reason, f"{text}\n")
            for number, problem, text in zip(numbers.to_pylist(), problems, kept, strict=True)
            if problem is not None
            for code, reason in [problem]
        ]
        if malformed:
            are_rows = pa.array([problem is None for problem in problems], pa.bool_())
            lines, numbers = lines.filter(are_rows), numbers.filter(are_rows)
        self._lines_accounted += len(lines) + len(malformed)
        return Chunk(numbers, [_cell(lines, *place) for place in self._places], malformed)

    def _problems(self, lines: pa.StringArray) -> list[tuple[str, str] | None]:
        lengths = pc.utf8_length(lines)
        outside = [pc.is_valid(_cell(lines, start, stop)) for start, stop in self._gaps]
        checks = [
            (pc.match_substring(lines, "\0"), NUL_CHARACTER),
            (pc.greater(lengths, self._limits.record_characters), self._limits.oversized),
            (
                pc.less_equal(lengths, self._last_start),
                ("too_few_fields", "it ends before its last column begins"),
            ),
            *((found, ("text_between_columns", "text stands outside of all columns")) for found in outside),
        ]
        problems: list[tuple[str, str] | None] = [None] * len(lines)
        for found, problem in reversed(checks):
            for position in pc.indices_nonzero(found).to_pylist():
                problems[position] = problem
        return problems


def _gaps(places: list[tuple[int, int]]) -> list[tuple[int, int | None]]:
    """What lies between columns, and all after the last."""
    gaps: list[tuple[int, int | None]] = []
    end = 0
    for start, stop in sorted(places):
        if start > end:
            gaps.append((end, start))
        end = stop
    return [*gaps, (end, None)]


def _cell(lines: pa.StringArray, start: int, stop: int | None) -> pa.StringArray:
    return empty_to_null(pc.utf8_trim(pc.utf8_slice_codeunits(lines, start, stop), " "))
