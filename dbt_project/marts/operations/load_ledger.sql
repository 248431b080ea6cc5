with

loads as (

    select * from {{ source('lake', 'loads') }}

),

-- One row also where there is no date, of which nothing lies after it.
dates as (

    select max(as_of_date) as as_of_date
    from {{ ref('int_as_of_dates') }}
    where is_current

),

-- A file dropped again under another name has the rows of the load that brought the same bytes.
load_totals as (

    select
        loads.load_id,
        totals.currency_code,
        totals.row_count,
        totals.amount
    from loads
    inner join {{ source('lake', 'load_totals') }} as totals
        on coalesce(loads.duplicate_of_load_id, loads.load_id) = totals.load_id

),

malformed as (

    select
        load_id,
        'XXX' as currency_code,
        'quarantined' as outcome,
        count(*) as rows_count,
        0 as rows_after_date_count,
        cast(0 as decimal(38, 4)) as amount
    from {{ source('lake', 'malformed_rows') }}
    group by load_id

),

accounted as (

    select
        rows_accounted.load_id,
        rows_accounted.currency_code,
        rows_accounted.outcome,
        count(*) as rows_count,
        count(*) filter (where rows_accounted.business_date > dates.as_of_date) as rows_after_date_count,
        cast(coalesce(sum(rows_accounted.amount), 0) as decimal(38, 4)) as amount
    from {{ ref('int_rows_accounted') }} as rows_accounted
    cross join dates
    group by rows_accounted.load_id, rows_accounted.currency_code, rows_accounted.outcome

),

-- A replaced file, and one that was known already, went one way as a whole; its rows were not typed again.
whole_files as (

    select
        load_totals.load_id,
        load_totals.currency_code,
        case when loads.status = 'duplicate_file' then 'duplicate' else 'superseded' end as outcome,
        load_totals.row_count as rows_count,
        0 as rows_after_date_count,
        load_totals.amount
    from load_totals
    inner join loads
        on load_totals.load_id = loads.load_id
    where loads.status = 'duplicate_file' or loads.superseded_by_load_id is not null

),

row_by_row as (

    select * from malformed
    union all
    select * from accounted

),

outcomes as (

    select * from whole_files

    union all

    select row_by_row.*
    from row_by_row
    inner join loads
        on row_by_row.load_id = loads.load_id
    where loads.status = 'accepted' and loads.superseded_by_load_id is null

),

pivoted as (

    select
        load_id,
        currency_code,
        {%- for outcome in ['loaded', 'duplicate', 'superseded', 'quarantined'] %}
        coalesce(sum(rows_count) filter (where outcome = '{{ outcome }}'), 0)
            as rows_{{ outcome }}_count,
        coalesce(sum(amount) filter (where outcome = '{{ outcome }}'), 0)
            as amount_{{ outcome }},
        {%- endfor %}
        coalesce(sum(rows_after_date_count) filter (where outcome = 'loaded'), 0) as rows_after_date_count
    from outcomes
    group by load_id, currency_code

),

loads_and_currencies as (

    select
        load_id,
        currency_code
    from load_totals

    union distinct

    select
        load_id,
        currency_code
    from pivoted

    union distinct

    -- A file without rows, such as a refused one, has no currency and still has its line.
    select
        loads.load_id,
        'XXX' as currency_code
    from loads
    left join load_totals
        on loads.load_id = load_totals.load_id
    where load_totals.load_id is null

)

select
    loads.load_id,
    loads.source,
    loads.feed,
    loads.file_name,
    loads.file_sha256,
    loads.status,
    loads.reason_code,
    loads.reason,
    loads.superseded_by_load_id,
    loads.duplicate_of_load_id,
    loads_and_currencies.currency_code,

    cast(coalesce(load_totals.row_count, 0) as bigint) as rows_in_count,
    cast(coalesce(pivoted.rows_loaded_count, 0) as bigint) as rows_loaded_count,
    cast(coalesce(pivoted.rows_duplicate_count, 0) as bigint) as rows_duplicate_count,
    cast(coalesce(pivoted.rows_superseded_count, 0) as bigint) as rows_superseded_count,
    cast(coalesce(pivoted.rows_quarantined_count, 0) as bigint) as rows_quarantined_count,
    cast(coalesce(pivoted.rows_after_date_count, 0) as bigint) as rows_after_date_count,

    cast(coalesce(load_totals.amount, 0) as decimal(38, 4)) as amount_in,
    cast(coalesce(pivoted.amount_loaded, 0) as decimal(38, 4)) as amount_loaded,
    cast(coalesce(pivoted.amount_duplicate, 0) as decimal(38, 4)) as amount_duplicate,
    cast(coalesce(pivoted.amount_superseded, 0) as decimal(38, 4)) as amount_superseded,
    cast(coalesce(pivoted.amount_quarantined, 0) as decimal(38, 4)) as amount_quarantined,

    loads.loaded_at

from loads_and_currencies
inner join loads
    on loads_and_currencies.load_id = loads.load_id
left join load_totals
    on
        loads_and_currencies.load_id = load_totals.load_id
        and loads_and_currencies.currency_code = load_totals.currency_code
left join pivoted
    on
        loads_and_currencies.load_id = pivoted.load_id
        and loads_and_currencies.currency_code = pivoted.currency_code
