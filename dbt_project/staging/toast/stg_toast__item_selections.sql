with

item_selections as (

    select * from {{ source('toast', 'item_selections') }}

),

load_currencies as (

    {{ declared_currencies() }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_identifier('"Check Id"') }} as receipt_no,
        {{ clean_identifier('"Item Selection Id"') }} as line_no,
        {{ clean_text('"Location"') }} as store_id,
        coalesce({{ clean_identifier('"SKU"') }}, {{ clean_identifier('"Item Id"') }}, {{ clean_text('"Menu Item"') }})
            as product_id,
        coalesce({{ clean_text('"Sales Category"') }}, {{ clean_text('"Menu Group"') }}) as category,
        lower({{ clean_text('"Void?"') }}) as is_void_text,
        coalesce(lower({{ clean_text('"Deferred"') }}), 'false') as is_deferred_text,

        {{ to_money('"Qty"') }} as quantity,
        {{ to_control_amount('"Net Price"') }} as amount,
        {{ to_money('"Net Price"') }} as net_amount,
        {{ to_money('"Discount"') }} as discount_amount,
        {{ is_unreadable_money('"Discount"') }} as is_discount_unreadable,

        {{ to_utc_from_american('"Order Date"') }} as occurred_at,

        {{ payload_hash([
            '"Location"', '"Order Id"', '"Order #"', '"Sent Date"', '"Order Date"', '"Check Id"', '"Table"',
            '"Dining Area"', '"Service"', '"Dining Option"', '"Item Selection Id"', '"Item Id"',
            '"Master Id"', '"SKU"', '"PLU"', '"Menu Item"', '"Menu Subgroup(s)"', '"Menu Group"', '"Menu"',
            '"Sales Category"', '"Gross Price"', '"Discount"', '"Net Price"', '"Qty"', '"Tax"', '"Void?"',
            '"Deferred"', '"Tax Exempt"', '"Tax Inclusion Option"', '"Dining Option Tax"',
        ]) }} as payload_hash

    from item_selections

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from typed

),

in_currency as (

    select
        dated.*,
        load_currencies.currency_code
    from dated
    left join load_currencies
        on dated.load_id = load_currencies.load_id

)

select
    'toast' as source,
    'item_selections' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    receipt_no,
    line_no,
    cast(null as varchar) as original_receipt_no,
    cast(null as varchar) as account_type,
    cast(null as varchar) as account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    store_id,
    occurred_at,
    business_date,
    product_id,
    category,

    quantity,
    case when quantity = floor(quantity) then 'piece' else 'other' end as quantity_unit,
    amount,
    cast(
        case
            when is_void_text = 'true' or is_deferred_text = 'true' then 0
            when {{ is_out_of_range('net_amount') }} then null
            else net_amount
        end as decimal(18, 4)
    ) as net_sales_amount,
    abs(discount_amount) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    currency_code,
    case is_void_text
        when 'true' then 'void'
        when 'false' then 'sale'
    end as line_kind,
    case when is_deferred_text = 'true' then 'service' else 'product' end as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['Check Id', 'receipt_no is null', 'missing_value'],
        ['Check Id', "not " ~ matches_fully('receipt_no', '[0-9]+'), 'not_digits'],
        ['Item Selection Id', 'line_no is null', 'missing_value'],
        ['Item Selection Id', "not " ~ matches_fully('line_no', '[0-9]+'), 'not_digits'],
        ['Location', 'store_id is null', 'missing_value'],
        ['Order Date', 'business_date is null', 'not_a_timestamp'],
        ['Void?', "coalesce(is_void_text, '') not in ('true', 'false')", 'not_true_or_false'],
        ['Deferred', "is_deferred_text not in ('true', 'false')", 'not_true_or_false'],
        ['Menu Item', 'product_id is null', 'missing_value'],
        ['Qty', 'quantity is null', 'not_money'],
        ['Net Price', 'net_amount is null', 'not_money'],
        ['Net Price', is_out_of_range('net_amount'), 'amount_out_of_range'],
        ['Discount', 'is_discount_unreadable', 'not_money'],
        ['Discount', is_out_of_range('discount_amount'), 'amount_out_of_range'],
    ]) }}

from in_currency
