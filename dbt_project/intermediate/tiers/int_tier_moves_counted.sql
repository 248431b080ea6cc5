with

moves_summed as (

    select * from {{ ref('int_tier_moves_summed') }}

),

reviews as (

    {{ sealed_reviews() }}

),

sealed_moves as (

    select moves.*
    from {{ source('lake', 'sealed_moves') }} as moves
    inner join reviews
        on
            moves.sequence_number = reviews.sequence_number
            and moves.scheme_id = reviews.scheme_id

),

scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}

)

select
    as_of_date,
    scheme_id,
    from_tier_rank,
    to_tier_rank,
    cast(sum(customers_count) as bigint) as customers_count,
    cast(sum(net_sales_12m_amount) as decimal(38, 4)) as net_sales_12m_amount,
    cast(sum(near_threshold_count) as bigint) as near_threshold_count
from moves_summed
group by
    as_of_date,
    scheme_id,
    from_tier_rank,
    to_tier_rank

union all

-- What a review has counted stays as it was counted.
select
    sealed_moves.as_of_date,
    sealed_moves.scheme_id,
    sealed_moves.from_tier_rank,
    sealed_moves.to_tier_rank,
    sealed_moves.customers_count,
    sealed_moves.net_sales_12m_amount,
    sealed_moves.near_threshold_count
from sealed_moves
inner join scheme_dates
    on
        sealed_moves.scheme_id = scheme_dates.scheme_id
        and sealed_moves.as_of_date = scheme_dates.as_of_date
where not scheme_dates.has_policy
