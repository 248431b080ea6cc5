{{ config(in_parts_of='schemes') }}

{#- Without a policy the computed tier is the tier: the date before is all there is to look back at. -#}
{%- set relations = {} -%}
{%- for scheme_id in var('schemes') -%}{%- do relations.update({scheme_id: ref(scheme_id)}) -%}{%- endfor -%}
with

computed as (
{{ union_of_schemes(schemes_in_use(has_policy=false), relations, ref('int_tiers_between_reviews')) }}
),

overrides as (

    select * from {{ ref('int_tier_overrides_resolved') }}

),

sealed_decisions as (

    select * from {{ ref('int_sealed_decisions') }}

),

sealed_schemes as (

    {{ sealed_through() }}

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

dates as (

    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from {{ ref('int_as_of_dates') }}

),

in_force as (

    {{ overrides_in_force('computed', 'overrides', 'as_of_date') }}

),

-- The last review is what the first date after it goes on from.
dated as (

    select
        computed.scheme_id,
        computed.customer_key,
        computed.as_of_date as decided_on_date,
        computed.scheme_version,
        computed.rule_number,
        computed.tier_rank as policy_tier_rank,
        {{ overridden_rank('computed.tier_rank') }} as tier_rank,
        computed.deciding_value,
        computed.change_number,
        computed.change_value,
        in_force.override_id,
        false as is_sealed
    from computed
    left join in_force
        on
            computed.customer_key = in_force.customer_key
            and computed.scheme_id = in_force.scheme_id
            and computed.as_of_date = in_force.as_of_date

    union all

    select
        sealed_decisions.scheme_id,
        sealed_decisions.customer_key,
        sealed_decisions.decided_on_date,
        sealed_decisions.scheme_version,
        sealed_decisions.rule_number,
        sealed_decisions.computed_tier_rank as policy_tier_rank,
        tiers_in_use.tier_rank,
        sealed_decisions.deciding_value,
        sealed_decisions.change_number,
        sealed_decisions.change_value,
        sealed_decisions.override_id,
        true as is_sealed
    from sealed_decisions
    inner join sealed_schemes
        on
            sealed_decisions.scheme_id = sealed_schemes.scheme_id
            and sealed_decisions.decided_on_date = sealed_schemes.sealed_through_date
    inner join scheme_tiers as tiers_then
        on
            sealed_decisions.scheme_id = tiers_then.scheme_id
            and sealed_decisions.scheme_version = tiers_then.scheme_version
            and sealed_decisions.tier_rank = tiers_then.tier_rank
    inner join scheme_tiers as tiers_in_use
        on
            tiers_then.scheme_id = tiers_in_use.scheme_id
            and tiers_then.tier_code = tiers_in_use.tier_code
            and tiers_in_use.is_version_in_use
    left join policies
        on sealed_decisions.scheme_id = policies.scheme_id
    where policies.scheme_id is null

),

neighboured as (

    select
        dated.*,
        dates.next_as_of_date,
        lag(dated.tier_rank) over customer_dates as lagged_tier_rank,
        lag(dates.next_as_of_date) over customer_dates as lagged_next_as_of_date,
        lead(dated.decided_on_date) over customer_dates as next_decided_on_date
    from dated
    inner join dates
        on dated.decided_on_date = dates.as_of_date
    window customer_dates as (
        partition by dated.scheme_id, dated.customer_key
        order by dated.decided_on_date
    )

),

followed as (

    select
        *,
        case when lagged_next_as_of_date = decided_on_date then lagged_tier_rank end as previous_tier_rank,
        next_as_of_date is not null and coalesce(next_decided_on_date > next_as_of_date, true) as is_before_leaving
    from neighboured

)

select
    scheme_id,
    customer_key,
    decided_on_date,
    is_sealed,
    scheme_version,
    rule_number,
    policy_tier_rank as computed_tier_rank,
    previous_tier_rank,
    tier_rank,
    {{ decision_outcome("'kept'") }} as outcome,
    case when is_before_leaving then next_as_of_date end as left_on_date,
    deciding_value,
    change_number,
    change_value,
    override_id
from followed
