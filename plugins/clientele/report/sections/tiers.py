"""The tiers of a scheme: customers and revenue side by side as a pyramid, and their shares month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from clientele.report import formats
from clientele.report.blocks import Bar, Block, Chart, Column, Pair, Series, Table, Text
from clientele.report.charts import tier_colour
from clientele.report.formats import Language
from clientele.report.reading import DATES_SHOWN, PYRAMID, Scope, Source
from clientele.report.words import Speaker, Texts, Words, speaker

ZERO: Final = Decimal(0)


class TopShareClaim(NamedTuple):
    """A rule of thumb about a scheme that the report holds against the figures; it decides no tier."""

    tiers_count: int
    share: Decimal
    tolerance: Decimal


#: The customer pyramid is drawn because its first two tiers are said to bring about 80% of revenue.
TOP_SHARE_CLAIMS: Final = {PYRAMID: TopShareClaim(2, Decimal("0.80"), Decimal("0.05"))}

TEXTS: Final[Texts] = {
    "pyramid": Words(
        "客户与近12个月净销售额在各等级的分布，增减为较上月末",
        "Customers and net sales of 12 months by tier, change since last month end",
    ),
    "average": Words("人均", "Per customer"),
    "over_time_customers": Words("各月末的等级构成：客户", "Tier shares at each month end: customers"),
    "over_time_net_sales": Words(
        "各月末的等级构成：近12个月净销售额", "Tier shares at each month end: net sales, 12 months"
    ),
    "no_history": Words(
        "只有一个计算日期，下月起显示变化。", "Only one date has been computed; changes show from next month."
    ),
    "and": Words("与", " and "),
    "top_share_about": Words(
        "{tiers}合计占客户的 {customers}，贡献净销售额的 {net_sales}：符合“约占 {claimed}”的经验。",
        "{tiers} together are {customers} of customers and bring {net_sales} of net sales: "
        "in line with the rule of thumb of about {claimed}.",
    ),
    "top_share_less": Words(
        "{tiers}合计占客户的 {customers}，贡献净销售额的 {net_sales}：低于“约占 {claimed}”的经验。",
        "{tiers} together are {customers} of customers and bring {net_sales} of net sales: "
        "less than the rule of thumb of about {claimed}.",
    ),
    "top_share_more": Words(
        "{tiers}合计占客户的 {customers}，贡献净销售额的 {net_sales}：高于“约占 {claimed}”的经验。",
        "{tiers} together are {customers} of customers and bring {net_sales} of net sales: "
        "more than the rule of thumb of about {claimed}.",
    ),
}


@dataclass(frozen=True)
class TierSize:
    """One tier of one scheme at one computed date."""

    as_of_date: date
    scheme_id: str
    tier_code: str
    tier_rank: int
    tier_name_zh: str
    tier_name_en: str
    customers_count: int
    customers_ratio: Decimal | None
    net_sales_12m_amount: Decimal
    net_sales_12m_ratio: Decimal | None

    @property
    def name(self) -> Words:
        return Words(self.tier_name_zh, self.tier_name_en)


_SIZES = """
with dates as (
    select distinct as_of_date
    from tier_sizes
    where as_of_date <= $as_of_date
    order by as_of_date desc
    limit $dates
)

select
    as_of_date,
    scheme_id,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    customers_count,
    customers_ratio,
    coalesce(net_sales_12m_amount, 0) as net_sales_12m_amount,
    net_sales_12m_ratio
from tier_sizes
where as_of_date in (select as_of_date from dates)
order by scheme_id, as_of_date, tier_rank desc, tier_code
"""


@dataclass(frozen=True)
class Sizes:
    """The tiers of every scheme, at the report's date and the computed ones of the year before it."""

    scope: Scope
    rows: tuple[TierSize, ...]

    def at(self, scheme_id: str, day: date | None) -> list[TierSize]:
        """The tiers of a scheme at a date, the best first."""
        return [row for row in self.rows if row.scheme_id == scheme_id and row.as_of_date == day]

    def now(self, scheme_id: str) -> list[TierSize]:
        """The tiers of a scheme at the report's date, the best first."""
        return self.at(scheme_id, self.scope.as_of_date)

    def names(self, scheme_id: str) -> dict[str, Words]:
        """What the tiers of a scheme are called, as newly as is known."""
        return {row.tier_code: row.name for row in self.rows if row.scheme_id == scheme_id}

    def colours(self, scheme_id: str) -> dict[str, str]:
        """The colour of each tier of a scheme: the better, the darker."""
        tiers = {row.tier_code: row.tier_rank for row in self.rows if row.scheme_id == scheme_id}
        best_first = sorted(tiers, key=lambda code: (-tiers[code], code))
        last = max(len(best_first) - 1, 1)
        return {code: tier_colour(place / last) for place, code in enumerate(best_first)}


def read(source: Source) -> Sizes:
    """The tier sizes of every scheme."""
    return Sizes(source.scope, tuple(source.rows(TierSize, _SIZES, dates=DATES_SHOWN)))


@dataclass(frozen=True)
class TopShare:
    """What the first tiers hold, against what a rule of thumb says they hold."""

    names: tuple[Words, ...]
    customers_ratio: Decimal
    net_sales_12m_ratio: Decimal
    claimed_ratio: Decimal
    verdict: Literal["about", "less", "more"]


