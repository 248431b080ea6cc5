"""JSON: an array of records somewhere in a document, and documents line by line (NDJSON).

Numbers stay the digits they were written with; 19 of them, too. Nested values that no column names are kept
as JSON text. A document is read record by record, so that memory holds one record and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from clientele.lake.descriptions import ColumnDescription, FeedDescription, plain_header
from clientele.lake.reading import NUL_CHARACTER, Limits, RefusedFileError
from clientele.lake.records import Cells, RecordsReader, Unreadable
from clientele.lake.text import ByteStream, StrictText, TextBlocks, split_lines

_SPACE = re.compile(r"[ \t\r\n]*")
_PLANS_KEPT = 1_000
#: More zeros than any amount has; an exponent may ask for a billion of them.
_MOST_DIGITS = 400
#: Of a field that a record does not have; one that is null is there.
_NOT_THERE: Final = object()


class _Number(str):
    """The text of a number."""

    __slots__ = ()


class _RepeatedFields(dict[str, Any]):
    """An object that names a field twice: nobody knows which is meant."""


def json_reader(stream: ByteStream, feed: FeedDescription, limits: Limits, encoding: str) -> RecordsReader:
    """Reads the records at ``records`` of a JSON document; without that key it is an array itself."""
    document = _Document(StrictText(stream, encoding), limits)
    records = _Records(feed, limits)
    units = document.units(_steps(feed))
    cells = (record for unit, steps in units for record in records.of(unit, steps))
    return RecordsReader(cells, feed, keeps_further_fields=True)


def ndjson_reader(stream: ByteStream, feed: FeedDescription, limits: Limits, encoding: str) -> RecordsReader:
    """Reads a record, or with ``records`` the records within one, from each line."""
    text = TextBlocks(stream, encoding, limits, needs_final_line_break=feed.final_line_break == "required")
    return RecordsReader(_records_of_lines(text, feed, limits), feed, keeps_further_fields=True)


def _records_of_lines(
    text: TextBlocks, feed: FeedDescription, limits: Limits
) -> Iterator[Cells | Unreadable]:
    records = _Records(feed, limits)
    steps = _steps(feed)
    while (block := text.next_block()) is not None:
        for line in split_lines(block):
            if not line.strip(" \t\r\n"):
                continue
            try:
                unit = _DECODER.decode(line)
            except RecursionError:
                yield _unreadable("too_deep", "it is nested too deeply", line)
            except ValueError:
                yield _unreadable("not_json", "the line is no JSON", line)
            else:
                yield from records.of(unit, steps)


def _steps(feed: FeedDescription) -> list[str]:
    return feed.records.split("/") if feed.records else []


class _Document:
    """Walks a JSON document down to its records without holding more than one of them."""

    def __init__(self, text: StrictText, limits: Limits) -> None:
        self._text = text
        self._limit = limits.line_characters
        self._buffer = ""
        self._position = 0

    def units(self, steps: Sequence[str]) -> Iterator[tuple[Any, Sequence[str]]]:
        """Each element of the first array on the way, with the steps that are left to go within it."""
        if not self._next():
            raise RefusedFileError("empty_file", "it has nothing in it")
        yield from self._walk(steps)
        if self._next():
            raise self._unreadable()

    def _walk(self, steps: Sequence[str]) -> Iterator[tuple[Any, Sequence[str]]]:
        if self._next() == "[":
            for _ in self._items("[", "]"):
                yield self._value(), steps
        elif self._next() == "{" and not steps:
            yield self._value(), steps
        elif self._next() == "{":
            seen = 0
            for _ in self._items("{", "}"):
                key = self._value()
                self._take(":")
                if key == steps[0]:
                    seen += 1
                    yield from self._walk(steps[1:])
                else:
                    self._value()
            if seen != 1:
                found = "no" if not seen else "more than one"
                raise RefusedFileError(
                    "missing_records", f"it has {found} {steps[0]} on the way to its records"
                )
        else:
            raise RefusedFileError("missing_records", "there is no array where its records should be")

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self._take(opening)
        if self._next() == closing:
            self._take(closing)
            return
        while True:
            yield
            if self._next() == closing:
                self._take(closing)
                return
            self._take(",")

    def _next(self) -> str:
        """The next character that is no space; nothing at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._position)
            self._position = found.end() if found else self._position
            if self._position < len(self._buffer):
                return self._buffer[self._position]
            if not self._read_on():
                return ""

    def _take(self, expected: str) -> None:
        if self._next() != expected:
            raise self._unreadable()
        self._position += 1

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._position)
            except RecursionError:
                raise RefusedFileError("too_deep", "it is nested too deeply") from None
            except ValueError:
                end = None
            is_whole = end is not None and (end < len(self._buffer) or self._text.is_done)
            size = (len(self._buffer) if end is None else end) - self._position
            if end is not None and is_whole and size <= self._limit:
                self._position = end
                return value
            if size > self._limit:
                raise RefusedFileError("oversized_record", "a record is too long, or damaged")
            if not self._read_on() and end is None:
                raise self._unreadable()

    def _read_on(self) -> bool:
        if self._text.is_done:
            return False
        more = self._text.read()
        self._buffer = self._buffer[self._position :] + more
        self._position = 0
        return True

    def _unreadable(self) -> RefusedFileError:
        rest = self._buffer[self._position :]
        try:
            json.loads(rest)
        except json.JSONDecodeError as error:
            if self._text.is_done and error.pos >= len(rest.rstrip()):
                return RefusedFileError("truncated_file", "the JSON document ends before its end")
        except (ValueError, RecursionError):
            pass
        return RefusedFileError("unreadable_file", "it is no JSON document")


