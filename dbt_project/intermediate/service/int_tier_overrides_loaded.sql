{{ config(materialized='view') }}

with

staged as (

    {{ union_models(var('tier_override_models'), [
        'source', 'load_id', 'row_number', 'override_id', 'account_type', 'account_id', 'scheme_id', 'tier_code',
        'kind', 'reason', 'requested_by', 'valid_from_date', 'valid_until_date', 'rejected_reason_code',
    ]) }}

),

in_force as (

    {{ rows_in_force('staged', ref('int_service_row_versions_resolved')) | indent(4) }}

)

select
    source,
    load_id,
    row_number,
    override_id,
    account_type || ':' || account_id as account_reference,
    scheme_id,
    tier_code,
    kind,
    reason,
    requested_by,
    valid_from_date,
    valid_until_date
from in_force
