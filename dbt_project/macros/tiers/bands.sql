{# bands: one figure, cut into intervals that meet without gap or overlap; one interval per tier. #}

{% macro bands_rules(scheme) %}
{%- set rules = [] -%}
{%- for tier in scheme.tiers -%}
{%- set band = dict(tier, metric=scheme.metric) -%}
{%- do rules.append(dict(
    decided_by(scheme, band, {'zh': '。', 'en': '.'}),
    number=loop.index,
    tier=tier,
    condition=condition_sql(band),
)) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{# To the next band up and to the next one down, whatever their ranks. #}
{% macro bands_changes(scheme) %}
{%- set changes = [] -%}
{%- for tier in scheme.tiers -%}
{%- set number = loop.index -%}
{%- for other in scheme.tiers -%}
{%- if 'at_least' in other or 'over' in other -%}
{%- set low = entered_from_below(scheme, other, scheme.metric) -%}
{%- do changes.append((tier, number, other, low, low ~ ' - ' ~ scheme.metric)) if follows(tier, other) -%}
{%- endif -%}
{%- if 'at_most' in other or 'under' in other -%}
{%- set high = entered_from_above(scheme, other, scheme.metric) -%}
{%- do changes.append((tier, number, other, high, scheme.metric ~ ' - ' ~ high)) if follows(other, tier) -%}
{%- endif -%}
{%- endfor -%}
{%- endfor -%}
{%- set numbered = [] -%}
{%- for tier, rule_number, other, bound, gap in changes -%}
{%- do numbered.append(dict(
    changed_figure(scheme, scheme.metric),
    number=loop.index,
    tier=other,
    gap='case when judged.rule_number = ' ~ rule_number ~ ' then ' ~ gap ~ ' end',
    value=bound ~ ' - ' ~ scheme.metric,
)) -%}
{%- endfor -%}
{{ return(numbered) }}
{% endmacro %}


{# Whether band `upper` begins where band `lower` ends: whole numbers may go on at the next one. #}
{% macro follows(lower, upper) %}
{%- set end = lower.at_most if 'at_most' in lower else lower.under -%}
{%- set start = upper.at_least if 'at_least' in upper else upper.over -%}
{{ return(
    ('at_most' in lower or 'under' in lower)
    and ('at_least' in upper or 'over' in upper)
    and (end == start or ('at_most' in lower and 'at_least' in upper and start == end + 1))
) }}
{% endmacro %}
