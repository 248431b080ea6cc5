"""Who brought other customers, and what those bought."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import absent, of_release, rest
from clientele.report.words import Texts, Words, speaker

REFERRERS_SHOWN: Final = 10

TEXTS: Final[Texts] = {
    "title": Words("推荐", "Referrals"),
    "none": Words(
        "没有任何推荐记录：没有推荐数据，或尚无人推荐。",
        "No referral is recorded: there is no such feed, or nobody has brought anybody yet.",
    ),
    "sentence": Words(
        "{referrers} 位客户直接带来了 {made} 位客户，其中 {converted} 位已购买，近12个月净销售额 {amount}。",
        "{referrers} customers brought {made} others, {converted} of whom have bought: "
        "net sales of {amount} in 12 months.",
    ),
    "list": Words("带来最多净销售额的推荐人", "Those whose referrals bought most"),
    "made": Words("推荐人数", "Brought"),
    "converted": Words("已购买", "Of whom bought"),
    "referred_sales": Words("被推荐人净销售额", "Net sales of the referred"),
    "network": Words("间接合计人数", "Brought directly and indirectly"),
    "own_sales": Words("本人净销售额", "Own net sales"),
}


@dataclass(frozen=True)
class Totals:
    """Referrals of all customers."""

    referrers_count: int
    made_count: int
    converted_count: int
    referred_net_sales_amount: Decimal


@dataclass(frozen=True)
class Referrer:
    """A customer who brought others."""

    customer_key: str
    referrals_made_count: int
    referrals_converted_count: int
    referral_network_count: int | None
    referred_net_sales_12m_amount: Decimal
    net_sales_12m_amount: Decimal


_TOTALS = """
select
    count(*) filter (where referrals_made_count > 0) as referrers_count,
    coalesce(sum(referrals_made_count), 0)::bigint as made_count,
    coalesce(sum(referrals_converted_count), 0)::bigint as converted_count,
    coalesce(sum(referred_net_sales_12m_amount), 0) as referred_net_sales_amount
from customer_values
"""

_REFERRERS = """
select
    customer_key,
    referrals_made_count,
    coalesce(referrals_converted_count, 0) as referrals_converted_count,
    referral_network_count,
    coalesce(referred_net_sales_12m_amount, 0) as referred_net_sales_12m_amount,
    coalesce(net_sales_12m_amount, 0) as net_sales_12m_amount
from customer_values
where referrals_made_count > 0
order by 5 desc, referrals_made_count desc, customer_key
limit $referrers_shown
"""


@dataclass(frozen=True)
class Referrals:
    """Totals and the first referrers."""

    scope: Scope
    totals: Totals
    referrers: tuple[Referrer, ...]


def read(source: Source) -> Referrals:
    """Referrals as of the release's date, the only one they are published for."""
    return Referrals(
        source.scope,
        source.row(Totals, _TOTALS),
        tuple(source.rows(Referrer, _REFERRERS, referrers_shown=REFERRERS_SHOWN)),
    )


def say(found: Referrals, language: Language) -> Section:
    """How much referrals brought, and who made them."""
    words = speaker(TEXTS, language)
    totals = found.totals
    if not totals.referrers_count:
        return absent("referrals", words("title"), words("none"))
    return Section(
        "referrals",
        words("title"),
        (
            *of_release(found.scope, language),
            Text(
                words(
                    "sentence",
                    referrers=formats.count(totals.referrers_count),
                    made=formats.count(totals.made_count),
                    converted=formats.count(totals.converted_count),
                    amount=formats.amount(totals.referred_net_sales_amount),
                )
            ),
            Table(
                caption=words("list"),
                columns=(
                    Column(words("customer"), "customer"),
                    Column(words("made"), "count"),
                    Column(words("converted"), "count"),
                    Column(words("network"), "count"),
                    Column(words("referred_sales"), "exact_amount"),
                    Column(words("own_sales"), "exact_amount"),
                ),
                rows=tuple(
                    (
                        row.customer_key,
                        row.referrals_made_count,
                        row.referrals_converted_count,
                        row.referral_network_count,
                        row.referred_net_sales_12m_amount,
                        row.net_sales_12m_amount,
                    )
                    for row in found.referrers
                ),
                note=rest(len(found.referrers), totals.referrers_count, language),
            ),
        ),
    )
