with

order_lines as (

    select * from {{ source('generic', 'ecommerce_orders') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        phone_hash,
        email_hash,

        {{ clean_text('order_no') }} as receipt_no,
        {{ clean_text('line_no') }} as line_no,
        {{ clean_account_id('account_id') }} as account_id,
        {{ clean_text('sku') }} as product_id,
        {{ clean_text('category') }} as category,
        {{ to_currency('currency_code') }} as currency_code,
        lower({{ clean_text('status') }}) as status,

        {{ to_decimal('quantity') }} as quantity,
        {{ to_decimal('net_amount') }} as amount,
        {{ to_decimal('refunded_amount') }} as refunded_amount,
        {{ to_decimal('discount_amount') }} as discount_amount,
        {{ to_decimal('cost_amount') }} as cost_amount,
        {{ to_decimal('unit_price') }} as unit_price,

        {{ to_utc('created_at') }} as occurred_at,
        {{ to_utc('paid_at') }} as paid_at,
        {{ to_utc('updated_at') }} as updated_at,

        {{ clean_text('refunded_amount') }} as refunded_text,
        {{ clean_text('discount_amount') }} as discount_text,
        {{ clean_text('cost_amount') }} as cost_text,
        {{ clean_text('unit_price') }} as unit_price_text,
        {{ clean_text('paid_at') }} as paid_text,
        {{ clean_text('updated_at') }} as updated_text,

        {{ payload_hash([
            'order_no', 'line_no', 'created_at', 'paid_at', 'status', 'account_id', 'email_hash', 'phone_hash',
            'sku', 'product_name', 'category', 'quantity', 'unit_price', 'discount_amount', 'net_amount',
            'refunded_amount', 'cost_amount', 'currency_code', 'updated_at',
        ]) }} as payload_hash

    from order_lines

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from typed

)

select
    'generic' as source,
    'ecommerce_orders' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'ecommerce' end as account_type,
    account_id,
    phone_hash,
    email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    product_id,
    category,

    quantity,
    'piece' as quantity_unit,
    amount,
    cast(
        case
            when {{ is_out_of_range('amount') }} or {{ is_out_of_range('refunded_amount') }} then null
            when status = 'paid' then amount - coalesce(refunded_amount, 0)
            when status = 'refunded' then amount - coalesce(refunded_amount, amount)
            else 0
        end as decimal(18, 4)
    ) as net_sales_amount,
    cast(
        case
            when {{ is_out_of_range('amount') }} or {{ is_out_of_range('refunded_amount') }} then null
            when status = 'paid' then coalesce(refunded_amount, 0)
            when status = 'refunded' then coalesce(refunded_amount, amount)
            else 0
        end as decimal(18, 4)
    ) as taken_back_amount,
    discount_amount,
    cost_amount,
    currency_code,
    case status
        when 'paid' then 'sale'
        when 'refunded' then 'sale'
        when 'cancelled' then 'cancelled'
        when 'pending' then 'pending'
    end as line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    updated_at,
    payload_hash,

    {{ first_rejection([
        ['order_no', 'receipt_no is null', 'missing_value'],
        ['line_no', 'line_no is null', 'missing_value'],
        ['created_at', 'business_date is null', 'not_a_timestamp'],
        ['status', "coalesce(status, '') not in ('paid', 'cancelled', 'refunded', 'pending')", 'unknown_status'],
        ['sku', 'product_id is null', 'missing_value'],
        ['quantity', 'quantity is null', 'not_a_decimal'],
        ['net_amount', 'amount is null', 'not_a_decimal'],
        ['net_amount', is_out_of_range('amount'), 'amount_out_of_range'],
        ['refunded_amount', is_out_of_range('refunded_amount'), 'amount_out_of_range'],
        ['currency_code', 'currency_code is null', 'not_a_currency'],
        ['unit_price', 'unit_price is null and unit_price_text is not null', 'not_a_decimal'],
        ['discount_amount', 'discount_amount is null and discount_text is not null', 'not_a_decimal'],
        ['discount_amount', is_out_of_range('discount_amount'), 'amount_out_of_range'],
        ['refunded_amount', 'refunded_amount is null and refunded_text is not null', 'not_a_decimal'],
        ['cost_amount', 'cost_amount is null and cost_text is not null', 'not_a_decimal'],
        ['cost_amount', is_out_of_range('cost_amount'), 'amount_out_of_range'],
        ['refunded_amount', 'refunded_amount < 0 and amount >= 0', 'negative_value'],
        ['paid_at', 'paid_at is null and paid_text is not null', 'not_a_timestamp'],
        ['updated_at', 'updated_at is null and updated_text is not null', 'not_a_timestamp'],
    ]) }}

from dated
