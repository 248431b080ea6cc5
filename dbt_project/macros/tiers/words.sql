{# Conditions in Chinese and English words. #}

{% macro bounds_words(condition, language, is_missed=false) -%}
{%- set words = {
    'zh': {
        'met': {'at_least': '不低于 ', 'over': '超过 ', 'at_most': '不超过 ', 'under': '低于 ', 'joint': '且'},
        'missed': {'at_least': '低于 ', 'over': '不超过 ', 'at_most': '超过 ', 'under': '不低于 ', 'joint': '或'},
    },
    'en': {
        'met': {'at_least': 'at least ', 'over': 'over ', 'at_most': 'at most ', 'under': 'under ', 'joint': ' and '},
        'missed': {'at_least': 'under ', 'over': 'at most ', 'at_most': 'over ', 'under': 'at least ', 'joint': ' or '},
    },
}[language]['missed' if is_missed else 'met'] -%}
{%- for bound in bounds_of(condition) -%}
{{ words.joint if not loop.first }}{{ words[bound] }}{{ condition[bound] }}
{%- endfor -%}
{%- endmacro %}


{# What a condition says of a figure, to stand after the figure or its name. #}
{% macro figure_words(scheme, condition, language, is_missed=false) -%}
{%- if 'over_times' in condition or 'at_least_times' in condition -%}
{%- set is_over = 'over_times' in condition -%}
{%- set asked = condition.over_times if is_over else condition.at_least_times -%}
{%- set bound = {('over' if is_over else 'at_least'): asked.times} -%}
{%- set other = basis_entry(scheme, asked.metric).name[language] -%}
{{ bounds_words(bound, language, is_missed) }}
{{- ' 倍的' ~ other if language == 'zh' else ' times the ' ~ other[:1] | lower ~ other[1:] -}}
{%- elif 'top_share' in condition or 'bottom_share' in condition -%}
{%- set is_top = 'top_share' in condition -%}
{%- set share = condition.top_share if is_top else condition.bottom_share -%}
{%- if language == 'zh' -%}
{{ '不' if is_missed }}在全体的{{ '前 ' if is_top else '后 ' }}{{ share }}之内
{%- else -%}
{{ 'not ' if is_missed }}among the {{ 'top ' if is_top else 'bottom ' }}{{ share }} of customers
{%- endif -%}
{%- elif 'above_median' in condition -%}
{%- set is_above = condition.above_median != is_missed -%}
{%- if language == 'zh' -%}
{{ '不低于' if is_above else '低于' }}全体的中位数
{%- else -%}
{{ 'at or above' if is_above else 'under' }} the median of all customers
{%- endif -%}
{%- else -%}
{{ bounds_words(condition, language, is_missed) }}
{%- endif -%}
{%- endmacro %}


{# Whether a condition is on a figure that a reason can show. #}
{% macro shows_figure(condition) %}
{{ return(not ('is' in condition or 'in' in condition or 'is_known' in condition or 'referrer_of' in condition)) }}
{% endmacro %}


{# A condition as a statement of its own. #}
{% macro condition_words(scheme, condition, language) -%}
{%- set is_zh = language == 'zh' -%}
{%- if 'referrer_of' in condition -%}
{%- set name = tier_of(scheme, condition.referrer_of.tier).name[language] -%}
{{ '介绍过的客户属于“' ~ name ~ '”' if is_zh else 'Has referred a customer of tier ' ~ name }}
{%- else -%}
{%- set name = basis_entry(scheme, condition.metric).name[language] -%}
{%- set joint = '：' if is_zh else ': ' -%}
{%- if 'is' in condition -%}
{%- set truth = ('是' if condition.is else '否') if is_zh else ('yes' if condition.is else 'no') -%}
{{ name ~ joint ~ (condition.is if condition.is is string else truth) }}
{%- elif 'in' in condition -%}
{{ name ~ joint ~ condition['in'] | join('、' if is_zh else ', ') }}
{%- elif 'is_known' in condition -%}
{{ name ~ joint }}
{{- ('有记录' if condition.is_known else '无记录') if is_zh else ('known' if condition.is_known else 'unknown') -}}
{%- else -%}
{{ name ~ ('' if is_zh else ' ') ~ figure_words(scheme, condition, language) }}
{%- endif -%}
{%- endif -%}
{%- endmacro %}


{#
    The parts of a rule that a condition decides: criterion, figure, threshold, and the reason around the figure with
    `further` at its end.
#}
{% macro decided_by(scheme, condition, further, is_missed=false) %}
{%- set bounds = bounds_of(condition) -%}
{%- if shows_figure(condition) -%}
{%- set name = basis_entry(scheme, condition.metric).name -%}
{{ return({
    'criterion': condition.metric,
    'value': condition.metric,
    'threshold': condition[bounds[0]] if bounds else none,
    'is_upper_threshold': bounds[0] in ['at_most', 'under'] if bounds else false,
    'figure_kind': figure_kind_of(scheme, condition.metric),
    'zh': (name.zh ~ '为 ', '，' ~ figure_words(scheme, condition, 'zh', is_missed) ~ further.zh),
    'en': (name.en ~ ': ', ', ' ~ figure_words(scheme, condition, 'en', is_missed) ~ further.en),
}) }}
{%- else -%}
{{ return({
    'criterion': condition.metric or 'referrer_of',
    'value': none,
    'threshold': none,
    'figure_kind': 'none',
    'zh': (('未满足“' if is_missed else '') ~ condition_words(scheme, condition, 'zh') ~ ('”' if is_missed else '') ~ further.zh, ''),
    'en': (('Not met: ' if is_missed else '') ~ condition_words(scheme, condition, 'en') ~ further.en, ''),
}) }}
{%- endif -%}
{% endmacro %}
