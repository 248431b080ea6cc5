{# A percentage as its scheme writes it, as a fraction with six decimals. #}
{% macro fraction_of(percentage) -%}
{{ return('%.6f' | format((percentage | replace('%', '') | float) / 100)) }}
{%- endmacro %}
