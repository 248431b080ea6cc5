{#
    The query behind every scheme model. One row per customer of the scheme's population and computed date.

    The customer's figures are taken (`scheme_stages`), judged by the rules in their order (`scheme_rules`), and held
    against the changes of one figure that would give another tier (`scheme_changes`). A method is a macro
    `<method>_rules`; shares, scores and matrices also measure something first, in `<method>_stage`.
    dbt knows the scheme only when it compiles, not yet when it parses.

    `values_by_date` may be another relation of the same columns; without it, the values of the common dates.
#}
{% macro assign_tiers(scheme, values_by_date=none) %}
{%- set relations = scheme_relations(values_by_date) -%}
{%- if execute -%}
{%- set stages = scheme_stages(scheme, relations) -%}
{%- set rules = scheme_rules(scheme) -%}
{%- set changes = scheme_changes(scheme) -%}
{%- set has_shares = scheme.method in ['cumulative_share', 'rank_share'] -%}
with

{% for stage in stages -%}
{{ stage.name }} as (

    {{ stage.sql }}

),

{% endfor -%}
judged as (

    select
        *,
        case
            {%- for rule in rules %}
            {{ "when " ~ rule.condition ~ "\n                then" if rule.condition else "else" }} {{ rule.number }}
            {%- endfor %}
        end as rule_number
    from {{ stages[-1].name }}

),

{% if has_shares -%}
lowest_figures as (

    select
        as_of_date,
        rule_number,
        min({{ scheme.metric }}) as lowest_figure
    from judged
    where rule_number > 0
    group by as_of_date, rule_number

),

{% endif -%}
placed as (

    select
        judged.*,
        {%- if has_shares %}
        lowest_figures.rule_number as next_rule_number,
        lowest_figures.lowest_figure - judged.{{ scheme.metric }} as next_gap,
        {%- endif %}
        {%- for change in changes if change.gap %}
        {{ change.gap }} as gap_{{ change.number }},
        {%- endfor %}
        case judged.rule_number
            {%- for rule in rules %}
            when {{ rule.number }} then {{ rule.tier.rank }}
            {%- endfor %}
        end as tier_rank
    from judged
    {%- if has_shares %}
    left join lowest_figures
        on
            judged.as_of_date = lowest_figures.as_of_date
            and judged.rule_number - 1 = lowest_figures.rule_number
    {%- endif %}

),

{% if not has_shares and changes -%}
nearest as (

    select
        *,
        {{ smallest_gap_sql(changes) }} as smallest_gap
    from placed

),

{% endif -%}
decided as (

    select
        customer_key,
        as_of_date,
        rule_number,
        tier_rank,
        {{ keep_rank_sql(scheme) }} as keep_rank,
        {{ deciding_value_sql(rules) }} as deciding_value,
        {%- if has_shares %}
        next_rule_number as change_number,
        next_gap as change_value
    from placed
        {%- elif changes %}
        case
            {%- for change in changes %}
            when gap_{{ change.number }} = smallest_gap then {{ change.number }}
            {%- endfor %}
        end as change_number,
        case
            {%- for change in changes %}
            when gap_{{ change.number }} = smallest_gap then cast({{ change.value }} as decimal(28, 6))
            {%- endfor %}
        end as change_value
    from nearest
        {%- else %}
        null as change_number,
        null as change_value
    from placed
        {%- endif %}

)

select
    customer_key,
    as_of_date,
    {{ sql_text(scheme.id) }} as scheme_id,
    cast({{ scheme.version }} as integer) as scheme_version,
    cast(rule_number as integer) as rule_number,
    cast(tier_rank as integer) as tier_rank,
    cast(keep_rank as integer) as keep_rank,
    cast(deciding_value as decimal(28, 6)) as deciding_value,
    cast(change_number as integer) as change_number,
    cast(change_value as decimal(28, 6)) as change_value
from decided
{%- endif -%}
{% endmacro %}


{#
    The relations that a scheme may read. Named while dbt parses, so that it knows the order of the models. Other values
    than those of the common dates are of days that no review has closed.
#}
{% macro scheme_relations(values_by_date=none) %}
{{ return({
    'values_by_date': values_by_date or ref('int_customer_values_by_date'),
    'dates': ref('int_as_of_dates'),
    'scheme_dates': none if values_by_date else ref('int_scheme_dates'),
    'visits': ref('int_customer_visits_summed'),
    'referrals': ref('int_referrals'),
    'feeds': ref('int_feeds_present'),
}) }}
{% endmacro %}


{# The rules of a scheme, in the order they are tried. #}
{% macro scheme_rules(scheme) %}
{{ return(context[scheme.method ~ '_rules'](scheme)) }}
{% endmacro %}


{#
    The changes of one figure that would give another tier. Each has a number, the figure, the tier it gives, and in SQL
    `gap` (how far the customer is from it, null where the change is not enough) and `value` (the signed change).
#}
{% macro scheme_changes(scheme) %}
{%- if scheme.method in ['criteria', 'rules'] -%}
{{ return(asked_changes(scheme)) }}
{%- elif scheme.method == 'bands' -%}
{{ return(bands_changes(scheme)) }}
{%- elif scheme.method in ['cumulative_share', 'rank_share'] -%}
{{ return(share_changes(scheme)) }}
{%- elif scheme.method == 'matrix' -%}
{{ return(matrix_changes(scheme)) }}
{%- endif -%}
{{ return([]) }}
{% endmacro %}


{# The smallest gap of a customer; of equal ones the first in the file counts. #}
{% macro smallest_gap_sql(changes) -%}
{%- set gaps = [] -%}
{%- for change in changes -%}{%- do gaps.append('gap_' ~ change.number) -%}{%- endfor -%}
{{ gaps[0] if gaps | length == 1 else 'least(' ~ gaps | join(', ') ~ ')' }}
{%- endmacro %}


{# The highest rank that the customer reaches, or would keep by being in it. #}
{% macro keep_rank_sql(scheme) -%}
{%- set keeping = scheme.tiers | selectattr('keep', 'defined') | list -%}
{%- if keeping -%}
greatest(
            tier_rank,
            case
                {%- for tier in keeping %}
                when {{ asked_sql(tier.keep) }}
                    then {{ tier.rank }}
                {%- endfor %}
            end
        )
{%- else -%}
tier_rank
{%- endif -%}
{%- endmacro %}


{# The figure that decided: rules that are decided by the same figure stand together. #}
{% macro deciding_value_sql(rules) -%}
case
            {%- for value, deciding in rules | selectattr('value') | groupby('value') %}
            when rule_number in ({{ deciding | map(attribute='number') | join(', ') }})
                then cast({{ value }} as decimal(28, 6))
            {%- else %}
            when false then cast(null as decimal(28, 6))
            {%- endfor %}
        end
{%- endmacro %}
