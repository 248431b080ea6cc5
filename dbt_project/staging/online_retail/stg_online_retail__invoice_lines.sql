{#- Article numbers with an optional variant, articles sold through another marketplace, gift vouchers. -#}
{%- set article = '[0-9]{5}[A-Z]{0,2}|DCGS[0-9A-Z]+|GIFT_[0-9]{4}_[0-9]{2}' -%}

with

invoice_lines as (

    select * from {{ source('online_retail', 'invoice_lines') }}

),

stock_codes as (

    select * from {{ ref('online_retail_stock_codes') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('InvoiceNo') }} as receipt_no,
        -- The same article is written in capitals and in small letters.
        upper({{ clean_text('StockCode') }}) as product_id,
        {{ clean_account_id('CustomerID') }} as account_id,

        {{ to_decimal('Quantity') }} as quantity,
        {{ to_decimal('UnitPrice') }} as unit_price,

        {{ to_utc('InvoiceDate') }} as occurred_at,

        {{ payload_hash([
            'InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID',
            'Country',
        ]) }} as payload_hash

    from invoice_lines

),

priced as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date,
        case
            when {{ matches_fully('receipt_no', '[0-9]{6}') }} then 'invoice'
            when {{ matches_fully('receipt_no', 'C[0-9]{6}') }} then 'cancellation'
            when {{ matches_fully('receipt_no', 'A[0-9]{6}') }} then 'bad debt'
        end as invoice_type,
        -- Wider first: DuckDB multiplies two DECIMAL(18) in 18 digits and stops the build at the nineteenth.
        try_cast(cast(quantity as decimal(38, 4)) * unit_price as decimal(18, 4)) as amount
    from typed

),

coded as (

    select
        priced.*,
        coalesce(
            stock_codes.line_type,
            case
                when {{ matches_fully('priced.product_id', article) }} then 'product'
            end
        ) as code_line_type,
        coalesce(stock_codes.is_net_sales, true) as is_code_net_sales
    from priced
    left join stock_codes
        on priced.product_id = stock_codes.stock_code

),

classified as (

    select
        *,
        case
            when invoice_type = 'bad debt' then 'adjustment'
            when invoice_type = 'invoice' and quantity < 0 then 'adjustment'
            else code_line_type
        end as line_type,
        is_code_net_sales and invoice_type <> 'bad debt' as is_net_sales
    from coded

)

select
    'online_retail' as source,
    'invoice_lines' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    -- The export numbers no lines: the content is the line, so that only an equal row is the same line again.
    payload_hash as line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'ecommerce' end as account_type,
    account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    product_id,
    cast(null as varchar) as category,

    quantity,
    case when code_line_type = 'product' then 'piece' else 'other' end as quantity_unit,
    amount,
    cast(case when is_net_sales then amount else 0 end as decimal(18, 4)) as net_sales_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    'GBP' as currency_code,
    case invoice_type
        when 'invoice' then 'sale'
        when 'cancellation' then 'return'
        when 'bad debt' then 'sale'
    end as line_kind,
    line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['InvoiceNo', 'receipt_no is null', 'missing_value'],
        ['InvoiceNo', 'invoice_type is null', 'not_an_invoice_number'],
        ['StockCode', 'product_id is null', 'missing_value'],
        ['StockCode', 'code_line_type is null', 'unknown_stock_code'],
        ['InvoiceDate', 'business_date is null', 'not_a_timestamp'],
        ['Quantity', 'quantity is null', 'not_a_decimal'],
        ['Quantity', 'quantity <> floor(quantity)', 'not_a_whole_number'],
        ['UnitPrice', 'unit_price is null', 'not_a_decimal'],
        ['UnitPrice', 'amount is null', 'amount_out_of_range'],
        ['UnitPrice', "unit_price < 0 and invoice_type <> 'bad debt'", 'negative_value'],
        ['Quantity', "invoice_type = 'cancellation' and quantity > 0", 'positive_return'],
        ['Quantity', "invoice_type = 'invoice' and quantity < 0 and unit_price > 0", 'negative_sale'],
    ]) }}

from classified
