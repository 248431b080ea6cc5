with

prospects as (

    select * from {{ source('generic', 'prospects') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,
        phone_hash,
        email_hash,

        {{ clean_account_id('prospect_id') }} as prospect_id,

        {{ to_business_date(to_utc('created_at')) }} as created_date,
        {{ to_business_date(to_utc('expected_close_date', business_time_zone())) }} as expected_close_date,
        {{ to_utc('updated_at') }} as updated_at,

        {{ clean_text('expected_close_date') }} as expected_close_text,
        {{ clean_text('updated_at') }} as updated_text,

        {{ payload_hash([
            'prospect_id', 'phone_hash', 'email_hash', 'created_at', 'expected_close_date', 'updated_at',
        ]) }} as payload_hash

    from prospects

)

select
    'generic' as source,
    'prospects' as feed,
    load_id,
    row_number,
    position_id,

    prospect_id,
    'prospect' as account_type,
    prospect_id as account_id,
    phone_hash,
    email_hash,
    created_date,
    expected_close_date,
    updated_at,
    payload_hash,

    {{ first_rejection([
        ['prospect_id', 'prospect_id is null', 'missing_value'],
        ['created_at', 'created_date is null', 'not_a_timestamp'],
        [
            'expected_close_date',
            'expected_close_date is null and expected_close_text is not null',
            'not_a_timestamp',
        ],
        ['updated_at', 'updated_at is null and updated_text is not null', 'not_a_timestamp'],
    ]) }}

from typed
