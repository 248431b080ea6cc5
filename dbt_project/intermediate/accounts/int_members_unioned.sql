{{ config(materialized='view') }}

{{ union_models(var('member_models'), [
    'source', 'feed', 'load_id', 'row_number', 'position_id', 'account_type', 'account_id', 'phone_hash',
    'email_hash', 'ecommerce_account_id', 'gender', 'birth_year', 'joined_date', 'home_store_id',
    'member_status', 'card_tier', 'has_contact_consent', 'points_balance', 'stored_value_balance_amount',
    'stored_value_opened_date', 'referrer_account_id', 'buyer_type', 'has_supply_agreement', 'is_platform_account',
    'has_social_value', 'has_breached_agreement', 'overdue_days', 'overdue_amount', 'child_birth_year', 'updated_at',
    'payload_hash', 'rejected_column', 'rejected_reason_code',
]) }}
