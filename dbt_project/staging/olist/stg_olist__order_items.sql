with

order_items as (

    select * from {{ source('olist', 'order_items') }}

),

orders as (

    select * from {{ ref('stg_olist__orders') }}

),

customers as (

    select * from {{ ref('stg_olist__customers') }}

),

order_payments as (

    select * from {{ ref('stg_olist__order_payments') }}

),

statuses as (

    select * from {{ ref('olist_order_statuses') }}

),

current_orders as (

    select
        order_id,
        customer_id,
        order_status,
        purchased_at
    from orders
    where rejected_reason_code is null
    qualify row_number() over (
        partition by order_id
        order by position_id desc, load_id desc, row_number desc
    ) = 1

),

current_customers as (

    select
        customer_id,
        account_id
    from customers
    where rejected_reason_code is null
    qualify row_number() over (
        partition by customer_id
        order by position_id desc, load_id desc, row_number desc
    ) = 1

),

-- Several ways to pay an order: the first one names it.
first_payments as (

    select
        order_id,
        payment_method
    from order_payments
    where rejected_reason_code is null
    qualify row_number() over (
        partition by order_id
        order by payment_number, position_id desc, load_id desc, row_number desc
    ) = 1

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('order_id') }} as receipt_no,
        {{ clean_text('order_item_id') }} as line_no,
        {{ clean_text('product_id') }} as product_id,

        {{ to_decimal('price') }} as amount,
        {{ to_decimal('freight_value') }} as freight_amount,
        {{ clean_text('freight_value') }} as freight_text,

        {{ payload_hash([
            'order_id', 'order_item_id', 'product_id', 'seller_id', 'shipping_limit_date', 'price', 'freight_value',
        ]) }} as payload_hash

    from order_items

),

joined as (

    select
        typed.*,
        current_orders.order_id is null as is_order_missing,
        current_orders.purchased_at as occurred_at,
        current_orders.order_status,
        {{ to_business_date('current_orders.purchased_at') }} as business_date,
        statuses.line_kind,
        current_customers.account_id,
        first_payments.payment_method
    from typed
    left join current_orders
        on typed.receipt_no = current_orders.order_id
    left join statuses
        on current_orders.order_status = statuses.order_status
    left join current_customers
        on current_orders.customer_id = current_customers.customer_id
    left join first_payments
        on typed.receipt_no = first_payments.order_id

)

select
    'olist' as source,
    'order_items' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'ecommerce' end as account_type,
    account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    product_id,
    cast(null as varchar) as category,

    -- A row is one piece, whatever the article.
    cast(1 as decimal(18, 4)) as quantity,
    'piece' as quantity_unit,
    amount,
    cast(case when line_kind = 'sale' then amount else 0 end as decimal(18, 4)) as net_sales_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    'BRL' as currency_code,
    line_kind,
    'product' as line_type,
    payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['order_id', 'receipt_no is null', 'missing_value'],
        ['order_item_id', 'line_no is null', 'missing_value'],
        ['order_id', 'is_order_missing', 'missing_order'],
        ['order_id', 'line_kind is null', 'unknown_status'],
        ['product_id', 'product_id is null', 'missing_value'],
        ['price', 'amount is null', 'not_a_decimal'],
        ['price', 'amount < 0', 'negative_value'],
        ['price', is_out_of_range('amount'), 'amount_out_of_range'],
        ['freight_value', 'freight_amount is null and freight_text is not null', 'not_a_decimal'],
    ]) }}

from joined
