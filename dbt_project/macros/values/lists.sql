{# Lists, in which SQL dialects differ. `default__` is Spark's. #}

{# Aggregates the known values of a group into a list, in the order of `ordering`, whose values differ. #}
{% macro ordered_list(value, ordering) -%}
{{ return(adapter.dispatch('ordered_list')(value, ordering)) }}
{%- endmacro %}

{% macro default__ordered_list(value, ordering) -%}
transform(sort_array(collect_list(struct({{ ordering }} as place, {{ value }} as item))), pair -> pair.item)
{%- endmacro %}

{% macro duckdb__ordered_list(value, ordering) -%}
list({{ value }} order by {{ ordering }})
{%- endmacro %}


{# The median of the first `count` values, at least one, of a list. #}
{% macro median_of_first(list, count) -%}
{{ return(adapter.dispatch('median_of_first')(list, count)) }}
{%- endmacro %}

{% macro default__median_of_first(list, count) -%}
(
    element_at(sort_array(slice({{ list }}, 1, {{ count }})), ({{ count }} + 1) div 2)
    + element_at(sort_array(slice({{ list }}, 1, {{ count }})), {{ count }} div 2 + 1)
) / 2
{%- endmacro %}

{% macro duckdb__median_of_first(list, count) -%}
list_aggregate(list_slice({{ list }}, 1, {{ count }}), 'median')
{%- endmacro %}
