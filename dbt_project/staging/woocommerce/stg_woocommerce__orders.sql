with

orders as (

    select * from {{ source('woocommerce', 'orders') }}

),

load_currencies as (

    {{ declared_currencies() }}

),

order_items as (

    select
        load_id,
        row_number,
        bool_and(is_readable) as are_readable,
        sum(case when {{ is_out_of_range('quantity') }} then null else quantity end) as quantity,
        sum(case when {{ is_out_of_range('amount') }} then null else amount end) as items_amount,
        bool_or({{ is_out_of_range('quantity') }} or {{ is_out_of_range('amount') }}) as are_out_of_range,
        case when count(*) = 1 then min(product_id) end as product_id
    from {{ ref('stg_woocommerce__order_items') }}
    group by load_id, row_number

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        billing_phone_hash as phone_hash,
        billing_email_hash as email_hash,

        {{ clean_identifier('order_id') }} as receipt_no,
        nullif({{ clean_account_id('customer_id') }}, '0') as account_id,
        lower({{ clean_text('status') }}) as status_text,
        {{ clean_text('payment_method') }} as payment_method,

        {{ to_control_amount('order_total') }} as amount,
        {{ to_money('order_total') }} as total_amount,
        {{ to_money('discount_total') }} as discount_amount,
        {{ is_unreadable_money('discount_total') }} as is_discount_unreadable,

        {{ to_utc('"date"') }} as occurred_at,

        {{ payload_hash([
            'order_id', 'order_number', '"date"', 'status', 'shipping_total', 'shipping_tax_total',
            'tax_total', 'cart_discount', 'order_discount', 'discount_total', 'order_total',
            'payment_method', 'shipping_method', 'customer_id', 'billing_email_hash', 'billing_phone_hash',
            'billing_state', 'billing_country', 'shipping_state', 'shipping_country', 'line_items',
            'shipping_items', 'tax_items', 'coupons',
        ]) }} as payload_hash

    from orders

),

described as (

    select
        typed.*,
        {{ to_business_date('typed.occurred_at') }} as business_date,
        regexp_replace(typed.status_text, '^wc-', '') as status,
        order_items.product_id,
        order_items.quantity,
        order_items.items_amount,
        coalesce(order_items.are_readable, false) as are_items_readable,
        coalesce(order_items.are_out_of_range, false) as are_items_out_of_range
    from typed
    left join order_items
        on
            typed.load_id = order_items.load_id
            and typed.row_number = order_items.row_number

),

in_currency as (

    select
        described.*,
        load_currencies.currency_code
    from described
    left join load_currencies
        on described.load_id = load_currencies.load_id

)

select
    'woocommerce' as source,
    'orders' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    '1' as line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'ecommerce' end as account_type,
    account_id,
    phone_hash,
    email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    product_id,
    cast(null as varchar) as category,

    try_cast(quantity as decimal(18, 4)) as quantity,
    'piece' as quantity_unit,
    amount,
    cast(
        case when status in ('completed', 'processing') then try_cast(items_amount as decimal(18, 4)) else 0 end
        as decimal(18, 4)
    ) as net_sales_amount,
    cast(
        case when status = 'refunded' then try_cast(items_amount as decimal(18, 4)) else 0 end
        as decimal(18, 4)
    ) as taken_back_amount,
    discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    currency_code,
    case
        when status in ('completed', 'processing', 'refunded') then 'sale'
        when status in ('pending', 'on-hold', 'checkout-draft') then 'pending'
        when status in ('cancelled', 'failed', 'trash') then 'cancelled'
    end as line_kind,
    'product' as line_type,
    payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['order_id', 'receipt_no is null', 'missing_value'],
        ['date', 'business_date is null', 'not_a_timestamp'],
        [
            'status',
            "coalesce(status, '') not in ('completed', 'processing', 'refunded', 'pending', 'on-hold', 'checkout-draft',"
                ~ " 'cancelled', 'failed', 'trash')",
            'unknown_status',
        ],
        ['order_total', 'total_amount is null', 'not_money'],
        ['order_total', is_out_of_range('total_amount'), 'amount_out_of_range'],
        ['line_items', 'not are_items_readable', 'not_packed_items'],
        [
            'line_items',
            "are_items_out_of_range or " ~ is_out_of_range('quantity') ~ " or " ~ is_out_of_range('items_amount'),
            'amount_out_of_range',
        ],
        ['discount_total', 'is_discount_unreadable', 'not_money'],
        ['discount_total', is_out_of_range('discount_amount'), 'amount_out_of_range'],
    ]) }}

from in_currency
