"""Headline figures over everybody, against the month end before and the same day a year earlier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Cell, Column, Figure, Figures, Kind, Table, Text
from clientele.report.cells import written
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.words import Speaker, Texts, Words, speaker

TEXTS: Final[Texts] = {
    "compared": Words("总体数字的对比", "Figures over all customers, compared"),
    "figure": Words("指标", "Figure"),
    "buyers_12m": Words("近12个月购买客户", "Buyers, 12 months"),
    "visits_12m": Words("近12个月消费次数", "Visits, 12 months"),
    "net_sales_1m": Words("最近1个月净销售额", "Net sales, last month"),
    "repeat_ratio": Words("回头客占比", "Share of buyers who came again"),
    "churn_ratio": Words("本月流失率", "Churn this month"),
    "since_previous": Words("较上月末 {change}", "{change} since last month end"),
    "since_last_year": Words("较上年同期 {change}", "{change} on last year"),
    "share_of_customers": Words("占客户的 {share}", "{share} of customers"),
    "first_report": Words(
        "首期报告，没有可对比的上月末数据。", "First report: there is no previous month end to compare with."
    ),
    "no_last_year": Words(
        "没有公布上年同期（{date}）的数据，无法同比。",
        "Nothing is published for a year earlier ({date}), so there is no comparison with it.",
    ),
    "no_customers": Words("该日期没有客户。", "There are no customers at this date."),
}


@dataclass(frozen=True)
class Totals:
    """Customers and visits at one date."""

    as_of_date: date
    customers_count: int
    buyers_12m_count: int
    visits_12m_count: int


@dataclass(frozen=True)
class Revenue:
    """Net sales at one date in one currency."""

    as_of_date: date
    currency_code: str
    net_sales_12m_amount: Decimal
    net_sales_1m_amount: Decimal


@dataclass(frozen=True)
class Habit:
    """How customers came again, in the month that holds a date."""

    as_of_date: date
    repeat_ratio: Decimal | None
    churn_ratio: Decimal | None


_TOTALS = """
select
    as_of_date,
    count(*) as customers_count,
    count(*) filter (where visits_12m_count > 0) as buyers_12m_count,
    coalesce(sum(visits_12m_count), 0)::bigint as visits_12m_count
from customer_values_monthly
where as_of_date in ($as_of_date, $previous_date, $last_year_date)
group by as_of_date
order by as_of_date
"""

_REVENUE = """
select
    as_of_date,
    coalesce(currency_code, 'XXX') as currency_code,
    sum(net_sales_12m_amount) as net_sales_12m_amount,
    coalesce(sum(net_sales_1m_amount), 0) as net_sales_1m_amount
from customer_values_monthly
where as_of_date in ($as_of_date, $previous_date, $last_year_date)
group by as_of_date, 2
having sum(net_sales_12m_amount) <> 0
order by as_of_date, currency_code
"""

_HABITS = """
select
    dates.as_of_date,
    relationship_monthly.repeat_ratio,
    relationship_monthly.churn_ratio
