with

overrides as (

    select * from {{ source('generic', 'tier_overrides') }}

),

known_tiers as (

    {{ known_tiers() }}

),

known_schemes as (

    select distinct scheme_id from known_tiers

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('override_id') }} as override_id,
        {{ clean_account_id('member_no') }} as account_id,
        {{ clean_text('scheme_id') }} as scheme_id,
        {{ clean_text('tier_code') }} as tier_code,
        lower({{ clean_text('kind') }}) as kind,
        {{ clean_text('reason') }} as reason,
        {{ clean_text('requested_by') }} as requested_by,

        {{ to_business_date(to_utc('valid_from_date', business_time_zone())) }} as valid_from_date,
        {{ to_business_date(to_utc('valid_until_date', business_time_zone())) }} as valid_until_date,

        {{ clean_text('valid_until_date') }} as valid_until_text,

        {{ payload_hash([
            'override_id', 'member_no', 'scheme_id', 'tier_code', 'kind', 'reason', 'requested_by',
            'valid_from_date', 'valid_until_date',
        ]) }} as payload_hash

    from overrides

),

matched as (

    select
        typed.*,
        known_schemes.scheme_id is not null as is_known_scheme,
        known_tiers.tier_code is not null as is_known_tier
    from typed
    left join known_schemes
        on typed.scheme_id = known_schemes.scheme_id
    left join known_tiers
        on
            typed.scheme_id = known_tiers.scheme_id
            and typed.tier_code = known_tiers.tier_code

)

select
    'generic' as source,
    'tier_overrides' as feed,
    load_id,
    row_number,
    position_id,

    override_id,
    'member' as account_type,
    account_id,
    scheme_id,
    tier_code,
    kind,
    reason,
    requested_by,
    valid_from_date,
    valid_until_date,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['override_id', 'override_id is null', 'missing_value'],
        ['member_no', 'account_id is null', 'missing_value'],
        ['scheme_id', 'scheme_id is null', 'missing_value'],
        ['scheme_id', 'not is_known_scheme', 'unknown_scheme'],
        ['tier_code', 'tier_code is null', 'missing_value'],
        ['tier_code', 'not is_known_tier', 'unknown_tier'],
        ['kind', "coalesce(kind, '') not in ('floor', 'freeze')", 'unknown_kind'],
        ['reason', 'reason is null', 'missing_value'],
        ['requested_by', 'requested_by is null', 'missing_value'],
        ['valid_from_date', 'valid_from_date is null', 'not_a_timestamp'],
        ['valid_until_date', 'valid_until_date is null and valid_until_text is not null', 'not_a_timestamp'],
        ['valid_until_date', 'valid_until_date < valid_from_date', 'ends_before_start'],
    ]) }}

from matched
