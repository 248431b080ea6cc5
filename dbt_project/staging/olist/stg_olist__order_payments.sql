with

order_payments as (

    select * from {{ source('olist', 'order_payments') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('order_id') }} as order_id,
        try_cast({{ clean_text('payment_sequential') }} as integer) as payment_number,
        {{ clean_text('payment_type') }} as payment_method,

        {{ payload_hash([
            'order_id', 'payment_sequential', 'payment_type', 'payment_installments', 'payment_value',
        ]) }} as payload_hash

    from order_payments

)

select
    'olist' as source,
    'order_payments' as feed,
    load_id,
    row_number,
    position_id,

    order_id,
    payment_number,
    payment_method,
    payload_hash,

    {{ first_rejection([
        ['order_id', 'order_id is null', 'missing_value'],
        ['payment_sequential', 'payment_number is null', 'not_a_whole_number'],
        ['payment_type', 'payment_method is null', 'missing_value'],
    ]) }}

from typed
