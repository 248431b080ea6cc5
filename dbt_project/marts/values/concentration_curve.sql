with

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

buyers as (

    select
        values_by_date.as_of_date,
        values_by_date.currency_code,
        values_by_date.net_sales_12m_amount,
        row_number() over (
            partition by values_by_date.as_of_date
            order by values_by_date.net_sales_12m_amount desc, values_by_date.customer_key
        ) as position,
        count(*) over (partition by values_by_date.as_of_date) as buyers_count
    from {{ ref('int_customer_values_by_date') }} as values_by_date
    inner join dates
        on values_by_date.as_of_date = dates.as_of_date
    where values_by_date.net_sales_12m_amount > 0

),

cuts as (
{% for percent in var('concentration_percents') %}
    select {{ percent }} as top_pct{{ '\n\n    union all\n' if not loop.last }}
{%- endfor %}

),

totals as (

    select
        as_of_date,
        sum(net_sales_12m_amount) as total_amount
    from buyers
    group by as_of_date

),

-- A buyer belongs to the top while the share of the buyers before is under the cut.
tops as (

    select
        buyers.as_of_date,
        cuts.top_pct,
        min(buyers.currency_code) as currency_code,
        count(*) as customers_count,
        sum(buyers.net_sales_12m_amount) as net_sales_amount
    from buyers
    inner join cuts
        on (buyers.position - 1) * 100 < cuts.top_pct * buyers.buyers_count
    group by buyers.as_of_date, cuts.top_pct

)

select
    tops.as_of_date,
    cast(tops.top_pct as integer) as top_pct,
    tops.currency_code,
    tops.customers_count,
    cast(tops.net_sales_amount as decimal(38, 4)) as net_sales_12m_amount,
    cast({{ round_ratio('tops.net_sales_amount', 'totals.total_amount', 6) }} as decimal(9, 6)) as net_sales_12m_ratio
from tops
inner join totals
    on tops.as_of_date = totals.as_of_date