from (values ($as_of_date), ($previous_date), ($last_year_date)) as dates (as_of_date)
inner join relationship_monthly on date_trunc('month', dates.as_of_date) = relationship_monthly.month_date
order by dates.as_of_date
"""


@dataclass(frozen=True)
class Headlines:
    """What the headlines are made of, by date."""

    scope: Scope
    totals: Mapping[date, Totals]
    revenue: tuple[Revenue, ...]
    habits: Mapping[date, Habit]

    @property
    def currencies(self) -> list[str]:
        return sorted({row.currency_code for row in self.revenue if row.as_of_date == self.scope.as_of_date})

    def revenue_at(self, day: date | None, currency: str) -> Revenue | None:
        found = [row for row in self.revenue if (row.as_of_date, row.currency_code) == (day, currency)]
        return found[0] if found else None


def read(source: Source) -> Headlines:
    """The totals of the date, the month end before and a year earlier, as far as they are published."""
    return Headlines(
        source.scope,
        {row.as_of_date: row for row in source.rows(Totals, _TOTALS)},
        tuple(source.rows(Revenue, _REVENUE)),
        {row.as_of_date: row for row in source.rows(Habit, _HABITS)},
    )


def say(found: Headlines, language: Language) -> list[Block]:
    """The headlines, and the table that compares them."""
    words = speaker(TEXTS, language)
    scope = found.scope
    now = found.totals.get(scope.as_of_date)
    if now is None:
        return [Text(words("no_customers"), style="absent")]
    lines = _lines(found, words)
    blocks: list[Block] = [
        Figures(tuple(_figure(line, now, words, language) for line in lines[: 3 + len(found.currencies)])),
        _compared(found, lines, words, language),
    ]
    if scope.previous_date is None:
        blocks.append(Text(words("first_report"), style="absent"))
    if scope.last_year_date is None:
        year = formats.day(scope.as_of_date.replace(day=1, year=scope.as_of_date.year - 1), language)
        month = year.rsplit("月", 1)[0] + "月" if language == "zh" else year.split(" ", 1)[1]
        blocks.append(Text(words("no_last_year", date=month), style="absent"))
    return blocks


@dataclass(frozen=True)
class _Line:
    """A figure now, at the month end before and a year earlier."""

    label: str
    kind: Kind
    now: int | Decimal | None
    previous: int | Decimal | None
    last_year: int | Decimal | None
    currency: str | None = None


def _lines(found: Headlines, words: Speaker) -> list[_Line]:
    scope = found.scope
    dates = (scope.as_of_date, scope.previous_date, scope.last_year_date)

    def line(
        label: str, kind: Kind, value: Callable[[date], int | Decimal | None], code: str | None = None
    ) -> _Line:
        figures = [None if day is None else value(day) for day in dates]
        return _Line(label, kind, figures[0], figures[1], figures[2], code)

    def total(name: str) -> Callable[[date], int | None]:
        return lambda day: getattr(found.totals[day], name) if day in found.totals else None

    def habit(name: str) -> Callable[[date], Decimal | None]:
        return lambda day: getattr(found.habits[day], name) if day in found.habits else None

    def revenue(name: str, code: str) -> Callable[[date], Decimal | None]:
        def value(day: date) -> Decimal | None:
            row = found.revenue_at(day, code)
            return None if row is None else getattr(row, name)

        return value

    currencies = found.currencies
    return [
        line(words("customers"), "count", total("customers_count")),
        line(words("buyers_12m"), "count", total("buyers_12m_count")),
        *(
            line(words("net_sales_12m"), "amount", revenue("net_sales_12m_amount", code), code)
            for code in currencies
        ),
        line(words("visits_12m"), "count", total("visits_12m_count")),
        *(
            line(words("net_sales_1m"), "amount", revenue("net_sales_1m_amount", code), code)
            for code in currencies
        ),
        line(words("repeat_ratio"), "ratio", habit("repeat_ratio")),
        line(words("churn_ratio"), "ratio", habit("churn_ratio")),
    ]


def _figure(line: _Line, now: Totals, words: Speaker, language: Language) -> Figure:
    notes = []
    if line.label == words("buyers_12m") and now.customers_count:
        share = formats.percent(Decimal(now.buyers_12m_count) / now.customers_count)
        notes.append(words("share_of_customers", share=share))
    for key, before in (("since_previous", line.previous), ("since_last_year", line.last_year)):
        if before is not None and line.now is not None:
            change = written(
                line.now - before, "change" if line.kind == "count" else "amount_change", language
            )
            notes.append(words(key, change=change))
    value = written(line.now, line.kind, language)
    unit = f" {formats.currency(line.currency)}" if line.currency else ""
    return Figure(line.label, (value + unit,), tuple(notes))


def _compared(found: Headlines, lines: Sequence[_Line], words: Speaker, language: Language) -> Table:
    scope = found.scope
    columns = [Column(words("figure")), Column(scope.as_of_date.isoformat(), "mixed")]
    for day in (scope.previous_date, scope.last_year_date):
        if day is not None:
            columns += [Column(day.isoformat(), "mixed"), Column(words("change"), "mixed_change")]
    rows = []
    for line in lines:
        unit = f"，{line.currency}" if language == "zh" else f", {line.currency}"
        cells: list[Cell] = [line.label + (unit if line.currency else ""), line.now]
        if scope.previous_date is not None:
            cells += [line.previous, _relative(line.now, line.previous, line.kind)]
        if scope.last_year_date is not None:
            cells += [line.last_year, _relative(line.now, line.last_year, line.kind)]
        rows.append((line.kind, tuple(cells)))
    return Table(
        caption=words("compared"),
        columns=tuple(columns),
        rows=tuple(cells for _, cells in rows),
        row_kinds=tuple(kind for kind, _ in rows),
    )


def _relative(now: int | Decimal | None, before: int | Decimal | None, kind: Kind) -> Decimal | None:
    """The change relative to what was; of a share, in points of it."""
    if now is None or before is None:
        return None
    if kind == "ratio":
        return Decimal(now) - Decimal(before)
    return (Decimal(now) - Decimal(before)) / Decimal(before) if before > 0 else None
