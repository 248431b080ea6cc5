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
        typed_rows.*,
        rejection_reasons.reason
    from typed_rows
    left join {{ ref('rejection_reasons') }} as rejection_reasons
        on typed_rows.reason_code = rejection_reasons.reason_code

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
