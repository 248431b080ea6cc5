{{ config(materialized='view') }}

with

staged as (

    {{ union_models(var('service_event_models'), [
        'source', 'load_id', 'row_number', 'event_id', 'account_type', 'account_id', 'business_date', 'event_type',
        'department', 'channel', 'minutes', 'score_expected', 'score_perceived', 'recommend_score', 'tag',
        'rejected_reason_code',
    ]) }}

),

in_force as (

    {{ rows_in_force('staged', ref('int_service_row_versions_resolved')) | indent(4) }}

)

select
    source,
    load_id,
    row_number,
    event_id,
    account_type || ':' || account_id as account_reference,
    business_date,
    event_type,
    department,
    channel,
    minutes,
    score_expected,
    score_perceived,
    recommend_score,
    tag
from in_force
