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
    100 * part / whole with six decimals, cut off and not rounded, so that a share just under a cut never reads as the cut.
    Both have at most four decimals. DuckDB divides decimals as DOUBLE, hence whole numbers.
#}
{% macro truncated_percentage(part, whole) -%}
{{ return(adapter.dispatch('truncated_percentage')(part, whole)) }}
{%- endmacro %}

{% macro default__truncated_percentage(part, whole) -%}
cast(floor({{ part }} * 100000000 / {{ whole }}) as decimal(28, 0)) * cast(0.000001 as decimal(7, 6))
{%- endmacro %}

{% macro duckdb__truncated_percentage(part, whole) -%}
cast(
            cast({{ part }} * 10000 as hugeint) * 100000000 // cast({{ whole }} * 10000 as hugeint) as decimal(32, 0)
        ) * 0.000001
{%- endmacro %}


{# part / whole as a ratio with six places; null where the whole is not positive or the ratio has no meaning beside it. #}
{% macro ratio(part, whole) -%}
case when abs({{ part }}) < 1000 * {{ whole }} then cast({{ part }} / {{ whole }} as decimal(9, 6)) end
{%- endmacro %}


{# Money as text: two decimals, or as many more as the figure has. #}
{% macro money_text(value) -%}
regexp_replace(cast(cast({{ value }} as decimal(28, 4)) as varchar(40)), '0{1,2}$', '')
{%- endmacro %}


{# A number as text, without the zeros at its end. #}
{% macro number_text(value) -%}
regexp_replace(cast(cast({{ value }} as decimal(28, 6)) as varchar(40)), '[.]?0+$', '')
{%- endmacro %}


{# A number of six decimals as text with its first two. #}
{% macro two_decimals_text(value) -%}
substr(cast(cast({{ value }} as decimal(28, 6)) as varchar(40)), 1, length(cast(cast({{ value }} as decimal(28, 6)) as varchar(40))) - 4)
{%- endmacro %}
