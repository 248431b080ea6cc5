{# Conditions on a figure or an attribute of the customer. An unknown one meets no condition but `is_known: false`. #}

{% macro bounds_of(condition) %}
{%- set bounds = [] -%}
{%- for bound in ['at_least', 'over', 'at_most', 'under'] -%}
{%- if bound in condition -%}{%- do bounds.append(bound) -%}{%- endif -%}
{%- endfor -%}
{{ return(bounds) }}
{% endmacro %}


{# Whether the condition asks for a place among all customers. #}
{% macro is_ranking(condition) %}
{{ return('top_share' in condition or 'bottom_share' in condition or 'above_median' in condition) }}
{% endmacro %}


{% macro share_number(share) -%}
{{ return(share | replace('%', '')) }}
{%- endmacro %}


{#
    The share of the customers that a condition on a place asks for, from the one with the most: the first half for the
    median, and for a share from below the rest of it, which the condition leaves out.
#}
{% macro top_share_of(condition) %}
{%- if 'top_share' in condition -%}{{ return(share_number(condition.top_share) | float) }}{%- endif -%}
{%- if 'bottom_share' in condition -%}{{ return(100 - (share_number(condition.bottom_share) | float)) }}{%- endif -%}
{{ return(50.0) }}
{% endmacro %}


{# Whether the condition asks to be among the first, rather than not among them. #}
{% macro asks_for_top(condition) %}
{{ return('top_share' in condition or condition.get('above_median', false)) }}
{% endmacro %}


{# The column of the lowest figure among the first: with it, everything else equal, a customer is one of them. #}
{% macro entry_column(condition) -%}
{{ condition.metric }}_top_{{ top_share_of(condition) | string | replace('.', '_') }}_entry
{%- endmacro %}


{#
    The condition as SQL. `changed` and `value`: as it would be if that metric had that value, which is more than it has
    where a place is asked for. A share of n% holds while the customers with more are under n% of those with a figure;
    at or above the median is the first half.
#}
{% macro condition_sql(condition, changed=none, value=none) -%}
{%- set operators = {'at_least': '>=', 'over': '>', 'at_most': '<=', 'under': '<'} -%}
{%- set figure = value if condition.metric and condition.metric == changed else condition.metric -%}
{%- if 'is' in condition -%}
{{ figure ~ ' = ' ~ sql_text(condition.is) if condition.is is string else figure if condition.is else 'not ' ~ figure }}
{%- elif 'in' in condition -%}
{%- set texts = [] -%}
{%- for text in condition['in'] -%}{%- do texts.append(sql_text(text)) -%}{%- endfor -%}
{{ figure }} in ({{ texts | join(', ') }})
{%- elif 'is_known' in condition -%}
{{ figure }} is {{ 'not ' if condition.is_known }}null
{%- elif 'over_times' in condition or 'at_least_times' in condition -%}
{%- set asked = condition.over_times if 'over_times' in condition else condition.at_least_times -%}
{{ figure }} {{ '>' if 'over_times' in condition else '>=' }} {{ asked.times }} * {{ value if asked.metric == changed else asked.metric }}
{%- elif is_ranking(condition) and condition.metric == changed -%}
{{ value }} {{ '>=' if asks_for_top(condition) else '<' }} {{ entry_column(condition) }}
{%- elif 'top_share' in condition -%}
{{ figure }}_before_count * 100 < {{ figure }}_known_count * {{ share_number(condition.top_share) }}
{%- elif 'bottom_share' in condition -%}
{{ figure }}_before_count * 100 >= {{ figure }}_known_count * (100 - {{ share_number(condition.bottom_share) }})
{%- elif 'above_median' in condition -%}
{{ figure }}_before_count * 2 {{ '<' if condition.above_median else '>=' }} {{ figure }}_known_count
{%- elif 'referrer_of' in condition -%}
is_referrer_of_{{ condition.referrer_of.tier | lower }}
{%- else -%}
{%- for bound in bounds_of(condition) -%}
{{ " and " if not loop.first }}{{ figure }} {{ operators[bound] }} {{ condition[bound] }}
{%- endfor -%}
{%- endif -%}
{%- endmacro %}


{# What a rule asks for, as at_least and of; none for the rule that takes the rest. #}
{% macro asked_of(rule) %}
{%- if 'all' in rule -%}{{ return({'at_least': rule.all | length, 'of': rule.all}) }}{%- endif -%}
{%- if 'any' in rule -%}{{ return({'at_least': 1, 'of': rule.any}) }}{%- endif -%}
{%- if 'of' in rule -%}{{ return({'at_least': rule.at_least, 'of': rule.of}) }}{%- endif -%}
{{ return(none) }}
{% endmacro %}


{# At least so many of the conditions, as SQL; `changed` and `value` as in condition_sql. #}
{% macro asked_sql(asked, changed=none, value=none) -%}
{%- if asked.at_least == asked.of | length -%}
{%- for condition in asked.of -%}
{{ " and " if not loop.first }}{{ condition_sql(condition, changed, value) }}
{%- endfor -%}
{%- elif asked.at_least == 1 -%}
(
                {%- for condition in asked.of -%}
                {{ " or " if not loop.first }}{{ condition_sql(condition, changed, value) }}
                {%- endfor -%}
            )
{%- else -%}
(
                {%- for condition in asked.of %}
                {{ "+ " if not loop.first }}case when {{ condition_sql(condition, changed, value) }} then 1 else 0 end
                {%- endfor %}
            ) >= {{ asked.at_least }}
{%- endif -%}
{%- endmacro %}


{# The metric or figure of the scheme with that name: its unit and what reasons call it. #}
{% macro basis_entry(scheme, metric) %}
{%- set figures = scheme.get('figures', []) | selectattr('code', 'equalto', metric) | list -%}
{{ return(figures[0] if figures else scheme.basis | selectattr('metric', 'equalto', metric) | first) }}
{% endmacro %}


{# How a figure of the metric is written: a kind that figure_text knows. #}
{% macro figure_kind_of(scheme, metric) %}
{{ return('money' if basis_entry(scheme, metric).unit == 'money' else 'number') }}
{% endmacro %}


{# The tier of the scheme with that code. #}
{% macro tier_of(scheme, code) %}
{{ return(scheme.tiers | selectattr('code', 'equalto', code) | first) }}
{% endmacro %}
