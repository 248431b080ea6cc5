with

attributed as (

    select * from {{ ref('int_sale_lines_attributed') }}

),

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

summed as (

    select
        source,
        channel,
        receipt_no,
        currency_code,
        sum(net_sales_amount) as net_sales_amount,
        coalesce(sum(returned_amount), 0) as returned_amount,
        count(*) filter (where line_kind = 'sale') as sale_lines_count,
        count(*) filter (where line_kind = 'sale' and amount <> 0) as priced_sale_lines_count,
        sum(discount_amount) as discount_amount,
        sum(cost_amount) as cost_amount,
        sum(net_sales_amount) filter (where cost_amount is not null) as cost_known_net_sales_amount,
        coalesce(sum(net_sales_amount) filter (where payment_method = 'stored_value'), 0)
            as stored_value_used_amount
    from attributed
    group by source, channel, receipt_no, currency_code

),

-- Of a receipt that came to nothing no discount and no cost remains, whether or not its returns state theirs.
kept as (

    select
        *,
        net_sales_amount = 0 and priced_sale_lines_count > 0 as is_undone
    from summed

)

select
    receipts.source,
    receipts.channel,
    receipts.receipt_no,
    receipts.business_date,
    receipts.store_id,
    receipts.currency_code,
    receipts.account_reference,
    cast(kept.net_sales_amount as decimal(18, 4)) as net_sales_amount,
    cast(kept.net_sales_amount + kept.returned_amount as decimal(18, 4)) as gross_sales_amount,
    cast(kept.returned_amount as decimal(18, 4)) as returned_amount,
    kept.sale_lines_count,
    cast(case when kept.is_undone then 0 else kept.discount_amount end as decimal(18, 4)) as discount_amount,
    cast(case when not kept.is_undone then kept.cost_amount end as decimal(18, 4)) as cost_amount,
    cast(case when not kept.is_undone then kept.cost_known_net_sales_amount end as decimal(18, 4))
        as cost_known_net_sales_amount,
    cast(kept.stored_value_used_amount as decimal(18, 4)) as stored_value_used_amount,
    -- An order of zero value is a purchase; one that was paid for and taken back is none.
    kept.net_sales_amount > 0 or (
        kept.sale_lines_count > 0
        and kept.priced_sale_lines_count = 0
        and kept.net_sales_amount = 0
        and kept.returned_amount = 0
    ) as is_purchase
from kept
inner join receipts
    on
        kept.source = receipts.source
        and kept.channel = receipts.channel
        and kept.receipt_no = receipts.receipt_no
        and kept.currency_code = receipts.currency_code
