{#- A relation lies in the schema of its layer: the top folder of its file; marts lie in the target's own. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set layer = node.original_file_path.split('/')[0] -%}
    {%- if layer in ['seeds', 'staging', 'intermediate', 'tiers'] -%}
        {{ layer }}
    {%- else -%}
        {{ target.schema }}
    {%- endif -%}
{%- endmacro %}
