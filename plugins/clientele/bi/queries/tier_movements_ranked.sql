with tiers as (
    select
        as_of_date,
        scheme_id,
        scheme_title_zh,
        scheme_title_en,
        tier_code,
        lpad(
            cast(tier_rank as varchar),
            cast(length(cast(max(tier_rank) over (partition by scheme_id) as varchar)) as integer),
            '0'
        ) || ' ' || tier_name_zh as ranked_tier_zh,
        lpad(
            cast(tier_rank as varchar),
            cast(length(cast(max(tier_rank) over (partition by scheme_id) as varchar)) as integer),
            '0'
        ) || ' ' || tier_name_en as ranked_tier_en
    from clientele.tier_sizes
),

titles as (
    select
        as_of_date,
        scheme_id,
        max(scheme_title_zh) as scheme_title_zh,
        max(scheme_title_en) as scheme_title_en
    from tiers
    group by as_of_date, scheme_id
)

select
    moves.as_of_date,
    moves.previous_as_of_date,
    moves.scheme_id,
    titles.scheme_title_zh,
    titles.scheme_title_en,
    case when moves.from_tier_rank is null then '（新进入）'
        else coalesce(tiers_before.ranked_tier_zh, moves.from_tier_code) end as from_tier_zh,
    case when moves.from_tier_rank is null then '(new)'
        else coalesce(tiers_before.ranked_tier_en, moves.from_tier_code) end as from_tier_en,
    case when moves.to_tier_rank is null then '（退出）'
        else coalesce(tiers_now.ranked_tier_zh, moves.to_tier_code) end as to_tier_zh,
    case when moves.to_tier_rank is null then '(left)'
        else coalesce(tiers_now.ranked_tier_en, moves.to_tier_code) end as to_tier_en,
    case
        when moves.from_tier_rank is null then 'new'
        when moves.to_tier_rank is null then 'left'
        when moves.to_tier_rank > moves.from_tier_rank then 'upgraded'
        when moves.to_tier_rank < moves.from_tier_rank then 'downgraded'
        else 'stayed'
    end as direction,
    moves.customers_count,
    moves.net_sales_12m_amount
from clientele.tier_movements as moves
left join titles
    on moves.as_of_date = titles.as_of_date and moves.scheme_id = titles.scheme_id
left join tiers as tiers_before
    on moves.previous_as_of_date = tiers_before.as_of_date
    and moves.scheme_id = tiers_before.scheme_id
    and moves.from_tier_code = tiers_before.tier_code
left join tiers as tiers_now
    on moves.as_of_date = tiers_now.as_of_date
    and moves.scheme_id = tiers_now.scheme_id
    and moves.to_tier_code = tiers_now.tier_code
