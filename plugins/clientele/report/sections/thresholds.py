"""Who is near a threshold: customers whom one usual visit more, or less, would bring into another tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clientele.report.blocks import Block, Column, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scheme, Source
from clientele.report.sections.absences import rest
from clientele.report.sections.tiers import Sizes
from clientele.report.words import Texts, Words, speaker

#: Customers listed on each side; the others are counted.
NEAR_SHOWN: Final = 6

TEXTS: Final[Texts] = {
    "near_up": Words(
        "离更高等级只差一次平常消费（按近12个月净销售额排序）",
        "One usual visit away from a better tier, by net sales of the last 12 months",
    ),
    "near_down": Words(
        "再少一次平常消费就会低于标准（按近12个月净销售额排序）",
        "One usual visit less and the rules give a lower tier, by net sales of the last 12 months",
    ),
    "nobody_up": Words(
        "没有客户离更高等级只差一次平常消费。", "Nobody is one usual visit away from a better tier."
    ),
    "nobody_down": Words(
        "没有客户因再少一次平常消费而低于标准。", "Nobody would fall with one usual visit less."
    ),
    "not_measured": Words(
        "本方案的等级不由金额或次数的单一标准决定，无法说明谁接近标准。",
        "No single amount or number of visits decides this scheme, so nobody can be said to be near a "
        "threshold.",
    ),
    "rules_tier": Words("现等级（按规则）", "Tier by the rules"),
    "other_tier": Words("将到等级", "Would become"),
    "needed": Words("所需变化", "Change that is enough"),
    "figure": Words("指标", "Figure"),
    "usual_visit": Words("次均消费额", "Usual visit"),
}


@dataclass(frozen=True)
class Near:
    """A customer near a threshold; ``near_count`` is how many are so on its side.

    ``change_value`` is in the unit of ``change_metric``; without a customer, the scheme can measure nearness
    and nobody is near on the side.
    """

    scheme_id: str
    is_upward: bool
    near_count: int
    customer_key: str | None
    tier_code: str | None
    change_tier_code: str | None
    change_metric: str | None
    change_value: Decimal | None
    usual_visit_amount: Decimal | None
    net_sales_12m_amount: Decimal | None


# A usual visit is the customer's own: their average of twelve months for amounts, one for counts of visits.
# The change that is published is the smallest in any direction, so nobody stands on both sides.
_NEAR = """
with tiers as (
    select scheme_id, tier_code, tier_rank
    from tier_sizes
    where as_of_date = $as_of_date
),

decided as (
    select
        tier_decisions.scheme_id,
        tier_decisions.customer_key,
        tier_decisions.computed_tier_code as tier_code,
        tier_decisions.change_tier_code,
        tier_decisions.change_metric,
        tier_decisions.change_value,
        tiers.tier_rank > tier_decisions.computed_tier_rank as is_upward
    from tier_decisions
    inner join tiers
        on tier_decisions.scheme_id = tiers.scheme_id and tier_decisions.change_tier_code = tiers.tier_code
    where
        tier_decisions.scheme_id in (select unnest($main_scheme_ids))
        and tier_decisions.decided_on_date = $as_of_date
        and tier_decisions.change_value is not null
        and (
            tier_decisions.change_metric like 'net\\_sales\\_%\\_amount' escape '\\'
            or tier_decisions.change_metric like 'visits\\_%\\_count' escape '\\'
        )
        and tiers.tier_rank <> tier_decisions.computed_tier_rank
),

valued as (
    select
        decided.*,
        round(customer_values_monthly.average_visit_12m_amount, 2) as usual_visit_amount,
        coalesce(customer_values_monthly.net_sales_12m_amount, 0) as net_sales_12m_amount
    from decided
    inner join customer_values_monthly
        on
            decided.customer_key = customer_values_monthly.customer_key
            and customer_values_monthly.as_of_date = $as_of_date
),

near as (
    select *
    from valued
    where
        abs(change_value)
        <= case when change_metric like 'net\\_sales%' escape '\\' then usual_visit_amount else 1 end
),

listed as (
    select
        *,
        count(*) over (partition by scheme_id, is_upward) as near_count
    from near
    qualify
        row_number() over (
            partition by scheme_id, is_upward order by net_sales_12m_amount desc, customer_key
        ) <= $near_shown
),

sides as (
    select distinct scheme_id, is_upward
    from decided
)

select
    sides.scheme_id,
    sides.is_upward,
    coalesce(listed.near_count, 0) as near_count,
    listed.customer_key,
    listed.tier_code,
    listed.change_tier_code,
    listed.change_metric,
    listed.change_value,
    listed.usual_visit_amount,
    listed.net_sales_12m_amount
from sides
left join listed on sides.scheme_id = listed.scheme_id and sides.is_upward = listed.is_upward
order by sides.scheme_id, sides.is_upward desc, listed.net_sales_12m_amount desc, listed.customer_key
"""


def read(source: Source) -> list[Near]:
    """Who is near a threshold in the schemes shown whole."""
    return source.rows(Near, _NEAR, near_shown=NEAR_SHOWN)


def say(near: Sequence[Near], sizes: Sizes, scheme: Scheme, language: Language) -> list[Block]:
    """Who is near a threshold of a scheme, upward and downward."""
    words = speaker(TEXTS, language)
    names = {code: name.of(language) for code, name in sizes.names(scheme.scheme_id).items()}
    of_scheme = [row for row in near if row.scheme_id == scheme.scheme_id]
    if not of_scheme:
        return [Text(words("not_measured"), style="note")]
    blocks: list[Block] = []
    for side, is_upward in (("up", True), ("down", False)):
        on_side = [row for row in of_scheme if row.is_upward == is_upward]
        if not on_side:
            # Of some schemes only the way up can be measured: nothing is then said of the way down.
            continue
        listed = [row for row in on_side if row.customer_key is not None]
        if not listed:
            blocks.append(Text(words(f"nobody_{side}"), style="note"))
            continue
        blocks.append(
            Table(
                caption=words(f"near_{side}"),
                columns=(
                    Column(words("customer"), "customer"),
                    Column(words("rules_tier")),
                    Column(words("other_tier"), tone="good" if is_upward else "bad"),
                    Column(words("needed"), "mixed"),
                    Column(words("figure"), is_wide=True),
                    Column(words("usual_visit"), "exact_amount"),
                    Column(words("net_sales_12m"), "exact_amount"),
                ),
                rows=tuple(
                    (
                        row.customer_key,
                        names.get(row.tier_code or "", row.tier_code),
                        names.get(row.change_tier_code or "", row.change_tier_code),
                        row.change_value,
                        _name(scheme, row.change_metric, language),
                        row.usual_visit_amount,
                        row.net_sales_12m_amount,
                    )
                    for row in listed
                ),
                row_kinds=tuple(
                    "exact_amount" if (row.change_metric or "").endswith("_amount") else "number"
                    for row in listed
                ),
                note=rest(len(listed), listed[0].near_count, language),
            )
        )
    return blocks


def _name(scheme: Scheme, metric: str | None, language: Language) -> str:
    measure = scheme.measure(metric or "")
    return Words(measure.zh, measure.en).of(language)
