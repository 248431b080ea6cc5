"""Which reader a file needs, by its name, and whether its first bytes agree with its name.

A further format is a further branch of ``_reader``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from clientele.lake.containers import GZIP_MAGIC, ZIP_MAGIC, Container
from clientele.lake.delimited import DelimitedReader
from clientele.lake.descriptions import FeedDescription, Format
from clientele.lake.encodings import encoding_of
from clientele.lake.fixed_width import FixedWidthReader
from clientele.lake.json_records import json_reader, ndjson_reader
from clientele.lake.parquet import MAGIC as PARQUET_MAGIC
from clientele.lake.parquet import ParquetReader
from clientele.lake.reading import Chunk, Limits, Reader, RefusedFileError
from clientele.lake.workbook import WorkbookReader
from clientele.lake.xml_records import xml_reader

#: Endings that tell a format; any other file has the format of its feed.
_FORMATS: dict[str, Format] = {
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonl": "ndjson",
    ".ndjson": "ndjson",
    ".xml": "xml",
}
#: First bytes of files that are often saved under the name of a text file.
_NOT_TEXT = {
    ZIP_MAGIC: "a ZIP archive or an Excel workbook",
    b"PK\x05\x06": "an empty ZIP archive",
    GZIP_MAGIC: "gzip-compressed",
    PARQUET_MAGIC: "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"%PDF": "a PDF document",
    b"{\\rtf": "a rich text document",
    b"SQLite format 3": "a database",
}
_NOT_A_TABLE = {b"<!DOCTYPE": "a web page", b"<html": "a web page", b"<?xml": "an XML document"}


class _LimitedReader:
    """A reader whose header and time have bounds."""

    def __init__(self, reader: Reader, container: Container, limits: Limits) -> None:
        if len(reader.header) > limits.columns:
            raise RefusedFileError("too_many_columns", f"it has {len(reader.header)} columns")
        self._reader = reader
        self._container = container

    @property
    def header(self) -> tuple[str, ...]:
        return self._reader.header

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self._reader.chunks():
            self._container.check_time()
            yield chunk


@contextmanager
def open_reader(path: Path, file_name: str, feed: FeedDescription, limits: Limits) -> Iterator[Reader]:
    """The reader for a file that came in as ``file_name``.

    Raises RefusedFileError for a file that is not what its name says, and OSError.
    """
    container = Container(path, file_name, limits)
    with ExitStack() as opened:
        yield _LimitedReader(_reader(path, container, feed, limits, opened), container, limits)


def _reader(
    path: Path, container: Container, feed: FeedDescription, limits: Limits, opened: ExitStack
) -> Reader:
    kind = _FORMATS.get(Path(container.inner_name).suffix, feed.format)
    magic = container.first_bytes()
    if kind == "parquet":
        _expect(magic, PARQUET_MAGIC, "a Parquet file")
        if container.is_compressed:
            return ParquetReader(io.BytesIO(container.whole()), limits)
        return ParquetReader(opened.enter_context(path.open("rb")), limits)
    if kind == "xlsx":
        _expect(magic, ZIP_MAGIC, "an Excel workbook")
        return WorkbookReader(container.whole(), feed, limits)
    _refuse(magic, _NOT_TEXT)
    if kind == "xml":
        return xml_reader(opened.enter_context(container.open()), feed, limits)
    _refuse(magic, _NOT_A_TABLE)
    encoding = encoding_of(container.open, feed)
    stream = opened.enter_context(container.open())
    if kind == "json":
        return json_reader(stream, feed, limits, encoding)
    if kind == "ndjson":
        return ndjson_reader(stream, feed, limits, encoding)
    if kind == "fixed_width":
        return FixedWidthReader(stream, feed, limits, encoding)
    return DelimitedReader(stream, feed, limits, encoding)


def _expect(magic: bytes, expected: bytes, what: str) -> None:
    if not magic.startswith(expected):
        raise RefusedFileError("not_what_its_name_says", f"it is named like {what} and is none")


def _refuse(magic: bytes, others: dict[bytes, str]) -> None:
    for start, what in others.items():
        if magic.startswith(start):
            raise RefusedFileError("not_what_its_name_says", f"it is named like text and is {what}")
