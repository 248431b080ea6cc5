{#-
  The k-th decision on a customer follows from the one before: a recursion over steps, all customers at once. What the
  policy gives (`policy_tier_rank`) runs on under an override, so that it is there when the override ends.
-#}
{%- set relations = {} -%}
{%- for scheme_id in var('schemes') -%}{%- do relations.update({scheme_id: ref(scheme_id)}) -%}{%- endfor -%}
{%- set downgrades_remembered = most_downgrades() -%}
{%- set points = ref('int_evaluation_points') -%}
{%- set policies = ref('int_scheme_policies') -%}
{%- set sealed_states = ref('int_sealed_states') -%}
with recursive

overrides as (

    select * from {{ ref('int_tier_overrides_resolved') }}

),

sealed_decisions as (

    select * from {{ ref('int_sealed_decisions') }}

),

sealed_states as (

    select * from {{ sealed_states }}

),

sealed_schemes as (

    {{ sealed_through() }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

dates as (

    select
        as_of_date,
        is_current,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from {{ ref('int_as_of_dates') }}

),

folded as (

    select
        points.step,
        points.scheme_id,
        points.customer_key,
        points.decided_on_date,
        points.is_sealed,
        points.is_common_date,
        points.is_review,
        points.next_as_of_date,
        points.is_before_leaving,
        points.scheme_version,
        points.rule_number,
        points.computed_tier_rank,
        points.deciding_value,
        points.change_number,
        points.change_value,
        points.override_id,

        coalesce(states.policy_tier_rank, points.computed_tier_rank) as policy_tier_rank,
        coalesce(states.tier_since_date, points.decided_on_date) as tier_since_date,
        states.below_since_date,
        coalesce(states.held_until_date, {{ end_of_year('points.decided_on_date', 1) }}) as held_until_date,
        {%- for number in range(1, downgrades_remembered + 1) %}
        states.downgraded_{{ number }}_date,
        {%- endfor %}

        cast(null as integer) as previous_tier_rank,
        coalesce(states.tier_rank, {{ overridden_rank('points.computed_tier_rank') }}) as tier_rank,
        cast(case when points.is_sealed then 'sealed' else 'new' end as varchar) as outcome,
        cast(null as integer) as previous_date_tier_rank,
        case
            when points.is_sealed then states.followed_tier_rank
            when points.is_common_date then {{ overridden_rank('points.computed_tier_rank') }}
        end as date_tier_rank
    from {{ points }} as points
    left join {{ sealed_states }} as states
        on
            points.is_sealed
            and points.customer_key = states.customer_key
            and points.scheme_id = states.scheme_id
    where points.step = 1

    union all

    {{ next_decisions(downgrades_remembered, points, policies) | indent(4) }}

),

computed as (
{{ union_of_schemes(schemes_in_use(has_policy=false), relations, ref('int_tiers_between_reviews')) }}
),

in_force as (

    {{ overrides_in_force('computed', 'overrides', 'as_of_date') }}

),

overridden as (

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
        dates.next_as_of_date,
        false as is_sealed
    from computed
    inner join dates
        on computed.as_of_date = dates.as_of_date
    left join sealed_schemes
        on computed.scheme_id = sealed_schemes.scheme_id
    left join in_force
        on
            computed.customer_key = in_force.customer_key
            and computed.scheme_id = in_force.scheme_id
            and computed.as_of_date = in_force.as_of_date
    where sealed_schemes.scheme_id is null or computed.as_of_date > sealed_schemes.sealed_through_date

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
        dates.next_as_of_date,
        true as is_sealed
    from sealed_decisions
    inner join sealed_schemes
        on
            sealed_decisions.scheme_id = sealed_schemes.scheme_id
            and sealed_decisions.decided_on_date = sealed_schemes.sealed_through_date
    inner join dates
        on sealed_decisions.decided_on_date = dates.as_of_date
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
    where sealed_decisions.policy_tier_rank is null

),

-- Without a policy the computed tier is the tier: the date before is all there is to look back at.
neighboured as (

    select
        *,
        lag(tier_rank) over customer_dates as lagged_tier_rank,
        lag(next_as_of_date) over customer_dates as lagged_next_as_of_date,
        lead(decided_on_date) over customer_dates as next_decided_on_date
    from overridden
    window customer_dates as (partition by scheme_id, customer_key order by decided_on_date)

),

followed as (

    select
        *,
        case when lagged_next_as_of_date = decided_on_date then lagged_tier_rank end as previous_tier_rank,
        next_as_of_date is not null
        and coalesce(next_decided_on_date > next_as_of_date, true) as is_before_leaving
    from neighboured

),

decisions as (

    select
        true as is_sealed,
        customer_key,
        {{ sealed_columns() | indent(4) }}
    from sealed_decisions

    union all

    -- What a day of one's own leaves as it was is no decision, unless it was a review.
    select
        false as is_sealed,
        customer_key,
        {{ sealed_columns(downgrades_remembered) | indent(4) }}
    from folded
    where not is_sealed and (is_common_date or is_review or outcome in ('new', 'upgraded', 'downgraded'))

    union all

    -- Customers who turned out to be one are so from the day after the review that still knew them apart.
    select
        false as is_sealed,
        sealed_states.customer_key,
        sealed_states.scheme_id,
        cast({{ dbt.dateadd('day', 1, 'sealed_states.sealed_as_of_date') }} as date) as decided_on_date,
        false as is_common_date,
        false as is_review,
        scheme_tiers.scheme_version,
        cast(null as integer) as rule_number,
        cast(null as integer) as computed_tier_rank,
        sealed_states.followed_tier_rank as previous_tier_rank,
        cast(null as integer) as previous_date_tier_rank,
        sealed_states.tier_rank,
        'merged' as outcome,
        {{ nothing_remembered(has_figures=false) | indent(4) }}
    from sealed_states
    inner join dates
        on sealed_states.sealed_as_of_date < dates.as_of_date and dates.is_current
    inner join scheme_tiers
        on
            sealed_states.scheme_id = scheme_tiers.scheme_id
            and sealed_states.tier_rank = scheme_tiers.tier_rank
            and scheme_tiers.is_version_in_use
    left join folded
        on
            sealed_states.customer_key = folded.customer_key
            and sealed_states.scheme_id = folded.scheme_id
            and cast({{ dbt.dateadd('day', 1, 'sealed_states.sealed_as_of_date') }} as date) = folded.decided_on_date
            and not folded.is_sealed
            and (folded.is_common_date or folded.is_review or folded.outcome in ('new', 'upgraded', 'downgraded'))
    where sealed_states.is_merged and folded.customer_key is null

    union all

    select
        false as is_sealed,
        customer_key,
        scheme_id,
        decided_on_date,
        true as is_common_date,
        true as is_review,
        scheme_version,
        rule_number,
        policy_tier_rank as computed_tier_rank,
        previous_tier_rank,
        previous_tier_rank as previous_date_tier_rank,
        tier_rank,
        {{ decision_outcome("'kept'") }} as outcome,
        deciding_value,
        change_number,
        change_value,
        override_id,
        {{ nothing_remembered() | indent(4) }}
    from followed
    where not is_sealed
    {% for relation, last_date_tier_rank in [('folded', 'date_tier_rank'), ('followed', 'tier_rank')] %}
    union all

    select
        false as is_sealed,
        customer_key,
        scheme_id,
        next_as_of_date as decided_on_date,
        true as is_common_date,
        false as is_review,
        scheme_version,
        cast(null as integer) as rule_number,
        cast(null as integer) as computed_tier_rank,
        tier_rank as previous_tier_rank,
        {{ last_date_tier_rank }} as previous_date_tier_rank,
        cast(null as integer) as tier_rank,
        'left' as outcome,
        {{ nothing_remembered(has_figures=false) | indent(4) }}
    from {{ relation }}
    where is_before_leaving
    {% endfor %}
)

select
    customer_key,
    {{ sealed_columns() }},
    is_sealed
from decisions
