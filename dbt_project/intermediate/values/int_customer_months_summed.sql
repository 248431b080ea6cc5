with

visits as (

    select
        visits.*,
        cast({{ dbt.date_trunc('month', 'visits.business_date') }} as date) as month_date
    from {{ ref('int_customer_visits_summed') }} as visits
    inner join {{ ref('int_as_of_dates') }} as dates
        on
            visits.business_date <= dates.as_of_date
            and dates.is_current

)

select
    customer_key,
    month_date,
    cast(12 * extract(year from month_date) + extract(month from month_date) as integer) as month_number,
    count(*) filter (where is_visit) as visits_count,
    cast(sum(net_sales_amount) as decimal(18, 4)) as net_sales_amount
from visits
group by customer_key, month_date
