"""XML: rows are the elements at a path, columns are paths relative to the row.

Namespaces do not matter: an element is known by its local name. No document type, no entity but the five of
XML itself and nothing outside of the file is ever read. Each row is dropped when it has been read, or, where
columns look at what stands around it (``../``), with the element they look into.
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
_STEP = re.compile(r"[\w.-]+(\[@[^\]]+\])?")


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
        cells = [path.value(row, children) for path in self._paths]
        if sum(len(cell) for cell in cells if cell) > self._limits.record_characters:
            reason = f"longer than {self._limits.record_characters} characters"
            return Unreadable("oversized_record", reason, etree.tostring(row, encoding="unicode"))
        return Cells(cells)

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
class _Path:
    """``levels`` up, along ``elements`` down, then the text or an attribute of what is found."""

    levels: int
    elements: str
    attribute: str | None
    is_child: bool

    @classmethod
    def of(cls, column: ColumnDescription) -> _Path:
        steps = (column.path or column.name).split("/")
        levels = steps.count("..")
        steps = [step for step in steps[levels:] if step != "."]
        attribute = steps.pop()[1:] if steps and steps[-1].startswith("@") else None
        if not all(map(_STEP.fullmatch, steps)):
            raise RefusedFileError("path_out_of_reach", f"no element of XML can be named like {column.name}")
        if len(steps) == 1 and not levels and "[" not in steps[0]:
            # Most paths are like this, and looking names up is much faster than a search.
            return cls(levels, steps[0], attribute, is_child=True)
        return cls(levels, "/".join(f"{{*}}{step}" for step in steps), attribute, is_child=False)

    @property
    def levels_held(self) -> int:
        """How far up elements must be whole: attributes are there from the beginning."""
        return self.levels if self.elements or self.attribute is None else 0

    def value(self, row: Any, children: Mapping[str, list[Any]]) -> str | None:
        """Its text in a row; ``children`` are the row's, by name."""
        if self.is_child:
            return self._joined(children.get(self.elements, ()))
        base = row
        for _ in range(self.levels):
            base = base.getparent()
            if base is None:
                raise RefusedFileError(
                    "path_out_of_reach", "a path of its description leads out of its records"
                )
        return self._joined(base.findall(self.elements) if self.elements else [base])

    def _joined(self, found: Sequence[Any]) -> str | None:
        values = [self._value(element) for element in found]
        present = [value for value in values if value is not None]
        return SEPARATOR.join(present) if present else None

    def _value(self, element: Any) -> str | None:
        if self.attribute is None:
            return "".join(element.itertext()) if len(element) else element.text or ""
        for name, value in element.attrib.items():
            if etree.QName(name).localname == self.attribute:
                return str(value)
        return None


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