@dataclass(frozen=True)
class _Plan:
    """Where the columns stand in records of the same fields, and the fields left over."""

    keys: Sequence[str | None]
    further: Sequence[str]


class _Records:
    """Makes the records of a unit into cells."""

    def __init__(self, feed: FeedDescription, limits: Limits) -> None:
        self._columns = feed.columns
        self._paths = [_path(column) for column in feed.columns]
        self._by_header = {
            header: position
            for position, column in enumerate(feed.columns)
            if column.path is None
            for header in column.headers
        }
        self._consumed = {path.keys[0] for path in self._paths if path and not path.levels and path.keys}
        self._limits = limits
        self._plans: dict[tuple[str, ...], _Plan | None] = {}

    def of(
        self, value: Any, steps: Sequence[str], above: tuple[Any, ...] = ()
    ) -> Iterator[Cells | Unreadable]:
        if isinstance(value, list) and above:
            for item in value:
                yield from self.of(item, steps, above)
        elif not isinstance(value, dict):
            yield _unreadable("not_an_object", "the record is no object", _shown(value))
        elif isinstance(value, _RepeatedFields):
            yield _unreadable("repeated_field", "the record names a field twice", _shown(value))
        elif not steps:
            yield self._record(value, above)
        elif value.get(steps[0]) is not None:
            yield from self.of(value[steps[0]], steps[1:], (*above, value))

    def _record(self, record: dict[str, Any], above: tuple[Any, ...]) -> Cells | Unreadable:
        plan = self._plan(record)
        if plan is None:
            return _unreadable("repeated_field", "the record names a column twice", _shown(record))
        try:
            cells = [
                self._cell(
                    (_NOT_THERE if key is None else record[key])
                    if path is None
                    else path.value(record, above)
                )
                for key, path in zip(plan.keys, self._paths, strict=True)
            ]
            further = {key: record[key] for key in plan.further}
            cells.append(_json(further, self._limits.depth) if further else None)
        except _TooDeepError:
            return _unreadable("too_deep", "it is nested too deeply", _shown(record))
        problem = self._problem("\n".join(cell for cell in cells if cell))
        return _unreadable(*problem, _shown(record)) if problem else Cells(cells)

    def _cell(self, value: Any) -> str | None:
        if value is _NOT_THERE:
            return None
        if value is None or isinstance(value, str):
            return value or ""
        return _json(value, self._limits.depth)

    def _problem(self, text: str) -> tuple[str, str] | None:
        if len(text) > self._limits.record_characters:
            return self._limits.oversized
        if "\0" in text:
            return NUL_CHARACTER
        try:
            text.encode()
        except UnicodeEncodeError:
            return "lone_surrogate", "half of a character, which no text has"
        return None

    def _plan(self, record: dict[str, Any]) -> _Plan | None:
        fields = tuple(record)
        if fields not in self._plans:
            if len(self._plans) == _PLANS_KEPT:
                self._plans.clear()
            self._plans[fields] = self._new_plan(fields)
        return self._plans[fields]

    def _new_plan(self, fields: Sequence[str]) -> _Plan | None:
        keys: list[str | None] = [None] * len(self._columns)
        further = []
        for field in fields:
            position = self._by_header.get(plain_header(field))
            if position is None:
                if field not in self._consumed:
                    further.append(field)
            elif keys[position] is not None:
                return None
            else:
                keys[position] = field
        return _Plan(keys, further)


@dataclass(frozen=True)
class _Path:
    levels: int
    keys: Sequence[str]

    def value(self, record: Mapping[str, Any], above: Sequence[Any]) -> Any:
        if self.levels > len(above):
            raise RefusedFileError("path_out_of_reach", "a path of its description leads out of its records")
        value: Any = above[-self.levels] if self.levels else record
        for key in self.keys:
            if not isinstance(value, dict) or key not in value:
                return _NOT_THERE
            value = value[key]
        return value


def _path(column: ColumnDescription) -> _Path | None:
    if column.path is None:
        return None
    steps = column.path.split("/")
    levels = steps.count("..")
    return _Path(levels, [step for step in steps[levels:] if step != "."])


class _TooDeepError(Exception):
    """A value is nested more deeply than allowed."""


def _json(value: Any, depth: int) -> str:
    """JSON text of a value, its numbers as they were written."""
    if depth < 0:
        raise _TooDeepError
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        fields = (
            f"{json.dumps(key, ensure_ascii=False)}:{_json(item, depth - 1)}" for key, item in value.items()
        )
        return "{" + ",".join(fields) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(item, depth - 1) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""


def _unreadable(reason_code: str, reason: str, text: str) -> Unreadable:
    return Unreadable(reason_code, reason, text.encode("utf-8", "backslashreplace").decode())


def _plain_number(text: str) -> _Number:
    """Without an exponent, unless that would take pages of zeros."""
    if "e" in text or "E" in text:
        try:
            number = Decimal(text)
        except ArithmeticError:
            return _Number(text)
        if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS:
            return _Number(format(number, "f"))
    return _Number(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else _RepeatedFields(fields)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_plain_number, parse_int=_Number, parse_constant=_Number
)
