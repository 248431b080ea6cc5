with

customers as (

    select * from {{ source('magento', 'customer_listing') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        {{ clean_text('"Phone_hash"') }} as phone_hash,
        {{ clean_text('"Email_hash"') }} as email_hash,

        {{ clean_account_id('"ID"') }} as account_id,
        lower({{ clean_text('"Gender"') }}) as gender,
        try_cast({{ clean_text('"Date of Birth_year"') }} as integer) as birth_year,

        {{ to_business_date(
            'coalesce(' ~ to_utc('"Customer Since"') ~ ', ' ~ to_utc_from_english('"Customer Since"') ~ ')'
        ) }} as joined_date,

        {{ payload_hash([
            '"ID"', '"Email_hash"', '"Group"', '"Phone_hash"', '"Country"', '"State/Province"',
            '"Customer Since"', '"Web Site"', '"Confirmed email"', '"Account Created in"',
            '"Date of Birth_year"', '"Gender"',
        ]) }} as payload_hash

    from customers

)

select
    'magento' as source,
    'customer_listing' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as account_type,

    account_id,
    phone_hash,
    email_hash,
    cast(null as varchar) as ecommerce_account_id,
    gender,
    birth_year,
    joined_date,
    cast(null as varchar) as home_store_id,
    cast(null as varchar) as member_status,
    cast(null as varchar) as card_tier,
    cast(null as boolean) as has_contact_consent,
    cast(null as decimal(18, 4)) as points_balance,
    cast(null as decimal(18, 4)) as stored_value_balance_amount,
    cast(null as date) as stored_value_opened_date,
    cast(null as varchar) as referrer_account_id,
    cast(null as varchar) as buyer_type,
    cast(null as boolean) as has_supply_agreement,
    cast(null as boolean) as is_platform_account,
    cast(null as boolean) as has_social_value,
    cast(null as boolean) as has_breached_agreement,
    cast(null as integer) as overdue_days,
    cast(null as decimal(18, 4)) as overdue_amount,
    cast(null as integer) as child_birth_year,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['ID', 'account_id is null', 'missing_value'],
        ['Customer Since', 'joined_date is null', 'not_a_timestamp'],
    ]) }}

from typed
