{#-
  numerator / denominator with `digits` decimals, cut off and not rounded, so that a figure never reaches a threshold that
  it is just under; null where the denominator is null or zero. For exact figures and denominators of at least zero: the
  quotient is estimated to the nearest, and an exact product says whether that is one too many.
-#}
{% macro cut_ratio(numerator, denominator, digits) -%}
{%- set nearest -%}
cast({{ round_ratio('(' ~ numerator ~ ') * ' ~ 10 ** digits, denominator, 0) }} as decimal(28, 0))
{%- endset -%}
    case
        when {{ nearest }} * ({{ denominator }}) > ({{ numerator }}) * {{ 10 ** digits }}
            then {{ nearest }} - 1
        else {{ nearest }}
    end * {{ '%.*f' | format(digits, 0.1 ** digits) }}
{%- endmacro %}
