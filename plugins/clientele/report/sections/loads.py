"""The loads behind the release: where every row and every penny of every file went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Source
from clientele.report.sections import refusals
from clientele.report.words import Speaker, Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("控制总数", "Control totals"),
    "control_intro": Words(
        "每份文件的每一行、每一分钱：收到的 = 采用 + 重复 + 被更正替代 + 隔离。",
        "Every row and every penny of every file: received = loaded + duplicate + superseded + quarantined.",
    ),
    "control_balanced": Words("全部 {count} 组总数平衡。", "All {count} totals balance."),
    "control_unbalanced": Words(
        "{total} 组总数中有 {count} 组不平衡，请先核对再使用本报告。",
        "{count} of {total} totals do not balance: settle this before using the report.",
    ),
    "no_loads": Words("没有收到任何文件。", "No file has been received."),
    "rows_in_and_out": Words("行数去向", "Where the rows went"),
    "amounts_in_and_out": Words("金额去向", "Where the money went"),
    "source": Words("来源", "Source"),
    "feed": Words("数据", "Feed"),
    "currency": Words("币种", "Currency"),
    "files": Words("文件", "Files"),
    "received": Words("收到", "Received"),
    "loaded": Words("采用", "Loaded"),
    "duplicate": Words("重复", "Duplicate"),
    "superseded": Words("被替代", "Superseded"),
    "quarantined": Words("隔离", "Quarantined"),
    "unexplained": Words("差额", "Difference"),
}


@dataclass(frozen=True)
class ControlTotal:
    """Where the rows and the money of one feed and currency went."""

    source: str
    feed: str | None
    currency_code: str
    files_count: int
    rows_in_count: int
    rows_loaded_count: int
    rows_duplicate_count: int
    rows_superseded_count: int
    rows_quarantined_count: int
    amount_in: Decimal
    amount_loaded: Decimal
    amount_duplicate: Decimal
    amount_superseded: Decimal
    amount_quarantined: Decimal

    @property
    def rows_unexplained_count(self) -> int:
        return self.rows_in_count - (
            self.rows_loaded_count
            + self.rows_duplicate_count
            + self.rows_superseded_count
            + self.rows_quarantined_count
        )

    @property
    def amount_unexplained(self) -> Decimal:
        return self.amount_in - (
            self.amount_loaded + self.amount_duplicate + self.amount_superseded + self.amount_quarantined
        )

    @property
    def is_balanced(self) -> bool:
        return self.rows_unexplained_count == 0 and self.amount_unexplained == 0

    @property
    def has_money(self) -> bool:
        return formats.currency(self.currency_code) != formats.NOTHING or self.amount_in != 0


_CONTROL_TOTALS = """
select
    source,
    feed,
    coalesce(currency_code, 'XXX') as currency_code,
    count(distinct load_id) as files_count,
    coalesce(sum(rows_in_count), 0)::bigint as rows_in_count,
    coalesce(sum(rows_loaded_count), 0)::bigint as rows_loaded_count,
    coalesce(sum(rows_duplicate_count), 0)::bigint as rows_duplicate_count,
    coalesce(sum(rows_superseded_count), 0)::bigint as rows_superseded_count,
    coalesce(sum(rows_quarantined_count), 0)::bigint as rows_quarantined_count,
    coalesce(sum(amount_in), 0) as amount_in,
    coalesce(sum(amount_loaded), 0) as amount_loaded,
    coalesce(sum(amount_duplicate), 0) as amount_duplicate,
    coalesce(sum(amount_superseded), 0) as amount_superseded,
    coalesce(sum(amount_quarantined), 0) as amount_quarantined
from load_ledger
where status = 'accepted'
group by source, feed, 3
order by source, feed nulls last, 3
"""


@dataclass(frozen=True)
class Loads:
    """What was loaded, and what was refused or set aside."""

    totals: tuple[ControlTotal, ...]
    refusals: refusals.Refusals


def read(source: Source) -> Loads:
    """The ledger of the release, summed by feed."""
    return Loads(tuple(source.rows(ControlTotal, _CONTROL_TOTALS)), refusals.read(source))


def statement(loads: Loads, language: Language) -> Text:
    """One line on whether everything that came is accounted for."""
    words = speaker(TEXTS, language)
    if not loads.totals:
        return Text(words("no_loads"), style="statement", tone="bad")
    unbalanced = sum(not total.is_balanced for total in loads.totals)
    total = formats.count(len(loads.totals))
    if unbalanced:
        said = words("control_unbalanced", count=formats.count(unbalanced), total=total)
        return Text(said, style="statement", tone="bad")
    return Text(words("control_balanced", count=total), style="statement", tone="good")


def say(loads: Loads, language: Language) -> Section:
    """Rows and money by where they went, refused files and quarantined rows."""
    words = speaker(TEXTS, language)
    blocks: list[Block] = [Text(words("control_intro")), statement(loads, language)]
    if loads.totals:
        blocks += [_rows(loads.totals, words), _amounts(loads.totals, words)]
    blocks += refusals.say(loads.refusals, language)
    return Section("control", words("title"), tuple(blocks))


def _alarms(totals: Sequence[ControlTotal]) -> frozenset[int]:
    return frozenset(place for place, total in enumerate(totals) if not total.is_balanced)


def _rows(totals: Sequence[ControlTotal], words: Speaker) -> Table:
    return Table(
        caption=words("rows_in_and_out"),
        columns=(
            Column(words("source")),
            Column(words("feed")),
            Column(words("currency")),
            Column(words("files"), "count"),
            Column(words("received"), "count"),
            Column(words("loaded"), "count"),
            Column(words("duplicate"), "count"),
            Column(words("superseded"), "count"),
            Column(words("quarantined"), "count"),
            Column(words("unexplained"), "count"),
        ),
        rows=tuple(
            (
                total.source,
                total.feed,
                formats.currency(total.currency_code),
                total.files_count,
                total.rows_in_count,
                total.rows_loaded_count,
                total.rows_duplicate_count,
                total.rows_superseded_count,
                total.rows_quarantined_count,
                total.rows_unexplained_count,
            )
            for total in totals
        ),
        alarms=_alarms(totals),
    )


def _amounts(totals: Sequence[ControlTotal], words: Speaker) -> Table:
    with_money = [total for total in totals if total.has_money]
    return Table(
        caption=words("amounts_in_and_out"),
        columns=(
            Column(words("source")),
            Column(words("feed")),
            Column(words("currency")),
            Column(words("received"), "exact_amount"),
            Column(words("loaded"), "exact_amount"),
            Column(words("duplicate"), "exact_amount"),
            Column(words("superseded"), "exact_amount"),
            Column(words("quarantined"), "exact_amount"),
            Column(words("unexplained"), "exact_amount"),
        ),
        rows=tuple(
            (
                total.source,
                total.feed,
                formats.currency(total.currency_code),
                total.amount_in,
                total.amount_loaded,
                total.amount_duplicate,
                total.amount_superseded,
                total.amount_quarantined,
                total.amount_unexplained,
            )
            for total in with_money
        ),
        alarms=_alarms(with_money),
    )
