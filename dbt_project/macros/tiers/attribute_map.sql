{# attribute_map: the tier that the value of a text attribute stands for; other values, and none, have one tier. #}

{% macro attribute_map_rules(scheme) %}
{%- set rules = [] -%}
{%- for value, code in scheme.map.items() -%}
{%- set condition = {'metric': scheme.metric, 'is': value} -%}
{%- do rules.append(dict(
    decided_by(scheme, condition, {'zh': '。', 'en': '.'}),
    number=loop.index,
    tier=tier_of(scheme, code),
    condition=condition_sql(condition),
)) -%}
{%- endfor -%}
{%- set name = basis_entry(scheme, scheme.metric).name -%}
{%- do rules.append({
    'number': rules | length + 1,
    'tier': tier_of(scheme, scheme.otherwise),
    'condition': none,
    'criterion': scheme.metric,
    'value': none,
    'threshold': none,
    'figure_kind': 'none',
    'zh': (name.zh ~ '：其他或无记录。', ''),
    'en': (name.en ~ ': something else or unknown.', ''),
}) -%}
{{ return(rules) }}
{% endmacro %}
