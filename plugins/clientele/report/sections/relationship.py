"""Customers won, kept, won back and lost month by month, and who of each month's new customers came again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from clientele.report import formats
from clientele.report.blocks import Block, Cell, Chart, Column, Section, Series, Shade, Table, Text
from clientele.report.charts import SERIES
from clientele.report.formats import Language
from clientele.report.reading import DATES_SHOWN, Scope, Source
from clientele.report.words import Speaker, Texts, Words, speaker

Kind = Literal["new", "kept", "won_back", "lost"]
KINDS: Final[tuple[Kind, ...]] = ("kept", "new", "won_back", "lost")

TEXTS: Final[Texts] = {
    "title": Words("新增、留存、赢回与流失", "New, kept, won back and lost"),
    "kept": Words("留存", "Kept"),
    "won_back": Words("赢回", "Won back"),
    "lost": Words("流失", "Lost"),
    "by_month": Words("每月客户（流失向下）", "Customers each month, the lost downwards"),
    "compared": Words("本月与上月、上年同月", "This month beside the month before and a year ago"),
    "group": Words("客户", "Customers"),
    "their_sales": Words("净销售额", "Net sales"),
    "incomplete": Words(
        "{month} 尚未结束，数字会继续增加。", "{month} is not over yet: its figures will grow."
    ),
    "no_months": Words("没有公布按月的客户关系数据。", "No months of customer relations are published."),
    "cohorts": Words(
        "按首购月份的留存率：首购后第几个月仍有购买的客户占比",
        "Retention by month of first purchase: share of its customers who bought in the months since",
    ),
    "cohort": Words("首购月份", "First purchase"),
    "no_cohorts": Words("没有公布留存数据。", "No retention is published."),
}


@dataclass(frozen=True)
class Month:
    """One month of relations. Amounts are the net sales of the month; those of the lost are of before."""

    month_date: date
    is_complete: bool
    new_count: int
    new_net_sales_amount: Decimal
    kept_count: int
    kept_net_sales_amount: Decimal
    won_back_count: int
    won_back_net_sales_amount: Decimal
    lost_count: int
    lost_net_sales_amount: Decimal


@dataclass(frozen=True)
class Retained:
    """Customers of a month of first purchase, and the share, 0 to 1, that bought in a month since."""

    cohort_month_date: date
    months_since_first: int
    customers_count: int
    retained_ratio: Decimal | None


_MONTHS = """
select
    month_date,
    is_complete,
    new_count,
    new_net_sales_amount,
    kept_count,
    kept_net_sales_amount,
    won_back_count,
    won_back_net_sales_amount,
    lost_count,
    lost_net_sales_amount
from relationship_monthly
where month_date <= $as_of_date
order by month_date desc
limit $months
"""

_RETAINED = """
select cohort_month_date, months_since_first, customers_count, retained_ratio
from retention_monthly
where
    month_date <= $as_of_date
    and months_since_first < $months
    and cohort_month_date > date_trunc('month', $as_of_date) - to_months($months)
order by cohort_month_date, months_since_first
"""


@dataclass(frozen=True)
class Relations:
    """The last months, oldest first, and the retention of their cohorts."""

    scope: Scope
    months: tuple[Month, ...]
    retained: tuple[Retained, ...]


def read(source: Source) -> Relations:
    """The relations and the retention of the last thirteen months."""
    months = source.rows(Month, _MONTHS, months=DATES_SHOWN)
    retained = source.rows(Retained, _RETAINED, months=DATES_SHOWN)
    return Relations(source.scope, tuple(reversed(months)), tuple(retained))


def say(relations: Relations, language: Language) -> Section:
    """The months as a drawing and compared, and the cohorts as a matrix."""
    words = speaker(TEXTS, language)
    blocks: list[Block] = []
    if relations.months:
        last = relations.months[-1]
        blocks += [_drawing(relations.months, words), _compared(relations.months, words)]
        if not last.is_complete:
            blocks.append(Text(words("incomplete", month=formats.month(last.month_date)), style="note"))
    else:
        blocks.append(Text(words("no_months"), style="absent"))
    if relations.retained:
        blocks.append(_cohorts(relations.retained, words))
    else:
        blocks.append(Text(words("no_cohorts"), style="absent"))
    return Section("relations", words("title"), tuple(blocks), starts_page=True)


def _count(month: Month, kind: Kind) -> int:
    counts = {
        "new": month.new_count,
        "kept": month.kept_count,
        "won_back": month.won_back_count,
        "lost": month.lost_count,
    }
    return counts[kind]


def _amount(month: Month, kind: Kind) -> Decimal:
    amounts = {
        "new": month.new_net_sales_amount,
        "kept": month.kept_net_sales_amount,
        "won_back": month.won_back_net_sales_amount,
        "lost": month.lost_net_sales_amount,
    }
    return amounts[kind]


def _drawing(months: Sequence[Month], words: Speaker) -> Chart:
    colours = {"kept": SERIES[0], "new": SERIES[2], "won_back": "#7fc4b3", "lost": SERIES[1]}
    return Chart(
        words("by_month"),
        "stacked",
        tuple(formats.month(month.month_date) for month in months),
        tuple(
            Series(
                words(kind),
                tuple(-_count(month, kind) if kind == "lost" else _count(month, kind) for month in months),
                colours[kind],
            )
            for kind in KINDS
        ),
        "count",
    )


def _compared(months: Sequence[Month], words: Speaker) -> Table:
    last = months[-1].month_date
    year_before = last.replace(year=last.year - 1)
    shown = [months[-1], *months[-2:-1], *(month for month in months if month.month_date == year_before)]

    def cells(kind: Kind) -> tuple[Cell, ...]:
        figures = [(_count(month, kind), _amount(month, kind)) for month in shown]
        return (words(kind), *(figure for pair in figures for figure in pair))

    return Table(
        caption=words("compared"),
        columns=(
            Column(words("group")),
            *(
                column
                for month in shown
                for column in (
                    Column(formats.month(month.month_date), "count"),
                    Column(words("their_sales"), "amount"),
                )
            ),
        ),
        rows=tuple(cells(kind) for kind in KINDS),
    )


def _cohorts(retained: Sequence[Retained], words: Speaker) -> Table:
    since = sorted({row.months_since_first for row in retained if row.months_since_first > 0})
    cells = {(row.cohort_month_date, row.months_since_first): row for row in retained}
    cohorts = sorted({row.cohort_month_date for row in retained})
    sizes = {row.cohort_month_date: row.customers_count for row in retained}

    def cell(cohort: date, months: int) -> Shade:
        row = cells.get((cohort, months))
        if row is None or row.retained_ratio is None:
            return Shade(None, "plain", 0.0)
        return Shade(row.retained_ratio, "good", float(row.retained_ratio))

    return Table(
        caption=words("cohorts"),
        style="matrix",
        shaded="ratio",
        columns=(
            Column(words("cohort")),
            Column(words("customers"), "count"),
            *(Column(str(months), "ratio") for months in since),
        ),
        rows=tuple(
            (formats.month(cohort), sizes[cohort], *(cell(cohort, months) for months in since))
            for cohort in cohorts
        ),
    )
