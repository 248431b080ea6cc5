{{ config(materialized='view') }}

with

service_events as (

    {{ union_models(var('service_event_models'), [
        'source', 'feed', 'event_id as record_id', 'load_id', 'row_number', 'position_id', 'updated_at',
        'payload_hash', 'rejected_column', 'rejected_reason_code',
    ]) }}

),

prospects as (

    {{ union_models(var('prospect_models'), [
        'source', 'feed', 'prospect_id as record_id', 'load_id', 'row_number', 'position_id', 'updated_at',
        'payload_hash', 'rejected_column', 'rejected_reason_code',
    ]) }}

),

tier_overrides as (

    {{ union_models(var('tier_override_models'), [
        'source', 'feed', 'override_id as record_id', 'load_id', 'row_number', 'position_id', 'updated_at',
        'payload_hash', 'rejected_column', 'rejected_reason_code',
    ]) }}

)

select * from service_events
union all
select * from prospects
union all
select * from tier_overrides
