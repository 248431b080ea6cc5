"""Figures and dates read the same everywhere: grouped, exact, with true minus signs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from clientele.report import formats
from clientele.report.blocks import Column, Table
from clientele.report.cells import kind_of, written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("9747747.9340"), "9,747,747.934"),
        (Decimal("4596039.5800"), "4,596,039.58"),
        (Decimal("7"), "7.00"),
        (Decimal("-0.0100"), "−0.01"),
        (Decimal("0.0000"), "0.00"),
        (Decimal("12345678901234567890123456789012.0001"), "12,345,678,901,234,567,890,123,456,789,012.0001"),
        (None, "–"),
    ],
)
def test_an_exact_amount_keeps_every_decimal_it_has(value: Decimal | None, text: str) -> None:
    assert formats.exact_amount(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("2.5"), "3"), (Decimal("-1234.5"), "−1,235"), (Decimal("-0.4"), "0"), (None, "–")],
)
def test_an_amount_is_rounded_half_up_and_never_minus_zero(value: Decimal | None, text: str) -> None:
    assert formats.amount(value) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Decimal("0.79850"), "79.9%"),
        (Decimal("1"), "100.0%"),
        (Decimal("0.0001"), "<0.1%"),
        (Decimal("0"), "0.0%"),
        (Decimal("-0.021"), "−2.1%"),
        (None, "–"),
    ],
)
def test_a_share_that_is_not_nothing_never_reads_as_nothing(ratio: Decimal | None, text: str) -> None:
    assert formats.percent(ratio) == text


def test_a_change_carries_its_sign() -> None:
    assert [formats.change(value) for value in (1200, -3, 0, None)] == ["+1,200", "−3", "±0", "–"]
    amounts = [formats.amount_change(Decimal(value)) for value in ("0.5", "-0.4", "-1500.2")]
    assert amounts == ["+1", "±0", "−1,500"]
    ratios = [formats.percent_change(Decimal(value)) for value in ("0.2", "-0.004", "0.0001", "11")]
    assert ratios == ["+20.0%", "−0.4%", "±0%", "+1,100.0%"]
    assert formats.points(Decimal("-0.024"), "en") == "−2.4 pp"
    assert formats.points(Decimal("0.1"), "zh") == "+10.0个百分点"


def test_dates_follow_the_language() -> None:
    assert formats.day(date(2026, 3, 1), "zh") == "2026年3月1日"
    assert formats.day(date(2026, 12, 31), "en") == "31 December 2026"
    assert formats.instant(datetime(2026, 4, 1, 2, 5, 59), "en") == "1 April 2026 02:05 UTC"  # noqa: DTZ001


def test_a_figure_of_any_unit_keeps_its_decimals() -> None:
    assert [formats.number(Decimal(value)) for value in ("400.750000", "-12", "0.000001")] == [
        "400.75",
        "−12",
        "0.000001",
    ]


def test_no_currency_is_no_currency() -> None:
    assert [formats.currency(code) for code in ("CNY", "XXX", None, "")] == ["CNY", "–", "–", "–"]


def test_a_row_may_decide_how_its_cells_read() -> None:
    columns = (Column("now", "mixed"), Column("change", "mixed_change"), Column("n", "count"))
    table = Table("", columns, (), row_kinds=("ratio", "amount"))
    kinds = [[kind_of(table, place, column) for column in columns] for place in (0, 1)]
    assert kinds == [["ratio", "points", "count"], ["amount", "ratio_change", "count"]]
    assert written(Decimal("0.5"), "ratio", "en") == "50.0%"
    assert written("=1", "count", "en") == "=1"
