{#-
  A sum or count of a topic that is computed at recent dates only: where there is no row, 0 at a recent date and
  unknown before. Expects a relation `dates` with is_recent in scope.
-#}
{% macro known_at_recent_dates(column, type) -%}
    case when dates.is_recent then coalesce({{ column }}, cast(0 as {{ type }})) end
{%- endmacro %}
