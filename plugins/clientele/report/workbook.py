"""One edition as a workbook: a sheet per section, numbers as numbers, native charts; no cell is a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clientele.report.blocks import (
    Bar,
    Cell,
    Chart,
    Edition,
    Figures,
    Flow,
    Kind,
    Section,
    Series,
    Shade,
    Table,
    Text,
    drawings_of,
)
from clientele.report.cells import FIGURES, kind_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_NUMBER_FORMATS: Final[Mapping[str, str]] = {
    "count": "#,##0",
    "change": "+#,##0;-#,##0;0",
    "amount": "#,##0",
    "exact_amount": "#,##0.00##",
    "amount_change": "+#,##0;-#,##0;0",
    "number": "#,##0.######",
    "tenths": "#,##0.0",
    "ratio": "0.0%",
    "ratio_change": "+0.0%;-0.0%;0.0%",
    "points": "+0.0%;-0.0%;0.0%",
    "date": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm",
}
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_NAME_LENGTH: Final = 31
_WIDEST: Final = 60
_CHART_ROWS: Final = 16


def write_workbook(edition: Edition, file: Path) -> None:
    """Write the edition to ``file``."""
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(str(file), options) as book:
        # The same release gives the same bytes: no clock in the file.
        book.set_properties({"title": edition.title, "created": datetime(2000, 1, 1)})  # noqa: DTZ001
        writer = _Writer(book, edition)
        for section in edition.sections:
            writer.section(section)
        writer.finish()


class _Writer:
    """Writes sections to sheets, and the figures of the charts to a last one."""

    def __init__(self, book: Workbook, edition: Edition) -> None:
        self._book = book
        self._edition = edition
        self._formats: dict[tuple[str, str], Any] = {}
        self._names: set[str] = set()
        self._data_name = self._unique(edition.labels["chart_data"])
        self._pending: list[tuple[int, list[list[Any]]]] = []
        self._data_row = 0

    def _format(self, kind: str, style: str = "plain") -> Any:
        """The cell format of a kind of value in a style: plain, head, title, total, good, bad or shade."""
        if (kind, style) not in self._formats:
            # Quoted, a text stays a text also when somebody edits the cell, whatever it begins with.
            properties: dict[str, Any] = {"valign": "top", "quote_prefix": kind not in _NUMBER_FORMATS}
            if kind in _NUMBER_FORMATS:
                properties["num_format"] = _NUMBER_FORMATS[kind]
            styles: dict[str, dict[str, Any]] = {
                "head": {
                    "bold": True,
                    "bottom": 1,
                    "text_wrap": True,
                    "bg_color": "#F4F6F8",
                    "valign": "bottom",
                },
                "title": {"bold": True, "font_size": 14},
                "caption": {"bold": True},
                "note": {"font_color": "#56616D"},
                "total": {"bold": True, "top": 1},
                "good": {"font_color": "#0B6350"},
                "bad": {"font_color": "#A3401B"},
                "shade_good": {"bg_color": "#D5EAE5"},
                "shade_bad": {"bg_color": "#F7E1D7"},
                "wrap": {"text_wrap": True},
            }
            properties |= styles.get(style, {})
            if style == "head" and kind in FIGURES:
                properties["align"] = "right"
            self._formats[kind, style] = self._book.add_format(properties)
        return self._formats[kind, style]

    def _unique(self, title: str) -> str:
        """A sheet's name: no character that spreadsheets forbid, and none twice."""
        base = _FORBIDDEN.sub(" ", title).strip()[:_NAME_LENGTH] or "-"
        name, number = base, 2
        while name.casefold() in self._names:
            suffix = f" {number}"
            name, number = base[: _NAME_LENGTH - len(suffix)] + suffix, number + 1
        self._names.add(name.casefold())
        return name

    def section(self, section: Section) -> None:
        """A sheet: texts and tables downwards, charts beside them."""
        sheet = self._book.add_worksheet(self._unique(section.title))
        sheet.hide_gridlines(2)
        self._text(sheet, 0, section.title, "title")
        row = 1
        widths: dict[int, int] = {}
        is_frozen = False
        for block in section.blocks:
            if isinstance(block, Text):
                self._text(sheet, row, block.text, "note" if block.style == "note" else "plain")
                row += 1
            elif isinstance(block, Figures):
                for figure in block.figures:
                    self._text(sheet, row, f"{figure.label}  {' / '.join(figure.values)}", "caption")
                    self._text(sheet, row, "  ".join(figure.notes), "note", column=3)
                    row += 1
            elif isinstance(block, Table):
                self._text(sheet, row, block.caption, "caption")
                if not is_frozen:
                    sheet.freeze_panes(row + 2, 1)
                    is_frozen = True
                row = self._table(sheet, row + 1, block, widths)
        if not is_frozen:
            sheet.freeze_panes(1, 0)
        for column, width in widths.items():
            sheet.set_column(column, column, min(width, _WIDEST))
        beside = max(widths, default=0) + 2
        for number, drawing in enumerate(drawings_of(section)):
            self._chart(sheet, drawing, 1 + number * _CHART_ROWS, beside)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _text(self, sheet: Worksheet, row: int, text: str, style: str, column: int = 0) -> None:
        sheet.write_string(row, column, text, self._format("text", style))

    def _table(self, sheet: Worksheet, row: int, table: Table, widths: dict[int, int]) -> int:
        """Write a table from ``row`` on, drawn columns left out; returns the row after it and its note."""
        shown = [place for place, column in enumerate(table.columns) if column.kind != "bar"]
        for column, place in enumerate(shown):
            label = table.columns[place].label
            sheet.write_string(row, column, label, self._format(table.columns[place].kind, "head"))
            widths[column] = max(
                widths.get(column, 8), *(min(len(word), 24) + 2 for word in label.split() or [""])
            )
        for number, cells in enumerate(table.rows):
            row += 1
            for column, place in enumerate(shown):
                kind = kind_of(table, number, table.columns[place])
                style = "bad" if number in table.alarms else table.columns[place].tone
                width = self._cell(sheet, row, column, cells[place], kind, style, table.shaded)
                widths[column] = max(widths.get(column, 8), width)
        if table.total is not None:
            row += 1
            for column, place in enumerate(shown):
                self._cell(
                    sheet, row, column, table.total[place], table.columns[place].kind, "total", "count"
                )
        row += 1
        if table.note:
            self._text(sheet, row, table.note, "note")
            row += 1
        return row + 1

    def _cell(
        self, sheet: Worksheet, row: int, column: int, cell: Cell, kind: Kind, style: str, shaded: Kind
    ) -> int:
        """Write one value by its type, never as a formula; returns how wide it is, in characters."""
        value: object = cell
        if isinstance(cell, Shade):
            value, kind = cell.value, shaded
            style = f"shade_{cell.tone}" if cell.value is not None and cell.tone != "plain" else "plain"
        form = self._format(kind, style)
        if value is None or isinstance(value, Bar):
            sheet.write_blank(row, column, None, form)
            return 0
        if isinstance(value, int | Decimal):
            sheet.write_number(row, column, float(value), form)
            return len(f"{value:,.2f}") + 1 if isinstance(value, Decimal) and abs(value) > 1 else 8
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self._format("instant", style))
            return 17
        if isinstance(value, date):
            midnight = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - spreadsheets have no zones
            sheet.write_datetime(row, column, midnight, self._format("date", style))
            return 11
        text = str(value)
        sheet.write_string(row, column, text, self._format("text", style))
        return sum(2 if ord(character) > 0x2E80 else 1 for character in text) + 2

    def _chart(self, sheet: Worksheet, drawing: Chart | Flow, row: int, column: int) -> None:
        """A native chart whose figures lie on the last sheet."""
        chart = _stacked_sides(drawing) if isinstance(drawing, Flow) else drawing
        top = self._data_row
        head = [chart.title, *(series.name for series in chart.series)]
        body = [
            [
                category,
                *(
                    None if series.values[place] is None else float(series.values[place] or 0)
                    for series in chart.series
                ),
            ]
            for place, category in enumerate(chart.categories)
        ]
        self._pending.append((top, [head, *body]))
        self._data_row += len(body) + 2
        shapes = {
            "stacked": {"type": "column", "subtype": "stacked"},
            "shares": {"type": "column", "subtype": "percent_stacked"},
            "lines": {"type": "line"},
        }
        native = self._book.add_chart(shapes[chart.shape])
        order = list(enumerate(chart.series, start=1))
        # The best tier comes first in the legend and lies on top of the others.
        for place, series in reversed(order) if chart.shape == "shares" else order:
            options: dict[str, Any] = {
                "name": [self._data_name, top, place],
                "categories": [self._data_name, top + 1, 0, top + len(body), 0],
                "values": [self._data_name, top + 1, place, top + len(body), place],
            }
            if chart.shape == "lines":
                options |= {
                    "line": {"color": series.colour},
                    "marker": {"type": "circle", "fill": {"color": series.colour}},
                }
            else:
                options |= {"fill": {"color": series.colour}, "gap": 40}
            native.add_series(options)
        native.set_title({"name": chart.title, "name_font": {"size": 11, "bold": True}})
        native.set_legend({"position": "bottom"})
        native.set_y_axis(
            {
                "num_format": "0%" if chart.shape != "stacked" else "#,##0",
                "major_gridlines": {"visible": True, "line": {"color": "#D9DEE4"}},
            }
        )
        if chart.category_label:
            native.set_x_axis({"name": chart.category_label, "name_font": {"bold": False}})
        native.set_size({"width": 560, "height": 300})
        sheet.insert_chart(row, column, native)

    def finish(self) -> None:
        """Write the figures of the charts, on the last sheet."""
        if not self._pending:
            return
        sheet = self._book.add_worksheet(self._data_name)
        for top, rows in self._pending:
            for down, cells in enumerate(rows):
                for across, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(
                            top + down,
                            across,
                            cell,
                            self._format("text", "plain" if down else "head"),
                        )
                    elif cell is not None:
                        sheet.write_number(top + down, across, cell)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 24)


def _stacked_sides(flow: Flow) -> Chart:
    """A flow as two columns, the tiers before and the tiers now: spreadsheets have no ribbons."""
    nodes = {node.code: node for node in (*flow.left, *flow.right)}
    return Chart(
        title=flow.title,
        shape="shares",
        categories=(flow.left_label, flow.right_label),
        series=tuple(
            Series(
                node.name,
                (
                    sum(link.customers_count for link in flow.links if link.from_code == code),
                    sum(link.customers_count for link in flow.links if link.to_code == code),
                ),
                node.colour,
            )
            for code, node in nodes.items()
        ),
        kind="count",
    )
