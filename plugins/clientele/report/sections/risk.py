"""Customers at risk in the best tiers: those whom the predictions hold for gone, by the sales at stake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from clientele.report.blocks import Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import absent, rest
from clientele.report.words import Texts, Words, speaker

RISKS_SHOWN: Final = 12

TEXTS: Final[Texts] = {
    "title": Words("最高等级中有流失风险的客户", "Customers at risk in the best tiers"),
    "intro": Words(
        "预测（见 prediction_models）认为已经离开的可能性大于留下的客户；"
        "风险金额为近12个月净销售额乘以离开的概率。",
        "Customers whom the predictions (see prediction_models) hold for gone rather than here; sales at "
        "stake are the "
        "net sales of 12 months times the chance that they are gone.",
    ),
    "by_scheme": Words("各方案的最高等级", "The best tier of each scheme"),
    "at_risk": Words("有风险客户", "At risk"),
    "at_risk_ratio": Words("占该等级", "Of the tier"),
    "net_sales_at_risk": Words("其净销售额", "Their net sales"),
    "stake": Words("风险金额", "Sales at stake"),
    "list": Words("有风险的客户（按风险金额排序）", "Customers at risk, by sales at stake"),
    "tiers": Words("所在等级", "Best tier of"),
    "alive": Words("仍活跃的概率", "Chance still active"),
    "nobody": Words(
        "最高等级中没有客户的离开可能性大于留下。", "Nobody in a best tier is gone rather than here."
    ),
    "no_predictions": Words(
        "该日期没有公布购买预测，无法判断谁有流失风险。",
        "No predictions are published for this date, so nobody can be said to be at risk.",
    ),
}


@dataclass(frozen=True)
class BestTier:
    """The best tier of a scheme that anybody is in, and how much of it is at risk."""

    scheme_id: str
    tier_name_zh: str
    tier_name_en: str
    customers_count: int
    predicted_count: int
    at_risk_count: int
    at_risk_net_sales_amount: Decimal
    stake_amount: Decimal


@dataclass(frozen=True)
class AtRisk:
    """A customer at risk; ``scheme_ids`` are those whose best tier the customer is in."""

    customer_key: str
    scheme_ids: list[str]
    last_purchase_date: date | None
    alive_ratio: Decimal
    net_sales_12m_amount: Decimal
    stake_amount: Decimal
    at_risk_count: int


# At risk: gone is likelier than not. The product of two decimals is rounded to the cent, exactly.
_HELD = """
with best as (
    select scheme_id, tier_code, tier_rank, tier_name_zh, tier_name_en
    from tier_sizes
    where
        as_of_date = $as_of_date
        and customers_count > 0
        and scheme_id in (select unnest($main_scheme_ids))
    qualify row_number() over (partition by scheme_id order by tier_rank desc, tier_code) = 1
),

held as (
    select
        best.scheme_id,
        tier_history.customer_key,
        customer_values_monthly.last_purchase_date,
        customer_values_monthly.predicted_alive_ratio as alive_ratio,
        coalesce(customer_values_monthly.net_sales_12m_amount, 0) as net_sales_12m_amount,
        coalesce(customer_values_monthly.predicted_alive_ratio < 0.5, false) as is_at_risk,
        cast(
            greatest(coalesce(customer_values_monthly.net_sales_12m_amount, 0), 0)
            * (1 - customer_values_monthly.predicted_alive_ratio) as decimal(18, 2)
        ) as stake_amount
    from tier_history
    inner join best
        on tier_history.scheme_id = best.scheme_id and tier_history.tier_code = best.tier_code
    inner join customer_values_monthly
        on
            tier_history.customer_key = customer_values_monthly.customer_key
            and customer_values_monthly.as_of_date = $as_of_date
    where
        tier_history.valid_from_date <= $as_of_date
        and coalesce(tier_history.valid_to_date > $as_of_date, true)
)
"""

_BEST = (
    _HELD
    + """
