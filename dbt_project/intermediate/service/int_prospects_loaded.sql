{{ config(materialized='view') }}

with

staged as (

    {{ union_models(var('prospect_models'), [
        'source', 'load_id', 'row_number', 'position_id', 'prospect_id', 'account_type', 'account_id', 'phone_hash',
        'email_hash', 'created_date', 'expected_close_date', 'rejected_reason_code',
    ]) }}

),

in_force as (

    {{ rows_in_force('staged', ref('int_service_row_versions_resolved')) | indent(4) }}

)

select
    source,
    load_id,
    row_number,
    position_id,
    prospect_id,
    account_type || ':' || account_id as account_reference,
    phone_hash,
    email_hash,
    created_date,
    expected_close_date
from in_force
