with

receipt_lines as (

    select * from {{ source('generic', 'pos_sales') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        phone_hash,

        {{ clean_text('receipt_no') }} as receipt_no,
        {{ clean_text('line_no') }} as line_no,
        {{ clean_text('original_receipt_no') }} as original_receipt_no,
        {{ clean_account_id('member_no') }} as account_id,
        {{ clean_text('store_id') }} as store_id,
        {{ clean_text('sku') }} as product_id,
        {{ clean_text('category') }} as category,
        {{ to_currency('currency_code') }} as currency_code,
        {{ clean_text('payment_method') }} as payment_method,
        lower({{ clean_text('kind') }}) as kind,

        {{ to_decimal('quantity') }} as quantity,
        {{ to_decimal('net_amount') }} as amount,
        {{ to_decimal('discount_amount') }} as discount_amount,
        {{ to_decimal('cost_amount') }} as cost_amount,
        {{ to_decimal('unit_price') }} as unit_price,

        {{ to_utc('sold_at') }} as occurred_at,
        {{ to_utc('updated_at') }} as updated_at,

        {{ clean_text('discount_amount') }} as discount_text,
        {{ clean_text('cost_amount') }} as cost_text,
        {{ clean_text('unit_price') }} as unit_price_text,
        {{ clean_text('updated_at') }} as updated_text,

        {{ payload_hash([
            'receipt_no', 'line_no', 'store_id', 'sold_at', 'member_no', 'phone_hash', 'sku', 'product_name',
            'category', 'quantity', 'unit_price', 'discount_amount', 'net_amount', 'cost_amount',
            'currency_code', 'kind', 'original_receipt_no', 'payment_method', 'updated_at',
        ]) }} as payload_hash

    from receipt_lines

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from typed

)

select
    'generic' as source,
    'pos_sales' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    receipt_no,
    line_no,
    original_receipt_no,
    case when account_id is not null then 'member' end as account_type,
    account_id,
    phone_hash,
    cast(null as varchar) as email_hash,
    store_id,
    occurred_at,
    business_date,
    product_id,
    category,

    quantity,
    'piece' as quantity_unit,
    amount,
    cast(
        case kind
            when 'sale' then amount
            when 'return' then -amount
            else 0
        end as decimal(18, 4)
    ) as net_sales_amount,
    discount_amount,
    cost_amount,
    currency_code,
    case when kind in ('sale', 'return', 'void') then kind end as line_kind,
    'product' as line_type,
    payment_method,
    updated_at,
    payload_hash,

    {{ first_rejection([
        ['receipt_no', 'receipt_no is null', 'missing_value'],
        ['line_no', 'line_no is null', 'missing_value'],
        ['store_id', 'store_id is null', 'missing_value'],
        ['sold_at', 'business_date is null', 'not_a_timestamp'],
        ['sku', 'product_id is null', 'missing_value'],
        ['quantity', 'quantity is null', 'not_a_decimal'],
        ['net_amount', 'amount is null', 'not_a_decimal'],
        ['net_amount', is_out_of_range('amount'), 'amount_out_of_range'],
        ['currency_code', 'currency_code is null', 'not_a_currency'],
        ['kind', "coalesce(kind, '') not in ('sale', 'return', 'void')", 'unknown_kind'],
        ['unit_price', 'unit_price is null and unit_price_text is not null', 'not_a_decimal'],
        ['discount_amount', 'discount_amount is null and discount_text is not null', 'not_a_decimal'],
        ['discount_amount', is_out_of_range('discount_amount'), 'amount_out_of_range'],
        ['cost_amount', 'cost_amount is null and cost_text is not null', 'not_a_decimal'],
        ['cost_amount', is_out_of_range('cost_amount'), 'amount_out_of_range'],
        ['net_amount', "kind = 'return' and amount < 0", 'negative_return'],
        ['updated_at', 'updated_at is null and updated_text is not null', 'not_a_timestamp'],
    ]) }}

from dated
