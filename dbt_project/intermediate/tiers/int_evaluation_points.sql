{{ config(in_parts_of='schemes') }}

{#- The rows of a step lie together, so that each step of the decisions reads its own rows only. -#}
{%- set relations = {} -%}
{%- for scheme_id in var('schemes') -%}{%- do relations.update({scheme_id: ref(scheme_id)}) -%}{%- endfor -%}
with

policies as (

    select * from {{ ref('int_scheme_policies') }}

),

sealed_states as (

    select * from {{ ref('int_sealed_states') }}

),

first_dates as (

    select min(as_of_date) as first_as_of_date from {{ ref('int_as_of_dates') }}

),

-- A shop may have sealed its last review before the first date that is computed: its tiers go on from there.
dates_and_earlier_reviews as (

    select as_of_date from {{ ref('int_as_of_dates') }}

    union all

    select distinct sealed_states.sealed_as_of_date as as_of_date
    from sealed_states
    inner join first_dates
        on sealed_states.sealed_as_of_date < first_dates.first_as_of_date

),

dates as (

    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date,
        case
            when as_of_date = {{ dbt.last_day('as_of_date', 'month') }}
                then cast(extract(month from as_of_date) as integer)
        end as month_ended
    from dates_and_earlier_reviews

),

tiers_between_reviews as (

    select * from {{ ref('int_tiers_between_reviews') }}

),

evaluation_days as (

    select * from {{ ref('int_evaluation_days') }}

),

overrides as (

    select * from {{ ref('int_tier_overrides_resolved') }}

),

sealed_schemes as (

    {{ sealed_through() }}

),

proposed_dates as (

    select * from {{ source('lake', 'proposed_review_dates') }}

),

last_proposed as (

    select max(as_of_date) as proposed_through_date from proposed_dates

),

computed as (
{{ union_of_schemes(schemes_in_use(has_policy=true), relations, 'tiers_between_reviews') }}
),

on_common_dates as (

    select
        computed.*,
        computed.as_of_date as decided_on_date,
        true as is_common_date,
        policies.is_daily
        or (
            coalesce(substring(policies.review_calendar, dates.month_ended, 1) = '1', false)
            -- Once a scheme has been reviewed, its reviews move nobody before they are sealed or proposed.
            and (
                sealed_schemes.scheme_id is null
                or computed.as_of_date <= sealed_schemes.sealed_through_date
                or proposed_dates.as_of_date is not null
            )
        )
        or coalesce(evaluation_days.is_review, false) as is_review,
        coalesce(evaluation_days.is_hold_end, false) as is_hold_end,
        true as is_always_decided,
        policies.is_immediate,
        policies.downgrade = 'to_base' as falls_to_base
    from computed
    inner join dates
        on computed.as_of_date = dates.as_of_date
    inner join policies
        on
            computed.scheme_id = policies.scheme_id
            and computed.tier_rank = policies.tier_rank
    left join sealed_schemes
        on computed.scheme_id = sealed_schemes.scheme_id
    left join proposed_dates
        on computed.as_of_date = proposed_dates.as_of_date
    left join evaluation_days
        on
            computed.customer_key = evaluation_days.customer_key
            and computed.scheme_id = evaluation_days.scheme_id
            and computed.as_of_date = evaluation_days.evaluated_on_date

),

on_own_days as (

    select
        tiers_between_reviews.customer_key,
        evaluation_days.last_as_of_date as as_of_date,
        tiers_between_reviews.scheme_id,
        tiers_between_reviews.scheme_version,
        tiers_between_reviews.rule_number,
        tiers_between_reviews.tier_rank,
        tiers_between_reviews.keep_rank,
        tiers_between_reviews.deciding_value,
        tiers_between_reviews.change_number,
        tiers_between_reviews.change_value,
        evaluation_days.evaluated_on_date as decided_on_date,
        false as is_common_date,
        evaluation_days.is_review,
        evaluation_days.is_hold_end,
        evaluation_days.is_always_decided,
        policies.is_immediate,
        policies.downgrade = 'to_base' as falls_to_base
    from tiers_between_reviews
    inner join evaluation_days
        on
            tiers_between_reviews.customer_key = evaluation_days.customer_key
            and tiers_between_reviews.scheme_id = evaluation_days.scheme_id
            and tiers_between_reviews.as_of_date = evaluation_days.evaluated_on_date
    inner join policies
        on
            tiers_between_reviews.scheme_id = policies.scheme_id
            and tiers_between_reviews.tier_rank = policies.tier_rank
    where not evaluation_days.is_common_date

),

-- Where a scheme has no figures of the day itself, those of the last common date decide.
as_last_computed as (

    select
        computed.*,
        evaluation_days.evaluated_on_date as decided_on_date,
        false as is_common_date,
        evaluation_days.is_review,
        evaluation_days.is_hold_end,
        evaluation_days.is_always_decided,
        policies.is_immediate,
        policies.downgrade = 'to_base' as falls_to_base
    from evaluation_days
    inner join computed
        on
            evaluation_days.customer_key = computed.customer_key
            and evaluation_days.scheme_id = computed.scheme_id
            and evaluation_days.last_as_of_date = computed.as_of_date
    inner join policies
        on
            computed.scheme_id = policies.scheme_id
            and computed.tier_rank = policies.tier_rank
    left join tiers_between_reviews
        on
            evaluation_days.customer_key = tiers_between_reviews.customer_key
            and evaluation_days.scheme_id = tiers_between_reviews.scheme_id
            and evaluation_days.evaluated_on_date = tiers_between_reviews.as_of_date
    where
        not evaluation_days.is_common_date
        and evaluation_days.is_always_decided
        and tiers_between_reviews.customer_key is null

),

days_united as (

    select * from on_common_dates
    union all
    select * from on_own_days
    union all
    select * from as_last_computed

),

-- What reviews have sealed is not decided anew.
days_unsealed as (

    select
        days_united.*,
        days_united.is_hold_end
        and (
            sealed_schemes.scheme_id is null
            or days_united.decided_on_date
            <= greatest(sealed_schemes.sealed_through_date, last_proposed.proposed_through_date)
        ) as is_hold_end_due
    from days_united
    cross join last_proposed
    left join sealed_schemes
        on days_united.scheme_id = sealed_schemes.scheme_id
    left join sealed_states
        on
            days_united.customer_key = sealed_states.customer_key
            and days_united.scheme_id = sealed_states.scheme_id
    where
        sealed_schemes.scheme_id is null
        or days_united.decided_on_date
        > coalesce(sealed_states.sealed_as_of_date, sealed_schemes.sealed_through_date)

),

-- A fall to the base leaves a customer below what the rules give, so that the next visit reaches it once more.
days_compared as (

    select
        *,
        coalesce(
            lag(tier_rank) over customer_days >= tier_rank
            and lag(is_immediate) over customer_days
            and lag(decided_on_date) over customer_days >= as_of_date
            and not lag(falls_to_base and (is_review or is_hold_end)) over customer_days,
            false
        ) as was_reached_before
    from days_unsealed
    window customer_days as (partition by scheme_id, customer_key order by decided_on_date)

),

-- A visit matters where it reaches a tier that is given at once, and the day before had not reached it already.
evaluated as (

    select * from days_compared
    where is_always_decided or (is_immediate and not was_reached_before)

),

in_force as (

    {{ overrides_in_force('evaluated', 'overrides', 'decided_on_date') }}

),

-- A sealed tier is the point that the ones after it go on from.
points as (

    select
        customer_key,
        scheme_id,
        decided_on_date,
        as_of_date,
        is_common_date,
        is_review,
        is_hold_end_due as is_hold_end,
        false as is_sealed,
        scheme_version,
        rule_number,
        tier_rank,
        keep_rank,
        is_immediate,
        deciding_value,
        change_number,
        change_value
    from evaluated

    union all

    select
        customer_key,
        scheme_id,
        sealed_as_of_date as decided_on_date,
        sealed_as_of_date as as_of_date,
        true as is_common_date,
        false as is_review,
        false as is_hold_end,
        true as is_sealed,
        cast(null as integer) as scheme_version,
        cast(null as integer) as rule_number,
        tier_rank,
        tier_rank as keep_rank,
        false as is_immediate,
        cast(null as decimal(28, 6)) as deciding_value,
        cast(null as integer) as change_number,
        cast(null as decimal(28, 6)) as change_value
    from sealed_states
    where tier_rank is not null

),

numbered as (

    select
        *,
        row_number() over customer_days as step,
        lead(decided_on_date) over customer_days as next_decided_on_date
    from points
    window customer_days as (partition by scheme_id, customer_key order by decided_on_date)

)

select
    cast(numbered.step as integer) as step,
    numbered.scheme_id,
    numbered.customer_key,
    numbered.decided_on_date,

    numbered.is_sealed,
    numbered.is_common_date,
    numbered.is_review,
    numbered.is_hold_end,
    dates.next_as_of_date,
    dates.next_as_of_date is not null
    and coalesce(numbered.next_decided_on_date > dates.next_as_of_date, true) as is_before_leaving,

    numbered.scheme_version,
    numbered.rule_number,
    numbered.tier_rank as computed_tier_rank,
    numbered.keep_rank,
    numbered.is_immediate,
    numbered.deciding_value,
    numbered.change_number,
    numbered.change_value,

    in_force.override_id,
    in_force.override_kind,
    in_force.override_tier_rank
from numbered
inner join dates
    on numbered.as_of_date = dates.as_of_date
left join in_force
    on
        numbered.customer_key = in_force.customer_key
        and numbered.scheme_id = in_force.scheme_id
        and numbered.decided_on_date = in_force.decided_on_date
order by numbered.step
