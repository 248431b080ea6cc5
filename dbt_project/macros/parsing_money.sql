{#- Money, identifiers, dates and zones as shop systems of the West write them. Null for what does not parse. -#}

{#- Text of an identifier, without the apostrophe that keeps a spreadsheet from reading it as a number. -#}
{% macro clean_identifier(column) -%}
    nullif(trim(regexp_replace(trim({{ column }}), '^''', '')), '')
{%- endmacro %}


{#-
  DECIMAL(18, 4) from an amount with an optional currency sign, commas between thousands, and a minus or
  parentheses for a negative: `$1,234.50`, `-$7.00`, `($7.00)`, `7.5`. The point is the decimal point: text such
  as `1.234,50` or `12,34` could mean two amounts and gives null.
-#}
{% macro to_money(column) -%}
    {%- set sign = "[$€£¥]" -%}
    {%- set number = "([0-9]{1,3}(,[0-9]{3}){1,3}|[0-9]{1,14})([.][0-9]{1,4})?" -%}
    {%- set with_minus = "-? ?" ~ sign ~ "? ?" ~ number ~ "|" ~ sign ~ " ?-" ~ number -%}
    {%- set in_parentheses = "[(]" ~ sign ~ "? ?" ~ number ~ "[)]" -%}
    {%- set text = clientele.clean_identifier(column) -%}
    case
        when {{ matches_fully(text, with_minus ~ "|" ~ in_parentheses) }}
            then
                cast(regexp_replace({{ text }}, '[^0-9.]', '', 'g') as decimal(18, 4))
                * case when {{ matches_fully(text, ".*[(-].*") }} then -1 else 1 end
    end
{%- endmacro %}


{#- True for text that is there and is no amount; nothing at all is fine. -#}
{% macro is_unreadable_money(column) -%}
    {{ clean_text(column) }} is not null and {{ to_money(column) }} is null
{%- endmacro %}


{#-
  The amount of a row of a feed whose control total is `written: shop`: as `to_money`, in narrow characters and
  without white space around it. Both have to read the same, or the ledger's gate closes.
-#}
{% macro to_control_amount(column) -%}
    cast({{ to_money("trim(" ~ to_narrow(column) ~ ", chr(9) || chr(10) || chr(13) || ' ')") }} as decimal(18, 4))
{%- endmacro %}


{#-
  One row per load with the currency that its control totals were taken in. Exports that name no currency have it
  declared in the feed's description; another declaration later does not change what was taken in before.
-#}
{% macro declared_currencies() -%}
    select
        load_id,
        max(currency_code) as currency_code
    from {{ source('lake', 'load_totals') }}
    where currency_code <> 'XXX'
    group by load_id
{%- endmacro %}


{#- TIMESTAMP in UTC from an American time such as `10/8/26 5:18 PM`, read in `zone` (an SQL expression). -#}
{% macro to_utc_from_american(column, zone=none) -%}
    {{ return(adapter.dispatch('to_utc_from_american', 'clientele')(column, zone or clientele.source_time_zone())) }}
{%- endmacro %}

{% macro duckdb__to_utc_from_american(column, zone) -%}
    {%- set moment = "[0-9]{1,2}/[0-9]{1,2}/([0-9]{2}|[0-9]{4}) (0?[1-9]|1[0-2]):[0-9]{2}(:[0-9]{2})? ?[AaPp][Mm]" -%}
    case
        when {{ matches_fully("trim(" ~ column ~ ")", moment) }}
            then timezone('UTC', timezone({{ zone }}, try_strptime(
                regexp_replace(upper(trim({{ column }})), ' ?([AP]M)', ' \1'),
                ['%m/%d/%y %I:%M %p', '%m/%d/%Y %I:%M %p', '%m/%d/%y %I:%M:%S %p', '%m/%d/%Y %I:%M:%S %p']
            )))
    end
{%- endmacro %}


{#- TIMESTAMP in UTC from a time with the month in English, `Dec 6, 2025 10:37:33 AM`, read in `zone`. -#}
{% macro to_utc_from_english(column, zone=none) -%}
    {{ return(adapter.dispatch('to_utc_from_english', 'clientele')(column, zone or clientele.source_time_zone())) }}
{%- endmacro %}

{% macro duckdb__to_utc_from_english(column, zone) -%}
    {%- set moment = "[A-Za-z]{3} [0-9]{1,2}, [0-9]{4},? (0?[1-9]|1[0-2]):[0-9]{2}:[0-9]{2} [AaPp][Mm]" -%}
    case
        when {{ matches_fully("trim(" ~ column ~ ")", moment) }}
            then timezone('UTC', timezone({{ zone }}, try_strptime(
                replace(trim({{ column }}), ',', ''), '%b %d %Y %I:%M:%S %p'
            )))
    end
{%- endmacro %}
