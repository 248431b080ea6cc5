with

all_purchases as (

    select * from {{ source('cdnow', 'purchases') }}

),

sample_purchases as (

    select * from {{ source('cdnow', 'sample_purchases') }}

),

purchases as (
{% for feed in ['purchases', 'sample_purchases'] %}
    select
        '{{ feed }}' as feed,
        _load_id,
        _row_number,
        _position_id,
        customer_id,
        date,
        number_of_cds,
        dollar_value
    from {{ 'all_purchases' if feed == 'purchases' else feed }}
    {{- '\n\n    union all\n' if not loop.last }}
{% endfor %}
),

cleaned as (

    select
        feed,
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_account_id('customer_id') }} as account_id,
        {{ to_decimal('number_of_cds') }} as quantity,
        {{ to_decimal('dollar_value') }} as amount,
        -- Eight digits; the time is midnight.
        regexp_replace({{ clean_text('"date"') }}, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\1-\2-\3') as occurred_text,

        {{ payload_hash(['customer_id', '"date"', 'number_of_cds', 'dollar_value']) }} as payload_hash

    from purchases

),

typed as (

    select
        *,
        {{ to_utc('occurred_text') }} as occurred_at,
        row_number() over (partition by load_id, payload_hash order by row_number) as repetition
    from cleaned

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from typed

)

select
    'cdnow' as source,
    feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    -- The export numbers no orders: what a customer bought on a day is one.
    account_id || ':' || business_date as receipt_no,
    -- Nor lines: the content is the line, and its second occurrence in one file another one.
    payload_hash || '-' || repetition as line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'ecommerce' end as account_type,
    account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    cast(null as varchar) as product_id,
    cast(null as varchar) as category,

    quantity,
    'piece' as quantity_unit,
    amount,
    amount as net_sales_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    'USD' as currency_code,
    'sale' as line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['customer_id', 'account_id is null', 'missing_value'],
        ['date', 'business_date is null', 'not_a_timestamp'],
        ['number_of_cds', 'quantity is null', 'not_a_decimal'],
        ['number_of_cds', 'quantity <> floor(quantity)', 'not_a_whole_number'],
        ['number_of_cds', 'quantity < 0', 'negative_value'],
        ['dollar_value', 'amount is null', 'not_a_decimal'],
        ['dollar_value', 'amount < 0', 'negative_value'],
    ]) }}

from dated
