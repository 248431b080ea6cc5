"""How much of revenue the largest buyers bring: the curve now, a month and a year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from clientele.report.blocks import Cell, Chart, Column, Section, Series, Table
from clientele.report.charts import SERIES
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import absent
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("集中度", "Concentration"),
    "curve": Words("最大的购买客户贡献的净销售额占比", "Share of net sales that the largest buyers bring"),
    "largest": Words("最大的购买客户", "Largest buyers"),
    "buyers": Words("客户数", "Buyers"),
    "none": Words("该日期没有公布集中度曲线。", "No concentration curve is published for this date."),
}


@dataclass(frozen=True)
class Point:
    """The largest ``top_pct`` percent of the buyers at a date, and what they bring; the ratio is 0 to 1."""

    as_of_date: date
    top_pct: int
    customers_count: int | None
    net_sales_12m_amount: Decimal | None
    net_sales_12m_ratio: Decimal | None


_CURVE = """
select as_of_date, top_pct, customers_count, net_sales_12m_amount, net_sales_12m_ratio
from concentration_curve
where as_of_date in ($as_of_date, $previous_date, $last_year_date)
order by as_of_date desc, top_pct
"""


@dataclass(frozen=True)
class Curve:
    """The points of the dates that are compared."""

    scope: Scope
    points: tuple[Point, ...]


def read(source: Source) -> Curve:
    """The curve at the date, the month end before and a year earlier."""
    return Curve(source.scope, tuple(source.rows(Point, _CURVE)))


def say(curve: Curve, language: Language) -> Section:
    """The curve as a drawing and as a table."""
    words = speaker(TEXTS, language)
    now = [point for point in curve.points if point.as_of_date == curve.scope.as_of_date]
    if not any(point.net_sales_12m_ratio is not None for point in now):
        return absent("concentration", words("title"), words("none"))
    dates = sorted({point.as_of_date for point in curve.points}, reverse=True)
    levels = [point.top_pct for point in now]
    return Section(
        "concentration",
        words("title"),
        (
            Chart(
                words("curve"),
                "lines",
                tuple(map(str, levels)),
                tuple(
                    Series(
                        day.isoformat(), tuple(_ratio(curve.points, day, level) for level in levels), colour
                    )
                    for day, colour in zip(dates, SERIES, strict=False)
                ),
                "ratio",
                words("largest"),
            ),
            Table(
                caption=words("curve"),
                columns=(
                    Column(words("largest")),
                    Column(words("buyers"), "count"),
                    Column(words("net_sales_12m"), "amount"),
                    *(Column(day.isoformat(), "ratio") for day in dates),
                ),
                rows=tuple(_row(point, curve.points, dates) for point in now),
            ),
        ),
    )


def _ratio(points: Sequence[Point], day: date, level: int) -> Decimal | None:
    found = [point for point in points if (point.as_of_date, point.top_pct) == (day, level)]
    return found[0].net_sales_12m_ratio if found else None


def _row(point: Point, points: Sequence[Point], dates: Sequence[date]) -> tuple[Cell, ...]:
    ratios = (_ratio(points, day, point.top_pct) for day in dates)
    return (f"{point.top_pct}%", point.customers_count, point.net_sales_12m_amount, *ratios)
