{{ config(in_parts_of='customers') }}

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
        cast(sum(net_sales_amount) as decimal(18, 4)) as net_sales_amount,
        cast(sum(gross_sales_amount) as decimal(18, 4)) as gross_sales_amount,
        cast(sum(returned_amount) as decimal(18, 4)) as returned_amount,
        count(*) filter (where is_visit) as visits_count,
        cast(coalesce(sum(net_sales_amount) filter (where is_visit), 0) as decimal(18, 4)) as visit_sales_amount,
        max(net_sales_amount) filter (where is_visit) as largest_visit_amount,
        max(largest_unreturned_receipt_amount) as largest_unreturned_receipt_amount,
        max(case when is_visit then business_date end) as visit_date
    from {{ ref('int_customer_visits_summed') }}
    group by customer_key, business_date

),

oldest_windows as (

    select min(after_24m_date) as begin_date
    from dates

),

-- What lies before every window counts alike at every date: one row of a customer meets the dates, not each day of
-- many years.
customer_spans as (

    select
        customer_days.customer_key,
        customer_days.business_date,
        customer_days.net_sales_amount,
        customer_days.gross_sales_amount,
        customer_days.returned_amount,
        customer_days.visits_count,
        customer_days.visit_sales_amount,
        customer_days.largest_visit_amount,
        customer_days.largest_unreturned_receipt_amount,
        customer_days.visit_date as first_visit_date,
        customer_days.visit_date as last_visit_date,
        customer_days.largest_visit_amount as last_visit_amount
    from customer_days
    cross join oldest_windows
    where customer_days.business_date > oldest_windows.begin_date

    union all

    select
        customer_days.customer_key,
        max(oldest_windows.begin_date) as business_date,
        cast(sum(customer_days.net_sales_amount) as decimal(18, 4)) as net_sales_amount,
        cast(sum(customer_days.gross_sales_amount) as decimal(18, 4)) as gross_sales_amount,
        cast(sum(customer_days.returned_amount) as decimal(18, 4)) as returned_amount,
        cast(sum(customer_days.visits_count) as bigint) as visits_count,
        cast(sum(customer_days.visit_sales_amount) as decimal(18, 4)) as visit_sales_amount,
        max(customer_days.largest_visit_amount) as largest_visit_amount,
        max(customer_days.largest_unreturned_receipt_amount) as largest_unreturned_receipt_amount,
        min(customer_days.visit_date) as first_visit_date,
        max(customer_days.visit_date) as last_visit_date,
        max_by(customer_days.largest_visit_amount, customer_days.visit_date) as last_visit_amount
    from customer_days
    cross join oldest_windows
    where customer_days.business_date <= oldest_windows.begin_date
    group by customer_days.customer_key

)

-- As narrow as the days themselves: a sum is twice as wide, and costs that again wherever this is read.
select
    customer_spans.customer_key,
    dates.as_of_date,
    {%- for months in windows %}
    cast(
        sum(customer_spans.net_sales_amount)
            filter (where customer_spans.business_date > dates.after_{{ months }}m_date)
        as decimal(18, 4)
    ) as net_sales_{{ months }}m_amount,
    cast(
        sum(customer_spans.visits_count)
            filter (where customer_spans.business_date > dates.after_{{ months }}m_date)
        as bigint
    ) as visits_{{ months }}m_count,
    {%- endfor %}
    cast(sum(customer_spans.net_sales_amount) as decimal(18, 4)) as net_sales_lifetime_amount,
    cast(sum(customer_spans.visits_count) as bigint) as visits_lifetime_count,
    cast(sum(customer_spans.visit_sales_amount) as decimal(18, 4)) as visit_sales_lifetime_amount,
    {%- for amount in ['visit_sales', 'gross_sales', 'returned'] %}
    cast(
        sum(customer_spans.{{ amount }}_amount)
            filter (where customer_spans.business_date > dates.after_12m_date)
        as decimal(18, 4)
    ) as {{ amount }}_12m_amount,
    {%- endfor %}
    min(customer_spans.first_visit_date) as first_purchase_date,
    max(customer_spans.last_visit_date) as last_purchase_date,
    max_by(customer_spans.last_visit_amount, customer_spans.last_visit_date) as last_visit_amount,
    max(customer_spans.largest_visit_amount) as largest_visit_amount,
    max(customer_spans.largest_unreturned_receipt_amount) as largest_unreturned_receipt_amount
from customer_spans
inner join dates
    on customer_spans.business_date <= dates.as_of_date
group by customer_spans.customer_key, dates.as_of_date
