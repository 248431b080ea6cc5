{{ config(materialized='view') }}

{{ union_models(var('sale_line_models'), [
    'source', 'feed', 'load_id', 'row_number', 'position_id', 'channel', 'receipt_no', 'line_no',
    'original_receipt_no', 'account_type', 'account_id', 'phone_hash', 'email_hash', 'store_id',
    'occurred_at', 'business_date', 'product_id', 'category', 'quantity', 'quantity_unit', 'amount',
    'net_sales_amount', 'discount_amount', 'cost_amount', 'currency_code', 'line_kind', 'line_type',
    'payment_method', 'updated_at', 'payload_hash', 'rejected_column', 'rejected_reason_code',
]) }}
