with

receipt_lines as (

    select * from {{ source('chinese_pos', 'receipt_lines') }}

),

cleaned as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_wide_text('"订单ID"') }} as receipt_no,
        {{ clean_wide_text('"商品ID"') }} as product_id,
        {{ clean_wide_text('"类别ID"') }} as category,
        {{ clean_wide_text('"门店编号"') }} as store_id,
        {{ clean_account_id('"会员卡号"') }} as account_id,

        {{ to_narrow(clean_wide_text('"单价"')) }} as price_text,
        {{ to_narrow(clean_wide_text('"销量"')) }} as quantity_text,
        {{ to_control_amount('"单价"') }} as control_price,
        {{ to_control_amount('"销量"') }} as control_quantity,

        {{ chinese_moment_to_iso('"成交时间"') }} as occurred_text,

        {{ payload_hash([
            '"商品ID"', '"类别ID"', '"门店编号"', '"单价"', '"销量"', '"成交时间"', '"订单ID"', '"会员卡号"',
        ]) }} as payload_hash

    from receipt_lines

),

typed as (

    select
        *,
        {{ to_utc('occurred_text') }} as occurred_at,
        cast({{ to_money('price_text') }} as decimal(18, 4)) as unit_price,
        cast({{ to_money('quantity_text') }} as decimal(18, 4)) as quantity
    from cleaned

),

-- What the till booked, however it is written; a card or a category told later may not make it another line.
identified as (

    select
        *,
        {{ payload_hash([
            'receipt_no', 'store_id', 'product_id', 'cast(unit_price as varchar)', 'cast(quantity as varchar)',
            'cast(occurred_at as varchar)',
        ]) }} as line_hash
    from typed

),

numbered as (

    select
        *,
        row_number() over (partition by load_id, line_hash order by row_number) as repetition
    from identified

),

priced as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date,
        -- Wider first: DuckDB multiplies two DECIMAL(18) in 18 digits and stops the build at the nineteenth.
        try_cast(cast(quantity as decimal(38, 4)) * unit_price as decimal(18, 4)) as net_sales_amount,
        coalesce(
            try_cast(cast(control_quantity as decimal(38, 4)) * control_price as decimal(18, 4)), 0
        ) as amount
    from numbered

)

select
    'chinese_pos' as source,
    'receipt_lines' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    receipt_no,
    -- The export numbers no lines: the content is the line, and its second occurrence in one file another one.
    line_hash || '-' || repetition as line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'member' end as account_type,
    account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    store_id,
    occurred_at,
    business_date,
    product_id,
    category,

    quantity,
    case when quantity = floor(quantity) then 'piece' else 'other' end as quantity_unit,
    cast(amount as decimal(18, 4)) as amount,
    net_sales_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    'CNY' as currency_code,
    case when quantity < 0 then 'return' else 'sale' end as line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['订单ID', 'receipt_no is null', 'missing_value'],
        ['商品ID', 'product_id is null', 'missing_value'],
        ['门店编号', 'store_id is null', 'missing_value'],
        ['成交时间', 'business_date is null', 'not_a_timestamp'],
        ['销量', 'quantity is null', 'not_a_decimal'],
        ['单价', 'unit_price is null', 'not_a_decimal'],
        ['单价', 'unit_price < 0', 'negative_value'],
        ['单价', 'net_sales_amount is null or ' ~ is_out_of_range('net_sales_amount'), 'amount_out_of_range'],
    ]) }}

from priced
