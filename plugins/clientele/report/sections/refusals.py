"""Files that were refused and rows that were set aside, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Column, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Source
from clientele.report.words import Speaker, Texts, Words, speaker

REFUSED_FILES_SHOWN: Final = 40
QUARANTINE_REASONS_SHOWN: Final = 30

TEXTS: Final[Texts] = {
    "source": Words("来源", "Source"),
    "feed": Words("数据", "Feed"),
    "currency": Words("币种", "Currency"),
    "file_tally": Words(
        "采用 {accepted} 份文件，拒收 {refused} 份，重复送达 {duplicate} 份。",
        "{accepted} files loaded, {refused} refused, {duplicate} delivered twice.",
    ),
    "refused_files": Words("拒收的文件", "Refused files"),
    "refused_more": Words(
        "仅列最近 {shown} 份，共 {total} 份，其余见 load_ledger 表。",
        "The latest {shown} of {total}; the others are in the table load_ledger.",
    ),
    "file": Words("文件", "File"),
    "code": Words("原因代码", "Code"),
    "quarantine": Words("隔离的行及原因", "Quarantined rows by reason"),
    "quarantine_more": Words(
        "仅列行数最多的 {shown} 种原因，其余见 quarantined_rows 表。",
        "The {shown} most frequent reasons; all rows are in the table quarantined_rows.",
    ),
    "column": Words("列", "Column"),
    "rows": Words("行数", "Rows"),
    "amount": Words("金额", "Amount"),
}


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken in, and why."""

    load_id: int
    source: str
    file_name: str
    reason_code: str | None
    reason: str | None


@dataclass(frozen=True)
class FileTally:
    """Files by what became of them."""

    accepted_count: int
    refused_count: int
    duplicate_count: int


@dataclass(frozen=True)
class QuarantineReason:
    """Rows of one feed set aside for one reason."""

    source: str
    feed: str | None
    column_name: str | None
    reason_code: str
    currency_code: str | None
    rows_count: int
    amount: Decimal


_FILE_TALLY = """
select
    count(distinct load_id) filter (where status = 'accepted') as accepted_count,
    count(distinct load_id) filter (where status = 'refused') as refused_count,
    count(distinct load_id) filter (where status = 'duplicate_file') as duplicate_count
from load_ledger
"""

_REFUSED_FILES = """
select distinct load_id, source, file_name, reason_code, reason
from load_ledger
where status = 'refused'
order by load_id desc, file_name, reason
limit $refused_files_shown
"""

_QUARANTINE_REASONS = """
select
    source,
    feed,
    column_name,
    reason_code,
    currency_code,
    count(*) as rows_count,
    coalesce(sum(amount), 0) as amount
from quarantined_rows
group by source, feed, column_name, reason_code, currency_code
order by rows_count desc, source, feed, column_name, reason_code, currency_code
limit $quarantine_reasons_shown
"""


@dataclass(frozen=True)
class Refusals:
    """Files by what became of them, those refused, and the rows set aside by reason."""

    tally: FileTally
    refused: tuple[RefusedFile, ...]
    quarantined: tuple[QuarantineReason, ...]


def read(source: Source) -> Refusals:
    """The refused files, the newest first, and the most frequent reasons of quarantine."""
    return Refusals(
        source.row(FileTally, _FILE_TALLY),
        tuple(source.rows(RefusedFile, _REFUSED_FILES, refused_files_shown=REFUSED_FILES_SHOWN)),
        tuple(
            source.rows(
                QuarantineReason, _QUARANTINE_REASONS, quarantine_reasons_shown=QUARANTINE_REASONS_SHOWN
            )
        ),
    )


def say(found: Refusals, language: Language) -> list[Block]:
    """How many files came to what, the refused ones, and the rows set aside."""
    words = speaker(TEXTS, language)
    said = words(
        "file_tally",
        accepted=formats.count(found.tally.accepted_count),
        refused=formats.count(found.tally.refused_count),
        duplicate=formats.count(found.tally.duplicate_count),
    )
    blocks: list[Block] = [Text(said)]
    if found.refused:
        blocks.append(_refused(found, words))
    if found.quarantined:
        blocks.append(_quarantined(found.quarantined, words))
    return blocks


def _refused(found: Refusals, words: Speaker) -> Table:
    is_cut = found.tally.refused_count > len(found.refused)
    shown, total = formats.count(len(found.refused)), formats.count(found.tally.refused_count)
    return Table(
        caption=words("refused_files"),
        columns=(
            Column(words("file"), is_wide=True),
            Column(words("source")),
            Column(words("code"), "code"),
            Column(words("reason"), is_wide=True),
        ),
        rows=tuple((file.file_name, file.source, file.reason_code, file.reason) for file in found.refused),
        note=words("refused_more", shown=shown, total=total) if is_cut else None,
    )


def _quarantined(reasons: Sequence[QuarantineReason], words: Speaker) -> Table:
    is_cut = len(reasons) == QUARANTINE_REASONS_SHOWN
    return Table(
        caption=words("quarantine"),
        columns=(
            Column(words("source")),
            Column(words("feed")),
            Column(words("column"), "code"),
            Column(words("reason"), "code", is_wide=True),
            Column(words("rows"), "count"),
            Column(words("amount"), "exact_amount"),
            Column(words("currency")),
        ),
        rows=tuple(
            (
                reason.source,
                reason.feed,
                reason.column_name,
                reason.reason_code,
                reason.rows_count,
                reason.amount,
                formats.currency(reason.currency_code),
            )
            for reason in reasons
        ),
        note=words("quarantine_more", shown=QUARANTINE_REASONS_SHOWN) if is_cut else None,
    )
