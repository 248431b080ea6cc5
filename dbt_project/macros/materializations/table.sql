{#-
  A table, made where nobody reads it before the whole run is checked: nothing is built beside it and renamed, which is most of
  what dbt's own materialization does and costs a run of many small tables some seconds.

  With `in_parts_of: customers` or `schemes` it is filled by one statement after the other, each for a part of the customers, of few
  schemes or of one: what is sorted, joined and remembered at once has to fit into memory, or else is written to disk and read
  again. That is for models none of whose rows follows from rows of another customer or, of schemes, of another scheme. A
  statement is the model's own, but that it reads rows of its part alone of everything with a column `scheme_id` or
  `customer_key`. tests/movement/test_tables_in_parts.py and tests/end_to_end/test_sample_shop_in_parts.py hold the models
  to that.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set in_parts_of = config.get('in_parts_of') -%}
    {%- if in_parts_of == 'schemes' -%}
        {%- set parts = clientele.parts_of_schemes() -%}
    {%- elif in_parts_of == 'customers' -%}
        {%- set parts = clientele.parts_of_customers() -%}
    {%- else -%}
        {%- set parts = [none] -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {%- set relations = clientele.relations_in_parts() if parts | length > 1 else [] -%}
    {%- for part in parts -%}
        {%- set code = clientele.over_part(compiled_code, part, relations) -%}
        {%- call statement('main', language=model.language) -%}
            {%- if loop.first -%}
                {{ create_table_as(False, target_relation, code, model.language) }}
            {%- else -%}
                insert into {{ target_relation }} by name (
                {{ code }}
                )
            {%- endif -%}
        {%- endcall -%}
        {#- DuckDB 1.5 loses sight of rows that follow an ordered insert of none within its transaction. -#}
        {%- if not loop.last -%}{%- do adapter.commit() -%}{%- endif -%}
    {%- endfor -%}
    {{ clientele.conclude(target_relation) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#-
  The schemes in use in lists, as they follow each other, none with more than `vars.rows_at_once` rows of all their dates;
  a scheme with more is taken by itself, a part of its customers after the other.
-#}
{% macro parts_of_schemes() -%}
    {%- set rows = clientele.estimated_rows() -%}
    {%- set parts = [] -%}
    {%- set filled = namespace(rows=0) -%}
    {%- for scheme_id in var('schemes') -%}
        {%- set scheme_rows = rows.get(scheme_id, 0) -%}
        {%- if parts and filled.rows + scheme_rows <= var('rows_at_once') -%}
            {%- do parts[-1].scheme_ids.append(scheme_id) -%}
            {%- set filled.rows = filled.rows + scheme_rows -%}
        {%- else -%}
            {%- set count = clientele.parts_of_rows(scheme_rows) -%}
            {%- for number in range(count) -%}
                {%- do parts.append({'scheme_ids': [scheme_id], 'number': number, 'count': count}) -%}
            {%- endfor -%}
            {%- set filled.rows = scheme_rows -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts or [none]) }}
{%- endmacro %}


{#- As many parts of the customers as leave each no more than `vars.rows_at_once` rows of accounts at dates. -#}
{% macro parts_of_customers() -%}
    {%- set rows = clientele.estimated_rows() -%}
    {%- set count = clientele.parts_of_rows(
        rows.get('int_accounts_resolved', 0) * rows.get('int_as_of_dates', 0)
    ) -%}
    {%- set parts = [] -%}
    {%- for number in range(count) -%}
        {%- do parts.append({'scheme_ids': none, 'number': number, 'count': count}) -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}


{% macro parts_of_rows(rows) -%}
    {{ return([1, (rows / var('rows_at_once')) | round(0, 'ceil') | int] | max) }}
{%- endmacro %}


{#- Of each table of the warehouse, as the engine estimates them. -#}
{% macro estimated_rows() -%}
    {%- set rows = {} -%}
    {%- for row in run_query(
        'select table_name, estimated_size from duckdb_tables() where database_name = current_database()'
    ).rows -%}
        {%- do rows.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}


{#- The compiled model, reading only rows of the part of those relations. -#}
{% macro over_part(compiled, part, relations) -%}
    {%- set code = namespace(text=compiled) -%}
    {%- for relation, columns in relations -%}
        {%- set conditions = [] -%}
        {%- if part.scheme_ids is not none and 'scheme_id' in columns -%}
            {%- do conditions.append(clientele.is_of_schemes(relation.identifier, part.scheme_ids)) -%}
        {%- endif -%}
        {%- if part.count > 1 and 'customer_key' in columns -%}
            {%- do conditions.append('hash(customer_key) % ' ~ part.count ~ ' = ' ~ part.number) -%}
        {%- endif -%}
        {%- if conditions -%}
            {%- set code.text = code.text | replace(
                relation | string, '(select * from ' ~ relation ~ ' where ' ~ conditions | join(' and ') ~ ')'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(code.text) }}
{%- endmacro %}


{#- Of the models of the schemes those of the part are read whole, and the others not at all. -#}
{% macro is_of_schemes(name, scheme_ids) -%}
    {%- if name in var('schemes') -%}
        {{ return('true' if name in scheme_ids else 'false') }}
    {%- endif -%}
    {%- set listed = [] -%}
    {%- for scheme_id in scheme_ids -%}{%- do listed.append(sql_text(scheme_id)) -%}{%- endfor -%}
    {{ return('scheme_id in (' ~ listed | join(', ') ~ ')') }}
{%- endmacro %}


{#- What the model reads that has a column `scheme_id` or `customer_key`, each with those it has. -#}
{% macro relations_in_parts() -%}
    {%- set columns = {} -%}
    {%- for row in run_query(
        'select schema_name, table_name, column_name from duckdb_columns()'
        ~ " where database_name = current_database() and column_name in ('scheme_id', 'customer_key')"
    ).rows -%}
        {%- do columns.setdefault((row[0], row[1]), []).append(row[2]) -%}
    {%- endfor -%}
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
    {%- for relation in relations.values() if (relation.schema, relation.identifier) in columns -%}
        {%- do found.append((relation, columns[(relation.schema, relation.identifier)])) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
