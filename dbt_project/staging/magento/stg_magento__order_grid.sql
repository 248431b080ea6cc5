with

orders as (

    select * from {{ source('magento', 'order_grid') }}

),

load_currencies as (

    {{ declared_currencies() }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        {{ clean_text('"Customer Email_hash"') }} as email_hash,

        {{ clean_identifier('"ID"') }} as receipt_no,
        replace(lower({{ clean_text('"Status"') }}), ' ', '_') as status,
        {{ clean_text('"Payment Method"') }} as payment_method,

        {{ to_control_amount('"Grand Total (Base)"') }} as amount,
        {{ to_money('"Grand Total (Base)"') }} as total_amount,
        {{ to_money('"Shipping and Handling"') }} as shipping_amount,
        {{ to_money('"Total Refunded"') }} as refunded_amount,
        {{ is_unreadable_money('"Shipping and Handling"') }} as is_shipping_unreadable,
        {{ is_unreadable_money('"Total Refunded"') }} as is_refund_unreadable,

        coalesce({{ to_utc('"Purchase Date"') }}, {{ to_utc_from_english('"Purchase Date"') }}) as occurred_at,

        {{ payload_hash([
            '"ID"', '"Purchase Point"', '"Purchase Date"', '"Grand Total (Base)"',
            '"Grand Total (Purchased)"', '"Status"', '"Shipping Information"', '"Customer Email_hash"',
            '"Customer Group"', '"Subtotal"', '"Shipping and Handling"', '"Payment Method"',
            '"Total Refunded"', '"Allocated sources"', '"Pickup Location Code"',
            '"Braintree Transaction Source"', '"Dispute State"',
        ]) }} as payload_hash

    from orders

),

described as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date,
        -- The grid shows a status by its label or by its code.
        case
            when status in ('complete', 'processing', 'closed') then 'sale'
            when status in ('canceled', 'suspected_fraud', 'fraud', 'paypal_reversed', 'paypal_canceled_reversal')
                then 'cancelled'
            when
                status in (
                    'pending', 'pending_payment', 'pending_paypal', 'payment_review', 'on_hold', 'holded'
                )
                then 'pending'
        end as line_kind
    from typed

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
    'magento' as source,
    'order_grid' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    '1' as line_no,
    cast(null as varchar) as original_receipt_no,
    cast(null as varchar) as account_type,
    cast(null as varchar) as account_id,
    cast(null as varchar) as phone_hash,
    email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    cast(null as varchar) as product_id,
    cast(null as varchar) as category,

    cast(1 as decimal(18, 4)) as quantity,
    'other' as quantity_unit,
    amount,
    cast(
        case
            when line_kind <> 'sale' then 0
            when status = 'closed' and coalesce(refunded_amount, 0) = 0 then 0
            when
                {{ is_out_of_range('total_amount') }}
                or {{ is_out_of_range('shipping_amount') }}
                or {{ is_out_of_range('refunded_amount') }}
                then null
            else greatest(total_amount - coalesce(shipping_amount, 0) - coalesce(refunded_amount, 0), 0)
        end as decimal(18, 4)
    ) as net_sales_amount,
    cast(
        case
            when line_kind <> 'sale' then 0
            when
                {{ is_out_of_range('total_amount') }}
                or {{ is_out_of_range('shipping_amount') }}
                or {{ is_out_of_range('refunded_amount') }}
                then null
            when status = 'closed' and coalesce(refunded_amount, 0) = 0
                then greatest(total_amount - coalesce(shipping_amount, 0), 0)
            else least(coalesce(refunded_amount, 0), greatest(total_amount - coalesce(shipping_amount, 0), 0))
        end as decimal(18, 4)
    ) as taken_back_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    currency_code,
    line_kind,
    'product' as line_type,
    payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['ID', 'receipt_no is null', 'missing_value'],
        ['Purchase Date', 'business_date is null', 'not_a_timestamp'],
        ['Status', 'line_kind is null', 'unknown_status'],
        ['Grand Total (Base)', 'total_amount is null', 'not_money'],
        ['Grand Total (Base)', is_out_of_range('total_amount'), 'amount_out_of_range'],
        ['Shipping and Handling', 'is_shipping_unreadable', 'not_money'],
        ['Shipping and Handling', is_out_of_range('shipping_amount'), 'amount_out_of_range'],
        ['Total Refunded', 'is_refund_unreadable', 'not_money'],
        ['Total Refunded', is_out_of_range('refunded_amount'), 'amount_out_of_range'],
        ['Total Refunded', 'refunded_amount < 0', 'negative_value'],
    ]) }}

from in_currency
