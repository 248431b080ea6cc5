with

moves as (

    select * from {{ ref('int_tier_moves_counted') }}

),

scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}
    where previous_as_of_date is not null

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

)

select
    moves.as_of_date,
    scheme_dates.previous_as_of_date,
    moves.scheme_id,
    scheme_dates.scheme_version,
    coalesce(tiers_before.tier_code, '(new)') as from_tier_code,
    moves.from_tier_rank,
    coalesce(tiers_after.tier_code, '(left)') as to_tier_code,
    moves.to_tier_rank,
    moves.customers_count,
    moves.net_sales_12m_amount
from moves
inner join scheme_dates
    on
        moves.scheme_id = scheme_dates.scheme_id
        and moves.as_of_date = scheme_dates.as_of_date
left join scheme_tiers as tiers_before
    on
        moves.scheme_id = tiers_before.scheme_id
        and scheme_dates.scheme_version = tiers_before.scheme_version
        and moves.from_tier_rank = tiers_before.tier_rank
left join scheme_tiers as tiers_after
    on
        moves.scheme_id = tiers_after.scheme_id
        and scheme_dates.scheme_version = tiers_after.scheme_version
        and moves.to_tier_rank = tiers_after.tier_rank
