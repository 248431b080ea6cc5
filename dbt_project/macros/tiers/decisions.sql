{#
    How a computed tier becomes the tier a customer has. The policies stand in the scheme files; `int_scheme_policies`
    is the relation of them that the decisions read.
#}

{# The movement policy of a scheme with every default filled in; none where the computed tier is the tier. #}
{% macro movement_policy(scheme) %}
{%- set stated = scheme.get('policy') -%}
{%- if not stated -%}{{ return(none) }}{%- endif -%}
{%- set cadence = stated.get('cadence', 'daily') -%}
{%- set immediate_tiers = stated.get('immediate_tiers', []) -%}
{%- set upgrade = stated.get('upgrade', 'at_review' if immediate_tiers else 'immediate') -%}
{%- set maximum = stated.get('maximum_downgrades') or {'count': none, 'months': none} -%}
{%- set immediate_ranks = [] -%}
{%- for tier in scheme.tiers if upgrade == 'immediate' or tier.code in immediate_tiers -%}
{%- do immediate_ranks.append(tier.rank) -%}
{%- endfor -%}
{{ return({
    'is_daily': cadence == 'daily',
    'is_anniversary': cadence == 'anniversary',
    'review_calendar': review_calendar(cadence),
    'immediate_ranks': immediate_ranks,
    'downgrade': stated.get('downgrade', 'to_fit'),
    'grace_days': stated.get('grace_days', 0),
    'minimum_hold_months': stated.get('minimum_hold_months', 0),
    'holds_to_end_of_next_year': stated.get('hold_until') == 'end_of_next_year',
    'maximum_downgrades_count': maximum.count,
    'maximum_downgrades_months': maximum.months,
    'has_own_days': cadence == 'anniversary' or (cadence != 'daily' and immediate_ranks | length > 0),
}) }}
{% endmacro %}


{# Twelve signs, one for each month: 1 where the month's last day is a review. #}
{% macro review_calendar(cadence) %}
{%- set months = {
    'monthly': range(1, 13) | list, 'quarterly': [3, 6, 9, 12], 'yearly': [12], 'daily': [], 'anniversary': []
}[cadence] if cadence is string else cadence -%}
{%- set signs = [] -%}
{%- for month in range(1, 13) -%}{%- do signs.append('1' if month in months else '0') -%}{%- endfor -%}
{{ return(signs | join('')) }}
{% endmacro %}


{# The schemes in use that have a policy, or those that have none: known while dbt compiles, none while it parses. #}
{% macro schemes_in_use(has_policy) %}
{%- set found = [] -%}
{%- if execute -%}
{%- for scheme_id in var('schemes') if ('policy' in scheme_of(scheme_id)) == has_policy -%}
{%- do found.append(scheme_id) -%}
{%- endfor -%}
{%- endif -%}
{{ return(found) }}
{% endmacro %}


{# What every scheme model says of a customer and a day. #}
{% macro computed_columns() -%}
customer_key,
        as_of_date,
        scheme_id,
        scheme_version,
        rule_number,
        tier_rank,
        keep_rank,
        deciding_value,
        change_number,
        change_value
{%- endmacro %}


{# The union of scheme models; `relations` maps ids to relations, `nobody` is a relation of the same shape. #}
{% macro union_of_schemes(scheme_ids, relations, nobody) -%}
{%- for scheme_id in scheme_ids %}
    select
        {{ computed_columns() }}
    from {{ relations[scheme_id] }}
    {{- "\n\n    union all\n" if not loop.last }}
{%- else %}
    select
        {{ computed_columns() }}
    from {{ nobody }}
    where false
{%- endfor %}
{%- endmacro %}


{#
    One row per customer, scheme and day of `days` on which an override is in force. Of several, freezing goes before
    flooring, then the one that begins later, then the id.
#}
{% macro overrides_in_force(days, overrides, date_column) -%}
select
        {{ days }}.customer_key,
        {{ days }}.scheme_id,
        {{ days }}.{{ date_column }},
        {{ overrides }}.override_id,
        {{ overrides }}.kind as override_kind,
        {{ overrides }}.tier_rank as override_tier_rank
    from {{ days }}
    inner join {{ overrides }}
        on
            {{ days }}.customer_key = {{ overrides }}.customer_key
            and {{ days }}.scheme_id = {{ overrides }}.scheme_id
            and {{ days }}.{{ date_column }} >= {{ overrides }}.valid_from_date
            and {{ days }}.{{ date_column }} < {{ overrides }}.valid_to_date
    qualify row_number() over (
        partition by {{ days }}.customer_key, {{ days }}.scheme_id, {{ days }}.{{ date_column }}
        order by
            case {{ overrides }}.kind when 'freeze' then 0 else 1 end,
            {{ overrides }}.valid_from_date desc,
            {{ overrides }}.override_id,
            {{ overrides }}.source
    ) = 1
{%- endmacro %}


{# The tier under the override that is in force, if one is. #}
{% macro overridden_rank(tier_rank) -%}
case override_kind
        when 'freeze' then override_tier_rank
        when 'floor' then greatest({{ tier_rank }}, override_tier_rank)
        else {{ tier_rank }}
    end
{%- endmacro %}


{# What became of the customer: `policy_outcome` is what the policy alone says, which gave `policy_tier_rank`. #}
{% macro decision_outcome(policy_outcome) -%}
case
        when previous_tier_rank is null then 'new'
        when tier_rank > previous_tier_rank then 'upgraded'
        when tier_rank < previous_tier_rank then 'downgraded'
        when tier_rank <> policy_tier_rank then 'held_by_override'
        when {{ policy_outcome }} in ('new', 'upgraded', 'downgraded') then 'kept'
        else {{ policy_outcome }}
    end
{%- endmacro %}


{# Months from the calendar month of one day to that of another. #}
{% macro calendar_months_between(earlier, later) -%}
12 * (extract(year from {{ later }}) - extract(year from {{ earlier }}))
                + extract(month from {{ later }}) - extract(month from {{ earlier }})
{%- endmacro %}


{# 31 December of the year of a day, or of a later year. #}
{% macro end_of_year(day, years_later=0) -%}
make_date(cast(extract(year from {{ day }}) as integer) + {{ years_later }}, 12, 31)
{%- endmacro %}


{# Everything a decision says, but for whom. #}
{% macro decision_columns() -%}
scheme_id,
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
{%- endmacro %}


{#
    What a decision says, and what the policy remembers of it: what a review seals, but for whom. Of a relation that
    remembers fewer downgrades the others are null.
#}
{% macro sealed_columns(downgrades_remembered=6) -%}
{{ decision_columns() }},
    policy_tier_rank,
    tier_since_date,
    below_since_date,
    held_until_date,
    {%- for number in range(1, 7) %}
    {{ "" if number <= downgrades_remembered else "cast(null as date) as " }}downgraded_{{ number }}_date
    {{- "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# The end of those columns for a decision that remembers nothing: of a scheme without a policy, or of leaving. #}
{% macro nothing_remembered(has_figures=true) -%}
{%- if not has_figures %}
    cast(null as decimal(28, 6)) as deciding_value,
    cast(null as integer) as change_number,
    cast(null as decimal(28, 6)) as change_value,
    cast(null as varchar) as override_id,
{%- endif %}
    cast(null as integer) as policy_tier_rank,
    cast(null as date) as tier_since_date,
    cast(null as date) as below_since_date,
    cast(null as date) as held_until_date
    {%- for number in range(1, 7) %},
    cast(null as date) as downgraded_{{ number }}_date
    {%- endfor %}
{%- endmacro %}


{# One row per sealed review and scheme. What was reviewed after the current date is not known at it. #}
{% macro sealed_reviews() -%}
select reviews.*
    from {{ source('lake', 'sealed_reviews') }} as reviews
    inner join {{ ref('int_as_of_dates') }} as dates
        on dates.is_current and reviews.as_of_date <= dates.as_of_date
{%- endmacro %}


{# One row per scheme with sealed reviews: the month end of the last one. #}
{% macro sealed_through() -%}
select
        scheme_id,
        max(as_of_date) as sealed_through_date
    from (
        {{ sealed_reviews() | indent(4) }}
    ) as known_reviews
    group by scheme_id
{%- endmacro %}
