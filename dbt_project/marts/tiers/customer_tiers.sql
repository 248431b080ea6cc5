{{ config(in_parts_of='schemes') }}

with

decisions as (

    select decisions.*
    from {{ ref('int_tier_decisions') }} as decisions
    inner join {{ ref('int_as_of_dates') }} as dates
        on decisions.decided_on_date = dates.as_of_date
    where dates.is_current and decisions.tier_rank is not null

),

tier_history as (

    select * from {{ ref('tier_history') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

rules as (

    select * from {{ ref('int_scheme_rules') }}

)

select
    decisions.customer_key,
    decisions.decided_on_date as as_of_date,
    decisions.scheme_id,
    decisions.scheme_version,

    scheme_tiers.tier_code,
    scheme_tiers.tier_rank,
    scheme_tiers.tier_name_zh,
    scheme_tiers.tier_name_en,

    tier_history.valid_from_date,
    previous_tiers.tier_code as previous_tier_code,
    previous_tiers.tier_rank as previous_tier_rank,

    decisions.outcome,
    rules.tier_code as computed_tier_code,
    decisions.override_id,
    rules.deciding_criterion,
    decisions.deciding_value,
    rules.threshold_value,
    {{ reason_sql('zh', 'rules', 'decisions.deciding_value') }}
    || {{ outcome_words('decisions', 'zh') }} as reason_zh,
    {{ reason_sql('en', 'rules', 'decisions.deciding_value') }}
    || {{ outcome_words('decisions', 'en') }} as reason_en

from decisions
inner join rules
    on
        decisions.scheme_id = rules.scheme_id
        and decisions.scheme_version = rules.scheme_version
        and decisions.rule_number = rules.rule_number
inner join scheme_tiers
    on
        decisions.scheme_id = scheme_tiers.scheme_id
        and decisions.scheme_version = scheme_tiers.scheme_version
        and decisions.tier_rank = scheme_tiers.tier_rank
inner join tier_history
    on
        decisions.customer_key = tier_history.customer_key
        and decisions.scheme_id = tier_history.scheme_id
        and tier_history.valid_to_date is null
left join scheme_tiers as previous_tiers
    on
        decisions.scheme_id = previous_tiers.scheme_id
        and decisions.scheme_version = previous_tiers.scheme_version
        and decisions.previous_date_tier_rank = previous_tiers.tier_rank
