{#- The columns of the model's contract, all of one relation: a wide table's list is kept in one place. -#}
{% macro contract_columns(relation) -%}
{%- set named = [] -%}
{%- for name in model.columns -%}
{%- do named.append(relation ~ '.' ~ name) -%}
{%- endfor -%}
{{ named | join(',\n    ') }}
{%- endmacro %}
