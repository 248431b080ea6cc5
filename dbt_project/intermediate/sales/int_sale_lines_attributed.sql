{{ config(materialized='view') }}

with

-- Read once more for the few returns that name a receipt: that costs less than holding all lines in memory.
sale_lines as not materialized (

    select
        source,
        channel,
        receipt_no,
        currency_code,
        category,
        line_kind,
        amount,
        net_sales_amount,
        case line_kind when 'return' then -net_sales_amount when 'sale' then taken_back_amount end as returned_amount,
        payment_method,
        case line_kind when 'return' then -abs(discount_amount) when 'sale' then discount_amount end
            as discount_amount,
        case line_kind when 'return' then -abs(cost_amount) when 'sale' then cost_amount end as cost_amount,
        case when line_kind = 'return' then original_receipt_no end as named_receipt_no
    from {{ ref('int_sale_lines_loaded') }}

),

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

-- What was given back in another currency cannot be taken off the receipt: it counts by itself.
named_receipts as (

    select distinct
        sale_lines.source,
        sale_lines.channel,
        sale_lines.named_receipt_no,
        sale_lines.currency_code
    from sale_lines
    inner join receipts
        on
            sale_lines.source = receipts.source
            and sale_lines.channel = receipts.channel
            and sale_lines.named_receipt_no = receipts.receipt_no
            and sale_lines.currency_code = receipts.currency_code

)

select
    sale_lines.source,
    sale_lines.channel,
    coalesce(named_receipts.named_receipt_no, sale_lines.receipt_no) as receipt_no,
    sale_lines.currency_code,
    sale_lines.category,
    sale_lines.line_kind,
    sale_lines.amount,
    sale_lines.net_sales_amount,
    sale_lines.returned_amount,
    sale_lines.payment_method,
    sale_lines.discount_amount,
    sale_lines.cost_amount
from sale_lines
left join named_receipts
    on
        sale_lines.source = named_receipts.source
        and sale_lines.channel = named_receipts.channel
        and sale_lines.named_receipt_no = named_receipts.named_receipt_no
        and sale_lines.currency_code = named_receipts.currency_code
