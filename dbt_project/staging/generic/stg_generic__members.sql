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

        {{ clean_account_id('member_no') }} as account_id,
        {{ clean_account_id('ecommerce_account_id') }} as ecommerce_account_id,
        lower({{ clean_text('gender') }}) as gender,
        try_cast(birth_year as integer) as birth_year,
        {{ clean_text('home_store_id') }} as home_store_id,
        lower({{ clean_text('status') }}) as member_status,
        {{ clean_text('card_tier') }} as card_tier,
        {{ to_boolean('contact_consent') }} as has_contact_consent,
        {{ clean_account_id('referrer_member_no') }} as referrer_account_id,
        lower({{ clean_text('buyer_type') }}) as buyer_type,
        {{ to_boolean('has_supply_agreement') }} as has_supply_agreement,
        {{ to_boolean('is_platform_account') }} as is_platform_account,
        {{ to_boolean('has_social_value') }} as has_social_value,
        {{ to_boolean('has_breached_agreement') }} as has_breached_agreement,
        try_cast(child_birth_year as integer) as child_birth_year,

        {{ to_decimal('points_balance') }} as points_balance,
        {{ to_decimal('stored_value_balance') }} as stored_value_balance_amount,
        {{ to_integer('overdue_days') }} as overdue_days,
        {{ to_decimal('overdue_amount') }} as overdue_amount,

        {{ to_business_date(to_utc('joined_at')) }} as joined_date,
        {{ to_business_date(to_utc('stored_value_opened_at')) }} as stored_value_opened_date,
        {{ to_utc('updated_at') }} as updated_at,

        {{ clean_text('points_balance') }} as points_text,
        {{ clean_text('stored_value_balance') }} as stored_value_text,
        {{ clean_text('stored_value_opened_at') }} as stored_value_opened_text,
        {{ clean_text('contact_consent') }} as contact_consent_text,
        {{ clean_text('has_supply_agreement') }} as supply_agreement_text,
        {{ clean_text('is_platform_account') }} as platform_account_text,
        {{ clean_text('has_social_value') }} as social_value_text,
        {{ clean_text('has_breached_agreement') }} as breached_agreement_text,
        {{ clean_text('overdue_days') }} as overdue_days_text,
        {{ clean_text('overdue_amount') }} as overdue_amount_text,
        {{ clean_text('updated_at') }} as updated_text,

        {{ payload_hash([
            'member_no', 'phone_hash', 'email_hash', 'gender', 'birth_year', 'joined_at', 'home_store_id',
            'status', 'card_tier', 'points_balance', 'stored_value_balance', 'stored_value_opened_at',
            'referrer_member_no', 'ecommerce_account_id', 'contact_consent', 'buyer_type', 'child_birth_year',
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
    has_contact_consent,
    points_balance,
    stored_value_balance_amount,
    stored_value_opened_date,
    referrer_account_id,
    buyer_type,
    has_supply_agreement,
    is_platform_account,
    has_social_value,
    has_breached_agreement,
    overdue_days,
    overdue_amount,
    child_birth_year,
    updated_at,
    payload_hash,

    {{ first_rejection([
        ['member_no', 'account_id is null', 'missing_value'],
        ['joined_at', 'joined_date is null', 'not_a_timestamp'],
        ['status', "coalesce(member_status, '') not in ('active', 'closed', 'blocked')", 'unknown_status'],
        ['points_balance', 'points_balance is null and points_text is not null', 'not_a_decimal'],
        ['points_balance', is_out_of_range('points_balance'), 'amount_out_of_range'],
        [
            'stored_value_balance',
            'stored_value_balance_amount is null and stored_value_text is not null',
            'not_a_decimal',
        ],
        ['stored_value_balance', is_out_of_range('stored_value_balance_amount'), 'amount_out_of_range'],
        [
            'stored_value_opened_at',
            'stored_value_opened_date is null and stored_value_opened_text is not null',
            'not_a_timestamp',
        ],
        ['contact_consent', 'has_contact_consent is null and contact_consent_text is not null', 'not_true_or_false'],
        ['buyer_type', "buyer_type not in ('personal', 'business', 'project')", 'unknown_kind'],
        [
            'has_supply_agreement',
            'has_supply_agreement is null and supply_agreement_text is not null',
            'not_true_or_false',
        ],
        ['is_platform_account', 'is_platform_account is null and platform_account_text is not null', 'not_true_or_false'],
        ['has_social_value', 'has_social_value is null and social_value_text is not null', 'not_true_or_false'],
        [
            'has_breached_agreement',
            'has_breached_agreement is null and breached_agreement_text is not null',
            'not_true_or_false',
        ],
        ['overdue_days', 'overdue_days is null and overdue_days_text is not null', 'not_a_whole_number'],
        ['overdue_days', 'overdue_days < 0', 'negative_value'],
        ['overdue_amount', 'overdue_amount is null and overdue_amount_text is not null', 'not_a_decimal'],
        ['overdue_amount', is_out_of_range('overdue_amount'), 'amount_out_of_range'],
        ['overdue_amount', 'overdue_amount < 0', 'negative_value'],
        ['updated_at', 'updated_at is null and updated_text is not null', 'not_a_timestamp'],
    ]) }}

from typed
