{{ config(materialized='view') }}

{%- set columns = [
    'source', 'feed', 'load_id', 'row_number', 'position_id', 'channel', 'receipt_no', 'line_no',
    'original_receipt_no', 'account_type', 'account_id', 'phone_hash', 'email_hash', 'store_id',
    'occurred_at', 'business_date', 'product_id', 'category', 'quantity', 'quantity_unit', 'amount',
    'net_sales_amount', 'discount_amount', 'cost_amount', 'currency_code', 'line_kind', 'line_type',
    'payment_method', 'updated_at', 'payload_hash', 'rejected_column', 'rejected_reason_code',
] %}
{%- for model in var('sale_line_models') %}
{%- set currency = 'stated_currency_code' if model in var('stated_currency_models')
    else 'currency_code as stated_currency_code' %}
{%- set taken_back = 'taken_back_amount' if model in var('refunding_models')
    else 'cast(null as decimal(18, 4)) as taken_back_amount' %}
{{ union_models([model], columns + [currency, taken_back]) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
