{# bands: one metric, cut into intervals that meet without gap or overlap; one interval per tier. #}

{% macro bands_placed(scheme) -%}
placed as (

    select
        customer_key,
        as_of_date,
        case
            {%- for tier in scheme.tiers %}
            when {{ condition_sql(dict(tier, metric=scheme.metric)) }} then {{ loop.index }}
            {%- endfor %}
        end as rule_number,
        {{ scheme.metric }} as deciding_value
    from customer_values

)
{%- endmacro %}


{% macro bands_rules(scheme) %}
{%- set name = basis_entry(scheme, scheme.metric).name -%}
{%- set rules = [] -%}
{%- for tier in scheme.tiers -%}
{%- do rules.append({
    'number': loop.index,
    'tier': tier,
    'criterion': scheme.metric,
    'threshold': threshold_of(tier),
    'figure_kind': figure_kind_of(scheme, scheme.metric),
    'zh': (name.zh ~ '为 ', '，' ~ bounds_words(tier, 'zh') ~ '。'),
    'en': (name.en ~ ': ', ', ' ~ bounds_words(tier, 'en') ~ '.'),
}) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}
