with

decisions as (

    select * from {{ ref('int_tier_decisions') }}

),

customer_values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

)

select
    decisions.decided_on_date as as_of_date,
    decisions.scheme_id,
    decisions.previous_date_tier_rank as from_tier_rank,
    decisions.tier_rank as to_tier_rank,
    count(*) as customers_count,
    cast(coalesce(sum(customer_values_by_date.net_sales_12m_amount), 0) as decimal(38, 4)) as net_sales_12m_amount
from decisions
left join customer_values_by_date
    on
        decisions.customer_key = customer_values_by_date.customer_key
        and decisions.decided_on_date = customer_values_by_date.as_of_date
where
    decisions.is_common_date
    -- Who came and left again between two dates was in no tier at either.
    and coalesce(decisions.previous_date_tier_rank, decisions.tier_rank) is not null
group by
    decisions.decided_on_date,
    decisions.scheme_id,
    decisions.previous_date_tier_rank,
    decisions.tier_rank
