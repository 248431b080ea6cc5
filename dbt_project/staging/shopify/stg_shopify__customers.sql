with

customers as (

    select * from {{ source('shopify', 'customers') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        coalesce({{ clean_text('"Phone_hash"') }}, {{ clean_text('"Default Address Phone_hash"') }}) as phone_hash,
        {{ clean_text('"Email_hash"') }} as email_hash,

        {{ clean_account_id('"Customer ID"') }} as customer_id,
        lower({{ clean_text('"Accepts Email Marketing"') }}) as accepts_marketing,

        {{ payload_hash([
            '"Customer ID"', '"Email_hash"', '"Accepts Email Marketing"', '"Default Address Province Code"',
            '"Default Address Country Code"', '"Default Address Phone_hash"', '"Province"',
            '"Province Code"', '"Country"', '"Country Code"', '"Phone_hash"', '"Accepts SMS Marketing"',
            '"Total Spent"', '"Total Orders"', '"Tax Exempt"', '"Tags"',
        ]) }} as payload_hash

    from customers

)

select
    'shopify' as source,
    'customers' as feed,
    load_id,
    row_number,
    position_id,
    -- An older export has no numbers: its customers are who orders with their e-mail or phone.
    case
        when customer_id is not null then 'ecommerce'
        when email_hash is not null then 'email'
        when phone_hash is not null then 'phone'
    end as account_type,

    coalesce(customer_id, email_hash, phone_hash) as account_id,
    phone_hash,
    email_hash,
    cast(null as varchar) as ecommerce_account_id,
    cast(null as varchar) as gender,
    cast(null as integer) as birth_year,
    cast(null as date) as joined_date,
    cast(null as varchar) as home_store_id,
    cast(null as varchar) as member_status,
    cast(null as varchar) as card_tier,
    case accepts_marketing
        when 'yes' then true
        when 'no' then false
    end as has_contact_consent,
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
        ['Customer ID', 'coalesce(customer_id, email_hash, phone_hash) is null', 'missing_value'],
    ]) }}

from typed
