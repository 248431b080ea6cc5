"""Records of nested formats (JSON, XML) as rows of the columns that a description names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from clientele.lake.descriptions import FeedDescription
from clientele.lake.reading import Chunk, MalformedRow, RefusedFileError, empty_to_null

#: Name of the column that keeps the fields nobody has described, as JSON.
FURTHER_FIELDS = "further fields"
_CHUNK_ROWS = 8_192
_CHUNK_CHARACTERS = 4 * 1024**2


@dataclass(frozen=True)
class Cells:
    """A record: a text for each column of the feed, last the fields left over where they are kept.

    A column that the record has with nothing in it is an empty text, one that it does not have is None.
    """

    values: Sequence[str | None]


@dataclass(frozen=True)
class Unreadable:
    """A record that makes no row, with its reason; ``text`` is for the vault alone."""

    reason_code: str
    reason: str
    text: str


class RecordsReader:
    """Rows from a stream of records. Row 1 is the first record.

    A required column that no record of the first chunk has is missing. Raises RefusedFileError.
    """

    def __init__(
        self, records: Iterator[Cells | Unreadable], feed: FeedDescription, *, keeps_further_fields: bool
    ) -> None:
        further = (FURTHER_FIELDS,) if keeps_further_fields else ()
        self._width = len(feed.columns) + len(further)
        self._has_column = [False] * self._width
        self._chunks = self._read(records)
        first = next(self._chunks, None)
        if first is None:
            raise RefusedFileError("empty_file", "it has no records")
        self._first = first
        missing = {
            column.name
            for column, has_column in zip(feed.columns, self._has_column, strict=False)
            if column.is_required and len(first.row_numbers) and not has_column
        }
        # A header without them is refused like that of any other format.
        self.header = (
            *("" if column.name in missing else column.name for column in feed.columns),
            *further,
        )

    def chunks(self) -> Iterator[Chunk]:
        """The rows in file order."""
        return chain([self._first], self._chunks)

    def _read(self, records: Iterator[Cells | Unreadable]) -> Iterator[Chunk]:
        first = 1
        while waiting := _next_chunk(records):
            chunk = self._chunk(waiting, first)
            if len(chunk.row_numbers) + len(chunk.malformed) != len(waiting):
                raise RefusedFileError(
                    "lines_lost", f"not all {len(waiting)} records from {first} became rows"
                )
            first += len(waiting)
            yield chunk

    def _chunk(self, records: list[Cells | Unreadable], first: int) -> Chunk:
        numbers: list[int] = []
        rows: list[Sequence[str | None]] = []
        malformed: list[MalformedRow] = []
        for number, record in enumerate(records, start=first):
            if isinstance(record, Cells):
                numbers.append(number)
                rows.append(record.values)
            else:
                malformed.append(MalformedRow(number, record.reason_code, record.reason, record.text))
        cells = zip(*rows, strict=True) if rows else [()] * self._width
        columns = [pa.array(column, pa.string()) for column in cells]
        self._has_column = [column.null_count < len(column) for column in columns]
        return Chunk(pa.array(numbers, pa.int64()), [empty_to_null(column) for column in columns], malformed)


def _next_chunk(records: Iterator[Cells | Unreadable]) -> list[Cells | Unreadable]:
    """As many records as make a chunk, by their number or their length."""
    waiting: list[Cells | Unreadable] = []
    characters = 0
    for record in records:
        waiting.append(record)
        texts = record.values if isinstance(record, Cells) else (record.text,)
        characters += sum(len(text) for text in texts if text)
        if len(waiting) == _CHUNK_ROWS or characters >= _CHUNK_CHARACTERS:
            break
    return waiting
