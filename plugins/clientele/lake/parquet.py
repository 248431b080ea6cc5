"""Parquet exports: typed columns as canonical text, so that all formats look the same in the lake.

Integers and decimals as written; floating point as the shortest text that reads back to the same number,
without an exponent; times as ISO 8601, in UTC with ``Z`` where the column has a time zone; ``true`` and
``false``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clientele.lake.reading import (
    NUL_CHARACTER,
    Chunk,
    Limits,
    MalformedRow,
    RefusedFileError,
    empty_to_null,
)
from clientele.privacy.hashing import map_distinct

MAGIC = b"PAR1"
_BATCH_ROWS = 65_536


class ParquetReader:
    """Reads a Parquet file of flat columns. Raises RefusedFileError."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(0, size - len(MAGIC)))
        if size < 12 or file.read(len(MAGIC)) != MAGIC:
            raise RefusedFileError("truncated_file", "the Parquet file has no footer")
        try:
            self._file = pq.ParquetFile(file)
            self._schema = self._file.schema_arrow
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise RefusedFileError("unreadable_file", "the Parquet file is damaged") from error
        self.header = tuple(self._schema.names)
        for position, field in enumerate(self._schema, start=1):
            if not _has_text(field.type):
                raise RefusedFileError("unreadable_file", f"column {position} holds values that are no text")

    def chunks(self) -> Iterator[Chunk]:
        """The rows in file order; checks their number against the footer's."""
        first = 1
        try:
            for batch in self._file.iter_batches(_BATCH_ROWS):
                numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
                columns = [to_text(column) for column in batch.columns]
                for position, column in enumerate(columns, start=1):
                    _refuse_other_encodings(column, position)
                yield self._chunk(numbers, [empty_to_null(column) for column in columns])
                first += batch.num_rows
        except (pa.ArrowException, OSError):
            # Without its cause: messages of casts carry values.
            raise RefusedFileError("unreadable_file", "the Parquet file is damaged") from None
        if first - 1 != self._file.metadata.num_rows:
            raise RefusedFileError("unreadable_file", "the Parquet file has fewer rows than its footer says")

    def _chunk(self, numbers: pa.Int64Array, columns: list[pa.StringArray]) -> Chunk:
        problems = self._problems(columns)
        if not problems:
            return Chunk(numbers, columns, [])
        malformed = [
            MalformedRow(
                numbers[place].as_py(), *problem, "\t".join(column[place].as_py() or "" for column in columns)
            )
            for place, problem in sorted(problems.items())
        ]
        are_rows = pa.array([place not in problems for place in range(len(numbers))], pa.bool_())
        return Chunk(numbers.filter(are_rows), [column.filter(are_rows) for column in columns], malformed)

    def _problems(self, columns: list[pa.StringArray]) -> dict[int, tuple[str, str]]:
        """What is wrong with rows, by their place."""
        problems: dict[int, tuple[str, str]] = {}
        most = self._limits.record_characters
        if sum(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns) > most:
            lengths = [pc.fill_null(pc.utf8_length(column), 0) for column in columns]
            are_longer = pc.greater(reduce(pc.add, (length.cast(pa.int64()) for length in lengths)), most)
            for place in pc.indices_nonzero(are_longer).to_pylist():
                problems[place] = self._limits.oversized
        for column in columns:
            has_nul = pc.match_substring(column, "\0")
            if pc.any(has_nul).as_py():
                for place in pc.indices_nonzero(pc.fill_null(has_nul, fill_value=False)).to_pylist():
                    problems[place] = NUL_CHARACTER
        return problems


def to_text(column: pa.Array) -> pa.StringArray:
    """Canonical text of every value of a flat column; null stays null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return to_text(column.dictionary_decode())
    if pa.types.is_floating(kind):
        if pa.types.is_float16(kind):
            column = column.cast(pa.float32())
        return _without_exponents(column.cast(pa.string()))
    if pa.types.is_timestamp(kind):
        text = _without_idle_zeros(column.cast(pa.timestamp(kind.unit)).cast(pa.string()))
        text = pc.replace_substring(text, " ", "T")
        return text if kind.tz is None else pc.binary_join_element_wise(text, "Z", "")
    if pa.types.is_time(kind):
        return _without_idle_zeros(column.cast(pa.string()))
    return column.cast(pa.string())


def _refuse_other_encodings(column: pa.StringArray, position: int) -> None:
    """Some writers put any bytes into a column of text, and Arrow takes their word for it."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        # Without its cause, which carries the value.
        raise RefusedFileError("wrong_encoding", f"column {position} is not utf-8 text") from None


def _has_text(kind: pa.DataType) -> bool:
    try:
        to_text(pa.nulls(0, kind))
    except pa.ArrowException:
        return False
    return True


def _without_exponents(text: pa.StringArray) -> pa.StringArray:
    if not pc.any(pc.match_substring(text, "e")).as_py():
        return text
    return map_distinct(text, lambda number: format(Decimal(number), "f") if "e" in number else number)


def _without_idle_zeros(text: pa.StringArray) -> pa.StringArray:
    """``10:00:00.500000`` -> ``10:00:00.5``, ``10:00:00.000`` -> ``10:00:00``."""
    return pc.replace_substring_regex(pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1"), r"\.$", "")
