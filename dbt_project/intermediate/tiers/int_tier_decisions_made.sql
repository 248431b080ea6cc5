{{ config(in_parts_of='schemes') }}

{#-
  The k-th decision on a customer follows from the one before: a recursion over steps, all customers at once. What the
  policy gives (`policy_tier_rank`) runs on under an override, so that it is there when the override ends.
-#}
{%- set downgrades_remembered = most_downgrades() -%}
{%- set points = ref('int_evaluation_points') -%}
{%- set policies = ref('int_scheme_policies') -%}
{%- set sealed_states = ref('int_sealed_states') -%}
with recursive

sealed_states as (

    select * from {{ sealed_states }}

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
    -- A condition on one side alone would have every point compared with every state.
    left join {{ sealed_states }} as states
        on
            case when points.is_sealed then points.customer_key end = states.customer_key
            and points.scheme_id = states.scheme_id
    where points.step = 1

    union all

    {{ next_decisions(downgrades_remembered, points, policies) | indent(4) }}

),

-- Read twice: held for both readings, the tiers at all dates would have to fit into memory.
followed as not materialized (

    select * from {{ ref('int_dated_tiers_followed') }}

),

-- Without a policy, what left a tier as it was is of use at the newest dates, and wherever a review is to be sealed.
kept_dates as (

    select
        scheme_id,
        as_of_date,
        is_newest or exists (select 1 from {{ source('lake', 'proposed_review_dates') }}) as is_kept
    from {{ ref('int_scheme_dates') }}

),

decisions as (

    -- What a day of one's own leaves as it was is no decision, unless it was a review.
    select
        customer_key,
        {{ sealed_columns(downgrades_remembered) | indent(4) }}
    from folded
    where not is_sealed and (is_common_date or is_review or outcome in ('new', 'upgraded', 'downgraded'))

    union all

    -- Customers who turned out to be one are so from the day after the review that still knew them apart.
    select
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
        followed.customer_key,
        followed.scheme_id,
        followed.decided_on_date,
        true as is_common_date,
        true as is_review,
        followed.scheme_version,
        followed.rule_number,
        followed.computed_tier_rank,
        followed.previous_tier_rank,
        followed.previous_tier_rank as previous_date_tier_rank,
        followed.tier_rank,
        followed.outcome,
        followed.deciding_value,
        followed.change_number,
        followed.change_value,
        followed.override_id,
        {{ nothing_remembered() | indent(4) }}
    from followed
    inner join kept_dates
        on
            followed.scheme_id = kept_dates.scheme_id
            and followed.decided_on_date = kept_dates.as_of_date
    where
        not followed.is_sealed
        and (kept_dates.is_kept or followed.outcome in ('new', 'upgraded', 'downgraded'))
    {% for relation, left_on_date, last_date_tier_rank, condition in [
        ('folded', 'next_as_of_date', 'date_tier_rank', 'is_before_leaving'),
        ('followed', 'left_on_date', 'tier_rank', 'left_on_date is not null'),
    ] %}
    union all

    select
        customer_key,
        scheme_id,
        {{ left_on_date }} as decided_on_date,
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
    where {{ condition }}
    {% endfor %}
)

select
    customer_key,
    {{ sealed_columns() }}
from decisions
