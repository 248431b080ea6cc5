with

sale_lines as (

    select * from {{ ref('int_sale_lines_unioned') }}

),

resolved as (

    select * from {{ ref('int_sale_line_versions_resolved') }}

),

described as (

    select
        sale_lines.source,
        coalesce(sale_lines.currency_code, 'XXX') as currency_code,
        sale_lines.channel,
        coalesce(sale_lines.line_kind, 'unknown') as line_kind,
        coalesce(sale_lines.line_type, 'unknown') as line_type,
        {{ outcome_of('sale_lines', 'resolved') }} as outcome,
        {{ account_reference() }} is not null as has_customer,
        sale_lines.quantity_unit,
        coalesce(sale_lines.quantity < 0, false) as is_negative_quantity,
        coalesce(sale_lines.quantity = 0, false) as is_zero_quantity,
        coalesce(sale_lines.amount * sign(sale_lines.quantity) > 0, false) as is_price_positive,
        sale_lines.receipt_no,
        sale_lines.amount,
        sale_lines.net_sales_amount
    from sale_lines
    left join resolved
        on
            sale_lines.load_id = resolved.load_id
            and sale_lines.row_number = resolved.row_number

)

select
    source,
    currency_code,
    channel,
    line_kind,
    line_type,
    outcome,
    has_customer,
    quantity_unit,
    is_negative_quantity,
    is_zero_quantity,
    is_price_positive,
    cast(count(*) as bigint) as lines_count,
    cast(count(distinct receipt_no) as bigint) as receipts_count,
    cast(coalesce(sum(amount), 0) as decimal(38, 4)) as amount,
    cast(coalesce(sum(case when outcome = 'loaded' then net_sales_amount end), 0) as decimal(38, 4))
        as net_sales_amount
from described
group by
    source,
    currency_code,
    channel,
    line_kind,
    line_type,
    outcome,
    has_customer,
    quantity_unit,
    is_negative_quantity,
    is_zero_quantity,
    is_price_positive
