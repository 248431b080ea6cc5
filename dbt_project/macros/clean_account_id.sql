{#-
  Text of a card number, a web account or another number that accounts go by, in one spelling: digits and letters
  narrow, without white space around it and without the apostrophes that keep a spreadsheet from counting in it.
  Zeros in front stay. Null where nothing is left.

  Nearly all numbers are in that spelling and are spared the rest: `translate` alone takes twenty times as long.
-#}
{% macro clean_account_id(column) -%}
    {%- set wide = '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ－＿＇　' -%}
    {%- set narrow = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_'' " -%}
    {%- set white_space = "chr(9) || chr(10) || chr(13) || ' '" -%}
    case
        when {{ matches_fully(column, "[0-9A-Za-z_-]+") }} then {{ column }}
        else nullif(
            trim(
                ltrim(translate({{ column }}, '{{ wide }}', '{{ narrow }}'), {{ white_space }} || ''''),
                {{ white_space }}
            ),
            ''
        )
    end
{%- endmacro %}
