with

items as (

    select * from {{ source('square', 'items_detail') }}

),

load_currencies as (

    {{ declared_currencies() }}

),

time_zone_names as (

    select * from {{ ref('time_zone_names') }}

),

zoned as (

    select
        items.*,
        {{ clean_text('items."Date"') }} || ' ' || {{ clean_text('items."Time"') }} as local_time,
        time_zone_names.time_zone
    from items
    left join time_zone_names
        on {{ clean_text('items."Time Zone"') }} = time_zone_names.zone_name

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        time_zone,

        {{ clean_identifier('"Transaction ID"') }} as receipt_no,
        {{ clean_account_id('"Customer ID"') }} as account_id,
        {{ clean_text('"Location"') }} as store_id,
        coalesce({{ clean_identifier('"SKU"') }}, {{ clean_text('"Item"') }}) as product_id,
        nullif({{ clean_text('"Category"') }}, 'None') as category,
        lower({{ clean_text('"Event Type"') }}) as event_type,
        coalesce(lower({{ clean_text('"Unit"') }}), 'ea') as unit,

        {{ to_money('"Qty"') }} as quantity,
        {{ to_control_amount('"Net Sales"') }} as amount,
        {{ to_money('"Net Sales"') }} as net_amount,
        {{ to_money('"Discounts"') }} as discount_amount,
        {{ is_unreadable_money('"Discounts"') }} as is_discount_unreadable,

        {{ to_utc('local_time', 'time_zone') }} as occurred_at,

        -- What every version of the report has of an item; columns that came later may not make it another item.
        {{ payload_hash([
            '"Event Type"', '"Item"', '"Price Point Name"', '"SKU"', '"Modifiers Applied"', '"Qty"',
            '"Gross Sales"', '"Discounts"', '"Net Sales"', '"Tax"',
        ]) }} as item_hash,
        {{ payload_hash([
            '"Date"', '"Time"', '"Time Zone"', '"Category"', '"Item"', '"Qty"', '"Price Point Name"',
            '"SKU"', '"Modifiers Applied"', '"Gross Sales"', '"Discounts"', '"Net Sales"', '"Tax"',
            '"Transaction ID"', '"Payment ID"', '"Device Name"', '"Details"', '"Event Type"', '"Location"',
            '"Dining Option"', '"Customer ID"', '"Customer Reference ID"', '"Unit"', '"Count"', '"GTIN"',
            '"Itemization Type"', '"Commission"', '"Channel"', '"Token"', '"Card Brand"',
        ]) }} as payload_hash

    from zoned

),

-- Two equal items of a payment are two items: the second of them is the second in every file.
numbered as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date,
        row_number() over (
            partition by load_id, receipt_no, item_hash
            order by row_number
        ) as item_number
    from typed

),

in_currency as (

    select
        numbered.*,
        load_currencies.currency_code
    from numbered
    left join load_currencies
        on numbered.load_id = load_currencies.load_id

)

select
    'square' as source,
    'items_detail' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    receipt_no,
    item_hash || '-' || cast(item_number as varchar) as line_no,
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
    case when unit = 'ea' then 'piece' else 'other' end as quantity_unit,
    amount,
    cast(case when {{ is_out_of_range('net_amount') }} then null else net_amount end as decimal(18, 4))
        as net_sales_amount,
    abs(discount_amount) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    currency_code,
    case event_type
        when 'payment' then 'sale'
        when 'refund' then 'return'
    end as line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['Transaction ID', 'receipt_no is null', 'missing_value'],
        ['Time Zone', 'time_zone is null', 'unknown_time_zone'],
        ['Date', 'business_date is null', 'not_a_timestamp'],
        ['Event Type', "coalesce(event_type, '') not in ('payment', 'refund')", 'unknown_kind'],
        ['Location', 'store_id is null', 'missing_value'],
        ['Item', 'product_id is null', 'missing_value'],
        ['Qty', 'quantity is null', 'not_money'],
        ['Net Sales', 'net_amount is null', 'not_money'],
        ['Net Sales', is_out_of_range('net_amount'), 'amount_out_of_range'],
        ['Net Sales', "event_type = 'refund' and net_amount > 0", 'positive_return'],
        ['Discounts', 'is_discount_unreadable', 'not_money'],
        ['Discounts', is_out_of_range('discount_amount'), 'amount_out_of_range'],
    ]) }}

from in_currency
