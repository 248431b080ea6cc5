with

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}

),

moves as (

    select * from {{ ref('int_tier_moves_counted') }}

),

counted as (

    select
        as_of_date,
        scheme_id,
        to_tier_rank as tier_rank,
        sum(customers_count) as customers_count,
        sum(net_sales_12m_amount) as net_sales_12m_amount
    from moves
    where to_tier_rank is not null
    group by
        as_of_date,
        scheme_id,
        to_tier_rank

),

every_tier as (

    select
        scheme_dates.as_of_date,
        scheme_tiers.*,
        cast(coalesce(counted.customers_count, 0) as bigint) as customers_count,
        coalesce(counted.net_sales_12m_amount, 0) as net_sales_12m_amount
    from scheme_tiers
    inner join scheme_dates
        on
            scheme_tiers.scheme_id = scheme_dates.scheme_id
            and scheme_tiers.scheme_version = scheme_dates.scheme_version
    left join counted
        on
            scheme_tiers.scheme_id = counted.scheme_id
            and scheme_tiers.tier_rank = counted.tier_rank
            and scheme_dates.as_of_date = counted.as_of_date

),

with_scheme_totals as (

    select
        *,
        sum(customers_count) over (partition by as_of_date, scheme_id) as scheme_customers_count,
        sum(net_sales_12m_amount) over (partition by as_of_date, scheme_id) as scheme_net_sales_12m_amount
    from every_tier

)

select
    as_of_date,
    scheme_id,
    scheme_version,
    scheme_title_zh,
    scheme_title_en,

    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,

    customers_count,
    {{ ratio('customers_count', 'scheme_customers_count') }} as customers_ratio,
    cast(net_sales_12m_amount as decimal(38, 4)) as net_sales_12m_amount,
    {{ ratio('net_sales_12m_amount', 'scheme_net_sales_12m_amount') }} as net_sales_12m_ratio

from with_scheme_totals
