with

line_items as (

    select * from {{ source('poslog', 'line_items') }}

),

cleaned as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        customer_phone_hash as phone_hash,
        customer_email_hash as email_hash,

        {{ clean_wide_text('store_id') }} as store_id,
        {{ clean_wide_text('workstation_id') }} as workstation_id,
        {{ clean_wide_text('transaction_number') }} as transaction_number,
        {{ clean_wide_text('transaction_id') }} as transaction_id,
        {{ clean_wide_text('original_transaction_id') }} as original_transaction_id,
        {{ clean_wide_text('line_number') }} as line_no,
        coalesce(
            {{ clean_wide_text('linked_line_number') }}, {{ clean_wide_text('returned_linked_line_number') }}
        ) as linked_line_no,
        coalesce(
            {{ clean_account_id('loyalty_account_id') }},
            {{ clean_account_id('loyalty_program_account_id') }},
            {{ clean_account_id('customer_id') }}
        ) as account_id,
        coalesce(
            {{ clean_wide_text('item_id') }},
            {{ clean_wide_text('pos_item_id') }},
            {{ clean_wide_text('returned_item_id') }},
            {{ clean_wide_text('returned_pos_item_id') }}
        ) as product_id,
        coalesce(
            {{ clean_wide_text('merchandise_group') }}, {{ clean_wide_text('returned_merchandise_group') }}
        ) as category,
        {{ clean_wide_text('tender_types') }} as payment_method,

        coalesce(lower({{ clean_wide_text('void_flag') }}) in ('true', '1'), false) as is_marked_void,
        coalesce(lower({{ clean_wide_text('cancel_flag') }}) in ('true', '1'), false) as is_cancelled,
        coalesce(lower({{ clean_wide_text('training_flag') }}) in ('true', '1'), false) as is_training,
        lower({{ clean_wide_text('transaction_status') }}) as transaction_status,

        split_part(coalesce(quantity, returned_quantity), '|', 1) as quantity_text,
        upper(trim(split_part(coalesce(unit_of_measure, returned_unit_of_measure), '|', 1))) as unit_of_measure,

        {{ to_control_amount('extended_amount') }} as extended_amount,
        {{ clean_text('extended_amount') }} as extended_text,
        {{ to_decimal('returned_amount') }} as returned_amount,
        coalesce(
            {{ clean_text('returned_amount') }},
            {{ clean_text('returned_item_id') }},
            {{ clean_text('returned_pos_item_id') }}
        ) as returned_text,
        {{ to_decimal('discount_amount') }} as transaction_discount_amount,
        {{ clean_text('discount_amount') }} as transaction_discount_text,
        {{ to_decimal('line_discount_amount') }} as line_discount_amount,
        {{ clean_text('line_discount_amount') }} as line_discount_text,
        {{ to_currency('currency_code') }} as currency_code,
        {{ to_currency('extended_currency_code') }} as line_currency_code,

        {{ to_date('business_day') }} as booked_date,
        {{ clean_text('business_day') }} as booked_text,
        -- Tills write ten millionths of a second.
        regexp_replace(
            coalesce({{ clean_text('ended_at') }}, {{ clean_text('began_at') }}), '([.][0-9]{6})[0-9]+', '\1'
        ) as occurred_text,

        {{ payload_hash([
            'store_id', 'workstation_id', 'transaction_number', 'transaction_id', 'business_day', 'began_at',
            'ended_at', 'cancel_flag', 'training_flag', 'transaction_status', 'loyalty_account_id',
            'loyalty_program_account_id', 'customer_id', 'customer_phone_hash', 'customer_email_hash',
            'line_number', 'void_flag', 'linked_line_number', 'returned_linked_line_number', 'item_id',
            'pos_item_id', 'merchandise_group', 'quantity', 'unit_of_measure', 'extended_amount',
            'extended_currency_code', 'line_discount_amount', 'returned_item_id', 'returned_pos_item_id',
            'returned_merchandise_group', 'returned_quantity', 'returned_unit_of_measure', 'returned_amount',
            'original_transaction_id', 'discount_amount', 'tender_amount', 'tender_types', 'currency_code',
        ]) }} as payload_hash

    from line_items

),

