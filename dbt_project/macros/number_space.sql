{#-
  Where the number of a card or a web account means one and the same: its source, or the space that `source` shares
  with others by var `shared_number_spaces`, named after all of them.
-#}
{% macro number_space(source) -%}
{%- set spaces = var('shared_number_spaces', []) -%}
{%- set sources = spaces | sum(start=[]) -%}
{%- if sources | length != sources | unique | list | length -%}
    {{ exceptions.raise_compiler_error("var shared_number_spaces: a source is in one space only, once") }}
{%- endif -%}
{%- if spaces -%}
    case
        {%- for space in spaces %}
        when {{ source }} in ('{{ space | join("', '") }}') then '{{ space | join("+") }}'
        {%- endfor %}
        else {{ source }}
    end
{%- else -%}
    {{ source }}
{%- endif -%}
{%- endmacro %}
