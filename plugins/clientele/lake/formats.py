"""Which reader a file needs, by its name, and whether its first bytes agree with its name.

A further format is a further branch of ``open_reader``.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clientele.lake.delimited import DelimitedReader
from clientele.lake.descriptions import FeedDescription
from clientele.lake.parquet import MAGIC as PARQUET_MAGIC
from clientele.lake.parquet import ParquetReader
from clientele.lake.reading import Limits, Reader, RefusedFileError

_GZIP_MAGIC = b"\x1f\x8b"
#: First bytes of files that are often saved under the name of a text file.
_NOT_TEXT = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"PK\x05\x06": "an empty ZIP archive",
    _GZIP_MAGIC: "gzip-compressed",
    PARQUET_MAGIC: "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"%PDF": "a PDF document",
    b"{\\rtf": "a rich text document",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"SQLite format 3": "a database",
}


class _Decompressed:
    """A gzip stream with a limit on what it may grow to."""

    def __init__(self, stream: gzip.GzipFile, compressed_bytes: int, limits: Limits) -> None:
        self._stream = stream
        allowed = max(limits.ratio_free_bytes, compressed_bytes * limits.decompression_ratio)
        self._remaining = min(allowed, limits.decompressed_bytes)

    def read(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
        except EOFError as error:
            raise RefusedFileError("truncated_file", "the gzip stream ends before its end") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise RefusedFileError("unreadable_file", "the gzip stream is damaged") from error
        self._remaining -= len(data)
        if self._remaining < 0:
            raise RefusedFileError("decompressed_too_large", "it decompresses to more than is allowed")
        return data


@contextmanager
def open_reader(path: Path, file_name: str, feed: FeedDescription, limits: Limits) -> Iterator[Reader]:
    """The reader for a file that came in as ``file_name``.

    Raises RefusedFileError for a file that is not what its name says, and OSError.
    """
    name = file_name.casefold()
    with path.open("rb") as file:
        magic = file.read(16)
        file.seek(0)
        if not magic:
            raise RefusedFileError("empty_file", "it has 0 bytes")
        if name.endswith(".parquet"):
            _expect(magic, PARQUET_MAGIC, "a Parquet file")
            yield ParquetReader(file)
        elif name.endswith(".csv.gz"):
            _expect(magic, _GZIP_MAGIC, "gzip-compressed")
            with gzip.open(file, "rb") as stream:
                compressed_bytes = path.stat().st_size
                yield DelimitedReader(_Decompressed(stream, compressed_bytes, limits), feed, limits)
        elif name.endswith(".csv"):
            _expect_text(magic)
            yield DelimitedReader(file, feed, limits)
        else:
            raise RefusedFileError("unknown_format", "only .csv, .csv.gz and .parquet are read")


def _expect(magic: bytes, expected: bytes, what: str) -> None:
    if not magic.startswith(expected):
        raise RefusedFileError("not_what_its_name_says", f"it is named like {what} and is none")


def _expect_text(magic: bytes) -> None:
    for start, what in _NOT_TEXT.items():
        if magic.startswith(start):
            raise RefusedFileError("not_what_its_name_says", f"it is named like text and is {what}")
