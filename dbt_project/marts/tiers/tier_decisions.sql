{{ config(in_parts_of='schemes') }}

with

decisions as (

    select * from {{ ref('int_tier_decisions') }}

),

-- A scheme without a policy decides for each date alone: the current date and the one before say what there is to say.
scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}
    where is_newest

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

rules as (

    select * from {{ ref('int_scheme_rules') }}

),

scheme_changes as (

    select * from {{ ref('int_scheme_changes') }}

),

overrides as (

    select * from {{ ref('int_tier_overrides_resolved') }}
    qualify row_number() over (partition by customer_key, scheme_id, override_id order by source) = 1

),

published as (

    select decisions.*
    from decisions
    inner join policies
        on decisions.scheme_id = policies.scheme_id

    union all

    select decisions.*
    from decisions
    inner join scheme_dates
        on
            decisions.scheme_id = scheme_dates.scheme_id
            and decisions.decided_on_date = scheme_dates.as_of_date
    where not scheme_dates.has_policy

)

select
    published.customer_key,
    published.scheme_id,
    published.decided_on_date,
    published.scheme_version,
    published.is_review,

    published.outcome,
    previous_tiers.tier_code as previous_tier_code,
    published.previous_tier_rank,
    rules.tier_code as computed_tier_code,
    published.computed_tier_rank,
    final_tiers.tier_code,
    published.tier_rank,
    published.override_id,
    overrides.reason as override_reason,
    overrides.requested_by as override_requested_by,

    rules.deciding_criterion,
    published.deciding_value,
    rules.threshold_value,
    case
        when rules.is_upper_threshold and published.deciding_value > rules.threshold_value
            then cast(published.deciding_value - rules.threshold_value as decimal(28, 6))
        when not rules.is_upper_threshold and published.deciding_value < rules.threshold_value
            then cast(rules.threshold_value - published.deciding_value as decimal(28, 6))
    end as shortfall_value,

    scheme_changes.metric as change_metric,
    published.change_value,
    scheme_changes.tier_code as change_tier_code

from published
left join rules
    on
        published.scheme_id = rules.scheme_id
        and published.scheme_version = rules.scheme_version
        and published.rule_number = rules.rule_number
left join scheme_changes
    on
        published.scheme_id = scheme_changes.scheme_id
        and published.scheme_version = scheme_changes.scheme_version
        and published.change_number = scheme_changes.change_number
left join scheme_tiers as final_tiers
    on
        published.scheme_id = final_tiers.scheme_id
        and published.scheme_version = final_tiers.scheme_version
        and published.tier_rank = final_tiers.tier_rank
left join scheme_tiers as previous_tiers
    on
        published.scheme_id = previous_tiers.scheme_id
        and published.scheme_version = previous_tiers.scheme_version
        and published.previous_tier_rank = previous_tiers.tier_rank
left join overrides
    on
        published.customer_key = overrides.customer_key
        and published.scheme_id = overrides.scheme_id
        and published.override_id = overrides.override_id
