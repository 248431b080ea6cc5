"""The workbook as another program reads it: sheets, frozen heads, numbers, native charts, and no formula."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart

from clientele.report import render

Make = Callable[[str], Path]
FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://x.example","y")', "{=1}")


@pytest.fixture(scope="module")
def file(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (written,) = render(reviewed, tmp_path_factory.mktemp("book"), formats=["xlsx"], languages=["en"])
    return written


@pytest.fixture(scope="module")
def book(file: Path) -> Workbook:
    return openpyxl.load_workbook(file)


def rows(book: Workbook, sheet: str) -> list[tuple[object, ...]]:
    return [
        tuple(value for value in row if value is not None) for row in book[sheet].iter_rows(values_only=True)
    ]


def test_every_section_has_a_sheet(book: Workbook) -> None:
    assert book.sheetnames[:5] == [
        "Overview",
        "Approval",
        "Restatements since last time",
        "Concentration",
        "Customer pyramid",
    ]
    assert book.sheetnames[-1] == "Chart data"


def test_heads_stay_in_sight(book: Workbook) -> None:
    assert [sheet.title for sheet in book if sheet.freeze_panes is None] == []
    sheet = book["Control totals"]
    row = int(str(sheet.freeze_panes)[1:])
    assert [cell.value for cell in sheet[row - 1]][:3] == ["Source", "Feed", "Currency"]


def test_figures_are_numbers_with_a_format(book: Workbook) -> None:
    sheet = book["Customer pyramid"]
    (small,) = [row for row in sheet.iter_rows() if row[0].value == "Small" and row[2].value == 4]
    assert [cell.value for cell in small[:7]] == ["Small", 1, 4, 0.666667, 0.199925, 1999.25, 499.8125]
    assert [cell.number_format for cell in small[1:4]] == ["+#,##0;-#,##0;0", "#,##0", "0.0%"]
    dates = [
        cell for row in book["Customers at risk in the best t"].iter_rows() for cell in row if cell.is_date
    ]
    assert [cell.value for cell in dates] == [datetime(2026, 3, 2)]  # noqa: DTZ001


def test_charts_are_native_and_their_figures_in_the_book(book: Workbook) -> None:
    kinds = {sheet.title: [type(chart) for chart in sheet._charts] for sheet in book}
    assert kinds["Concentration"] == [LineChart]
    # Shares of customers and of net sales over time, and the flow as two columns.
    assert kinds["Club"] == [BarChart, BarChart, BarChart]
    assert ("Customers from which tier", "Gold") not in rows(book, "Chart data")
    assert ("2026-03", 1.0, 1.0, 4.0) in rows(book, "Chart data")
    (chart, *_) = book["Customer pyramid"]._charts
    assert "Chart data" in chart.series[0].val.numRef.f


def test_no_cell_is_a_formula_whatever_the_data_begins_with(changed: Make, tmp_path: Path) -> None:
    texts = ", ".join("'" + text.replace("'", "''") + "'" for text in FORMULAS)
    hostile = changed(f"""
        update load_ledger set file_name = list_extract([{texts}], load_id::bigint), reason = '=1+1',
            status = 'refused', source = '@SUM(1)';
        update tier_sizes set scheme_title_en = '=' || scheme_title_en, tier_name_en = '-' || tier_name_en;
        update customer_tiers set reason_en = '=cmd|x'
    """)
    (written,) = render(hostile, tmp_path, formats=["xlsx"], languages=["en"])
    book = openpyxl.load_workbook(written)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    texts_found = {cell.value for cell in cells if cell.data_type == "s"}
    assert {"=1+1", "+1", "@SUM(1)", "=cmd|x", "-Angel"} <= texts_found
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))
    assert "=Club" in book.sheetnames


def test_the_same_release_gives_the_same_bytes(file: Path, reviewed: Path, tmp_path: Path) -> None:
    (again,) = render(reviewed, tmp_path, formats=["xlsx"], languages=["en"])
    assert again.read_bytes() == file.read_bytes()
