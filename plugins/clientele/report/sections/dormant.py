"""Dormant customers with stored value: in three months they used none of it and did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import absent, of_release, rest
from clientele.report.words import Texts, Words, speaker

DORMANT_SHOWN: Final = 12

TEXTS: Final[Texts] = {
    "title": Words("有储值余额的沉睡客户", "Dormant customers with stored value"),
    "none": Words(
        "没有储值数据，本节不适用。", "There is no feed of stored value, so nothing can be said of it."
    ),
    "sentence": Words(
        "{holders} 位客户有储值余额，合计 {balance}；其中 {dormant} 位近三个月既未使用储值也未到店，余额 "
        "{dormant_balance}，"
        "占 {share}。",
        "{holders} customers hold a balance, {balance} in all; {dormant} of them used none of it and did "
        "not come in the "
        "last three months: {dormant_balance}, {share} of the balances.",
    ),
    "list": Words("沉睡客户（按余额排序）", "Dormant customers, by balance"),
    "balance": Words("储值余额", "Balance"),
    "since": Words("距最近购买天数", "Days since last purchase"),
    "reachable": Words("可联系", "May be contacted"),
    "yes": Words("是", "yes"),
    "no": Words("否", "no"),
    "unknown": Words("未知", "not known"),
}


@dataclass(frozen=True)
class Balances:
    """Stored value in all, and that of the dormant; ``known_count`` is how many have an account at all."""

    known_count: int
    holders_count: int
    balance_amount: Decimal
    dormant_count: int
    dormant_balance_amount: Decimal


@dataclass(frozen=True)
class Dormant:
    """A dormant customer with a balance."""

    customer_key: str
    stored_value_balance_amount: Decimal
    last_purchase_date: date | None
    recency_days: int | None
    has_contact_consent: bool | None


_HOLDERS = """
with holders as (
    select
        *,
        stored_value_balance_amount > 0 as has_balance,
        stored_value_balance_amount > 0
        and coalesce(stored_value_used_3m_amount, 0) = 0
        and coalesce(visits_3m_count, 0) = 0 as is_dormant
    from customer_values
    where stored_value_balance_amount is not null
)
"""

_BALANCES = (
    _HOLDERS
    + """
select
    count(*) as known_count,
    count(*) filter (where has_balance) as holders_count,
    coalesce(sum(stored_value_balance_amount) filter (where has_balance), 0) as balance_amount,
    count(*) filter (where is_dormant) as dormant_count,
    coalesce(sum(stored_value_balance_amount) filter (where is_dormant), 0) as dormant_balance_amount
from holders
"""
)

_DORMANT = (
    _HOLDERS
    + """
select customer_key, stored_value_balance_amount, last_purchase_date, recency_days, has_contact_consent
from holders
where is_dormant
order by stored_value_balance_amount desc, customer_key
limit $dormant_shown
"""
)


@dataclass(frozen=True)
class StoredValue:
    """Balances and the dormant."""

    scope: Scope
    balances: Balances
    dormant: tuple[Dormant, ...]


def read(source: Source) -> StoredValue:
    """Balances as of the release's date, the only one they are published for."""
    return StoredValue(
        source.scope,
        source.row(Balances, _BALANCES),
        tuple(source.rows(Dormant, _DORMANT, dormant_shown=DORMANT_SHOWN)),
    )


def say(found: StoredValue, language: Language) -> Section:
    """What is owed to customers who do not come, and to whom."""
    words = speaker(TEXTS, language)
    balances = found.balances
    if not balances.known_count:
        return absent("dormant", words("title"), words("none"))
    share = balances.dormant_balance_amount / balances.balance_amount if balances.balance_amount else None
    sentence = Text(
        words(
            "sentence",
            holders=formats.count(balances.holders_count),
            balance=formats.amount(balances.balance_amount),
            dormant=formats.count(balances.dormant_count),
            dormant_balance=formats.amount(balances.dormant_balance_amount),
            share=formats.percent(share),
        ),
        style="statement",
        tone="bad" if balances.dormant_count else "good",
    )
    if not found.dormant:
        return Section("dormant", words("title"), (*of_release(found.scope, language), sentence))
    consent = {True: words("yes"), False: words("no"), None: words("unknown")}
    return Section(
        "dormant",
        words("title"),
        (
            *of_release(found.scope, language),
            sentence,
            Table(
                caption=words("list"),
                columns=(
                    Column(words("customer"), "customer"),
                    Column(words("balance"), "exact_amount"),
                    Column(words("last_purchase"), "date"),
                    Column(words("since"), "count"),
                    Column(words("reachable")),
                ),
                rows=tuple(
                    (
                        row.customer_key,
                        row.stored_value_balance_amount,
                        row.last_purchase_date,
                        row.recency_days,
                        consent[row.has_contact_consent],
                    )
                    for row in found.dormant
                ),
                note=rest(len(found.dormant), balances.dormant_count, language),
            ),
        ),
    )
