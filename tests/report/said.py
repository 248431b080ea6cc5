"""A report as plain text, before any file format: what it says, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from clientele.report import sections
from clientele.report.blocks import Bar, Block, Cell, Edition, Figures, Shade, Table, Text
from clientele.report.cells import kind_of, written
from clientele.report.formats import Language
from clientele.report.reading import NO_MEASURES, open_release
from clientele.tiers import SchemeMeasures


def edition_of(
    database: Path,
    language: Language = "en",
    as_of_date: date | None = None,
    scheme_ids: tuple[str, ...] = (),
    measures: SchemeMeasures = NO_MEASURES,
) -> Edition:
    with open_release(database, as_of_date, scheme_ids, measures=measures) as source:
        return sections.say(sections.read(source), language)


def said(edition: Edition, anchor: str) -> list[str]:
    """The texts of a section in order: paragraphs, headlines, captions and rows, cells parted by ``|``."""
    (section,) = [section for section in edition.sections if section.anchor == anchor]
    return [line for block in section.blocks for line in _lines(block, edition.language)]


def anchor_of(edition: Edition, title: str) -> str:
    return next(section.anchor for section in edition.sections if section.title == title)


def _lines(block: Block, language: Language) -> Iterator[str]:
    if isinstance(block, Text):
        yield block.text
    elif isinstance(block, Figures):
        for figure in block.figures:
            yield "|".join((figure.label, *figure.values, *figure.notes))
    elif isinstance(block, Table):
        yield block.caption
        for number, row in enumerate(block.rows):
            cells = [_cell(block, number, place, cell, language) for place, cell in enumerate(row)]
            yield "|".join(cell for cell in cells if cell is not None)
        if block.total:
            total = zip(block.columns, block.total, strict=True)
            yield "|".join(
                written(cell, column.kind, language) for column, cell in total if column.kind != "bar"
            )  # type: ignore[arg-type]
        if block.note:
            yield block.note
    else:
        yield f"<{type(block).__name__}>"


def _cell(table: Table, number: int, place: int, cell: Cell, language: Language) -> str | None:
    column = table.columns[place]
    if isinstance(cell, Bar) or column.kind == "bar":
        return None
    if isinstance(cell, Shade):
        return "·" if cell.value is None else written(cell.value, table.shaded, language)
    return written(cell, kind_of(table, number, column), language)
