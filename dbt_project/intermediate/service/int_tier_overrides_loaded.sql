{{ config(materialized='view') }}

with

staged as (

    {{ union_models(var('tier_override_models'), [
        'source', 'load_id', 'row_number', 'override_id', 'account_type', 'account_id', 'scheme_id', 'tier_code',
        'kind', 'reason', 'requested_by', 'valid_from_date', 'valid_until_date', 'rejected_reason_code',
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
    staged.override_id,
    staged.account_type || ':' || staged.account_id as account_reference,
    staged.scheme_id,
    staged.tier_code,
    staged.kind,
    staged.reason,
    staged.requested_by,
    staged.valid_from_date,
    staged.valid_until_date
from staged
left join set_aside
    on
        staged.load_id = set_aside.load_id
        and staged.row_number = set_aside.row_number
where
    staged.rejected_reason_code is null
    and set_aside.load_id is null
