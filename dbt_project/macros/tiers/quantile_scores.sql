{#
    quantile_scores: customers stand in order from worst to best for each score. With N customers and q quantiles, cut
    point k is the first value at which at least k/q of them are covered, and the score is one more than the number
    of cut points worse than the customer's value. So equal values score equal, and with b customers worse than
    this one the score is 1 + floor(q * b / N). Ordered rules over the scores give the tier: the first that holds.
#}

{% macro quantile_scores_placed(scheme) -%}
scored as (

    select
        customer_key,
        as_of_date,
        {%- for score in scheme.scores %}
        {%- set worst_first = score.metric ~ (' desc' if score.better == 'lower' else '') %}
        1 + {{ integer_quotient(
            scheme.quantiles ~ ' * (rank() over (partition by as_of_date order by ' ~ worst_first ~ ') - 1)',
            'count(*) over (partition by as_of_date)'
        ) }}
        as {{ score.code | lower }}_score{{ "," if not loop.last }}
        {%- endfor %}
    from customer_values

),

placed as (

    select
        customer_key,
        as_of_date,
        case
            {%- for rule in scheme.rules %}
            when {{ score_rule_sql(scheme, rule) }} then {{ loop.index }}
            {%- endfor %}
        end as rule_number,
        {% for score in scheme.scores -%}
        {{ " + " if not loop.first }}{{ 10 ** loop.revindex0 }} * {{ score.code | lower }}_score
        {%- endfor %} as deciding_value
    from scored

)
{%- endmacro %}


{% macro score_rule_sql(scheme, rule) -%}
{%- for code, range in rule.when.items() -%}
{{ " and " if not loop.first }}{{ code | lower }}_score {{ "= " ~ range[0] if range[0] == range[1] else "between " ~ range[0] ~ " and " ~ range[1] }}
{%- else -%}
true
{%- endfor -%}
{%- endmacro %}


{% macro quantile_scores_rules(scheme) %}
{%- set codes = scheme.scores | map(attribute='code') | join('') -%}
{%- set rules = [] -%}
{%- for rule in scheme.rules -%}
{%- set ranges = [] -%}
{%- for code, range in rule.when.items() -%}
{%- do ranges.append(code ~ ' ' ~ (range[0] if range[0] == range[1] else range[0] ~ '–' ~ range[1])) -%}
{%- endfor -%}
{%- do rules.append({
    'number': loop.index,
    'tier': scheme.tiers | selectattr('code', 'equalto', rule.tier) | first,
    'criterion': codes | lower ~ '_scores',
    'threshold': none,
    'figure_kind': 'number',
    'zh': (codes ~ ' 得分为 ', '，首个符合的规则：' ~ (ranges | join('、') or '其余全部') ~ '。'),
    'en': (codes ~ ' scores: ', ', the first rule that holds: ' ~ (ranges | join(', ') or 'everyone else') ~ '.'),
}) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}
