"""What export files come wrapped in: gzip, and ZIP archives of exactly one file."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import BinaryIO

from clientele.lake.reading import Limits, RefusedFileError
from clientele.lake.text import ByteStream

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
_ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar")
_ENCRYPTED = 0x1
_READ_BYTES = 1024 * 1024


class Deadline:
    """The time that one file may take."""

    def __init__(self, limits: Limits) -> None:
        self._seconds = limits.seconds
        self._ends = monotonic() + limits.seconds

    def check(self) -> None:
        """Raises RefusedFileError when the time is up."""
        if monotonic() > self._ends:
            raise RefusedFileError("too_slow", f"reading it takes longer than {self._seconds:g} seconds")


class _Guarded:
    """A stream with limits on what it may grow to and how long it may take."""

    def __init__(self, stream: ByteStream, allowed_bytes: int, deadline: Deadline) -> None:
        self._stream = stream
        self._remaining = allowed_bytes
        self._deadline = deadline

    def read(self, size: int, /) -> bytes:
        self._deadline.check()
        try:
            data = self._stream.read(size)
        except EOFError as error:
            raise RefusedFileError(
                "truncated_file", "what it is compressed in ends before its end"
            ) from error
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
            raise RefusedFileError("unreadable_file", "what it is compressed in is damaged") from error
        self._remaining -= len(data)
        if self._remaining < 0:
            raise RefusedFileError("decompressed_too_large", "it decompresses to more than is allowed")
        return data


class Container:
    """A file of the landing folder, unwrapped. ``inner_name`` tells the format of what is in it."""

    def __init__(self, path: Path, file_name: str, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._deadline = Deadline(limits)
        self._name = file_name.casefold()
        self._member: zipfile.ZipInfo | None = None
        with path.open("rb") as file:
            magic = file.read(4)
        if not magic:
            raise RefusedFileError("empty_file", "it has 0 bytes")
        self.inner_name = self._name
        if self._name.endswith(".gz"):
            _expect(magic, GZIP_MAGIC, "gzip-compressed")
            self.inner_name = self._name.removesuffix(".gz")
        elif self._name.endswith(".zip"):
            _expect(magic, b"PK", "a ZIP archive")
            self._member = _only_member(path)
            self.inner_name = _inner_name(self._member)
        if self.is_compressed and self.inner_name.endswith(_ARCHIVES):
            raise RefusedFileError("nested_archive", "it is an archive within an archive")

    @property
    def is_compressed(self) -> bool:
        return self._name.endswith((".gz", ".zip"))

    def check_time(self) -> None:
        """Raises RefusedFileError when the file has taken too long."""
        self._deadline.check()

    @contextmanager
    def open(self) -> Iterator[ByteStream]:
        """The unwrapped bytes, from the beginning."""
        with self._path.open("rb") as file:
            if not self.is_compressed:
                yield _Guarded(file, self._path.stat().st_size, self._deadline)
                return
            allowed = max(
                self._limits.ratio_free_bytes, self._path.stat().st_size * self._limits.decompression_ratio
            )
            with _decompressed(file, self._member) as stream:
                yield _Guarded(stream, min(allowed, self._limits.decompressed_bytes), self._deadline)

    def whole(self) -> bytes:
        """All unwrapped bytes, for formats that cannot be read from the front."""
        pieces = []
        size = 0
        with self.open() as stream:
            while data := stream.read(_READ_BYTES):
                size += len(data)
                if size > self._limits.workbook_bytes:
                    reason = f"it has more than {self._limits.workbook_bytes} bytes and is read as a whole"
                    raise RefusedFileError("too_large", reason)
                pieces.append(data)
        return b"".join(pieces)

    def first_bytes(self) -> bytes:
        """The first 16 unwrapped bytes."""
        with self.open() as stream:
            return stream.read(16)


@contextmanager
def _decompressed(file: BinaryIO, member: zipfile.ZipInfo | None) -> Iterator[ByteStream]:
    if member is None:
        with gzip.open(file, "rb") as stream:
            yield stream
        return
    try:
        archive = zipfile.ZipFile(file)
        content = archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise RefusedFileError("unreadable_file", "the ZIP archive is damaged") from error
    with archive, content:
        yield content


def _only_member(path: Path) -> zipfile.ZipInfo:
    """The one file of an archive; the notes that macOS packs beside it are none."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RefusedFileError("truncated_file", "the ZIP archive has no directory at its end") from error
    members = [
        entry for entry in entries if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise RefusedFileError("not_one_file", f"the ZIP archive holds {len(members)} files instead of one")
    if members[0].flag_bits & _ENCRYPTED:
        raise RefusedFileError("encrypted_archive", "the ZIP archive is encrypted")
    return members[0]


def _inner_name(member: zipfile.ZipInfo) -> str:
    """The ending of the file's name; where it would like to lie does not matter."""
    return Path(member.filename.replace("\\", "/")).name.casefold()


def _expect(magic: bytes, expected: bytes, what: str) -> None:
    if not magic.startswith(expected):
        raise RefusedFileError("not_what_its_name_says", f"it is named like {what} and is none")
