{#
    matrix: on each axis the customer is in the first level that holds, and the last level takes the rest. Ordered cells
    over the levels give the tier: the first that holds.
#}

{% macro matrix_stage(scheme, source) -%}
select
        *,
        {%- for axis in scheme.axes %}
        {{ level_sql(axis) }} as {{ axis.code }}_level{{ "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
{%- endmacro %}


{# The number of the customer's level on an axis; `changed` and `value` as in condition_sql. #}
{% macro level_sql(axis, changed=none, value=none) -%}
case
            {%- for level in axis.levels[:-1] %}
            when {{ condition_sql(dict(level, metric=axis.metric), changed, value) }} then {{ loop.index }}
            {%- endfor %}
            else {{ axis.levels | length }}
        end
{%- endmacro %}


{# Whether the customer is in a cell; `changed` and `value` as in condition_sql. #}
{% macro cell_sql(scheme, cell, changed=none, value=none) -%}
{%- set tests = [] -%}
{%- for axis in scheme.axes if axis.code in cell -%}
{%- set numbers = [] -%}
{%- for level in axis.levels if level.code in cell[axis.code] -%}
{%- do numbers.append(axis.levels.index(level) + 1) -%}
{%- endfor -%}
{%- set level = level_sql(axis, changed, value) if axis.metric == changed else axis.code ~ '_level' -%}
{%- do tests.append(level ~ ' in (' ~ numbers | join(', ') ~ ')') -%}
{%- endfor -%}
{{ tests | join(' and ') or 'true' }}
{%- endmacro %}


{% macro matrix_rules(scheme) %}
{%- set rules = [] -%}
{%- for cell in scheme.cells -%}
{%- set axes = scheme.axes | selectattr('code', 'in', cell) | list -%}
{%- set zh = [] -%}
{%- set en = [] -%}
{%- for axis in axes -%}
{%- do zh.append(levels_words(scheme, axis, cell[axis.code], 'zh')) -%}
{%- do en.append(levels_words(scheme, axis, cell[axis.code], 'en')) -%}
{%- endfor -%}
{%- set rule = {
    'number': loop.index,
    'tier': tier_of(scheme, cell.tier),
    'condition': cell_sql(scheme, cell),
    'threshold': none,
} -%}
{%- if axes -%}
{%- set name = basis_entry(scheme, axes[0].metric).name -%}
{%- do rules.append(dict(
    rule,
    criterion=axes[0].metric,
    value=axes[0].metric,
    figure_kind=figure_kind_of(scheme, axes[0].metric),
    zh=(name.zh ~ '为 ', '；' ~ zh | join('；') ~ '。'),
    en=(name.en ~ ': ', '; ' ~ en | join('; ') ~ '.'),
)) -%}
{%- else -%}
{%- do rules.append(dict(
    rule,
    criterion='no_earlier_rule',
    value=none,
    figure_kind='none',
    zh=('其余的所有组合。', ''),
    en=('Every other combination.', ''),
)) -%}
{%- endif -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{# The levels of an axis in words: where a customer stands on it. #}
{% macro levels_words(scheme, axis, codes, language) -%}
{%- set words = [] -%}
{%- for level in axis.levels if level.code in codes -%}
{%- if level == axis.levels[-1] -%}
{%- do words.append('未达到上述水平' if language == 'zh' else 'below that') -%}
{%- else -%}
{%- do words.append(figure_words(scheme, dict(level, metric=axis.metric), language)) -%}
{%- endif -%}
{%- endfor -%}
{%- set name = basis_entry(scheme, axis.metric).name[language] -%}
{%- if codes == [axis.levels[-1].code] -%}
{%- set cut = figure_words(scheme, dict(axis.levels[-2], metric=axis.metric), language, true) -%}
{{ name ~ ('' if language == 'zh' else ' ') ~ cut }}
{%- else -%}
{{ name ~ ('' if language == 'zh' else ' ') ~ words | join('或' if language == 'zh' else ' or ') }}
{%- endif -%}
{%- endmacro %}
