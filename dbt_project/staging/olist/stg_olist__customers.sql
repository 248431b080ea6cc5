with

customers as (

    select * from {{ source('olist', 'customers') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_account_id('customer_unique_id') }} as account_id,

        {{ payload_hash([
            'customer_id', 'customer_unique_id', 'customer_zip_code_prefix', 'customer_city', 'customer_state',
        ]) }} as payload_hash

    from customers

)

select
    'olist' as source,
    'customers' as feed,
    load_id,
    row_number,
    position_id,

    customer_id,
    account_id,
    payload_hash,

    {{ first_rejection([
        ['customer_id', 'customer_id is null', 'missing_value'],
        ['customer_unique_id', 'account_id is null', 'missing_value'],
    ]) }}

from typed
