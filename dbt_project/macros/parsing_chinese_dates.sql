{#-
  Days and times as Chinese systems write them, as ISO 8601 text for `to_utc`: `2017/1/3 9:56`, `2017-1-3`,
  `2017.1.3`, `2017年1月3日 9时56分30秒`, `20170103`, also in full-width digits. Any other text comes out as something
  that `to_utc` refuses, unless it is ISO 8601 already.
-#}
{% macro chinese_moment_to_iso(text) -%}
    {{ return(adapter.dispatch('chinese_moment_to_iso', 'clientele')(text)) }}
{%- endmacro %}

{% macro duckdb__chinese_moment_to_iso(text) -%}
    {%- set narrow = "trim(translate(" ~ to_narrow(text) ~ ", '年月日时時分秒', '-- :::'))" -%}
    {%- set day = '([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})' -%}
    {%- set time = ' +([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})?)?' -%}
    {#- Every part gets a mark and zeros in front, then as many of them go as leave two digits. -#}
    regexp_replace(
        regexp_replace(
            regexp_replace({{ narrow }}, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\1-\2-\3'),
            '^{{ day }}(?:{{ time }})?$', '\1-@00\2-@00\3 @00\4:@00\5:@00\6'
        ),
        '@0{0,2}([0-9]{2})', '\1', 'g'
    )
{%- endmacro %}
