{#
    criteria: a tier is given to those who meet at least n of its criteria, the highest tier first; the last tier
    takes the rest. The deciding criterion is the first one met, and for the last tier the first one missed
    of the tier above it. An unknown figure meets nothing.
#}

{% macro criteria_placed(scheme) -%}
{%- set rules = criteria_rules(scheme) -%}
judged as (

    select
        *,
        case
            {%- for rule in rules[:-1] %}
            when {{ rule.condition }} then {{ rule.number }}
            {%- endfor %}
            else {{ rules | length }}
        end as rule_number
    from customer_values

),

placed as (

    select
        customer_key,
        as_of_date,
        rule_number,
        case rule_number
            {%- for rule in rules %}
            when {{ rule.number }} then cast({{ rule.criterion }} as decimal(28, 6))
            {%- endfor %}
        end as deciding_value
    from judged

)
{%- endmacro %}


{% macro criteria_rules(scheme) %}
{%- set rules = [] -%}
{%- for tier in scheme.tiers[:-1] -%}
{%- set when = tier.when -%}
{%- set whole = when.of | length -%}
{%- for criterion in when.of[:whole - when.at_least + 1] -%}
{%- set name = basis_entry(scheme, criterion.metric).name -%}
{%- do rules.append({
    'number': rules | length + 1,
    'tier': tier,
    'criterion': criterion.metric,
    'threshold': threshold_of(criterion),
    'figure_kind': figure_kind_of(scheme, criterion.metric),
    'condition': condition_sql(criterion) ~ enough_criteria(when),
    'zh': (
        name.zh ~ '为 ',
        '，' ~ bounds_words(criterion, 'zh') ~ '（' ~ whole ~ ' 项条件中须满足 ' ~ when.at_least ~ ' 项）。',
    ),
    'en': (
        name.en ~ ': ',
        ', ' ~ bounds_words(criterion, 'en') ~ ' (it takes ' ~ when.at_least ~ ' of ' ~ whole ~ ' criteria).',
    ),
}) -%}
{%- endfor -%}
{%- endfor -%}
{%- set when = scheme.tiers[-2].when -%}
{%- for criterion in when.of[:when.at_least] -%}
{%- set name = basis_entry(scheme, criterion.metric).name -%}
{%- do rules.append({
    'number': rules | length + 1,
    'tier': scheme.tiers | last,
    'criterion': criterion.metric,
    'threshold': threshold_of(criterion),
    'figure_kind': figure_kind_of(scheme, criterion.metric),
    'condition': '(' ~ condition_sql(criterion) ~ ') is not true',
    'zh': (name.zh ~ '为 ', '，' ~ missed_bounds_words(criterion, 'zh') ~ '；未达到任何更高等级的条件。'),
    'en': (name.en ~ ': ', ', ' ~ missed_bounds_words(criterion, 'en') ~ '; no higher tier is reached.'),
}) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{# For a tier that needs more than one criterion: the count of those met, as a further condition. #}
{% macro enough_criteria(when) -%}
{%- if when.at_least > 1 %} and (
                {%- for criterion in when.of %}
                {{ "+ " if not loop.first }}case when {{ condition_sql(criterion) }} then 1 else 0 end
                {%- endfor %}
            ) >= {{ when.at_least }}
{%- endif -%}
{%- endmacro %}
