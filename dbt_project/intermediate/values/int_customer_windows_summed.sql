{%- set windows = [1, 3, 6, 12, 24] -%}
with

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

-- Of two visits on a day the larger stands for it, so that "the last visit" does not hang on the order of rows.
customer_days as (

    select
        customer_key,
        business_date,
        sum(net_sales_amount) as net_sales_amount,
        sum(gross_sales_amount) as gross_sales_amount,
        sum(returned_amount) as returned_amount,
        count(*) filter (where is_visit) as visits_count,
        coalesce(sum(net_sales_amount) filter (where is_visit), 0) as visit_sales_amount,
        max(net_sales_amount) filter (where is_visit) as largest_visit_amount,
        max(largest_unreturned_receipt_amount) as largest_unreturned_receipt_amount,
        max(case when is_visit then business_date end) as visit_date
    from {{ ref('int_customer_visits_summed') }}
    group by customer_key, business_date

)

select
    customer_days.customer_key,
    dates.as_of_date,
    {%- for months in windows %}
    sum(customer_days.net_sales_amount)
        filter (where customer_days.business_date > dates.after_{{ months }}m_date)
        as net_sales_{{ months }}m_amount,
    sum(customer_days.visits_count)
        filter (where customer_days.business_date > dates.after_{{ months }}m_date)
        as visits_{{ months }}m_count,
    {%- endfor %}
    sum(customer_days.net_sales_amount) as net_sales_lifetime_amount,
    sum(customer_days.visits_count) as visits_lifetime_count,
    sum(customer_days.visit_sales_amount) as visit_sales_lifetime_amount,
    sum(customer_days.visit_sales_amount)
        filter (where customer_days.business_date > dates.after_12m_date) as visit_sales_12m_amount,
    sum(customer_days.gross_sales_amount)
        filter (where customer_days.business_date > dates.after_12m_date) as gross_sales_12m_amount,
    sum(customer_days.returned_amount)
        filter (where customer_days.business_date > dates.after_12m_date) as returned_12m_amount,
    min(customer_days.visit_date) as first_purchase_date,
    max(customer_days.visit_date) as last_purchase_date,
    max_by(customer_days.largest_visit_amount, customer_days.visit_date) as last_visit_amount,
    max(customer_days.largest_visit_amount) as largest_visit_amount,
    max(customer_days.largest_unreturned_receipt_amount) as largest_unreturned_receipt_amount
from customer_days
inner join dates
    on customer_days.business_date <= dates.as_of_date
group by customer_days.customer_key, dates.as_of_date
