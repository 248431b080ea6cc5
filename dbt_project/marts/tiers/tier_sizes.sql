with

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

customer_tiers_unioned as (

    select * from {{ ref('int_customer_tiers_unioned') }}

),

customer_values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

),

counted as (

    select
        customer_tiers_unioned.as_of_date,
        customer_tiers_unioned.scheme_id,
        customer_tiers_unioned.tier_code,
        count(*) as customers_count,
        sum(customer_values_by_date.net_sales_12m_amount) as net_sales_12m_amount
    from customer_tiers_unioned
    inner join customer_values_by_date
        on
            customer_tiers_unioned.customer_key = customer_values_by_date.customer_key
            and customer_tiers_unioned.as_of_date = customer_values_by_date.as_of_date
    group by
        customer_tiers_unioned.as_of_date,
        customer_tiers_unioned.scheme_id,
        customer_tiers_unioned.tier_code

),

every_tier as (

    select
        dates.as_of_date,
        scheme_tiers.*,
        coalesce(counted.customers_count, 0) as customers_count,
        coalesce(counted.net_sales_12m_amount, 0) as net_sales_12m_amount
    from scheme_tiers
    cross join dates
    left join counted
        on
            scheme_tiers.scheme_id = counted.scheme_id
            and scheme_tiers.tier_code = counted.tier_code
            and dates.as_of_date = counted.as_of_date

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
