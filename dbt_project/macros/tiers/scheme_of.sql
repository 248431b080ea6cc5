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


{# Constants of the schemes as rows: `columns` are (name, type); texts are quoted, none is null. #}
{% macro constant_rows(columns, rows) -%}
select
    {%- for name, type in columns %}
    cast({{ name }} as {{ dbt.type_string() if type == 'varchar' else type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
from (
    values
    {%- for row in rows %}
    (
        {%- for value in row -%}
        {{ "null" if value is none else sql_text(value) if value is string else value }}{{ ", " if not loop.last }}
        {%- endfor -%}
    ){{ "," if not loop.last }}
    {%- else %}
    (
        {%- for _ in columns -%}
        null{{ ", " if not loop.last }}
        {%- endfor -%}
    )
    {%- endfor %}
) as constants ({{ columns | map('first') | join(', ') }})
{%- if not rows %}
where false
{%- endif %}
{%- endmacro %}
