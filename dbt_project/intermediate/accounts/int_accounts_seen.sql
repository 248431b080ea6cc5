{#- Sorting by the place of the first row in the log keeps a customer's key when accounts are merged. -#}
with

rows_seen as (

    select
        source,
        {{ account_reference() }} as account_reference,
        position_id,
        row_number
    from {{ ref('int_sale_lines_unioned') }}
    where rejected_reason_code is null

    union all

    select
        source,
        {{ account_reference() }} as account_reference,
        position_id,
        row_number
    from {{ ref('int_members_unioned') }}
    where rejected_reason_code is null

    union all

    select
        source,
        'prospect:' || record_id as account_reference,
        position_id,
        row_number
    from {{ ref('int_service_rows_unioned') }}
    where rejected_reason_code is null and feed = 'prospects'

),

-- Also rows that a later version replaced: an account's age is when it first came, whatever became of the row.
arrivals as (

    select
        source,
        account_reference,
        min(position_id) as first_position_id
    from rows_seen
    where account_reference is not null
    group by source, account_reference

),

first_rows as (

    select
        arrivals.source,
        arrivals.account_reference,
        arrivals.first_position_id,
        min(rows_seen.row_number) as first_row_number
    from arrivals
    inner join rows_seen
        on
            arrivals.source = rows_seen.source
            and arrivals.account_reference = rows_seen.account_reference
            and arrivals.first_position_id = rows_seen.position_id
    group by arrivals.source, arrivals.account_reference, arrivals.first_position_id

),

purchases as (

    select
        source,
        account_reference,
        min(business_date) as first_date
    from {{ ref('int_receipts_identified') }}
    where account_reference is not null
    group by source, account_reference

),

memberships as (

    select
        source,
        account_reference,
        coalesce(joined_date, date '1900-01-01') as first_date
    from {{ ref('int_members_loaded') }}

),

prospects as (

    select
        source,
        account_reference,
        created_date as first_date
    from {{ ref('int_prospects_loaded') }}

),

in_force as (

    select
        source,
        account_reference,
        min(first_date) as known_from_date
    from (
        select * from purchases
        union all
        select * from memberships
        union all
        select * from prospects
    ) as known
    group by source, account_reference

)

select
    in_force.source,
    {{ account_type_of('in_force.account_reference') }} as account_type,
    {{ account_id_of('in_force.account_reference') }} as account_id,
    in_force.account_reference,
    in_force.known_from_date,
    first_rows.first_position_id as first_seen_load_id,
    row_number() over (
        order by
            first_rows.first_position_id,
            first_rows.first_row_number,
            in_force.source,
            in_force.account_reference
    ) as account_number
from in_force
inner join first_rows
    on
        in_force.source = first_rows.source
        and in_force.account_reference = first_rows.account_reference
