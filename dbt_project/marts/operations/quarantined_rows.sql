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

),

-- A row that could not be split has no columns, so no text that could be told from contact data.
row_texts as (

    {{ row_texts('typed_rows') }}

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
    quarantined.amount,
    row_texts.row_text,
    redriven_rows.redriven_by_load_id
from quarantined
inner join loads
    on quarantined.load_id = loads.load_id
left join row_texts
    on
        quarantined.load_id = row_texts.load_id
        and quarantined.row_number = row_texts.row_number
left join {{ source('lake', 'redriven_rows') }} as redriven_rows
    on
        quarantined.load_id = redriven_rows.load_id
        and quarantined.row_number = redriven_rows.row_number
