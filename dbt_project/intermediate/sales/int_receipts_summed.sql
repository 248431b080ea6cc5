with

sale_lines as (

    select
        source,
        channel,
        receipt_no,
        net_sales_amount,
        case when line_kind = 'return' then original_receipt_no end as named_receipt_no
    from {{ ref('int_sale_lines_loaded') }}

),

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

named_receipts as (

    select distinct
        sale_lines.source,
        sale_lines.channel,
        sale_lines.named_receipt_no
    from sale_lines
    inner join receipts
        on
            sale_lines.source = receipts.source
            and sale_lines.channel = receipts.channel
            and sale_lines.named_receipt_no = receipts.receipt_no

),

-- A return that names a receipt we know belongs to that receipt; any other line to its own.
attributed as (

    select
        sale_lines.source,
        sale_lines.channel,
        coalesce(named_receipts.named_receipt_no, sale_lines.receipt_no) as receipt_no,
        sale_lines.net_sales_amount
    from sale_lines
    left join named_receipts
        on
            sale_lines.source = named_receipts.source
            and sale_lines.channel = named_receipts.channel
            and sale_lines.named_receipt_no = named_receipts.named_receipt_no

),

summed as (

    select
        source,
        channel,
        receipt_no,
        sum(net_sales_amount) as net_sales_amount,
        sum(greatest(net_sales_amount, 0)) as gross_sales_amount,
        sum(greatest(-net_sales_amount, 0)) as returned_amount
    from attributed
    group by source, channel, receipt_no

)

select
    receipts.source,
    receipts.channel,
    receipts.receipt_no,
    receipts.business_date,
    receipts.store_id,
    receipts.currency_code,
    receipts.account_reference,
    cast(summed.net_sales_amount as decimal(18, 4)) as net_sales_amount,
    cast(summed.gross_sales_amount as decimal(18, 4)) as gross_sales_amount,
    cast(summed.returned_amount as decimal(18, 4)) as returned_amount
from summed
inner join receipts
    on
        summed.source = receipts.source
        and summed.channel = receipts.channel
        and summed.receipt_no = receipts.receipt_no
