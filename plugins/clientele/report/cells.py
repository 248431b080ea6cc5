"""How a value reads, by its kind: one rule for the page, the print and the drawings' tooltips."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from clientele.report import formats
from clientele.report.blocks import Column, Kind, Table, Value
from clientele.report.formats import Language

#: Kinds that are figures: set to the right, and numbers in a workbook.
FIGURES: frozenset[Kind] = frozenset(
    {
        "count",
        "change",
        "amount",
        "exact_amount",
        "amount_change",
        "number",
        "tenths",
        "ratio",
        "ratio_change",
        "points",
        "mixed",
        "mixed_change",
    }
)


def kind_of(table: Table, place: int, column: Column) -> Kind:
    """The kind of a cell by its row and column."""
    if column.kind == "mixed":
        return table.row_kinds[place]
    if column.kind == "mixed_change":
        return "points" if table.row_kinds[place] == "ratio" else "ratio_change"
    return column.kind


def written(value: Value, kind: Kind, language: Language) -> str:
    """The value as readers of the language expect it; a dash where there is none."""
    if value is None:
        return formats.NOTHING
    if isinstance(value, datetime):
        return formats.instant(value, language)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return _figure(value, kind, language)


def _figure(value: int | Decimal, kind: Kind, language: Language) -> str:
    exact = Decimal(value)
    match kind:
        case "amount":
            return formats.amount(exact)
        case "exact_amount":
            return formats.exact_amount(exact)
        case "amount_change":
            return formats.amount_change(exact)
        case "tenths":
            return formats.amount(exact, 1)
        case "ratio":
            return formats.percent(exact)
        case "ratio_change":
            return formats.percent_change(exact)
        case "points":
            return formats.points(exact, language)
        case "change":
            return formats.change(int(value))
        case "count":
            return formats.count(int(value))
        case _:
            return formats.number(exact)
