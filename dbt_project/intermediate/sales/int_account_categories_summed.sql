with

-- First to the receipt, whose day and account count, so that the larger tables never meet line by line.
receipt_categories as (

    select
        source,
        channel,
        receipt_no,
        currency_code,
        category,
        sum(net_sales_amount) as net_sales_amount
    from {{ ref('int_sale_lines_attributed') }}
    where category is not null
    group by source, channel, receipt_no, currency_code, category

),

receipts as (

    select * from {{ ref('int_receipts_identified') }}
    where account_reference is not null

)

select
    receipts.source,
    receipts.account_reference,
    receipts.business_date,
    receipt_categories.category,
    receipts.currency_code,
    cast(sum(receipt_categories.net_sales_amount) as decimal(18, 4)) as net_sales_amount
from receipt_categories
inner join receipts
    on
        receipt_categories.source = receipts.source
        and receipt_categories.channel = receipts.channel
        and receipt_categories.receipt_no = receipts.receipt_no
        and receipt_categories.currency_code = receipts.currency_code
group by
    receipts.source,
    receipts.account_reference,
    receipts.business_date,
    receipt_categories.category,
    receipts.currency_code
