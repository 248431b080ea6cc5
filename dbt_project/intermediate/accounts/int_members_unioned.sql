{{ config(materialized='view') }}

{{ union_models(var('member_models'), [
    'source', 'feed', 'load_id', 'row_number', 'position_id', 'account_type', 'account_id', 'phone_hash',
    'email_hash', 'ecommerce_account_id', 'gender', 'birth_year', 'joined_date', 'home_store_id',
    'member_status', 'card_tier', 'has_contact_consent', 'updated_at', 'payload_hash', 'rejected_column',
    'rejected_reason_code',
]) }}
