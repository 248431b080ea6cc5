{# The scheme of a model of this project, by its id. Only while dbt compiles or runs: parsing knows no graph yet. #}
{% macro scheme_of(scheme_id) %}
{%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ scheme_id) -%}
{%- if node is none -%}
{{ exceptions.raise_compiler_error("vars.schemes names '" ~ scheme_id ~ "', but there is no such model in tiers/") }}
{%- endif -%}
{{ return(node.config.meta.scheme) }}
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


{#
    What the scheme files say, and what earlier versions said that only sealed reviews still know: `rows` are those of the
    files, `sealed` is the relation of what the reviews kept. `is_version_in_use` tells them apart.
#}
{% macro constants_of_versions(columns, rows, sealed) -%}
{%- set names = columns | map('first') | list -%}
with

in_use as (

    {{ constant_rows(columns, rows) | indent(4) }}

),

sealed as (

    select distinct
        {%- for name in names %}
        versions.{{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ sealed }} as versions
    left join in_use
        on
            versions.scheme_id = in_use.scheme_id
            and versions.scheme_version = in_use.scheme_version
    where in_use.scheme_id is null

)
{% for relation, is_version_in_use in [('in_use', 'true'), ('sealed', 'false')] %}
select
    {%- for name in names %}
    {{ name }},
    {%- endfor %}
    {{ is_version_in_use }} as is_version_in_use
from {{ relation }}
{{ "union all" if not loop.last }}
{%- endfor %}
{%- endmacro %}
