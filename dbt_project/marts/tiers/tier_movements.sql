with

customer_tiers_unioned as (

    select * from {{ ref('int_customer_tiers_unioned') }}

),

customer_values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

),

reviews as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as previous_as_of_date
    from {{ ref('int_as_of_dates') }}

),

tiers_after as (

    select
        reviews.as_of_date,
        customer_tiers_unioned.customer_key,
        customer_tiers_unioned.scheme_id,
        customer_tiers_unioned.scheme_version,
        customer_tiers_unioned.tier_code,
        customer_tiers_unioned.tier_rank
    from customer_tiers_unioned
    inner join reviews
        on customer_tiers_unioned.as_of_date = reviews.as_of_date
    where reviews.previous_as_of_date is not null

),

tiers_before as (

    select
        reviews.as_of_date,
        customer_tiers_unioned.customer_key,
        customer_tiers_unioned.scheme_id,
        customer_tiers_unioned.scheme_version,
        customer_tiers_unioned.tier_code,
        customer_tiers_unioned.tier_rank
    from customer_tiers_unioned
    inner join reviews
        on customer_tiers_unioned.as_of_date = reviews.previous_as_of_date

),

moves as (

    select
        coalesce(tiers_after.as_of_date, tiers_before.as_of_date) as as_of_date,
        coalesce(tiers_after.customer_key, tiers_before.customer_key) as customer_key,
        coalesce(tiers_after.scheme_id, tiers_before.scheme_id) as scheme_id,
        coalesce(tiers_after.scheme_version, tiers_before.scheme_version) as scheme_version,
        coalesce(tiers_before.tier_code, '(new)') as from_tier_code,
        tiers_before.tier_rank as from_tier_rank,
        coalesce(tiers_after.tier_code, '(left)') as to_tier_code,
        tiers_after.tier_rank as to_tier_rank
    from tiers_after
    full outer join tiers_before
        on
            tiers_after.as_of_date = tiers_before.as_of_date
            and tiers_after.customer_key = tiers_before.customer_key
            and tiers_after.scheme_id = tiers_before.scheme_id

)

select
    moves.as_of_date,
    reviews.previous_as_of_date,
    moves.scheme_id,
    moves.scheme_version,
    moves.from_tier_code,
    moves.from_tier_rank,
    moves.to_tier_code,
    moves.to_tier_rank,
    count(*) as customers_count,
    cast(coalesce(sum(customer_values_by_date.net_sales_12m_amount), 0) as decimal(38, 4)) as net_sales_12m_amount
from moves
inner join reviews
    on moves.as_of_date = reviews.as_of_date
left join customer_values_by_date
    on
        moves.customer_key = customer_values_by_date.customer_key
        and moves.as_of_date = customer_values_by_date.as_of_date
group by
    moves.as_of_date,
    reviews.previous_as_of_date,
    moves.scheme_id,
    moves.scheme_version,
    moves.from_tier_code,
    moves.from_tier_rank,
    moves.to_tier_code,
    moves.to_tier_rank
