{#- What is left of a sum of doubles that should be 0, such as 0.0000000000000018: less than 0.00001 is 0. -#}
{%- set residue = '^-?0[.]00000[0-9]+$' -%}

with

transactions as (

    select * from {{ source('complete_journey', 'transactions') }}

),

products as (

    select * from {{ ref('stg_complete_journey__products') }}

),

current_products as (

    select
        product_id,
        product_category,
        quantity_unit
    from products
    where rejected_reason_code is null
    qualify row_number() over (
        partition by product_id
        order by position_id desc, load_id desc, row_number desc
    ) = 1

),

without_residue as (

    select
        *,
        regexp_replace(trim(sales_value), '{{ residue }}', '0') as sales_text,
        regexp_replace(trim(retail_disc), '{{ residue }}', '0') as loyalty_discount_text,
        regexp_replace(trim(coupon_disc), '{{ residue }}', '0') as coupon_discount_text,
        regexp_replace(trim(coupon_match_disc), '{{ residue }}', '0') as coupon_match_text
    from transactions

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('basket_id') }} as receipt_no,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_account_id('household_id') }} as account_id,
        {{ clean_text('store_id') }} as store_id,

        {{ to_decimal('quantity') }} as quantity,
        {{ to_decimal('sales_text') }} as amount,
        {{ to_decimal('loyalty_discount_text') }} as loyalty_discount_amount,
        {{ to_decimal('coupon_discount_text') }} as coupon_discount_amount,
        {{ to_decimal('coupon_match_text') }} as coupon_match_amount,

        {{ to_utc('transaction_timestamp', "'UTC'") }} as occurred_at,

        {{ clean_text('loyalty_discount_text') }} as loyalty_discount_text,
        {{ clean_text('coupon_discount_text') }} as coupon_discount_text,
        {{ clean_text('coupon_match_text') }} as coupon_match_text,

        {{ payload_hash([
            'household_id', 'store_id', 'basket_id', 'product_id', 'quantity', 'sales_value', 'retail_disc',
            'coupon_disc', 'coupon_match_disc', 'week', 'transaction_timestamp',
        ]) }} as payload_hash

    from without_residue

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from typed

),

categorised as (

    select
        dated.*,
        current_products.product_category as category,
        coalesce(current_products.quantity_unit, 'piece') as quantity_unit
    from dated
    left join current_products
        on dated.product_id = current_products.product_id

)

select
    'complete_journey' as source,
    'transactions' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    receipt_no,
    product_id as line_no,
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
    quantity_unit,
    amount,
    amount as net_sales_amount,
    -- What the shop itself gave; a manufacturer coupon is repaid to it and is no discount of the shop's.
    try_cast(
        coalesce(loyalty_discount_amount, 0) + coalesce(coupon_match_amount, 0) as decimal(18, 4)
    ) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    'USD' as currency_code,
    'sale' as line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['basket_id', 'receipt_no is null', 'missing_value'],
        ['product_id', 'product_id is null', 'missing_value'],
        ['store_id', 'store_id is null', 'missing_value'],
        ['transaction_timestamp', 'business_date is null', 'not_a_timestamp'],
        ['quantity', 'quantity is null', 'not_a_decimal'],
        ['quantity', 'quantity < 0', 'negative_value'],
        ['sales_value', 'amount is null', 'not_a_decimal'],
        ['sales_value', 'amount < 0', 'negative_value'],
        ['retail_disc', 'loyalty_discount_amount is null and loyalty_discount_text is not null', 'not_a_decimal'],
        ['coupon_disc', 'coupon_discount_amount is null and coupon_discount_text is not null', 'not_a_decimal'],
        ['coupon_match_disc', 'coupon_match_amount is null and coupon_match_text is not null', 'not_a_decimal'],
    ]) }}

from categorised
