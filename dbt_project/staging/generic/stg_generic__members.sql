with

members as (

    select * from {{ source('generic', 'members') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        phone_hash,
        email_hash,

        {{ clean_text('member_no') }} as account_id,
        {{ clean_text('ecommerce_account_id') }} as ecommerce_account_id,
        lower({{ clean_text('gender') }}) as gender,
        try_cast(birth_year as integer) as birth_year,
        {{ clean_text('home_store_id') }} as home_store_id,
        lower({{ clean_text('status') }}) as member_status,
        {{ clean_text('card_tier') }} as card_tier,
        lower({{ clean_text('contact_consent') }}) as contact_consent,

        {{ to_business_date(to_utc('joined_at')) }} as joined_date,
        {{ to_utc('updated_at') }} as updated_at,

        {{ clean_text('updated_at') }} as updated_text,

        {{ payload_hash([
            'member_no', 'phone_hash', 'email_hash', 'gender', 'birth_year', 'joined_at', 'home_store_id',
            'status', 'card_tier', 'points_balance', 'stored_value_balance', 'stored_value_opened_at',
            'referrer_member_no', 'ecommerce_account_id', 'contact_consent', 'buyer_type',
            'has_supply_agreement', 'is_platform_account', 'has_social_value', 'has_breached_agreement',
            'overdue_days', 'overdue_amount', 'updated_at',
        ]) }} as payload_hash

    from members

)

select
    'generic' as source,
    'members' as feed,
    load_id,
    row_number,
    position_id,
    'member' as account_type,

    account_id,
    phone_hash,
    email_hash,
    ecommerce_account_id,
    gender,
    birth_year,
    joined_date,
    home_store_id,
    member_status,
    card_tier,
    case
        when contact_consent in ('true', 't', 'yes', 'y', '1') then true
        when contact_consent in ('false', 'f', 'no', 'n', '0') then false
    end as has_contact_consent,
    updated_at,
    payload_hash,

    {{ first_rejection([
        ['member_no', 'account_id is null', 'missing_value'],
        ['joined_at', 'joined_date is null', 'not_a_timestamp'],
        ['status', "coalesce(member_status, '') not in ('active', 'closed', 'blocked')", 'unknown_status'],
        ['updated_at', 'updated_at is null and updated_text is not null', 'not_a_timestamp'],
    ]) }}

from typed