select
    best.scheme_id,
    any_value(best.tier_name_zh) as tier_name_zh,
    any_value(best.tier_name_en) as tier_name_en,
    count(*) as customers_count,
    count(held.alive_ratio) as predicted_count,
    count(*) filter (where held.is_at_risk) as at_risk_count,
    coalesce(sum(held.net_sales_12m_amount) filter (where held.is_at_risk), 0) as at_risk_net_sales_amount,
    coalesce(sum(held.stake_amount) filter (where held.is_at_risk), 0) as stake_amount
from held
inner join best using (scheme_id)
group by best.scheme_id
order by best.scheme_id
"""
)

_AT_RISK = (
    _HELD
    + """
select
    customer_key,
    list(scheme_id order by scheme_id) as scheme_ids,
    any_value(last_purchase_date) as last_purchase_date,
    any_value(alive_ratio) as alive_ratio,
    any_value(net_sales_12m_amount) as net_sales_12m_amount,
    any_value(stake_amount) as stake_amount,
    count(*) over () as at_risk_count
from held
where is_at_risk
group by customer_key
order by stake_amount desc, customer_key
limit $risks_shown
"""
)


@dataclass(frozen=True)
class Risk:
    """The best tiers and the customers at risk in them."""

    scope: Scope
    tiers: tuple[BestTier, ...]
    customers: tuple[AtRisk, ...]


def read(source: Source) -> Risk:
    """The customers at risk in the best tier of any scheme shown whole."""
    return Risk(
        source.scope,
        tuple(source.rows(BestTier, _BEST)),
        tuple(source.rows(AtRisk, _AT_RISK, risks_shown=RISKS_SHOWN)),
    )


def say(risk: Risk, language: Language) -> Section:
    """How much of each best tier is at risk, and whom to call first."""
    words = speaker(TEXTS, language)
    if not any(tier.predicted_count for tier in risk.tiers):
        return absent("risk", words("title"), words("no_predictions"))
    titles = {scheme.scheme_id: scheme.title.of(language) for scheme in risk.scope.schemes}
    by_scheme = Table(
        caption=words("by_scheme"),
        columns=(
            Column(words("scheme"), is_wide=True),
            Column(words("tier")),
            Column(words("customers"), "count"),
            Column(words("at_risk"), "count", tone="bad"),
            Column(words("at_risk_ratio"), "ratio"),
            Column(words("net_sales_at_risk"), "amount"),
            Column(words("stake"), "amount"),
        ),
        rows=tuple(
            (
                titles[tier.scheme_id],
                Words(tier.tier_name_zh, tier.tier_name_en).of(language),
                tier.customers_count,
                tier.at_risk_count,
                Decimal(tier.at_risk_count) / tier.customers_count,
                tier.at_risk_net_sales_amount,
                tier.stake_amount,
            )
            for tier in risk.tiers
        ),
    )
    if not risk.customers:
        return Section("risk", words("title"), (by_scheme, Text(words("nobody"), style="note")))
    customers = Table(
        caption=words("list"),
        columns=(
            Column(words("customer"), "customer"),
            Column(words("tiers"), is_wide=True),
            Column(words("last_purchase"), "date"),
            Column(words("alive"), "ratio"),
            Column(words("net_sales_12m"), "exact_amount"),
            Column(words("stake"), "exact_amount", tone="bad"),
        ),
        rows=tuple(
            (
                row.customer_key,
                "；".join(titles[name] for name in row.scheme_ids)
                if language == "zh"
                else "; ".join(titles[name] for name in row.scheme_ids),
                row.last_purchase_date,
                row.alive_ratio,
                row.net_sales_12m_amount,
                row.stake_amount,
            )
            for row in risk.customers
        ),
        note=rest(len(risk.customers), risk.customers[0].at_risk_count, language),
    )
    return Section("risk", words("title"), (Text(words("intro"), style="note"), by_scheme, customers))
