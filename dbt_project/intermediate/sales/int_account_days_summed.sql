with

receipts as (

    select
        *,
        case channel when 'pos' then coalesce(store_id, '') else receipt_no end as visit_place
    from {{ ref('int_receipts_summed') }}
    where account_reference is not null

)

select
    source,
    account_reference,
    channel,
    business_date,
    visit_place,
    currency_code,
    cast(sum(net_sales_amount) as decimal(18, 4)) as net_sales_amount,
    cast(sum(gross_sales_amount) as decimal(18, 4)) as gross_sales_amount,
    cast(sum(returned_amount) as decimal(18, 4)) as returned_amount,
    cast(sum(discount_amount) as decimal(18, 4)) as discount_amount,
    cast(sum(cost_amount) as decimal(18, 4)) as cost_amount,
    cast(sum(cost_known_net_sales_amount) as decimal(18, 4)) as cost_known_net_sales_amount,
    cast(sum(stored_value_used_amount) as decimal(18, 4)) as stored_value_used_amount,
    max(net_sales_amount) filter (where net_sales_amount > 0 and returned_amount = 0)
        as largest_unreturned_receipt_amount,
    cast(sum(sale_lines_count) as bigint) as sale_lines_count,
    count(*) filter (where net_sales_amount > 0) as positive_receipts_count,
    count(*) filter (where is_purchase) as purchase_receipts_count,
    count(*) filter (where returned_amount > 0) as returned_receipts_count
from receipts
group by source, account_reference, channel, business_date, visit_place, currency_code