def top_share(scheme_id: str, tiers: Sequence[TierSize]) -> TopShare | None:
    """Hold the first tiers of a scheme against its rule of thumb; None where there is none, or no revenue."""
    claim = TOP_SHARE_CLAIMS.get(scheme_id)
    customers = sum(tier.customers_count for tier in tiers)
    net_sales = sum((tier.net_sales_12m_amount for tier in tiers), ZERO)
    if claim is None or not customers or net_sales <= 0:
        return None
    first = tiers[: claim.tiers_count]
    held = sum((tier.net_sales_12m_amount for tier in first), ZERO) / net_sales
    verdict: Literal["about", "less", "more"] = "about"
    if abs(held - claim.share) > claim.tolerance:
        verdict = "less" if held < claim.share else "more"
    return TopShare(
        names=tuple(tier.name for tier in first),
        customers_ratio=Decimal(sum(tier.customers_count for tier in first)) / customers,
        net_sales_12m_ratio=held,
        claimed_ratio=claim.share,
        verdict=verdict,
    )


def say(sizes: Sizes, scheme_id: str, language: Language) -> list[Block]:
    """The pyramid of a scheme, what a rule of thumb says of it, and its shares over time."""
    words = speaker(TEXTS, language)
    tiers = sizes.now(scheme_id)
    blocks: list[Block] = []
    share = top_share(scheme_id, tiers)
    if share is not None:
        blocks.append(_claim(share, words, language))
    blocks.append(_pyramid(tiers, sizes.at(scheme_id, sizes.scope.previous_date), words, language))
    blocks.append(_history(sizes, scheme_id, words, language))
    return blocks


def _claim(share: TopShare, words: Speaker, language: Language) -> Text:
    said = words(
        f"top_share_{share.verdict}",
        tiers=words("and").join(name.of(language) for name in share.names),
        customers=formats.percent(share.customers_ratio),
        net_sales=formats.percent(share.net_sales_12m_ratio),
        claimed=f"{share.claimed_ratio * 100:.0f}%",
    )
    return Text(said, style="statement", tone="bad" if share.verdict == "less" else "good")


def _pyramid(
    tiers: Sequence[TierSize], before: Sequence[TierSize], words: Speaker, language: Language
) -> Table:
    counts = {tier.tier_code: tier.customers_count for tier in before}
    largest = max(
        (ratio or ZERO for tier in tiers for ratio in (tier.customers_ratio, tier.net_sales_12m_ratio)),
        default=ZERO,
    )
    last = max(len(tiers) - 1, 1)
    customers = sum(tier.customers_count for tier in tiers)
    net_sales = sum((tier.net_sales_12m_amount for tier in tiers), ZERO)

    def change(tier: TierSize) -> int | None:
        return tier.customers_count - counts.get(tier.tier_code, 0) if before else None

    return Table(
        caption=words("pyramid"),
        style="pyramid",
        columns=(
            Column(words("tier")),
            Column(words("change"), "change"),
            Column(words("customers"), "count"),
            Column(words("customers_ratio"), "ratio"),
            Column("", "bar"),
            Column("", "bar"),
            Column(words("net_sales_ratio"), "ratio"),
            Column(words("net_sales_12m"), "amount"),
            Column(words("average"), "amount"),
        ),
        rows=tuple(
            (
                tier.name.of(language),
                change(tier),
                tier.customers_count,
                tier.customers_ratio,
                Bar(tier.customers_ratio, largest, place / last, "left"),
                Bar(tier.net_sales_12m_ratio, largest, place / last, "right"),
                tier.net_sales_12m_ratio,
                tier.net_sales_12m_amount,
                tier.net_sales_12m_amount / tier.customers_count if tier.customers_count else None,
            )
            for place, tier in enumerate(tiers)
        ),
        total=(
            words("total"),
            customers - sum(counts.values()) if before else None,
            customers,
            None,
            None,
            None,
            None,
            net_sales,
            net_sales / customers if customers else None,
        ),
    )


def _history(sizes: Sizes, scheme_id: str, words: Speaker, language: Language) -> Block:
    rows = [row for row in sizes.rows if row.scheme_id == scheme_id]
    dates = sorted({row.as_of_date for row in rows})
    if len(dates) < 2:
        return Text(words("no_history"), style="note")
    names, colours = sizes.names(scheme_id), sizes.colours(scheme_id)
    by_place = {(row.tier_code, row.as_of_date): row for row in rows}

    def series(code: str, measure: Literal["customers", "net_sales"]) -> Series:
        found = [by_place.get((code, day)) for day in dates]
        values = [
            None
            if row is None
            else row.customers_count
            if measure == "customers"
            else row.net_sales_12m_amount
            for row in found
        ]
        return Series(names[code].of(language), tuple(values), colours[code])

    categories = tuple(formats.month(day) for day in dates)
    return Pair(
        Chart(
            words("over_time_customers"),
            "shares",
            categories,
            tuple(series(code, "customers") for code in colours),
            "count",
        ),
        Chart(
            words("over_time_net_sales"),
            "shares",
            categories,
            tuple(series(code, "net_sales") for code in colours),
            "amount",
        ),
    )
