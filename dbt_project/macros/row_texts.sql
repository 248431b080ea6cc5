{#-
  The text of rows of the lake, as JSON of the columns described: `select load_id, row_number, row_text` for the rows
  that `rows` (a relation with load_id and row_number) names. Contact columns are `***`. So is what looks like an
  e-mail address or a telephone number in any other column: a row with too few cells may have it in the wrong one.
-#}
{% macro row_texts(rows) -%}
    {%- set selects = [] -%}
    {%- if execute -%}
        {%- for table in graph.get('sources', {}).values() | sort(attribute='unique_id') -%}
            {%- if (table.config.meta or {}).ingest and table.columns -%}
                {%- do selects.append(clientele.row_texts_of_feed(table, rows)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ selects | join('\n    union all\n    ') }}
    {%- if not selects %}
    select
        load_id,
        row_number,
        cast(null as varchar) as row_text
    from {{ rows }}
    where false
    {%- endif %}
{%- endmacro %}


{% macro row_texts_of_feed(table, rows) -%}
    {%- set shown = [] -%}
    {%- for column in table.columns.values() if not (column.config.meta or {}).contact -%}
        {%- do shown.append(column.name) -%}
    {%- endfor %}
    select
        load_id,
        row_number,
        cast(
            json_object(
                {%- for name in table.columns %}
                '{{ name | replace("'", "''") }}', {{ "texts[" ~ (shown.index(name) + 1) ~ "]" if name in shown else "'***'" }}
                {{- "," if not loop.last }}
                {%- endfor %}
            ) as varchar
        ) as row_text
    from (
        select
            raw_rows._load_id as load_id,
            raw_rows._row_number as row_number,
            list_transform(
                [
                    {%- for name in shown %}
                    raw_rows.{{ adapter.quote(name) }}{{ "," if not loop.last }}
                    {%- endfor %}
                ],
                lambda cell: {{ clientele.without_contact('cell') }}
            ) as texts
        from {{ table.relation_name }} as raw_rows
        inner join {{ rows }} as named_rows
            on
                raw_rows._load_id = named_rows.load_id
                and raw_rows._row_number = named_rows.row_number
    ) as named_texts
{%- endmacro %}


{#- `***` in place of a cell that holds an e-mail address, or is a mobile number of China or one with a country code. -#}
{% macro without_contact(text) -%}
    case
        when regexp_matches({{ text }}, '[^[:space:]@]@[^[:space:]@]+[.][^[:space:]@]') then '***'
        when regexp_full_match(regexp_replace({{ text }}, '[^0-9+]', '', 'g'), '((00|[+])?86)?1[3-9][0-9]{9}|[+][0-9]{8,15}') then '***'
        else {{ text }}
    end
{%- endmacro %}
