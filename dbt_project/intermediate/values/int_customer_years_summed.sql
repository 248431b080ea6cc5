{{ config(in_parts_of='customers') }}

with

visits as (

    select * from {{ ref('int_customer_visits_summed') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

year_visits as (

    select
        visits.*,
        dates.as_of_date,
        dates.after_1m_date,
        dates.after_2m_date,
        dates.after_3m_date,
        dates.after_6m_date,
        dates.after_9m_date
    from visits
    inner join dates
        on
            visits.business_date <= dates.as_of_date
            and visits.business_date > dates.after_12m_date

),

summed as (

    select
        customer_key,
        as_of_date,
        sum(returned_receipts_count) as returns_12m_count,
        sum(discount_amount) as discount_12m_amount,
        sum(cost_amount) as cost_12m_amount,
        sum(cost_known_net_sales_amount) as cost_known_net_sales_12m_amount,
        {%- for channel in ['pos', 'ecommerce'] %}
        count(*) filter (where channel = '{{ channel }}' and is_visit) as {{ channel }}_visits_12m_count,
        sum(net_sales_amount) filter (where channel = '{{ channel }}') as {{ channel }}_net_sales_12m_amount,
        {%- endfor %}
        count(distinct channel) filter (where is_visit) as channels_12m_count,
        {%- set bounds = ['as_of_date', 'after_3m_date', 'after_6m_date', 'after_9m_date'] %}
        {%- for quarter in range(3) %}
        count(*) filter (
            where is_visit and business_date <= {{ bounds[quarter] }} and business_date > {{ bounds[quarter + 1] }}
        ) as visits_quarter_{{ quarter + 1 }}_count,
        {%- endfor %}
        count(*) filter (where is_visit and business_date <= after_9m_date) as visits_quarter_4_count,
        {%- set bounds = ['as_of_date', 'after_1m_date', 'after_2m_date', 'after_3m_date'] %}
        {%- for month in range(3) %}
        sum(stored_value_used_amount) filter (
            where business_date <= {{ bounds[month] }} and business_date > {{ bounds[month + 1] }}
        ) as stored_value_used_month_{{ month + 1 }}_amount,
        {%- endfor %}
        -- The ninety days of which the shops speak, the date itself among them.
        sum(stored_value_used_amount) filter (where as_of_date - business_date < 90)
            as stored_value_used_90d_amount
    from year_visits
    group by customer_key, as_of_date

)

select
    customer_key,
    as_of_date,
    cast(returns_12m_count as bigint) as returns_12m_count,
    cast(coalesce(discount_12m_amount, 0) as decimal(18, 4)) as discount_12m_amount,
    cast(cost_12m_amount as decimal(18, 4)) as cost_12m_amount,
    cast(cost_known_net_sales_12m_amount as decimal(18, 4)) as cost_known_net_sales_12m_amount,
    {%- for channel in ['pos', 'ecommerce'] %}
    {{ channel }}_visits_12m_count,
    cast(coalesce({{ channel }}_net_sales_12m_amount, 0) as decimal(18, 4)) as {{ channel }}_net_sales_12m_amount,
    {%- endfor %}
    cast(channels_12m_count as integer) as channels_12m_count,
    cast(
        {%- for quarter in range(1, 5) %}
        case when visits_quarter_{{ quarter }}_count > 0 then 1 else 0 end{{ ' +' if not loop.last }}
        {%- endfor %}
        as integer
    ) as active_quarters_12m_count,
    cast(
        {%- for month in range(1, 4) %}
        coalesce(stored_value_used_month_{{ month }}_amount, 0){{ ' +' if not loop.last }}
        {%- endfor %}
        as decimal(18, 4)
    ) as stored_value_used_3m_amount,
    cast(coalesce(stored_value_used_90d_amount, 0) as decimal(18, 4)) as stored_value_used_90d_amount,
    cast(
        {%- for month in range(1, 4) %}
        case when stored_value_used_month_{{ month }}_amount > 0 then 1 else 0 end{{ ' +' if not loop.last }}
        {%- endfor %}
        as integer
    ) as stored_value_used_months_count
from summed
