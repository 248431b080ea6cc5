{{ config(materialized='view') }}

{%- set columns = [
    'source', 'feed', 'load_id', 'row_number', 'position_id', 'channel', 'receipt_no', 'line_no',
    'original_receipt_no', 'account_type', 'account_id', 'phone_hash', 'email_hash', 'store_id',
    'occurred_at', 'business_date', 'product_id', 'category', 'quantity', 'quantity_unit', 'amount',
    'net_sales_amount', 'discount_amount', 'cost_amount', 'currency_code', 'line_kind', 'line_type',
    'payment_method', 'updated_at', 'payload_hash', 'rejected_column', 'rejected_reason_code',
] %}
{%- set rows_without_currency = var('stated_currency_models') %}
{%- set stating = [] %}
{%- for model in var('sale_line_models') if model not in rows_without_currency %}
    {%- do stating.append(model) %}
{%- endfor %}

with

stated as (

    {{ union_models(stating, columns + ['currency_code as stated_currency_code']) }}

),

stated_once as (

    {{ union_models(rows_without_currency, columns + ['stated_currency_code']) }}

)

select * from stated
union all
select * from stated_once
