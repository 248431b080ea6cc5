{#-
  A table that is filled by one statement for a few schemes at a time: what is sorted, joined and remembered at once
  has to fit into memory, or else is written to disk and read again.

  For a model none of whose rows follows from rows of another scheme. What has a column `scheme_id` is read for the
  schemes of the statement alone, and of the models of the schemes only theirs. tests/movement/test_table_by_schemes.py
  holds the models to that.
-#}
{% materialization table_by_schemes, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do drop_relation_if_exists(existing_relation) -%}
    {%- for scheme_ids in clientele.schemes_at_once() -%}
        {%- set code = clientele.over_schemes(sql, scheme_ids) -%}
        {%- call statement('main') -%}
            {%- if loop.first -%}
                {{ create_table_as(False, target_relation, code) }}
            {%- else -%}
                insert into {{ target_relation }} by name (
                {{ code }}
                )
            {%- endif -%}
        {%- endcall -%}
        {#- DuckDB 1.5 loses sight of rows that follow an ordered insert of none within its transaction. -#}
        {%- do adapter.commit() -%}
    {%- endfor -%}
    {{ clientele.conclude(target_relation) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#-
  The schemes in use in lists, as they follow each other: those of a list have no more rows together than
  `vars.scheme_rows_at_once`, or are one scheme alone.
-#}
{% macro schemes_at_once() -%}
    {%- set rows = {} -%}
    {%- for row in run_query(
        'select table_name, estimated_size from duckdb_tables() where database_name = current_database()'
    ).rows -%}
        {%- do rows.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {%- set lists = [] -%}
    {%- set filled = namespace(rows=0) -%}
    {%- for scheme_id in var('schemes') -%}
        {%- if not lists or filled.rows + rows.get(scheme_id, 0) > var('scheme_rows_at_once') -%}
            {%- do lists.append([]) -%}
            {%- set filled.rows = 0 -%}
        {%- endif -%}
        {%- do lists[-1].append(scheme_id) -%}
        {%- set filled.rows = filled.rows + rows.get(scheme_id, 0) -%}
    {%- endfor -%}
    {{ return(lists or [[]]) }}
{%- endmacro %}


{#- The compiled model, reading only rows of these schemes. -#}
{% macro over_schemes(compiled, scheme_ids) -%}
    {%- set code = namespace(text=compiled) -%}
    {%- if scheme_ids | length < var('schemes') | length -%}
        {%- set listed = [] -%}
        {%- for scheme_id in scheme_ids -%}{%- do listed.append(sql_text(scheme_id)) -%}{%- endfor -%}
        {%- for relation in clientele.relations_by_scheme() -%}
            {%- set condition = 'scheme_id in (' ~ listed | join(', ') ~ ')' -%}
            {%- if relation.identifier in var('schemes') -%}
                {%- set condition = 'true' if relation.identifier in scheme_ids else 'false' -%}
            {%- endif -%}
            {%- set code.text = code.text | replace(
                relation | string, '(select * from ' ~ relation ~ ' where ' ~ condition ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(code.text) }}
{%- endmacro %}


{#- What the model reads that has a column `scheme_id`. -#}
{% macro relations_by_scheme() -%}
    {%- set relations = {} -%}
    {%- for name in model.refs -%}
        {%- set relation = ref(name.name) -%}
        {%- do relations.update({relation | string: relation}) -%}
    {%- endfor -%}
    {%- for source_name, table_name in model.sources -%}
        {%- set relation = source(source_name, table_name) -%}
        {%- do relations.update({relation | string: relation}) -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for row in run_query(
        'select schema_name, table_name from duckdb_columns()'
        ~ " where database_name = current_database() and column_name = 'scheme_id'"
    ).rows -%}
        {%- for relation in relations.values() if (relation.schema, relation.identifier) == (row[0], row[1]) -%}
            {%- do found.append(relation) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
