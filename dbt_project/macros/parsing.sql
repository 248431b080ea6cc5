{#- Text to types, with guards: a value that does not parse becomes null and its row is rejected with a reason. -#}

{% macro clean_text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}


{#- True where the whole text matches the regular expression. -#}
{% macro matches_fully(text, pattern) -%}
    {{ return(adapter.dispatch('matches_fully', 'clientele')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_fully(text, pattern) -%}
    {{ text }} ~ '^({{ pattern }})$'
{%- endmacro %}

{% macro duckdb__matches_fully(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}


{#- DECIMAL(18, 4) from plain decimal text; null for anything else, also for more digits than it holds. -#}
{% macro to_decimal(column) -%}
    case
        when {{ matches_fully("trim(" ~ column ~ ")", "-?[0-9]{1,14}([.][0-9]{1,4})?") }}
            then cast(trim({{ column }}) as decimal(18, 4))
    end
{%- endmacro %}


{#- INTEGER from digits with an optional minus; null for anything else, also for more than nine digits. -#}
{% macro to_integer(column) -%}
    case
        when {{ matches_fully("trim(" ~ column ~ ")", "-?[0-9]{1,9}") }}
            then cast(trim({{ column }}) as integer)
    end
{%- endmacro %}


{#- BOOLEAN from `true`, `t`, `yes`, `y`, `1` and their opposites in any case; null for any other text. -#}
{% macro to_boolean(column) -%}
    case
        when lower(trim({{ column }})) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim({{ column }})) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}


{#- ISO 4217 code, null for any other text. -#}
{% macro to_currency(column) -%}
    case
        when {{ matches_fully("trim(" ~ column ~ ")", "[A-Z]{3}") }}
            then trim({{ column }})
    end
{%- endmacro %}


{#-
  True for an amount that ten thousand others like it could not be added to within DECIMAL(18, 4): one absurd row
  goes to quarantine instead of ending the build with an overflow.
-#}
{% macro is_out_of_range(column) -%}
    coalesce(abs({{ column }}) >= 10000000000, false)
{%- endmacro %}


{#- True for a score below zero, of a million or more, or with more than two decimals. -#}
{% macro is_no_score(column) -%}
    coalesce({{ column }} < 0 or {{ column }} >= 1000000 or {{ column }} <> round({{ column }}, 2), false)
{%- endmacro %}


{% macro to_date(column) -%}
    case
        when {{ matches_fully("trim(" ~ column ~ ")", "[0-9]{4}-[0-9]{2}-[0-9]{2}") }}
            then try_cast(trim({{ column }}) as date)
    end
{%- endmacro %}


{#- The business time zone of this run, as a scalar SQL expression. -#}
{% macro business_time_zone() -%}
    (select run_parameters.business_time_zone from {{ source('lake', 'run_parameters') }} as run_parameters)
{%- endmacro %}


{#-
  Where times without an offset are read, as a scalar SQL expression: in the `time_zone` that the description of the
  source says whose files the model reads, else in the business time zone.
-#}
{% macro source_time_zone() -%}
    {%- set zones = [] -%}
    {%- if execute -%}
        {%- for table in graph.get('sources', {}).values() if table.unique_id in model.depends_on.nodes -%}
            {%- do zones.append(((table.source_meta or {}).ingest or {}).time_zone) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set zones = zones | select | reject('equalto', 'business') | unique | list -%}
    {%- if zones -%}'{{ zones[0] }}'{%- else -%}{{ clientele.business_time_zone() }}{%- endif -%}
{%- endmacro %}


{#- TIMESTAMP in UTC from ISO 8601 text; without an offset it is read in `zone` (an SQL expression). -#}
{% macro to_utc(column, zone=none) -%}
    {{ return(adapter.dispatch('to_utc', 'clientele')(column, zone or clientele.source_time_zone())) }}
{%- endmacro %}

{% macro duckdb__to_utc(column, zone) -%}
    {%- set moment = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?" -%}
    {%- set offset = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)" -%}
    {#- The last rule reads what the first reads too; without a blank, as nearly all times are written, in half the time. -#}
    case
        when {{ matches_fully(column, (moment | replace("[T ]", "T")) ~ offset) }}
            then timezone('UTC', try_cast({{ column }} as timestamptz))
        when {{ matches_fully("trim(" ~ column ~ ")", moment) }}
            then timezone('UTC', timezone({{ zone }}, try_cast(trim({{ column }}) as timestamp)))
        when {{ matches_fully("trim(" ~ column ~ ")", moment ~ " ?" ~ offset) }}
            then timezone('UTC', try_cast(replace(replace(trim({{ column }}), ' +', '+'), ' -', '-') as timestamptz))
    end
{%- endmacro %}


{#- DATE of a UTC timestamp in the business time zone. -#}
{% macro to_business_date(utc_timestamp, zone=none) -%}
    {{ return(adapter.dispatch('to_business_date', 'clientele')(utc_timestamp, zone or clientele.business_time_zone())) }}
{%- endmacro %}

{% macro duckdb__to_business_date(utc_timestamp, zone) -%}
    cast(timezone({{ zone }}, timezone('UTC', {{ utc_timestamp }})) as date)
{%- endmacro %}


{#-
  The two columns rejected_column and rejected_reason_code: the first rule of `rules` that a row breaks,
  a list of [column name, SQL condition that is true for a bad row, reason code].
-#}
{% macro first_rejection(rules) -%}
    case
        {%- for column, condition, reason_code in rules %}
        when {{ condition }} then '{{ column }}'
        {%- endfor %}
    end as rejected_column,
    case
        {%- for column, condition, reason_code in rules %}
        when {{ condition }} then '{{ reason_code }}'
        {%- endfor %}
    end as rejected_reason_code
{%- endmacro %}


{#- md5 over all columns of a raw row of the lake but its place in it; equal for equal content. -#}
{% macro payload_hash(columns) -%}
    md5(concat_ws(chr(31), {% for column in columns %}coalesce({{ column }}, chr(30)){{ ", " if not loop.last }}{% endfor %}))
{%- endmacro %}


{#- The select list entries of `model` united: `select columns from model` for each name of `models`. -#}
{% macro union_models(models, columns) -%}
    {%- for model in models %}
    select
        {%- for column in columns %}
        {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(model) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
