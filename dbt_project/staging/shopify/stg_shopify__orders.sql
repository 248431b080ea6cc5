with

order_lines as (

    select * from {{ source('shopify', 'orders') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        {{ clean_text('"Email_hash"') }} as email_hash,
        coalesce({{ clean_text('"Phone_hash"') }}, {{ clean_text('"Billing Phone_hash"') }}) as phone_hash,

        nullif(trim(regexp_replace({{ clean_identifier('"Name"') }}, '^#', '')), '') as receipt_no,
        coalesce({{ clean_identifier('"Lineitem sku"') }}, {{ clean_text('"Lineitem name"') }}) as product_id,
        lower({{ clean_text('"Financial Status"') }}) as own_status,
        {{ to_currency('"Currency"') }} as own_currency_code,
        {{ clean_text('"Cancelled at"') }} is not null as is_own_cancelled,
        {{ clean_text('"Payment Method"') }} as payment_method,

        {{ to_money('"Lineitem quantity"') }} as quantity,
        {{ to_money('"Lineitem price"') }} as unit_price,
        {{ to_control_amount('"Total"') }} as amount,
        {{ to_money('"Total"') }} as total_amount,
        {{ to_money('"Subtotal"') }} as subtotal_amount,
        {{ to_money('"Refunded Amount"') }} as refunded_amount,
        {{ to_money('"Discount Amount"') }} as discount_amount,
        {{ is_unreadable_money('"Refunded Amount"') }} as is_refund_unreadable,
        {{ is_unreadable_money('"Discount Amount"') }} as is_discount_unreadable,

        {{ to_utc('"Created at"') }} as occurred_at,

        {{ payload_hash([
            '"Name"', '"Email_hash"', '"Financial Status"', '"Paid at"', '"Fulfillment Status"',
            '"Fulfilled at"', '"Accepts Marketing"', '"Currency"', '"Subtotal"', '"Shipping"', '"Taxes"',
            '"Total"', '"Discount Code"', '"Discount Amount"', '"Shipping Method"', '"Created at"',
            '"Lineitem quantity"', '"Lineitem name"', '"Lineitem price"', '"Lineitem compare at price"',
            '"Lineitem sku"', '"Lineitem requires shipping"', '"Lineitem taxable"',
            '"Lineitem fulfillment status"', '"Billing Province"', '"Billing Country"',
            '"Billing Phone_hash"', '"Shipping Province"', '"Shipping Country"', '"Shipping Phone_hash"',
            '"Cancelled at"', '"Payment Method"', '"Payment Reference"', '"Refunded Amount"', '"Vendor"',
            '"Outstanding Balance"', '"Location"', '"Device ID"', '"Id"', '"Tags"', '"Risk Level"',
            '"Source"', '"Lineitem discount"', '"Tax 1 Name"', '"Tax 1 Value"', '"Tax 2 Name"',
            '"Tax 2 Value"', '"Tax 3 Name"', '"Tax 3 Value"', '"Tax 4 Name"', '"Tax 4 Value"',
            '"Tax 5 Name"', '"Tax 5 Value"', '"Phone_hash"', '"Receipt Number"', '"Duties"',
            '"Billing Province Name"', '"Shipping Province Name"', '"Payment ID"', '"Payment Terms Name"',
            '"Next Payment Due At"', '"Payment References"',
        ]) }} as payload_hash

    from order_lines

),

-- Only the first row of an order has a status; one that begins again within a file begins with it, too.
opened as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date,
        own_status is not null as is_first,
        count(own_status) over (
            partition by load_id, receipt_no
            order by row_number
            rows between unbounded preceding and current row
        ) as opening_number
    from typed

),

numbered as (

    select
        *,
        row_number() over (
            partition by load_id, receipt_no, opening_number
            order by row_number
        ) as line_number
    from opened

),

orders as (

    select
        load_id,
        receipt_no,
        opening_number,
        own_status as status,
        own_currency_code as currency_code,
        is_own_cancelled as is_cancelled
    from numbered
    where is_first

),

described as (

    select
        numbered.*,
        orders.status,
        coalesce(numbered.own_currency_code, orders.currency_code) as currency_code,
        case
            when orders.is_cancelled then 'cancelled'
            when orders.status in ('paid', 'partially_refunded', 'refunded') then 'sale'
            when orders.status in ('pending', 'authorized', 'partially_paid') then 'pending'
            when orders.status in ('voided', 'expired') then 'cancelled'
        end as line_kind
    from numbered
    left join orders
        on
            numbered.load_id = orders.load_id
            and numbered.receipt_no = orders.receipt_no
            and numbered.opening_number = orders.opening_number

)

select
    'shopify' as source,
    'orders' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    cast(line_number as varchar) as line_no,
    cast(null as varchar) as original_receipt_no,
    cast(null as varchar) as account_type,
    cast(null as varchar) as account_id,
    phone_hash,
    email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    product_id,
    cast(null as varchar) as category,

    quantity,
    'piece' as quantity_unit,
    case when is_first then amount else coalesce(amount, 0) end as amount,
    cast(
        case
            when not is_first or line_kind <> 'sale' then 0
            when {{ is_out_of_range('subtotal_amount') }} or {{ is_out_of_range('refunded_amount') }} then null
            when status = 'refunded' and coalesce(refunded_amount, 0) = 0 then 0
            else greatest(subtotal_amount - coalesce(refunded_amount, 0), 0)
        end as decimal(18, 4)
    ) as net_sales_amount,
    cast(
        case
            when not is_first or line_kind <> 'sale' then 0
            when {{ is_out_of_range('subtotal_amount') }} or {{ is_out_of_range('refunded_amount') }} then null
            when status = 'refunded' and coalesce(refunded_amount, 0) = 0 then subtotal_amount
            else least(coalesce(refunded_amount, 0), greatest(subtotal_amount, 0))
        end as decimal(18, 4)
    ) as taken_back_amount,
    case when is_first then discount_amount end as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    currency_code,
    line_kind,
    'product' as line_type,
    payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['Name', 'receipt_no is null', 'missing_value'],
        ['Financial Status', 'status is null', 'missing_value'],
        ['Financial Status', 'line_kind is null', 'unknown_status'],
        ['Currency', 'currency_code is null', 'not_a_currency'],
        ['Created at', 'business_date is null', 'not_a_timestamp'],
        ['Total', 'is_first and total_amount is null', 'not_money'],
        ['Total', is_out_of_range('total_amount'), 'amount_out_of_range'],
        ['Subtotal', 'is_first and subtotal_amount is null', 'not_money'],
        ['Subtotal', is_out_of_range('subtotal_amount'), 'amount_out_of_range'],
        ['Refunded Amount', 'is_refund_unreadable', 'not_money'],
        ['Refunded Amount', is_out_of_range('refunded_amount'), 'amount_out_of_range'],
        ['Refunded Amount', 'refunded_amount < 0', 'negative_value'],
        ['Discount Amount', 'is_discount_unreadable', 'not_money'],
        ['Discount Amount', is_out_of_range('discount_amount'), 'amount_out_of_range'],
        ['Lineitem name', 'product_id is null', 'missing_value'],
        ['Lineitem quantity', 'quantity is null', 'not_money'],
        ['Lineitem price', 'unit_price is null', 'not_money'],
    ]) }},

    own_currency_code as stated_currency_code

from described
