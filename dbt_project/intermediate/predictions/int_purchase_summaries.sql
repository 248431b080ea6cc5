with

visits as (

    select * from {{ ref('int_customer_visits_summed') }}
    where is_purchase

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

-- What a customer bought on a day is one purchase, in however many receipts and shops.
purchase_days as (

    select
        customer_key,
        business_date,
        sum(net_sales_amount) as net_sales_amount
    from visits
    group by customer_key, business_date

),

summed as (

    select
        purchase_days.customer_key,
        dates.as_of_date,
        count(*) - 1 as repeat_days_count,
        min(purchase_days.business_date) as first_purchase_date,
        max(purchase_days.business_date) as last_purchase_date,
        sum(purchase_days.net_sales_amount)
        - min_by(purchase_days.net_sales_amount, purchase_days.business_date) as repeat_net_sales_amount
    from purchase_days
    inner join dates
        on purchase_days.business_date <= dates.as_of_date
    group by purchase_days.customer_key, dates.as_of_date

)

select
    customer_key,
    as_of_date,
    cast(repeat_days_count as bigint) as repeat_days_count,
    cast(last_purchase_date - first_purchase_date as integer) as first_to_last_days,
    cast(as_of_date - first_purchase_date as integer) as age_days,
    cast({{ round_ratio('repeat_net_sales_amount', 'repeat_days_count', 4) }} as decimal(18, 4))
        as mean_repeat_amount
from summed
