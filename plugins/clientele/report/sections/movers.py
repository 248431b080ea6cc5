"""Who rose and who fell since the month end before: the first by revenue, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Column, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scheme, Source
from clientele.report.sections.absences import rest
from clientele.report.sections.tiers import Sizes
from clientele.report.words import Texts, Words, speaker
from clientele.tiers.measures import PERCENTAGE, Measure

#: Customers listed on each side; the others are counted.
MOVERS_SHOWN: Final = 8

TEXTS: Final[Texts] = {
    "risers": Words(
        "升级客户（按近12个月净销售额排序）", "Customers who moved up, by net sales of the last 12 months"
    ),
    "fallers": Words(
        "降级客户（按近12个月净销售额排序）", "Customers who moved down, by net sales of the last 12 months"
    ),
    "no_risers": Words("本期没有客户升级。", "Nobody moved up."),
    "no_fallers": Words("本期没有客户降级。", "Nobody moved down."),
    "held_against": Words("{decided}，标准 {threshold}", "{decided}, threshold {threshold}"),
}


@dataclass(frozen=True)
class Mover:
    """A customer that rose or fell; ``movers_count`` is how many did so with it."""

    scheme_id: str
    is_riser: bool
    movers_count: int
    customer_key: str
    previous_tier_code: str
    tier_code: str
    net_sales_12m_amount: Decimal
    deciding_criterion: str | None
    deciding_value: Decimal | None
    threshold_value: Decimal | None
    reason_zh: str | None
    reason_en: str | None


# Only who came into a tier since the date before is looked up in what was held then: few among many.
_MOVERS = """
with arrived as (
    select scheme_id, customer_key, tier_code, tier_rank, valid_from_date
    from tier_history
    where
        scheme_id in (select unnest($main_scheme_ids))
        and valid_from_date > $previous_date
        and valid_from_date <= $as_of_date
        and coalesce(valid_to_date > $as_of_date, true)
),

moved as (
    select
        arrived.scheme_id,
        arrived.customer_key,
        arrived.tier_code,
        arrived.valid_from_date,
        before.tier_code as previous_tier_code,
        arrived.tier_rank > before.tier_rank as is_riser
    from arrived
    inner join tier_history as before
        on
            arrived.customer_key = before.customer_key
            and arrived.scheme_id = before.scheme_id
            and before.valid_from_date <= $previous_date
            and coalesce(before.valid_to_date > $previous_date, true)
            and arrived.tier_rank <> before.tier_rank
),

valued as (
    select
        moved.*,
        coalesce(customer_values_monthly.net_sales_12m_amount, 0) as net_sales_12m_amount,
        count(*) over (partition by moved.scheme_id, moved.is_riser) as movers_count
    from moved
    left join customer_values_monthly
        on
            moved.customer_key = customer_values_monthly.customer_key
            and customer_values_monthly.as_of_date = $as_of_date
),

listed as (
    select *
    from valued
    qualify
        row_number() over (
            partition by scheme_id, is_riser order by net_sales_12m_amount desc, customer_key
        ) <= $movers_shown
)

select
    listed.scheme_id,
    listed.is_riser,
    listed.movers_count,
    listed.customer_key,
    listed.previous_tier_code,
    listed.tier_code,
    listed.net_sales_12m_amount,
    tier_decisions.deciding_criterion,
    tier_decisions.deciding_value,
    tier_decisions.threshold_value,
    customer_tiers.reason_zh,
    customer_tiers.reason_en
from listed
left join tier_decisions
    on
        listed.scheme_id = tier_decisions.scheme_id
        and listed.customer_key = tier_decisions.customer_key
        and listed.valid_from_date = tier_decisions.decided_on_date
left join customer_tiers
    on
        listed.scheme_id = customer_tiers.scheme_id
        and listed.customer_key = customer_tiers.customer_key
        and customer_tiers.as_of_date = $as_of_date
order by
    listed.scheme_id, listed.is_riser desc, listed.net_sales_12m_amount desc, listed.customer_key
"""


def read(source: Source) -> list[Mover]:
    """The movers of the schemes shown whole; none where there is no date before."""
    if source.scope.previous_date is None:
        return []
    return source.rows(Mover, _MOVERS, movers_shown=MOVERS_SHOWN)


def say(movers: Sequence[Mover], sizes: Sizes, scheme: Scheme, language: Language) -> list[Block]:
    """The risers and the fallers of a scheme."""
    words = speaker(TEXTS, language)
    names = {code: name.of(language) for code, name in sizes.names(scheme.scheme_id).items()}
    blocks: list[Block] = []
    for key, is_riser in (("risers", True), ("fallers", False)):
        listed = [
            mover for mover in movers if mover.scheme_id == scheme.scheme_id and mover.is_riser == is_riser
        ]
        if not listed:
            blocks.append(Text(words(f"no_{key}"), style="note"))
            continue
        blocks.append(
            Table(
                caption=words(key),
                columns=(
                    Column(words("customer"), "customer"),
                    Column(words("from_tier")),
                    Column(words("to_tier"), tone="good" if is_riser else "bad"),
                    Column(words("net_sales_12m"), "exact_amount"),
                    Column(words("reason"), is_wide=True),
                ),
                rows=tuple(
                    (
                        mover.customer_key,
                        names.get(mover.previous_tier_code, mover.previous_tier_code),
                        names.get(mover.tier_code, mover.tier_code),
                        mover.net_sales_12m_amount,
                        reason(mover, scheme, language),
                    )
                    for mover in listed
                ),
                note=rest(len(listed), listed[0].movers_count, language),
            )
        )
    return blocks


def reason(mover: Mover, scheme: Scheme, language: Language) -> str | None:
    """The published reason, or where the date has none what decided, with its figure if there is one."""
    said = Words(mover.reason_zh or "", mover.reason_en or "").of(language).strip()
    if said or mover.deciding_criterion is None:
        return said or None
    words = speaker(TEXTS, language)
    measure = scheme.measure(mover.deciding_criterion)
    decided = Words(measure.zh, measure.en).of(language)
    if mover.deciding_value is not None:
        decided = f"{decided} {_figure(mover.deciding_value, measure)}"
    if mover.threshold_value is None:
        return decided
    return words("held_against", decided=decided, threshold=_figure(mover.threshold_value, measure))


def _figure(value: Decimal, measure: Measure) -> str:
    return formats.number(value) + ("%" if measure.unit == PERCENTAGE else "")
