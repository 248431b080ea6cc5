with

receipts as (

    select * from {{ ref('int_receipts_summed') }}
    where account_reference is not null

)

select
    source,
    account_reference,
    channel,
    business_date,
    case channel when 'pos' then coalesce(store_id, '') else receipt_no end as visit_place,
    currency_code,
    cast(sum(net_sales_amount) as decimal(18, 4)) as net_sales_amount,
    cast(sum(gross_sales_amount) as decimal(18, 4)) as gross_sales_amount,
    cast(sum(returned_amount) as decimal(18, 4)) as returned_amount,
    count(*) filter (where net_sales_amount > 0) as positive_receipts_count
from receipts
group by
    source,
    account_reference,
    channel,
    business_date,
    case channel when 'pos' then coalesce(store_id, '') else receipt_no end,
    currency_code
