with

orders as (

    select * from {{ source('olist', 'orders') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('order_status') }} as order_status,

        {{ to_utc('order_purchase_timestamp', "'America/Sao_Paulo'") }} as purchased_at,

        {{ payload_hash([
            'order_id', 'customer_id', 'order_status', 'order_purchase_timestamp', 'order_approved_at',
            'order_delivered_carrier_date', 'order_delivered_customer_date', 'order_estimated_delivery_date',
        ]) }} as payload_hash

    from orders

)

select
    'olist' as source,
    'orders' as feed,
    load_id,
    row_number,
    position_id,

    order_id,
    customer_id,
    order_status,
    purchased_at,
    payload_hash,

    {{ first_rejection([
        ['order_id', 'order_id is null', 'missing_value'],
        ['customer_id', 'customer_id is null', 'missing_value'],
        ['order_status', 'order_status is null', 'missing_value'],
        ['order_purchase_timestamp', 'purchased_at is null', 'not_a_timestamp'],
    ]) }}

from typed
