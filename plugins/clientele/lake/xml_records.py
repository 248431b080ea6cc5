"""XML: rows are the elements at a path, columns are paths relative to the row.

Namespaces do not matter: an element is known by its local name, and the step ``*`` is any element. No
document type, no entity but the five of XML itself and nothing outside of the file is ever read. Each row is
dropped when it has been read, or, where columns look at what stands around it (``../``), with the element
they look into.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from clientele.lake.descriptions import ColumnDescription, FeedDescription
from clientele.lake.reading import Limits, RefusedFileError
from clientele.lake.records import Cells, RecordsReader, Unreadable
from clientele.lake.text import ByteStream

#: Between the values of a path that leads to several elements of a row.
SEPARATOR = "|"
_STEP = re.compile(r"(\*|[\w.-]+)(?:\[@([\w.-]+)='([^']*)'\])?")


def xml_reader(stream: ByteStream, feed: FeedDescription, limits: Limits) -> RecordsReader:
    """Reads the elements at ``records``, a path from the root element's children on."""
    if feed.records is None:
        raise RefusedFileError("missing_records", "its description does not say where its records are")
    return RecordsReader(_Rows(stream, feed, limits).cells(), feed, keeps_further_fields=False)


class _Rows:
    def __init__(self, stream: ByteStream, feed: FeedDescription, limits: Limits) -> None:
        self._stream = _Watched(stream)
        self._limits = limits
        self._steps = (feed.records or "").split("/")
        self._paths = [_Path.of(column) for column in feed.columns]
        levels_up = max(path.levels_held for path in self._paths)
        if levels_up >= len(self._steps):
            raise RefusedFileError("path_out_of_reach", "a path of its description leads out of its records")
        #: Depth of the element that is kept until it ends, 1 = the root element.
        self._unit_depth = len(self._steps) + 1 - levels_up
        self._unit_steps = self._steps[: self._unit_depth - 1]
        self._around: tuple[Any, Mapping[int, str | None]] | None = None
        self._inner_path = "/".join(f"{{*}}{step}" for step in self._steps[self._unit_depth - 1 :])

    def cells(self) -> Iterator[Cells | Unreadable]:
        seen = made = 0
        open_names: list[str] = []
        try:
            for event, element in self._events():
                if event == "start":
                    if not open_names:
                        _refuse_document_type(element)
                    open_names.append(_local_name(element))
                    if len(open_names) > self._limits.depth:
                        raise RefusedFileError("too_deep", "it is nested too deeply")
                    continue
                depth = len(open_names)
                seen += depth == len(self._steps) + 1 and open_names[1:] == self._steps
                is_in_unit = (
                    depth >= self._unit_depth and open_names[1 : self._unit_depth] == self._unit_steps
                )
                if depth == self._unit_depth and is_in_unit:
                    for row in self._rows(element):
                        made += 1
                        yield self._record(row)
                open_names.pop()
                if depth == self._unit_depth or not is_in_unit:
                    _drop(element)
        except etree.XMLSyntaxError as error:
            raise self._refusal(error) from None
        if seen != made:
            raise RefusedFileError("lines_lost", f"only {made} of {seen} records became rows")

    def _events(self) -> Iterator[tuple[str, Any]]:
        return iter(
            etree.iterparse(
                self._stream,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                attribute_defaults=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
        )

    def _rows(self, unit: Any) -> list[Any]:
        return list(unit.findall(self._inner_path)) if self._inner_path else [unit]

    def _record(self, row: Any) -> Cells | Unreadable:
        children = defaultdict(list)
        for child in row:
            children[_local_name(child)].append(child)
        children["*"] = list(row)
        around = self._values_around(row)
        cells = [
            around[place] if path.levels else path.within(row, children)
            for place, path in enumerate(self._paths)
        ]
        if sum(len(cell) for cell in cells if cell) > self._limits.record_characters:
            return Unreadable(*self._limits.oversized, etree.tostring(row, encoding="unicode"))
        return Cells(cells)

    def _values_around(self, row: Any) -> Mapping[int, str | None]:
        """What paths that lead out of a row lead to, by place; looked up once for all rows side by side."""
        if self._around is None or self._around[0] is not row.getparent():
            values = {
                place: path.around(_ancestor(row, path.levels))
                for place, path in enumerate(self._paths)
                if path.levels
            }
            self._around = (row.getparent(), values)
        return self._around[1]

    def _refusal(self, error: etree.XMLSyntaxError) -> RefusedFileError:
        kind = etree.ErrorTypes
        if error.code in (kind.ERR_INVALID_ENCODING, kind.ERR_UNKNOWN_ENCODING, kind.I18N_CONV_FAILED):
            return RefusedFileError("wrong_encoding", "it is not text of the encoding that it names")
        if error.code in (kind.ERR_TAG_NOT_FINISHED, kind.ERR_DOCUMENT_END) or self._stream.is_done:
            return RefusedFileError(
                "truncated_file", "the XML document ends before its end, or is damaged there"
            )
        return RefusedFileError("unreadable_file", f"line {error.lineno} is no XML")


class _Watched:
    """A stream that remembers whether all of it has been read."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.is_done = False

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self.is_done = not data
        return data


@dataclass(frozen=True)
class _Step:
    """One step down: ``tag`` as lxml finds it, and the attribute that an element must have, if any."""

    name: str
    attribute: str | None = None
    wanted: str | None = None

    @classmethod
    def of(cls, written: str) -> _Step | None:
        match = _STEP.fullmatch(written)
        return cls(*match.groups()) if match else None

    @property
    def tag(self) -> str:
        return f"{{*}}{self.name}"

    def takes(self, element: Any) -> bool:
        return self.attribute is None or element.get(self.attribute) == self.wanted


@dataclass(frozen=True)
class _Path:
    """``levels`` up, along ``steps`` down, then the text or an attribute of what is found."""

    levels: int
    steps: tuple[_Step, ...]
    attribute: str | None

    @classmethod
    def of(cls, column: ColumnDescription) -> _Path:
        names = (column.path or column.name).split("/")
        levels = names.count("..")
        names = [name for name in names[levels:] if name != "."]
        attribute = names.pop()[1:] if names and names[-1].startswith("@") else None
        steps = tuple(step for name in names if (step := _Step.of(name)))
        if len(steps) != len(names):
            raise RefusedFileError("path_out_of_reach", f"no element of XML can be named like {column.name}")
        return cls(levels, steps, attribute)

    @property
    def levels_held(self) -> int:
        """How far up elements must be whole: attributes are there from the beginning."""
        return self.levels if self.steps or self.attribute is None else 0

    def within(self, row: Any, children: Mapping[str, list[Any]]) -> str | None:
        """Its text in a row; ``children`` are the row's, by name, and all of them under ``*``."""
        if not self.steps:
            return self._joined([row])
        first, *others = self.steps
        if first.name not in children:
            return None
        found = [child for child in children[first.name] if first.takes(child)]
        return self._joined(_down(found, others))

    def around(self, base: Any) -> str | None:
        """Its text from the element that is ``levels`` above a row."""
        return self._joined(_down([base], self.steps))

    def _joined(self, found: Sequence[Any]) -> str | None:
        if not found:
            return None
        values = [self._value(element) for element in found]
        present = [value for value in values if value is not None]
        return SEPARATOR.join(present) if present else None

    def _value(self, element: Any) -> str | None:
        if self.attribute is None:
            return "".join(element.itertext()) if len(element) else element.text or ""
        value = element.get(self.attribute)
        if value is not None:
            return str(value)
        for name, value in element.attrib.items():
            if etree.QName(name).localname == self.attribute:
                return str(value)
        return None


def _ancestor(element: Any, levels: int) -> Any:
    for _ in range(levels):
        element = element.getparent()
        if element is None:
            raise RefusedFileError("path_out_of_reach", "a path of its description leads out of its records")
    return element


def _down(elements: list[Any], steps: Sequence[_Step]) -> list[Any]:
    """What the steps lead to, in document order."""
    for step in steps:
        elements = [
            child for element in elements for child in element.iterchildren(step.tag) if step.takes(child)
        ]
    return elements


def _refuse_document_type(root: Any) -> None:
    information = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        raise RefusedFileError("document_type", "it declares a document type, which may define anything")


def _local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _drop(element: Any) -> None:
    """Forget an element that has been read, and what stands before it."""
    element.clear(keep_tail=False)
    while (before := element.getprevious()) is not None:
        element.getparent().remove(before)
