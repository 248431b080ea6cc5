{{ config(materialized='view') }}

with

staged as (

    {{ union_models(var('service_event_models'), [
        'source', 'load_id', 'row_number', 'event_id', 'account_type', 'account_id', 'business_date', 'event_type',
        'department', 'channel', 'minutes', 'score_expected', 'score_perceived', 'recommend_score', 'tag',
        'rejected_reason_code',
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
    staged.event_id,
    staged.account_type || ':' || staged.account_id as account_reference,
    staged.business_date,
    staged.event_type,
    staged.department,
    staged.channel,
    staged.minutes,
    staged.score_expected,
    staged.score_perceived,
    staged.recommend_score,
    staged.tag
from staged
left join set_aside
    on
        staged.load_id = set_aside.load_id
        and staged.row_number = set_aside.row_number
where
    staged.rejected_reason_code is null
    and set_aside.load_id is null
