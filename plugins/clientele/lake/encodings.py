"""Which encoding a text file has: declared, or found among the candidates of its description.

A candidate counts only if it decodes the whole file strictly. Where several do and read it differently, the
file has to speak clearly for one of them, else it is refused: a wrong guess makes wrong names and nothing
else would ever notice.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import AbstractContextManager

from charset_normalizer import from_bytes

from clientele.lake.descriptions import DETECTED_ENCODING, FeedDescription
from clientele.lake.reading import RefusedFileError
from clientele.lake.text import ByteStream, StrictText

Opener = Callable[[], AbstractContextManager[ByteStream]]
_READ_BYTES = 1024 * 1024
_SAMPLE_BYTES = 64 * 1024
#: Text of another encoding decodes as UTF-8 by chance: about one character of GBK in eight does.
_CHARACTERS_THAT_PROVE_UTF8 = 8
#: In these it would be letters followed by signs that no word has, such as Ã©.
_LATIN = ("cp125", "iso8859")
#: Less than this speaks for no other encoding: two Chinese names read as four odd but lawful characters.
_BYTES_OF_EVIDENCE = 16
#: Shares of odd characters that a clear case has: at most, and more in every other reading.
_LITTLE_CHAOS, _CLEARLY_MORE_CHAOS = 0.1, 0.1


def encoding_of(open_stream: Opener, feed: FeedDescription) -> str:
    """The encoding to read a file with; reads the file once where it has to be detected.

    Raises RefusedFileError: wrong_encoding if no candidate decodes it, ambiguous_encoding if several do.
    """
    if feed.encoding != DETECTED_ENCODING:
        return feed.encoding
    possible = [encoding for encoding in feed.encodings if _decodes(open_stream, encoding)]
    if not possible:
        raise RefusedFileError("wrong_encoding", f"it is none of {', '.join(feed.encodings)}")
    sample = _sample(open_stream)
    readings: dict[str, str] = {}
    for encoding in possible:
        readings.setdefault(sample.decode(encoding, "ignore").removeprefix("\ufeff"), encoding)
    different = list(readings.values())
    if len(different) == 1:
        return different[0]
    chosen = _clear_choice(sample, different)
    if chosen is None:
        raise RefusedFileError("ambiguous_encoding", f"it may be any of {', '.join(different)}")
    return chosen


def _decodes(open_stream: Opener, encoding: str) -> bool:
    with open_stream() as stream:
        text = StrictText(stream, encoding)
        try:
            while text.read():
                pass
        except RefusedFileError as error:
            if error.reason_code in ("wrong_encoding", "truncated_file"):
                return False
            raise
    return True


def _sample(open_stream: Opener) -> bytes:
    """Lines that are not plain ASCII, as many as fit; the beginning of a file of two bytes a character."""
    lines: list[bytes] = []
    size = 0
    with open_stream() as stream:
        rest = stream.read(_READ_BYTES)
        if rest.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return rest[:_SAMPLE_BYTES]
        while rest and size < _SAMPLE_BYTES:
            block = rest
            rest = stream.read(_READ_BYTES)
            *whole, cut = block.split(b"\n")
            if rest and len(cut) < _READ_BYTES:
                rest = cut + rest
            else:
                whole.append(cut)
            found = [line[:_SAMPLE_BYTES] for line in whole if not line.isascii()]
            lines += found
            size += sum(map(len, found))
    return b"\n".join(lines)


def _clear_choice(sample: bytes, encodings: list[str]) -> str | None:
    by_name = {codecs.lookup(encoding).name: encoding for encoding in encodings}
    if "utf-16" in by_name and sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # A mark of two characters with which no export of another encoding begins.
        return by_name["utf-16"]
    others = by_name.keys() - {"utf-8"}
    enough = 1 if all(name.startswith(_LATIN) for name in others) else _CHARACTERS_THAT_PROVE_UTF8
    if "utf-8" in by_name and _wide_characters(sample) >= enough:
        return by_name["utf-8"]
    ranked = sorted((_chaos(sample, encoding), encoding) for encoding in encodings)
    (best, encoding), (second, _) = ranked[:2]
    is_clear = best <= _LITTLE_CHAOS and second - best >= _CLEARLY_MORE_CHAOS
    has_evidence = encoding == by_name.get("utf-8") or _high_bytes(sample) >= _BYTES_OF_EVIDENCE
    return encoding if is_clear and has_evidence else None


def _high_bytes(sample: bytes) -> int:
    return sum(byte >= 0x80 for byte in sample)


def _wide_characters(sample: bytes) -> int:
    return sum(not character.isascii() for character in sample.decode("utf-8", "ignore"))


def _chaos(sample: bytes, encoding: str) -> float:
    """Share of what looks odd in this reading; 1 where it makes no text at all."""
    readings = from_bytes(
        sample,
        cp_isolation=[encoding],
        threshold=1.0,
        preemptive_behaviour=False,
        enable_fallback=False,
    )
    best = readings.best()
    return 1.0 if best is None else float(best.chaos)
