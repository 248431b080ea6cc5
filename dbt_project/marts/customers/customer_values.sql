with

customer_values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

)

select
    customer_values_by_date.customer_key,
    customer_values_by_date.as_of_date,
    customer_values_by_date.currency_code,
{% for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] %}
    customer_values_by_date.net_sales_{{ window }}_amount,
{%- endfor %}
{% for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] %}
    customer_values_by_date.visits_{{ window }}_count,
{%- endfor %}

    customer_values_by_date.first_purchase_date,
    customer_values_by_date.last_purchase_date,
    customer_values_by_date.recency_days,
    customer_values_by_date.last_visit_amount,
    customer_values_by_date.largest_visit_amount,
    customer_values_by_date.average_visit_12m_amount,
    customer_values_by_date.visits_12m_per_month,
    customer_values_by_date.consecutive_weeks_count,
    customer_values_by_date.return_12m_ratio

from customer_values_by_date
inner join dates
    on
        customer_values_by_date.as_of_date = dates.as_of_date
        and dates.is_current
