{#-
  numerator / denominator rounded to `digits`, null where the denominator is null or zero. Division of
  decimals gives a double in some engines; the operands are exact sums, so equal rows give equal ratios.
-#}
{% macro round_ratio(numerator, denominator, digits) -%}
    round(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0), {{ digits }})
{%- endmacro %}
