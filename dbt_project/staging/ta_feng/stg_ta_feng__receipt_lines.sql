with

receipt_lines as (

    select * from {{ source('ta_feng', 'receipt_lines') }}

),

cleaned as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_account_id('"會員卡號"') }} as account_id,
        {{ clean_wide_text('"商品編碼"') }} as product_id,
        {{ clean_wide_text('"商品分類"') }} as category,

        {{ to_control_amount('"銷售"') }} as control_amount,
        {{ to_narrow(clean_wide_text('"銷售"')) }} as sales_text,
        {{ to_narrow(clean_wide_text('"成本"')) }} as cost_text,
        {{ to_narrow(clean_wide_text('"數量"')) }} as quantity_text,

        {{ chinese_moment_to_iso(clean_wide_text('"日期"')) }} as occurred_text,

        {{ payload_hash([
            '"日期"', '"會員卡號"', '"年齡"', '"區域"', '"商品分類"', '"商品編碼"', '"數量"', '"成本"', '"銷售"',
        ]) }} as payload_hash

    from receipt_lines

),

typed as (

    select
        *,
        {{ to_decimal('quantity_text') }} as quantity,
        {{ to_decimal('sales_text') }} as net_sales_amount,
        {{ to_decimal('cost_text') }} as cost_amount,
        {{ to_utc('occurred_text') }} as occurred_at
    from cleaned

),

-- What was sold, with tabs around it or without; another age, region, group or cost makes it no other line.
identified as (

    select
        *,
        {{ payload_hash([
            'cast(occurred_at as varchar)', 'account_id', 'product_id', 'cast(quantity as varchar)',
            'cast(net_sales_amount as varchar)',
        ]) }} as line_hash
    from typed

),

numbered as (

    select
        *,
        row_number() over (partition by load_id, line_hash order by row_number) as repetition
    from identified

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from numbered

)

select
    'ta_feng' as source,
    'receipt_lines' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    -- The export numbers no receipts: what a member bought on a day is one.
    account_id || ':' || business_date as receipt_no,
    -- Nor lines: the content is the line, and its second occurrence in one file another one.
    line_hash || '-' || repetition as line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'member' end as account_type,
    account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    product_id,
    category,

    quantity,
    'piece' as quantity_unit,
    cast(coalesce(control_amount, 0) as decimal(18, 4)) as amount,
    net_sales_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cost_amount,
    'TWD' as currency_code,
    'sale' as line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['會員卡號', 'account_id is null', 'missing_value'],
        ['日期', 'business_date is null', 'not_a_timestamp'],
        ['商品編碼', 'product_id is null', 'missing_value'],
        ['數量', 'quantity is null', 'not_a_decimal'],
        ['數量', 'quantity < 0', 'negative_value'],
        ['銷售', 'net_sales_amount is null', 'not_a_decimal'],
        ['銷售', 'net_sales_amount < 0', 'negative_value'],
        ['銷售', is_out_of_range('net_sales_amount'), 'amount_out_of_range'],
        ['成本', 'cost_amount is null and cost_text is not null', 'not_a_decimal'],
        ['成本', is_out_of_range('cost_amount'), 'amount_out_of_range'],
    ]) }}

from dated
