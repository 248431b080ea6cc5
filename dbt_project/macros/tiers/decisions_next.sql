{#
    One step of the movement policy: from the decision before (`folded`) to the next point of the same customer and
    scheme. Everything the policy remembers stands in named columns. The points are read as a table, not as a CTE, so that
    a step reads its own rows only.
#}
{% macro next_decisions(downgrades_remembered, points, policies) -%}
select
    step,
    scheme_id,
    customer_key,
    decided_on_date,
    is_sealed,
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

    policy_tier_rank,
    case
        when policy_outcome in ('new', 'upgraded', 'downgraded') then decided_on_date
        else tier_since_date
    end as tier_since_date,
    case
        when policy_outcome like 'held_by_%' then coalesce(below_since_date, decided_on_date)
        when policy_outcome not in ('new', 'upgraded') and not is_review then below_since_date
    end as below_since_date,
    case
        when policy_outcome in ('new', 'upgraded') then {{ end_of_year('decided_on_date', 1) }}
        when policy_outcome = 'downgraded' then {{ end_of_year('decided_on_date') }}
        when decided_on_date = {{ end_of_year('decided_on_date') }} and fits_held_rank
            then {{ end_of_year('decided_on_date', 1) }}
        else held_until_date
    end as held_until_date,
    {%- for number in range(1, downgrades_remembered + 1) %}
    case
        when policy_outcome = 'downgraded'
            then {{ "decided_on_date" if loop.first else "downgraded_" ~ (number - 1) ~ "_date" }}
        when policy_outcome <> 'new' then downgraded_{{ number }}_date
    end as downgraded_{{ number }}_date,
    {%- endfor %}

    previous_tier_rank,
    tier_rank,
    {{ decision_outcome('policy_outcome') }} as outcome,
    last_date_tier_rank as previous_date_tier_rank,
    case when is_common_date then tier_rank else last_date_tier_rank end as date_tier_rank
from (
    select
        *,
        {{ overridden_rank('policy_tier_rank') }} as tier_rank
    from (
        select
            *,
            case
                when policy_outcome in ('new', 'upgraded') then computed_tier_rank
                when policy_outcome <> 'downgraded' then held_rank
                when downgrade = 'one_level' then rank_below
                when downgrade = 'to_base' then base_rank
                else greatest(computed_tier_rank, keep_rank)
            end as policy_tier_rank
        from (
            select
                *,
                case
                    when is_new then 'new'
                    when computed_tier_rank > held_rank and (is_review or is_immediate) then 'upgraded'
                    when computed_tier_rank = held_rank then 'kept'
                    when computed_tier_rank < held_rank and (fits_held_rank or downgrade = 'never') then 'kept'
                    when not is_review then 'waiting_for_review'
                    when decided_on_date < {{ dbt.dateadd('month', 'minimum_hold_months', 'tier_since_date') }}
                        then 'held_by_minimum_hold'
                    when holds_to_end_of_next_year and decided_on_date <= held_until_date
                        then 'held_by_minimum_hold'
                    when decided_on_date
                        < {{ dbt.dateadd('day', 'grace_days', 'coalesce(below_since_date, decided_on_date)') }}
                        then 'held_by_grace'
                    when {{ calendar_months_between('last_counted_downgrade_date', 'decided_on_date') }}
                        < maximum_downgrades_months
                        then 'held_by_maximum_downgrades'
                    else 'downgraded'
                end as policy_outcome
            from (
                select
                    points.step,
                    points.scheme_id,
                    points.customer_key,
                    points.decided_on_date,
                    points.is_sealed,
                    points.is_common_date,
                    points.is_review
                    or (
                        points.is_hold_end
                        and policies.holds_to_end_of_next_year
                        and folded.held_until_date < points.decided_on_date
                    ) as is_review,
                    points.next_as_of_date,
                    points.is_before_leaving,
                    points.scheme_version,
                    points.rule_number,
                    points.computed_tier_rank,
                    points.deciding_value,
                    points.change_number,
                    points.change_value,
                    points.override_id,
                    points.override_kind,
                    points.override_tier_rank,
                    points.keep_rank,
                    points.is_immediate,
                    greatest(points.computed_tier_rank, points.keep_rank) >= folded.policy_tier_rank
                        as fits_held_rank,
                    folded.is_before_leaving as is_new,
                    folded.policy_tier_rank as held_rank,
                    folded.tier_since_date,
                    folded.below_since_date,
                    folded.held_until_date,
                    {%- for number in range(1, downgrades_remembered + 1) %}
                    folded.downgraded_{{ number }}_date,
                    {%- endfor %}
                    case policies.maximum_downgrades_count
                        {%- for number in range(1, downgrades_remembered + 1) %}
                        when {{ number }} then folded.downgraded_{{ number }}_date
                        {%- endfor %}
                    end as last_counted_downgrade_date,
                    case when not folded.is_before_leaving then folded.tier_rank end as previous_tier_rank,
                    case when not folded.is_before_leaving then folded.date_tier_rank end as last_date_tier_rank,
                    policies.rank_below,
                    policies.base_rank,
                    policies.downgrade,
                    policies.grace_days,
                    policies.minimum_hold_months,
                    policies.holds_to_end_of_next_year,
                    policies.maximum_downgrades_months
                from folded
                inner join {{ points }} as points
                    on
                        folded.customer_key = points.customer_key
                        and folded.scheme_id = points.scheme_id
                        and folded.step + 1 = points.step
                inner join {{ policies }} as policies
                    on
                        folded.scheme_id = policies.scheme_id
                        and folded.policy_tier_rank = policies.tier_rank
            ) as met
        ) as judged
    ) as moved
) as decided
{%- endmacro %}


{# How many downgrades back a policy in use looks; at least one, so that the columns are there. #}
{% macro most_downgrades() %}
{%- set counts = [1] -%}
{%- for scheme_id in schemes_in_use(has_policy=true) -%}
{%- do counts.append(movement_policy(scheme_of(scheme_id)).maximum_downgrades_count or 1) -%}
{%- endfor -%}
{{ return(counts | max) }}
{% endmacro %}
