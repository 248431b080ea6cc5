{# Everything in which SQL dialects differ for the tiers. `default__` is standard SQL or Spark's. #}

{# A text of the scheme as a SQL literal. #}
{% macro sql_text(text) -%}
{{ return(adapter.dispatch('sql_text')(text)) }}
{%- endmacro %}

{% macro default__sql_text(text) -%}
'{{ text | replace("'", "''") }}'
{%- endmacro %}

{% macro spark__sql_text(text) -%}
'{{ text | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}


{# The quotient of whole numbers, towards zero. #}
{% macro integer_quotient(dividend, divisor) -%}
{{ return(adapter.dispatch('integer_quotient')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__integer_quotient(dividend, divisor) -%}
({{ dividend }}) div ({{ divisor }})
{%- endmacro %}

{% macro duckdb__integer_quotient(dividend, divisor) -%}
({{ dividend }}) // ({{ divisor }})
{%- endmacro %}


{#
    100 * part / whole with six decimals, cut off and not rounded, so that a share just under a cut never reads as the
    cut. For money with at most four decimals, and a positive whole.
    DuckDB divides decimals as DOUBLE, and whole numbers of this size a hundred times slower than it multiplies: so the
    quotient is estimated to the nearest, and an exact product says whether that is one too many.
#}
{% macro truncated_percentage(part, whole) -%}
{{ return(adapter.dispatch('truncated_percentage')(part, whole)) }}
{%- endmacro %}

{% macro default__truncated_percentage(part, whole) -%}
cast(floor({{ part }} * 100000000 / {{ whole }}) as decimal(28, 0)) * 0.000001
{%- endmacro %}

{% macro duckdb__truncated_percentage(part, whole) -%}
{%- set nearest -%}
cast(round(cast({{ part }} as double) * 100000000 / cast({{ whole }} as double)) as decimal(28, 0))
{%- endset -%}
case
                when {{ nearest }} * {{ whole }} > {{ part }} * 100000000
                    then {{ nearest }} - 1
                else {{ nearest }}
            end * 0.000001
{%- endmacro %}


{# The same for counts. #}
{% macro truncated_percentage_of_counts(part, whole) -%}
cast({{ integer_quotient(part ~ ' * 100000000', whole) }} as decimal(28, 0)) * 0.000001
{%- endmacro %}


{# part / whole as a ratio with six places; null where the whole is not positive or the ratio has no meaning beside it. #}
{% macro ratio(part, whole) -%}
case when abs({{ part }}) < 1000 * {{ whole }} then cast({{ part }} / {{ whole }} as decimal(9, 6)) end
{%- endmacro %}


{# Figures as text, cut off and not rounded, so that a figure never reads as a threshold it has not reached. #}

{# Money: two decimals, or as many more as it has. #}
{% macro money_text(value) -%}
regexp_replace(cast(cast({{ value }} as decimal(28, 6)) as varchar(40)), '0{1,4}$', '')
{%- endmacro %}


{# A percentage: two decimals. #}
{% macro percentage_text(value) -%}
regexp_replace(cast(cast({{ value }} as decimal(28, 6)) as varchar(40)), '[0-9]{4}$', '')
{%- endmacro %}


{# Any other number: as many decimals as it has. #}
{% macro number_text(value) -%}
regexp_replace(cast(cast({{ value }} as decimal(28, 6)) as varchar(40)), '[.]?0+$', '')
{%- endmacro %}
