{#- Characters that keyboards and exports of East Asia write twice as wide, and how they write days. -#}

{#- Full-width digits, signs, commas and spaces as their narrow forms: `￥１２．５` is `¥12.5`. Letters stay. -#}
{% macro to_narrow(text) -%}
    translate({{ text }}, '０１２３４５６７８９．，：／＋－（）￥＄　', '0123456789.,:/+-()¥$ ')
{%- endmacro %}


{#- Text without the white space around it, tabs and wide spaces included; null where nothing is left. -#}
{% macro clean_wide_text(column) -%}
    nullif(trim({{ column }}, chr(9) || chr(10) || chr(13) || ' 　'), '')
{%- endmacro %}


{#-
  Text without what keeps a spreadsheet from counting in it: a leading apostrophe, or an equals sign with
  the text in quotes after it. `="123"` and `'123` are `123`.
-#}
{% macro without_spreadsheet_guard(text) -%}
    nullif(regexp_replace({{ text }}, '^(=["](.*)["]|['']+(.*))$', '\2\3'), '')
{%- endmacro %}
