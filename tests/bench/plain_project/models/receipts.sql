with

stated as (

    select
        receipt_no,
        min(store_id) as store_id,
        min(member_no) as member_no,
        min(sold_on) as sold_on
    from {{ ref('sale_lines') }}
    group by receipt_no

),

-- A return that names a receipt lessens that one, where it is known.
counted as (

    select
        coalesce(named.receipt_no, sale_lines.receipt_no) as receipt_no,
        sum(sale_lines.net_amount) as net_amount
    from {{ ref('sale_lines') }} as sale_lines
    -- With the kind as a condition of its own DuckDB compares every line with every receipt.
    left join stated as named
        on case sale_lines.kind when 'return' then sale_lines.original_receipt_no end = named.receipt_no
    group by 1

)

select
    stated.*,
    counted.net_amount
from stated
inner join counted on stated.receipt_no = counted.receipt_no
