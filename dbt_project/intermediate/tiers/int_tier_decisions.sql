{#-
  The k-th decision on a customer follows from the one before: a recursion over steps, all customers at once. What the
  policy gives (`policy_tier_rank`) runs on under an override, so that it is there when the override ends.
-#}
{%- set relations = {} -%}
{%- for scheme_id in var('schemes') -%}{%- do relations.update({scheme_id: ref(scheme_id)}) -%}{%- endfor -%}
{%- set downgrades_remembered = most_downgrades() -%}
{%- set points = ref('int_evaluation_points') -%}
{%- set policies = ref('int_scheme_policies') -%}
with recursive

overrides as (

    select * from {{ ref('int_tier_overrides_resolved') }}

),

dates as (

    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from {{ ref('int_as_of_dates') }}

),

folded as (

    select
        step,
        scheme_id,
        customer_key,
        decided_on_date,
        is_common_date,
        is_review,
        next_as_of_date,
        is_before_leaving,
        scheme_version,
        rule_number,
        computed_tier_rank,
        deciding_value,
        change_number,
        change_value,
        override_id,

        computed_tier_rank as policy_tier_rank,
        decided_on_date as tier_since_date,
        cast(null as date) as below_since_date,
        {{ end_of_year('decided_on_date', 1) }} as held_until_date,
        {%- for number in range(1, downgrades_remembered + 1) %}
        cast(null as date) as downgraded_{{ number }}_date,
        {%- endfor %}

        cast(null as integer) as previous_tier_rank,
        {{ overridden_rank('computed_tier_rank') }} as tier_rank,
        cast('new' as varchar) as outcome,
        cast(null as integer) as previous_date_tier_rank,
        case when is_common_date then {{ overridden_rank('computed_tier_rank') }} end as date_tier_rank
    from {{ points }}
    where step = 1

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
        dates.next_as_of_date
    from computed
    inner join dates
        on computed.as_of_date = dates.as_of_date
    left join in_force
        on
            computed.customer_key = in_force.customer_key
            and computed.scheme_id = in_force.scheme_id
            and computed.as_of_date = in_force.as_of_date

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

    -- What a day of one's own leaves as it was is no decision, unless it was a review.
    select
        scheme_id,
        customer_key,
        decided_on_date,
        is_common_date,
        is_review,
        scheme_version,
        rule_number,
        computed_tier_rank,
        previous_tier_rank,
        previous_date_tier_rank,
        tier_rank,
        outcome,
        deciding_value,
        change_number,
        change_value,
        override_id
    from folded
    where is_common_date or is_review or outcome in ('new', 'upgraded', 'downgraded')

    union all

    select
        scheme_id,
        customer_key,
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
        override_id
    from followed
    {% for relation, last_date_tier_rank in [('folded', 'date_tier_rank'), ('followed', 'tier_rank')] %}
    union all

    select
        scheme_id,
        customer_key,
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
        cast(null as decimal(28, 6)) as deciding_value,
        cast(null as integer) as change_number,
        cast(null as decimal(28, 6)) as change_value,
        cast(null as varchar) as override_id
    from {{ relation }}
    where is_before_leaving
    {% endfor %}
)

select
    scheme_id,
    customer_key,
    decided_on_date,
    is_common_date,
    is_review,
    scheme_version,
    rule_number,
    computed_tier_rank,
    previous_tier_rank,
    previous_date_tier_rank,
    tier_rank,
    outcome,
    deciding_value,
    change_number,
    change_value,
    override_id
from decisions
