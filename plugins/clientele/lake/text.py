"""Text of a stream, decoded strictly: as characters, or in blocks of whole lines."""

from __future__ import annotations

import codecs
from collections import deque
from typing import Protocol

from clientele.lake.reading import Limits, RefusedFileError

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


class StrictText:
    """Decodes a stream piece by piece. A byte order mark is checked and left out."""

    def __init__(self, stream: ByteStream, encoding: str, *, needs_whole_end: bool = True) -> None:
        self._stream = stream
        self._encoding = encoding
        self._needs_whole_end = needs_whole_end
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._is_first = True
        self._lines_decoded = 0
        self.is_done = False

    def read(self) -> str:
        """The next characters, about a million; nothing only at the end, where ``is_done`` is set."""
        while not self.is_done:
            data = self._stream.read(_READ_BYTES)
            text = self._decode(data)
            self._lines_decoded += text.count("\n")
            self.is_done = not data
            if text:
                return text
        return ""

    def _decode(self, data: bytes) -> str:
        if self._is_first:
            check_byte_order_mark(data, self._encoding)
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeError as error:
            # A UnicodeDecodeError, or UTF-16 without the mark that tells its byte order.
            before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
            line = self._lines_decoded + before.count(b"\n") + 1
            if not data and self._needs_whole_end:
                reason = f"line {line}, its last, ends within a character"
                raise RefusedFileError("truncated_file", reason) from None
            reason = f"line {line} is not {self._encoding} text"
            # Without its cause, which carries the line itself.
            raise RefusedFileError("wrong_encoding", reason) from None
        if self._is_first and text:
            text = text.removeprefix("\ufeff")
            self._is_first = False
        return text


def check_byte_order_mark(data: bytes, encoding: str) -> None:
    """Raises RefusedFileError when a file begins with the mark of another encoding."""
    expected = codecs.lookup(encoding).name
    for mark, marked in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            if not expected.startswith(marked):
                reason = f"line 1 begins like {marked} and not like {encoding}"
                raise RefusedFileError("wrong_encoding", reason)
            return


class TextBlocks:
    """The text of a stream in blocks of whole lines.

    A line ends with a line feed. Where the first lines end with a carriage return alone, all have to: each is
    taken for a line feed. Where a final line break is needed, a file without one has been cut.
    """

    def __init__(
        self, stream: ByteStream, encoding: str, limits: Limits, *, needs_final_line_break: bool
    ) -> None:
        self._text = StrictText(stream, encoding, needs_whole_end=needs_final_line_break)
        self._needs_final_line_break = needs_final_line_break
        self._limits = limits
        self._pending = ""
        self._put_back = ""
        self._has_carriage_returns_only: bool | None = None
        self.lines_read = 0

    def next_block(self) -> str | None:
        """The next whole lines; None at the end."""
        if self._put_back:
            block, self._put_back = self._put_back, ""
            return block
        while not self._text.is_done:
            read = self._text.read()
            text = self._pending + self._with_line_feeds(read)
            if self._text.is_done:
                self._pending = ""
                return self._last_block(text)
            cut = text.rfind("\n") + 1
            self._pending = text[cut:]
            if len(self._pending) > self._limits.line_characters:
                line = self.lines_read + text.count("\n") + 1
                raise RefusedFileError("oversized_line", f"line {line} is too long to be a line of text")
            if cut:
                return self._counted(text[:cut])
        return None

    def next_bytes(self) -> bytes | None:
        """The next whole lines in UTF-8; None at the end."""
        block = self.next_block()
        return None if block is None else block.encode()

    def decoded(self, block: bytes) -> str:
        """The block last given, as text."""
        return block.decode()

    def put_back(self, text: str) -> None:
        """Give back lines of the last block that were not used."""
        self._put_back = text

    def _with_line_feeds(self, text: str) -> str:
        if self._has_carriage_returns_only is None and text:
            self._has_carriage_returns_only = "\r" in text[:-1] and "\n" not in text
        if not self._has_carriage_returns_only:
            return text
        if "\n" in text:
            raise RefusedFileError(
                "unknown_line_breaks", "its lines end with a carriage return, further down with a line feed"
            )
        return text.replace("\r", "\n")

    def _last_block(self, text: str) -> str | None:
        if not text:
            return None
        if self._needs_final_line_break and not text.endswith("\n"):
            line = self.lines_read + text.count("\n") + 1
            raise RefusedFileError("truncated_file", f"line {line}, its last, has no line break at the end")
        return self._counted(text)

    def _counted(self, block: str) -> str:
        self.lines_read += block.count("\n") + (not block.endswith("\n"))
        return block


