{#-
  part / whole with six decimals, kept within 0 and 1: returns can make a part negative or larger than the whole. Null
  where the part is unknown or the whole is not above 0. (Some engines' least and greatest leave nulls out, hence the
  condition.)
-#}
{% macro share_of(part, whole) -%}
    cast(
        case
            when {{ whole }} > 0 and {{ part }} is not null
                then greatest(least({{ cut_ratio(part, whole, 6) }}, 1), 0)
        end as decimal(9, 6)
    )
{%- endmacro %}
