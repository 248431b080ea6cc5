{# The scheme of a model of this project, by its id. Only while dbt compiles or runs: parsing knows no graph yet. #}
{% macro scheme_of(scheme_id) %}
{%- set models = graph.nodes.values()
    | selectattr('resource_type', 'equalto', 'model')
    | selectattr('name', 'equalto', scheme_id)
    | list -%}
{%- if not models -%}
{{ exceptions.raise_compiler_error("vars.schemes names '" ~ scheme_id ~ "', but there is no such model in tiers/") }}
{%- endif -%}
{{ return(models[0].config.meta.scheme) }}
{% endmacro %}