typed as (

    select
        *,
        {{ to_utc('occurred_text') }} as occurred_at,
        {{ to_decimal('quantity_text') }} as quantity,
        store_id || ':' || coalesce(
            transaction_id,
            workstation_id || ':' || coalesce(booked_text, '') || ':' || transaction_number
        ) as receipt_no,
        store_id || ':' || original_transaction_id as original_receipt_no,
        case
            when returned_text is not null then 'return'
            when extended_text is not null or product_id is not null then 'sale'
            when transaction_discount_text is not null then 'discount'
            else 'other'
        end as line_role
    from cleaned

),

voiding_links as (

    select distinct
        load_id,
        receipt_no,
        linked_line_no,
        product_id
    from typed
    where is_marked_void and linked_line_no is not null

),

-- A line that voids another marks itself only: the other one is void because it is linked and of the same article.
judged as (

    select
        typed.*,
        coalesce(typed.booked_date, {{ to_business_date('typed.occurred_at') }}) as business_date,
        case
            when typed.is_marked_void or typed.is_training or voiding_links.receipt_no is not null then 'void'
            when
                typed.is_cancelled
                or typed.transaction_status in ('voided', 'postvoided', 'canceled', 'cancelled', 'failed')
                then 'cancelled'
            when typed.transaction_status = 'suspended' then 'pending'
            when typed.transaction_status not in ('totaled', 'tendered', 'delivered') then null
            when typed.line_role = 'return' then 'return'
            else 'sale'
        end as line_kind
    from typed
    left join voiding_links
        on
            typed.load_id = voiding_links.load_id
            and typed.receipt_no = voiding_links.receipt_no
            and typed.line_no = voiding_links.linked_line_no
            and typed.product_id = voiding_links.product_id

)

select
    'poslog' as source,
    'line_items' as feed,
    load_id,
    row_number,
    position_id,
    'pos' as channel,

    receipt_no,
    line_no,
    original_receipt_no,
    case when account_id is not null then 'member' end as account_type,
    account_id,
    phone_hash,
    email_hash,
    store_id,
    occurred_at,
    business_date,
    product_id,
    category,

    quantity,
    case when unit_of_measure = 'EA' or unit_of_measure is null then 'piece' else 'other' end as quantity_unit,
    cast(coalesce(extended_amount, 0) as decimal(18, 4)) as amount,
    cast(
        case
            when line_kind = 'sale' and line_role = 'sale' then extended_amount
            when line_kind = 'sale' and line_role = 'discount' then -transaction_discount_amount
            when line_kind = 'return' then -returned_amount
            else 0
        end as decimal(18, 4)
    ) as net_sales_amount,
    line_discount_amount as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    currency_code,
    line_kind,
    case when line_role in ('sale', 'return') then 'product' else 'adjustment' end as line_type,
    payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['store_id', 'store_id is null', 'missing_value'],
        ['transaction_number', 'receipt_no is null', 'missing_value'],
        ['line_number', 'line_no is null', 'missing_value'],
        ['ended_at', 'occurred_at is null', 'not_a_timestamp'],
        ['business_day', 'booked_date is null and booked_text is not null', 'not_a_timestamp'],
        ['transaction_status', 'line_kind is null', 'unknown_status'],
        ['currency_code', 'currency_code is null', 'not_a_currency'],
        ['extended_currency_code', 'line_currency_code <> currency_code', 'not_a_currency'],
        ['extended_amount', "extended_amount is null and line_role = 'sale'", 'not_a_decimal'],
        ['extended_amount', is_out_of_range('extended_amount'), 'amount_out_of_range'],
        ['returned_amount', "returned_amount is null and line_role = 'return'", 'not_a_decimal'],
        ['returned_amount', 'returned_amount < 0', 'negative_return'],
        ['item_id', "product_id is null and line_role in ('sale', 'return')", 'missing_value'],
        ['quantity', "quantity is null and line_role in ('sale', 'return')", 'not_a_decimal'],
        ['line_discount_amount', 'line_discount_amount is null and line_discount_text is not null', 'not_a_decimal'],
        ['line_discount_amount', is_out_of_range('line_discount_amount'), 'amount_out_of_range'],
        ['discount_amount', "transaction_discount_amount is null and line_role = 'discount'", 'not_a_decimal'],
        ['discount_amount', "line_role = 'discount' and transaction_discount_amount < 0", 'negative_value'],
        ['discount_amount', is_out_of_range('transaction_discount_amount'), 'amount_out_of_range'],
    ]) }}

from judged
