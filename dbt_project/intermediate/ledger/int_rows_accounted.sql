{{ config(materialized='view') }}

with

sale_lines as (

    select
        source,
        feed,
        load_id,
        row_number,
        coalesce(stated_currency_code, 'XXX') as currency_code,
        amount,
        business_date,
        rejected_column,
        rejected_reason_code
    from {{ ref('int_sale_lines_unioned') }}

),

members as (

    select
        source,
        feed,
        load_id,
        row_number,
        rejected_column,
        rejected_reason_code
    from {{ ref('int_members_unioned') }}

),

service_rows as (

    select
        source,
        feed,
        load_id,
        row_number,
        rejected_column,
        rejected_reason_code
    from {{ ref('int_service_rows_unioned') }}

),

reference_rows as (

    {{ union_models(var('reference_models'), [
        'source', 'feed', 'load_id', 'row_number', 'rejected_column', 'rejected_reason_code',
    ]) }}

),

without_money as (

    select * from members
    union all
    select * from service_rows
    union all
    select * from reference_rows

),

staged as (

    select * from sale_lines

    union all

    select
        source,
        feed,
        load_id,
        row_number,
        'XXX' as currency_code,
        cast(null as decimal(18, 4)) as amount,
        cast(null as date) as business_date,
        rejected_column,
        rejected_reason_code
    from without_money

),

resolved as (

    select * from {{ ref('int_sale_line_versions_resolved') }}
    union all
    select * from {{ ref('int_member_versions_resolved') }}
    union all
    select * from {{ ref('int_service_row_versions_resolved') }}

)

select
    staged.source,
    staged.feed,
    staged.load_id,
    staged.row_number,
    staged.currency_code,
    staged.amount,
    staged.business_date,
    {{ outcome_of('staged', 'resolved') }} as outcome,
    staged.rejected_column as column_name,
    case
        when staged.rejected_reason_code is not null then staged.rejected_reason_code
        when resolved.outcome = 'quarantined' then 'conflicting_versions'
    end as reason_code
from staged
left join resolved
    on
        staged.load_id = resolved.load_id
        and staged.row_number = resolved.row_number
