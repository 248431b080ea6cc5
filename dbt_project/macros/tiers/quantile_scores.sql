{#
    quantile_scores: customers stand in order from worst to best for each score. With N customers and q quantiles, cut
    point k is the first value at which at least k/q of them are covered, and the score is one more than the number
    of cut points worse than the customer's value. So equal values score equal, and with b customers worse than
    this one the score is 1 + floor(q * b / N). Ordered rules over the scores give the tier: the first that holds.
    Customers who are not to be scored have a tier of their own, and count in no cut.
#}

{% macro quantile_scores_stage(scheme, source) -%}
{%- set is_scored = asked_sql({'at_least': scheme.scored | length, 'of': scheme.scored}) if scheme.get('scored') -%}
{%- set together = 'as_of_date, ' ~ is_scored if is_scored else 'as_of_date' -%}
select
        *,
        {%- if is_scored %}
        {{ is_scored }} as is_scored,
        {%- endif %}
        {%- for score in scheme.scores %}
        {%- set worst_first = score.metric ~ (' desc' if score.better == 'lower' else '') %}
        1 + {{ integer_quotient(
            scheme.quantiles ~ ' * (rank() over (partition by ' ~ together ~ ' order by ' ~ worst_first ~ ') - 1)',
            'count(*) over (partition by ' ~ together ~ ')'
        ) }}
        as {{ score.code | lower }}_score{{ "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
{%- endmacro %}


{% macro score_rule_sql(scheme, rule) -%}
{%- for code, range in rule.when.items() -%}
{{ " and " if not loop.first }}{{ code | lower }}_score {{ "= " ~ range[0] if range[0] == range[1] else "between " ~ range[0] ~ " and " ~ range[1] }}
{%- else -%}
true
{%- endfor -%}
{%- endmacro %}


{# The scores as the digits of one number. #}
{% macro scores_sql(scheme) -%}
{%- for score in scheme.scores -%}
{{ " + " if not loop.first }}{{ 10 ** loop.revindex0 }} * {{ score.code | lower }}_score
{%- endfor -%}
{%- endmacro %}


{% macro quantile_scores_rules(scheme) %}
{%- set codes = scheme.scores | map(attribute='code') | join('') -%}
{%- set rules = unscored_rules(scheme) -%}
{%- for rule in scheme.rules -%}
{%- set ranges = [] -%}
{%- for code, range in rule.when.items() -%}
{%- do ranges.append(code ~ ' ' ~ (range[0] if range[0] == range[1] else range[0] ~ '–' ~ range[1])) -%}
{%- endfor -%}
{%- do rules.append({
    'number': loop.index,
    'tier': scheme.tiers | selectattr('code', 'equalto', rule.tier) | first,
    'condition': score_rule_sql(scheme, rule),
    'value': scores_sql(scheme),
    'criterion': codes | lower ~ '_scores',
    'threshold': none,
    'figure_kind': 'number',
    'zh': (codes ~ ' 得分为 ', '，首个符合的规则：' ~ (ranges | join('、') or '其余全部') ~ '。'),
    'en': (codes ~ ' scores: ', ', the first rule that holds: ' ~ (ranges | join(', ') or 'everyone else') ~ '.'),
}) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{# Why a customer is not scored: the first condition of it that is missed. #}
{% macro unscored_rules(scheme) %}
{%- set rules = [] -%}
{%- for condition in scheme.get('scored', []) -%}
{%- do rules.append(dict(
    decided_by(scheme, condition, {'zh': '。', 'en': '.'}, is_missed=true),
    number=scheme.rules | length + loop.index,
    tier=tier_of(scheme, scheme.otherwise),
    condition='(' ~ condition_sql(condition) ~ ') is not true',
)) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}
