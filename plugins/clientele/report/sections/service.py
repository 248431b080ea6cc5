"""What service the tiers get: complaints by tier, and effort beside revenue where staff log their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clientele.report.blocks import Block, Cell, Column, Section, Shade, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import of_release
from clientele.report.words import Texts, Words, speaker

#: The handbook's example of a shop whose effort goes to the wrong customers: shares of revenue, of customers
#: and of effort by tier. It decides nothing; the figures are laid beside it.
HANDBOOK: Final = {
    "A": (Decimal("0.70"), Decimal("0.10"), Decimal("0.15")),
    "B": (Decimal("0.20"), Decimal("0.20"), Decimal("0.25")),
    "C": (Decimal("0.10"), Decimal("0.70"), Decimal("0.60")),
}

TEXTS: Final[Texts] = {
    "complaints": Words("各等级的投诉", "Complaints by tier"),
    "no_complaints": Words(
        "近12个月没有任何投诉记录：没有服务数据，或无人投诉。",
        "No complaint of 12 months is recorded: there is no feed of service events, or nobody complained.",
    ),
    "complaints_caption": Words("近12个月的投诉", "Complaints of the last 12 months"),
    "complainers": Words("投诉客户", "Complained"),
    "complaints_count": Words("投诉次数", "Complaints"),
    "per_hundred": Words("每百位客户", "Per 100 customers"),
    "open": Words("未结", "Open"),
    "oldest": Words("最久未结天数", "Oldest open, days"),
    "effort": Words("资源错配", "Resource mismatch"),
    "no_effort": Words(
        "没有服务时长数据，无法比较投入与收入；手册的例子：A 70/10/15，B 20/20/25，C 10/70/60"
        "（收入/客户/投入的占比，%）。",
        "No minutes of service are logged, so effort cannot be held against revenue. The handbook's example: "
        "A 70/10/15, B 20/20/25, C 10/70/60 (shares of revenue, customers and effort, %).",
    ),
    "no_abc": Words(
        "没有 A、B、C 三级的方案，无法与手册的例子比较。",
        "No scheme has the tiers A, B and C, so there is nothing to lay beside the handbook's example.",
    ),
    "effort_intro": Words(
        "手册的例子：C 类客户贡献 10% 的收入，却占去 60% 的投入。投入为近12个月记录的服务分钟数；"
        "差距为投入占比减收入占比。",
        "The handbook's example: C customers bring 10% of revenue and take 60% of the effort. Effort is "
        "the minutes of "
        "service logged in 12 months; the gap is the share of effort less that of revenue.",
    ),
    "revenue": Words("收入", "Revenue"),
    "effort_ratio": Words("投入", "Effort"),
    "handbook": Words("手册", "Handbook"),
    "gap": Words("差距", "Gap"),
    "minutes": Words("服务分钟", "Minutes"),
    "reading": Words("投入与收入相比", "Effort beside revenue"),
    "too_much": Words("偏多", "more"),
    "too_little": Words("偏少", "less"),
}


@dataclass(frozen=True)
class TierService:
    """A tier's customers, revenue, complaints and effort, each over twelve months."""

    scheme_id: str
    tier_code: str
    tier_name_zh: str
    tier_name_en: str
    customers_count: int
    net_sales_12m_amount: Decimal
    complainers_count: int
    complaints_count: int
    open_count: int
    oldest_open_days: int | None
    service_minutes_count: int


# Schemes shown whole, and every scheme of the tiers A, B and C.
_SERVICE = """
with letters as (
    select scheme_id
    from tier_sizes
    where as_of_date = $release_date
    group by scheme_id
    having list_sort(list(tier_code)) = ['A', 'B', 'C']
)

select
    customer_tiers.scheme_id,
    customer_tiers.tier_code,
    any_value(customer_tiers.tier_name_zh) as tier_name_zh,
    any_value(customer_tiers.tier_name_en) as tier_name_en,
    count(*) as customers_count,
    coalesce(sum(customer_values.net_sales_12m_amount), 0) as net_sales_12m_amount,
    count(*) filter (where customer_values.complaints_12m_count > 0) as complainers_count,
    coalesce(sum(customer_values.complaints_12m_count), 0)::bigint as complaints_count,
    coalesce(sum(customer_values.open_complaints_count), 0)::bigint as open_count,
    max(customer_values.oldest_open_complaint_days) as oldest_open_days,
    coalesce(sum(customer_values.service_minutes_12m_count), 0)::bigint as service_minutes_count
from customer_tiers
inner join customer_values using (customer_key)
where
    customer_tiers.scheme_id in (select unnest($main_scheme_ids))
    or customer_tiers.scheme_id in (select scheme_id from letters)
group by customer_tiers.scheme_id, customer_tiers.tier_code
order by customer_tiers.scheme_id, any_value(customer_tiers.tier_rank) desc, customer_tiers.tier_code
"""


