-- Sixty customers whose figures differ from date to date; every fifth has not bought yet at the first date. What is
-- not here has its default in int_customer_values_by_date, which the tests write from the list of metrics.
with

figures as (

    select
        'customer_' || lpad(cast(customers.number as varchar), 2, '0') as customer_key,
        dates.as_of_date,
        (customers.number * 7919 + extract(month from dates.as_of_date) * 3571) % 997 as figure,
        customers.number % 5 > 0 or extract(month from dates.as_of_date) > 2 as has_bought
    from range(60) as customers (number)
    cross join {{ ref('int_as_of_dates') }} as dates

)

select
    customer_key,
    as_of_date,
    cast(case when has_bought then figure * 7.5 else 0 end as decimal(18, 4)) as net_sales_1m_amount,
    cast(case when has_bought then figure * 31.25 else 0 end as decimal(18, 4)) as net_sales_12m_amount,
    cast(case when has_bought then figure * 40.01 else 0 end as decimal(18, 4)) as net_sales_24m_amount,
    cast(case when has_bought then figure % 40 else 0 end as bigint) as visits_12m_count,
    cast(case when has_bought then 1 + figure % 50 else 0 end as bigint) as visits_24m_count,
    cast(case when has_bought then figure % 400 end as integer) as recency_days,
    cast(case when has_bought then figure * 3.5 end as decimal(18, 4)) as last_visit_amount,
    cast(case when has_bought then (figure % 40) / 8 else 0 end as decimal(9, 4)) as visits_12m_per_month,
    cast(case when has_bought then figure % 4 else 0 end as integer) as consecutive_weeks_count
from figures
