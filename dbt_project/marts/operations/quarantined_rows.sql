with

loads as (

    select * from {{ source('lake', 'loads') }}

),

typed_rows as (

    select
        load_id,
        row_number,
        column_name,
        reason_code,
        currency_code,
        amount
    from {{ ref('int_rows_accounted') }}
    where outcome = 'quarantined'

),

malformed_rows as (

    select
        malformed.load_id,
        malformed.row_number,
        malformed.column_name,
        malformed.reason_code,
        'XXX' as currency_code,
        cast(null as decimal(18, 4)) as amount,
        malformed.reason
    from {{ source('lake', 'malformed_rows') }} as malformed
    inner join loads
        on malformed.load_id = loads.load_id
    where loads.superseded_by_load_id is null

),

reasons as (

    select
        *,
        case reason_code
            when 'missing_value' then 'a required value is empty'
            when 'not_a_decimal' then 'not a plain decimal number with at most 14 digits and 4 decimals'
            when 'not_a_timestamp' then 'not an ISO 8601 date or time'
            when 'not_a_currency' then 'not a currency code of three capital letters'
            when 'unknown_kind' then 'not one of sale, return, void'
            when 'unknown_status' then 'not one of the statuses that the feed knows'
            when 'negative_return' then 'a return with a negative amount'
            when 'conflicting_versions' then 'the same key and time came with different content'
            else reason_code
        end as reason
    from typed_rows

),

quarantined as (

    select * from reasons
    union all
    select * from malformed_rows

)

select
    quarantined.load_id,
    quarantined.row_number,
    loads.source,
    loads.feed,
    loads.file_name,
    quarantined.column_name,
    quarantined.reason_code,
    quarantined.reason,
    quarantined.currency_code,
    quarantined.amount
from quarantined
inner join loads
    on quarantined.load_id = loads.load_id
