with

households as (

    select * from {{ source('complete_journey', 'demographics') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_account_id('household_id') }} as account_id,

        {{ payload_hash([
            'household_id', 'age', 'income', 'home_ownership', 'marital_status', 'household_size',
            'household_comp', 'kids_count',
        ]) }} as payload_hash

    from households

)

select
    'complete_journey' as source,
    'demographics' as feed,
    load_id,
    row_number,
    position_id,
    'member' as account_type,

    account_id,
    cast(null as varchar) as phone_hash,
    cast(null as varchar) as email_hash,
    cast(null as varchar) as ecommerce_account_id,
    cast(null as varchar) as gender,
    cast(null as integer) as birth_year,
    cast(null as date) as joined_date,
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
        ['household_id', 'account_id is null', 'missing_value'],
    ]) }}

from typed
