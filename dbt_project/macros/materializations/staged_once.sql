{#-
  A view over Parquet files with the rows of the loads that this run knows. Only loads that no kept file holds are
  staged: from their own raw files, through a table with the contract's constraints, into one new file. Which files
  are kept and lent to this run is said in plugins/clientele/warehouse/staged.py.

  For a model each of whose rows follows from the rows of its own load, seeds and the business time zone, and from
  nothing else. tests/project/test_staged_once.py holds a model to that.

  Without any load, and where no run prepared the database, the model is a plain table.
-#}
{% materialization staged_once, adapter='duckdb' %}
    {%- set raw_files = clientele.raw_files_of_model() -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view' if raw_files else 'table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do drop_relation_if_exists(existing_relation) -%}
    {%- if raw_files -%}
        {%- set staging_key = run_query(clientele.staging_key(sql)).rows[0][0] -%}
        {%- do clientele.stage_new_loads(sql, staging_key, raw_files) -%}
        {%- call statement('main') -%}
            {{ clientele.staged_view(target_relation, staging_key) }}
        {%- endcall -%}
        {%- do run_query(
            "insert into lake.staged_models values ('" ~ this.identifier ~ "', '" ~ staging_key ~ "')"
        ) -%}
    {%- else -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, target_relation, sql) }}
        {%- endcall -%}
    {%- endif -%}
    {{ clientele.conclude(target_relation) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- Small files are written again together with new loads, so that many days do not become many files. -#}
{% macro small_staged_file_rows() -%}
    122880
{%- endmacro %}


{#- The feeds that the model reads, as `source` gives them: its sources but the lake's own tables. -#}
{% macro raw_relations_of_model() -%}
    {%- set relations = [] -%}
    {%- for source_name, table_name in model.sources -%}
        {%- if source_name != 'lake' and source(source_name, table_name) not in relations -%}
            {%- do relations.append(source(source_name, table_name)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(relations) }}
{%- endmacro %}


{#- Rows of lake.raw_files of those feeds; none where no run prepared the database. -#}
{% macro raw_files_of_model() -%}
    {%- if not adapter.get_relation(this.database, 'lake', 'staged_folder') -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for relation in clientele.raw_relations_of_model() -%}
        {%- do names.append("'" ~ relation.identifier ~ "'") -%}
    {%- endfor -%}
    {{ return(run_query(
        'select load_id, relation, path_literal, select_list, record_digest'
        ~ ' from lake.raw_files where relation in (' ~ names | join(', ') ~ ') order by load_id'
    ).rows) }}
{%- endmacro %}


{#- A query for the digest of all that staged rows follow from besides their loads. -#}
{% macro staging_key(compiled) -%}
    {%- set contract = [model.constraints] -%}
    {%- for column in model.columns.values() -%}
        {%- do contract.append([column.name, column.data_type, column.constraints]) -%}
    {%- endfor -%}
    {%- set code = compiled | replace(adapter.quote(this.database) ~ '.', '') -%}
    select left(sha256(concat_ws(
        chr(30),
        version(),
        (select business_time_zone from lake.run_parameters),
        {%- for unique_id in model.depends_on.nodes | sort if unique_id.startswith('seed.') %}
        (
            select string_agg(typeof(seed_rows) || seed_rows, chr(30) order by seed_rows)
            from {{ graph.nodes[unique_id].relation_name }} as seed_rows
        ),
        {%- endfor %}
        '{{ tojson(contract) | replace("'", "''") }}',
        '{{ code | replace("'", "''") }}'
    )), 32) as staging_key
{%- endmacro %}


{#- Stages the loads that no lent file holds, if any, into one file, and takes small lent files into it. -#}
{% macro stage_new_loads(compiled, staging_key, raw_files) -%}
    {%- set held = run_query(
        "select load_id from lake.staged_files where is_read and model = '" ~ this.identifier ~ "'"
        ~ " and staging_key = '" ~ staging_key ~ "'"
    ).columns[0].values() | list -%}
    {%- set new_files = [] -%}
    {%- for raw_file in raw_files if raw_file['load_id'] not in held -%}
        {%- do new_files.append(raw_file) -%}
    {%- endfor -%}
    {%- if new_files -%}
        {%- set staged_table = this.incorporate(path={'identifier': this.identifier ~ '__new'}, type='table') -%}
        {%- do drop_relation_if_exists(staged_table) -%}
        {%- call statement('stage') -%}
            {{ create_table_as(False, staged_table, clientele.over_raw_files(compiled, new_files)) }}
        {%- endcall -%}
        {%- do clientele.write_staged_file(staged_table, staging_key, new_files) -%}
        {%- do drop_relation_if_exists(staged_table) -%}
    {%- endif -%}
{%- endmacro %}


{#- The compiled model, reading only `raw_files` of its feeds. -#}
{% macro over_raw_files(compiled, raw_files) -%}
    {%- set code = namespace(text=compiled) -%}
    {%- for relation in clientele.raw_relations_of_model() -%}
        {%- set paths = {} -%}
        {%- for raw_file in raw_files if raw_file['relation'] == relation.identifier -%}
            {%- do paths.setdefault(raw_file['select_list'], []).append(raw_file['path_literal']) -%}
        {%- endfor -%}
        {%- set scans = [] -%}
        {%- for select_list, literals in paths.items() -%}
            {%- do scans.append(
                'select ' ~ select_list ~ ' from ' ~ clientele.read_staged_parquet(literals)
            ) -%}
        {%- endfor -%}
        {%- set rows = scans | join(' union all ') or 'select * from ' ~ relation ~ ' where false' -%}
        {%- set code.text = code.text | replace(relation | string, '(' ~ rows ~ ')') -%}
    {%- endfor -%}
    {{ return(code.text) }}
{%- endmacro %}


{% macro read_staged_parquet(path_literals) -%}
    {{ return('read_parquet([' ~ path_literals | join(', ') ~ '], hive_partitioning = false)') }}
{%- endmacro %}


{% macro write_staged_file(staged_table, staging_key, new_files) -%}
    {%- set mine = "model = '" ~ this.identifier ~ "' and staging_key = '" ~ staging_key ~ "'" -%}
    {%- set folder = run_query('select folder, folder_literal from lake.staged_folder').rows[0] -%}
    {%- set is_small = mine ~ ' and row_count < ' ~ clientele.small_staged_file_rows() -%}
    {%- set taken_in = run_query(
        'select file_name, raw_files.load_id, raw_files.record_digest from lake.staged_files'
        ~ ' inner join lake.raw_files on staged_files.load_id = raw_files.load_id'
        ~ ' where is_read and ' ~ is_small ~ ' order by raw_files.load_id'
    ).rows -%}
    {%- set loads = {} -%}
    {%- for load in (new_files | list) + (taken_in | list) -%}
        {%- do loads.update({load['load_id'] | string: load['record_digest']}) -%}
    {%- endfor -%}
    {%- set listed = tojson(loads, sort_keys=True) -%}
    {%- set digest = run_query("select left(sha256('" ~ listed ~ "'), 32)").rows[0][0] -%}
    {%- set file_name = this.identifier ~ '.' ~ staging_key ~ '.' ~ digest ~ '.parquet' -%}
    {%- set small_files = clientele.staged_rows(is_small) -%}
    {%- do run_query(
        'copy (select * from ' ~ staged_table ~ (' union all ' ~ small_files if taken_in else '') ~ ')'
        ~ " to '" ~ (folder['folder'] ~ '/' ~ file_name) | replace("'", "''") ~ "'"
        ~ " (format parquet, compression zstd, kv_metadata {loads: '" ~ listed ~ "'})"
    ) -%}
    {%- do run_query('update lake.staged_files set is_read = false where ' ~ is_small) -%}
    {%- do run_query(
        "insert into lake.staged_files select '" ~ this.identifier ~ "', '" ~ staging_key ~ "', '" ~ file_name
        ~ "', null, load_id, true from lake.raw_files where load_id in (" ~ loads.keys() | join(', ') ~ ')'
    ) -%}
{%- endmacro %}


{#- A query for the rows that are read from the files of lake.staged_files that `condition` names. -#}
{% macro staged_rows(condition) -%}
    {%- set folder = run_query('select folder_literal from lake.staged_folder').rows[0][0] -%}
    {%- set files = run_query(
        'select file_name, string_agg(load_id, chr(44)) filter (not is_read) as other_loads from lake.staged_files'
        ~ ' where ' ~ condition ~ ' group by file_name having bool_or(is_read) order by file_name'
    ).rows -%}
    {%- set whole = [] -%}
    {%- set selects = [] -%}
    {%- for file in files -%}
        {%- set literal = folder ~ " || '/" ~ file['file_name'] ~ "'" -%}
        {%- if file['other_loads'] -%}
            {%- do selects.append(
                'select * from ' ~ clientele.read_staged_parquet([literal])
                ~ ' where load_id not in (' ~ file['other_loads'] ~ ')'
            ) -%}
        {%- else -%}
            {%- do whole.append(literal) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if whole -%}
        {%- do selects.append('select * from ' ~ clientele.read_staged_parquet(whole)) -%}
    {%- endif -%}
    {{ return(selects | join(' union all ')) }}
{%- endmacro %}


{% macro staged_view(relation, staging_key) -%}
    create view {{ relation }} as
    {{ clientele.staged_rows("model = '" ~ this.identifier ~ "' and staging_key = '" ~ staging_key ~ "'") }}
{%- endmacro %}
