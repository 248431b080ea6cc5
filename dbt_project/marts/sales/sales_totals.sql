with

receipts as (

    select * from {{ ref('int_receipts_summed') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

)

select
    receipts.source,
    receipts.channel,
    receipts.currency_code,
    cast(count(*) as bigint) as receipts_count,
    cast(count(*) filter (where receipts.account_reference is null) as bigint) as anonymous_receipts_count,
    cast(count(distinct receipts.account_reference) as bigint) as accounts_count,
    cast(sum(receipts.net_sales_amount) as decimal(38, 4)) as net_sales_amount,
    cast(
        coalesce(sum(receipts.net_sales_amount) filter (where receipts.account_reference is null), 0)
        as decimal(38, 4)
    ) as anonymous_net_sales_amount
from receipts
inner join dates
    on receipts.business_date <= dates.as_of_date
group by receipts.source, receipts.channel, receipts.currency_code
