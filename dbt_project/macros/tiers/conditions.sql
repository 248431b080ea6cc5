{# Conditions on a metric, and the words for them. A condition has a metric and one or two bounds. #}

{% macro bounds_of(condition) %}
{%- set bounds = [] -%}
{%- for bound in ['at_least', 'over', 'at_most', 'under'] -%}
{%- if bound in condition -%}{%- do bounds.append(bound) -%}{%- endif -%}
{%- endfor -%}
{{ return(bounds) }}
{% endmacro %}


{% macro condition_sql(condition) -%}
{%- set operators = {'at_least': '>=', 'over': '>', 'at_most': '<=', 'under': '<'} -%}
{%- for bound in bounds_of(condition) -%}
{{ " and " if not loop.first }}{{ condition.metric }} {{ operators[bound] }} {{ condition[bound] }}
{%- endfor -%}
{%- endmacro %}


{# The bound a reason names: the lower one where there is one. #}
{% macro threshold_of(condition) %}
{{ return(condition[bounds_of(condition)[0]]) }}
{% endmacro %}


{% macro bounds_words(condition, language) -%}
{%- set words = {
    'zh': {'at_least': '不低于 ', 'over': '超过 ', 'at_most': '不超过 ', 'under': '低于 ', 'joint': '且'},
    'en': {'at_least': 'at least ', 'over': 'over ', 'at_most': 'at most ', 'under': 'under ', 'joint': ' and '},
}[language] -%}
{%- for bound in bounds_of(condition) -%}
{{ words.joint if not loop.first }}{{ words[bound] }}{{ condition[bound] }}
{%- endfor -%}
{%- endmacro %}


{# The words for a figure that does not meet the condition. #}
{% macro missed_bounds_words(condition, language) -%}
{%- set words = {
    'zh': {'at_least': '低于 ', 'over': '不超过 ', 'at_most': '超过 ', 'under': '不低于 ', 'joint': '或'},
    'en': {'at_least': 'under ', 'over': 'at most ', 'at_most': 'over ', 'under': 'at least ', 'joint': ' or '},
}[language] -%}
{%- for bound in bounds_of(condition) -%}
{{ words.joint if not loop.first }}{{ words[bound] }}{{ condition[bound] }}
{%- endfor -%}
{%- endmacro %}


{% macro basis_entry(scheme, metric) %}
{{ return(scheme.basis | selectattr('metric', 'equalto', metric) | first) }}
{% endmacro %}


{# How a figure of the metric is written: a kind that assign_tiers knows. #}
{% macro figure_kind_of(scheme, metric) %}
{{ return('money' if basis_entry(scheme, metric).unit == 'money' else 'number') }}
{% endmacro %}