@dataclass(frozen=True)
class Service:
    """The tiers of the schemes."""

    scope: Scope
    tiers: tuple[TierService, ...]


def read(source: Source) -> Service:
    """Service as of the release's date, the only one it is published for."""
    return Service(source.scope, tuple(source.rows(TierService, _SERVICE)))


def say(found: Service, language: Language) -> list[Section]:
    """Complaints by tier, and effort beside revenue."""
    words = speaker(TEXTS, language)
    return [
        Section("complaints", words("complaints"), _complaints(found, language)),
        Section("effort", words("effort"), _effort(found, language)),
    ]


def _complaints(found: Service, language: Language) -> tuple[Block, ...]:
    words = speaker(TEXTS, language)
    main = {scheme.scheme_id: scheme.title.of(language) for scheme in found.scope.main_schemes}
    tiers = [tier for tier in found.tiers if tier.scheme_id in main]
    if not any(tier.complaints_count or tier.open_count for tier in tiers):
        return (Text(words("no_complaints"), style="absent"),)
    rows = []
    for place, tier in enumerate(tiers):
        is_first = place == 0 or tiers[place - 1].scheme_id != tier.scheme_id
        hundred = Decimal(tier.complaints_count * 100) / tier.customers_count
        rows.append(
            (
                main[tier.scheme_id] if is_first else None,
                Words(tier.tier_name_zh, tier.tier_name_en).of(language),
                tier.customers_count,
                tier.complainers_count,
                tier.complaints_count,
                hundred,
                tier.open_count,
                tier.oldest_open_days,
            )
        )
    return (
        *of_release(found.scope, language),
        Table(
            caption=words("complaints_caption"),
            columns=(
                Column(words("scheme"), is_wide=True),
                Column(words("tier")),
                Column(words("customers"), "count"),
                Column(words("complainers"), "count"),
                Column(words("complaints_count"), "count"),
                Column(words("per_hundred"), "tenths"),
                Column(words("open"), "count", tone="bad"),
                Column(words("oldest"), "count"),
            ),
            rows=tuple(rows),
        ),
    )


def _effort(found: Service, language: Language) -> tuple[Block, ...]:
    words = speaker(TEXTS, language)
    if not any(tier.service_minutes_count for tier in found.tiers):
        return (Text(words("no_effort"), style="absent"),)
    titles = {scheme.scheme_id: scheme.title.of(language) for scheme in found.scope.schemes}
    lettered = [
        scheme_id
        for scheme_id in titles
        if {tier.tier_code for tier in found.tiers if tier.scheme_id == scheme_id} == set(HANDBOOK)
    ]
    if not lettered:
        return (Text(words("no_abc"), style="absent"),)
    return (
        *of_release(found.scope, language),
        Text(words("effort_intro"), style="note"),
        *(
            _mismatch(
                [tier for tier in found.tiers if tier.scheme_id == scheme_id], titles[scheme_id], language
            )
            for scheme_id in lettered
        ),
    )


def _mismatch(tiers: Sequence[TierService], title: str, language: Language) -> Table:
    words = speaker(TEXTS, language)
    revenue = sum((max(tier.net_sales_12m_amount, Decimal(0)) for tier in tiers), Decimal(0))
    customers = sum(tier.customers_count for tier in tiers)
    minutes = sum(tier.service_minutes_count for tier in tiers)

    def cells(tier: TierService) -> tuple[Cell, ...]:
        ours = (
            max(tier.net_sales_12m_amount, Decimal(0)) / revenue if revenue else None,
            Decimal(tier.customers_count) / customers if customers else None,
            Decimal(tier.service_minutes_count) / minutes if minutes else None,
        )
        said = HANDBOOK[tier.tier_code]
        gap = None if ours[0] is None or ours[2] is None else ours[2] - ours[0]
        beside = (cell for pair in zip(ours, said, strict=True) for cell in pair)
        return (
            Words(tier.tier_name_zh, tier.tier_name_en).of(language),
            *beside,
            Shade(gap, "bad", min(abs(float(gap or 0)), 1.0)),
            said[2] - said[0],
            tier.service_minutes_count,
            None if not gap else words("too_much" if gap > 0 else "too_little"),
        )

    return Table(
        caption=title,
        shaded="points",
        columns=(
            Column(words("tier")),
            Column(words("revenue"), "ratio"),
            Column(words("handbook"), "ratio"),
            Column(words("customers_ratio"), "ratio"),
            Column(words("handbook"), "ratio"),
            Column(words("effort_ratio"), "ratio"),
            Column(words("handbook"), "ratio"),
            Column(words("gap"), "points"),
            Column(words("handbook"), "points"),
            Column(words("minutes"), "count"),
            Column(words("reading")),
        ),
        rows=tuple(cells(tier) for tier in tiers),
    )
