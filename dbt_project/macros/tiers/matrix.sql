{#
    matrix: on each axis the customer is in the first level that holds, and the last level takes the rest. Ordered cells
    over the levels give the tier: the first that holds.
#}

{% macro matrix_stage(scheme, source) -%}
select
        *,
        {%- for axis in scheme.axes %}
        case
            {%- for level in axis.levels[:-1] %}
            when {{ condition_sql(dict(level, metric=axis.metric)) }} then {{ loop.index }}
            {%- endfor %}
            else {{ axis.levels | length }}
        end as {{ axis.code }}_level{{ "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
{%- endmacro %}


{% macro matrix_rules(scheme) %}
{%- set rules = [] -%}
{%- for cell in scheme.cells -%}
{%- set axes = scheme.axes | selectattr('code', 'in', cell) | list -%}
{%- set tests = [] -%}
{%- set zh = [] -%}
{%- set en = [] -%}
{%- for axis in axes -%}
{%- set numbers = [] -%}
{%- for level in axis.levels if level.code in cell[axis.code] -%}
{%- do numbers.append(axis.levels.index(level) + 1) -%}
{%- endfor -%}
{%- do tests.append(axis.code ~ '_level in (' ~ numbers | join(', ') ~ ')') -%}
{%- do zh.append(levels_words(scheme, axis, cell[axis.code], 'zh')) -%}
{%- do en.append(levels_words(scheme, axis, cell[axis.code], 'en')) -%}
{%- endfor -%}
{%- set rule = {
    'number': loop.index,
    'tier': tier_of(scheme, cell.tier),
    'condition': tests | join(' and ') or 'true',
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
