"""What readers of export files have in common."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc


class RefusedFileError(Exception):
    """A file that is not taken in. ``reason`` is one line without any content of the file."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """Bounds of what is read, so that no file can take all memory or all disk."""

    #: A longer record is malformed: most likely a quote that was never closed.
    record_characters: int = 128 * 1024
    #: A longer line is not a line of text.
    line_characters: int = 16 * 1024 * 1024
    decompressed_bytes: int = 64 * 1024**3
    #: Honest exports stay below 50; only counted beyond ``ratio_free_bytes``.
    decompression_ratio: int = 200
    ratio_free_bytes: int = 64 * 1024**2
    #: Formats that are read as a whole (workbooks, and Parquet within gzip or ZIP), unpacked.
    workbook_bytes: int = 512 * 1024**2
    #: Rows that the cells of a sheet span; Excel itself has no more.
    sheet_rows: int = 1_048_576
    columns: int = 2_000
    #: Nested objects or elements.
    depth: int = 64
    #: For reading one file.
    seconds: float = 3_600.0

    @property
    def oversized(self) -> tuple[str, str]:
        """Code and reason of a row with more than ``record_characters``."""
        return "oversized_record", f"longer than {self.record_characters} characters"


#: Code and reason of a row with a character that no text has.
NUL_CHARACTER = ("nul_character", "a NUL character, which no text has")


@dataclass(frozen=True)
class MalformedRow:
    """A row that could not be split into the file's columns. ``text`` is for the vault alone."""

    row_number: int
    reason_code: str
    reason: str
    text: str


@dataclass(frozen=True)
class Chunk:
    """Some rows: their numbers (1 = first data row of the file) and a string array per header column.

    Cells that are empty are null.
    """

    row_numbers: pa.Int64Array
    columns: list[pa.StringArray]
    malformed: list[MalformedRow]


class Reader(Protocol):
    """An open export. ``header`` is as written; chunks come in file order, each row exactly once."""

    @property
    def header(self) -> tuple[str, ...]: ...

    def chunks(self) -> Iterator[Chunk]: ...


def read_ahead(chunks: Iterator[Chunk], count: int = 4) -> Iterator[Chunk]:
    """The same chunks, read by a thread of their own, at most ``count`` before they are asked for.

    Splitting text and writing Parquet both leave Python alone, so that they go on at the same time.
    """
    with ThreadPoolExecutor(1) as reader:
        ahead = deque(reader.submit(next, chunks, None) for _ in range(count))
        try:
            while (chunk := ahead.popleft().result()) is not None:
                ahead.append(reader.submit(next, chunks, None))
                yield chunk
        finally:
            for waiting in ahead:
                waiting.cancel()


def empty_to_null(column: pa.StringArray) -> pa.StringArray:
    """Nothing and an empty text are both "unknown"."""
    is_empty = pc.equal(column, "")
    if not pc.any(is_empty).as_py():
        return column
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), column)
