{# Reasons: the words of a rule around the figure that decided. #}

{#
    A figure as text, by the kind that its rule states (a column): money, percentage, number, or none for rules that no
    figure decides. An unknown figure is a dash.
#}
{% macro figure_text(kind, value) -%}
case {{ kind }}
        when 'none' then ''
        when 'money' then coalesce({{ money_text(value) }}, '—')
        when 'percentage' then coalesce({{ percentage_text(value) }}, '—')
        else coalesce({{ number_text(value) }}, '—')
    end
{%- endmacro %}


{# The reason in `language` (zh, en) of a row of int_scheme_rules, called `rules`, and the figure that decided. #}
{% macro reason_sql(language, rules, value) -%}
{{ rules }}.reason_{{ language }}_start
    || {{ figure_text(rules ~ '.figure_kind', value) }}
    || {{ rules }}.reason_{{ language }}_end
{%- endmacro %}
