with

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

),

receipts as (

    select
        receipts.source,
        receipts.channel,
        receipts.currency_code,
        receipts.account_reference,
        receipts.net_sales_amount,
        receipts.business_date <= dates.as_of_date as is_up_to_date
    from {{ ref('int_receipts_summed') }} as receipts
    cross join dates

),

summed as (

    select
        source,
        channel,
        currency_code,
        count(*) filter (where is_up_to_date) as receipts_count,
        count(*) filter (where is_up_to_date and account_reference is null) as anonymous_receipts_count,
        count(distinct account_reference) filter (where is_up_to_date) as accounts_count,
        sum(net_sales_amount) filter (where is_up_to_date) as net_sales_amount,
        sum(net_sales_amount) filter (where is_up_to_date and account_reference is null)
            as anonymous_net_sales_amount,
        sum(net_sales_amount) filter (where not is_up_to_date) as net_sales_after_date_amount
    from receipts
    group by source, channel, currency_code

)

select
    source,
    channel,
    currency_code,
    cast(receipts_count as bigint) as receipts_count,
    cast(anonymous_receipts_count as bigint) as anonymous_receipts_count,
    cast(accounts_count as bigint) as accounts_count,
    cast(coalesce(net_sales_amount, 0) as decimal(38, 4)) as net_sales_amount,
    cast(coalesce(anonymous_net_sales_amount, 0) as decimal(38, 4)) as anonymous_net_sales_amount,
    cast(coalesce(net_sales_after_date_amount, 0) as decimal(38, 4)) as net_sales_after_date_amount
from summed
