{{ config(materialized='view') }}

with

staged as (

    {{ union_models(var('prospect_models'), [
        'source', 'load_id', 'row_number', 'position_id', 'prospect_id', 'account_type', 'account_id', 'phone_hash',
        'email_hash', 'created_date', 'expected_close_date', 'rejected_reason_code',
    ]) }}

),

set_aside as (

    select
        load_id,
        row_number
    from {{ ref('int_service_row_versions_resolved') }}
    where outcome <> 'loaded'

)

select
    staged.source,
    staged.load_id,
    staged.row_number,
    staged.position_id,
    staged.prospect_id,
    staged.account_type || ':' || staged.account_id as account_reference,
    staged.phone_hash,
    staged.email_hash,
    staged.created_date,
    staged.expected_close_date
from staged
left join set_aside
    on
        staged.load_id = set_aside.load_id
        and staged.row_number = set_aside.row_number
where
    staged.rejected_reason_code is null
    and set_aside.load_id is null