class Utf8Blocks:
    """The same for text in UTF-8, which stays the bytes that it is until somebody asks for text.

    ``next_bytes`` has checked nothing: whoever takes it has to make sure that it is UTF-8, or ask for
    ``decoded``.
    """

    def __init__(self, stream: ByteStream, limits: Limits, *, needs_final_line_break: bool) -> None:
        self._stream = stream
        self._needs_final_line_break = needs_final_line_break
        self._limits = limits
        self._pending = b""
        self._put_back = b""
        self._is_first = True
        self._is_done = False
        self._has_carriage_returns_only: bool | None = None
        self.lines_read = 0

    def next_block(self) -> str | None:
        """The next whole lines; None at the end."""
        block = self.next_bytes()
        return None if block is None else self.decoded(block)

    def next_bytes(self) -> bytes | None:
        """The next whole lines, whatever they are; None at the end."""
        if self._put_back:
            block, self._put_back = self._put_back, b""
            return block
        while not self._is_done:
            data = self._stream.read(_READ_BYTES)
            if self._is_first:
                check_byte_order_mark(data, "utf-8")
                data = data.removeprefix(codecs.BOM_UTF8)
                self._is_first = False
            elif not data:
                self._is_done = True
                return self._last_block(self._pending)
            data = self._with_line_feeds(data)
            cut = data.rfind(b"\n") + 1
            if cut:
                block, self._pending = self._pending + data[:cut], data[cut:]
            else:
                block, self._pending = b"", self._pending + data
            if len(self._pending) > self._limits.line_characters:
                line = self.lines_read + block.count(b"\n") + 1
                raise RefusedFileError("oversized_line", f"line {line} is too long to be a line of text")
            if block:
                return self._counted(block)
        return None

    def decoded(self, block: bytes) -> str:
        """The block last given, as text. Raises RefusedFileError where it is none."""
        try:
            return block.decode()
        except UnicodeDecodeError as error:
            line = self.lines_read - _lines(block) + block.count(b"\n", 0, error.start) + 1
            # Without its cause, which carries the line itself.
            raise RefusedFileError("wrong_encoding", f"line {line} is not utf-8 text") from None

    def put_back(self, text: str) -> None:
        """Give back lines of the last block that were not used."""
        self._put_back = text.encode()

    def _with_line_feeds(self, data: bytes) -> bytes:
        if self._has_carriage_returns_only is None and data:
            self._has_carriage_returns_only = b"\r" in data[:-1] and b"\n" not in data
        if not self._has_carriage_returns_only:
            return data
        if b"\n" in data:
            raise RefusedFileError(
                "unknown_line_breaks", "its lines end with a carriage return, further down with a line feed"
            )
        return data.replace(b"\r", b"\n")

    def _last_block(self, block: bytes) -> bytes | None:
        if not block:
            return None
        if self._needs_final_line_break:
            line = self.lines_read + 1
            raise RefusedFileError("truncated_file", f"line {line}, its last, has no line break at the end")
        return self._counted(block)

    def _counted(self, block: bytes) -> bytes:
        self.lines_read += _lines(block)
        return block


def _lines(block: bytes) -> int:
    return block.count(b"\n") + (not block.endswith(b"\n"))


def text_blocks(
    stream: ByteStream, encoding: str, limits: Limits, *, needs_final_line_break: bool
) -> TextBlocks | Utf8Blocks:
    """The blocks of a file in ``encoding``."""
    if codecs.lookup(encoding).name == "utf-8":
        return Utf8Blocks(stream, limits, needs_final_line_break=needs_final_line_break)
    return TextBlocks(stream, encoding, limits, needs_final_line_break=needs_final_line_break)


class OversizedRecordError(Exception):
    """A record has become longer than any honest one."""


class RecordLines:
    """Feeds lines to a reader of records and remembers those of the record that it is in."""

    def __init__(self, text: TextBlocks | Utf8Blocks, block: str, limit: int) -> None:
        self._text = text
        self._waiting = deque(split_lines(block))
        self._taken: list[str] = []
        self._characters = 0
        self._limit = limit
        self.are_at_an_end = False

    @property
    def are_waiting(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> RecordLines:
        return self

    def __next__(self) -> str:
        if not self._waiting:
            block = self._text.next_block()
            if block is None:
                self.are_at_an_end = True
                raise StopIteration
            self._waiting.extend(split_lines(block))
        line = self._waiting.popleft()
        self._taken.append(line)
        self._characters += len(line)
        if self._characters > self._limit:
            raise OversizedRecordError
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


def split_lines(block: str) -> list[str]:
    """The lines of a block, each with its line feed; the last as it is."""
    lines = block.split("\n")
    last = lines.pop()
    whole = [line + "\n" for line in lines]
    return [*whole, last] if last else whole
