{# Changes of one figure, everything else equal, that would give another tier. #}

{# The step by which a figure passes a bound that does not hold itself. #}
{% macro step_of(scheme, metric) %}
{%- set steps = {
    'money': '0.01',
    'points': '0.01',
    'visits_per_month': '0.0001',
    'ratio': '0.000001',
    'multiple': '0.000001',
} -%}
{{ return(steps.get(basis_entry(scheme, metric).unit, '1')) }}
{% endmacro %}


{# The first value within the bounds for somebody below them, and for somebody above them. #}
{% macro entered_from_below(scheme, bounds, metric) %}
{{ return(bounds.at_least | string if 'at_least' in bounds else '(' ~ bounds.over ~ ' + ' ~ step_of(scheme, metric) ~ ')') }}
{% endmacro %}

{% macro entered_from_above(scheme, bounds, metric) %}
{{ return(bounds.at_most | string if 'at_most' in bounds else '(' ~ bounds.under ~ ' - ' ~ step_of(scheme, metric) ~ ')') }}
{% endmacro %}


{% macro changed_figure(scheme, metric) %}
{%- set entry = basis_entry(scheme, metric) -%}
{{ return({'metric': metric, 'unit': entry.unit, 'name': entry.name}) }}
{% endmacro %}


{#
    For criteria and rules: every bound of every rule of the next higher tier. The change is enough where, with the figure
    just at the bound, that rule holds and none before it; the gap is relative to the bound. A place among all customers
    is not known for a figure that nobody has yet, so rules that ask for one by the same figure allow no change.
#}
{% macro asked_changes(scheme) %}
{%- set asks = scheme_asks(scheme) -%}
{%- set rules = scheme_rules(scheme) -%}
{%- set changes = [] -%}
{%- for ask in asks if ask.asked -%}
{%- set ask_number = loop.index0 -%}
{%- for tier in scheme.tiers[scheme.tiers.index(ask.tier) + 1:][:1] -%}
{%- set later = rules | selectattr('ask_number', 'gt', ask_number) | selectattr('tier.code', 'equalto', tier.code) -%}
{%- set rule_numbers = later | map(attribute='number') | join(', ') -%}
{%- for condition in ask.asked.of if bounds_of(condition) and rule_numbers -%}
{%- set metric = condition.metric -%}
{%- set sides = [] -%}
{%- if 'at_least' in condition or 'over' in condition -%}
{%- do sides.append((
    entered_from_below(scheme, condition, metric), '<', condition.at_least if 'at_least' in condition else condition.over
)) -%}
{%- endif -%}
{%- if 'at_most' in condition or 'under' in condition -%}
{%- do sides.append((
    entered_from_above(scheme, condition, metric), '>', condition.at_most if 'at_most' in condition else condition.under
)) -%}
{%- endif -%}
{%- for bound, side, threshold in sides -%}
{%- set gap = change_gap(asks[:ask_number + 1], metric, bound, side, threshold, rule_numbers) -%}
{%- if gap -%}
{%- do changes.append(dict(
    changed_figure(scheme, metric),
    number=changes | length + 1,
    tier=ask.tier,
    gap=gap,
    value=bound ~ ' - ' ~ metric,
)) -%}
{%- endif -%}
{%- endfor -%}
{%- endfor -%}
{%- endfor -%}
{%- endfor -%}
{{ return(changes) }}
{% endmacro %}


{# The gap to `bound`, for customers placed by `rule_numbers`; `asks` end with the one to be met. None: it hangs on ranks. #}
{% macro change_gap(asks, metric, bound, side, threshold, rule_numbers) %}
{%- set tests = ['judged.rule_number in (' ~ rule_numbers ~ ')', metric ~ ' ' ~ side ~ ' ' ~ bound] -%}
{%- for ask in asks -%}
{%- for condition in ask.asked.of if condition.metric == metric and is_ranking(condition) -%}
{{ return(none) }}
{%- endfor -%}
{%- if loop.last -%}
{%- do tests.append(asked_sql(ask.asked, metric, bound)) -%}
{%- elif mentions(ask.asked, metric) -%}
{%- do tests.append('(' ~ asked_sql(ask.asked, metric, bound) ~ ') is not true') -%}
{%- endif -%}
{%- endfor -%}
{%- set distance = bound ~ ' - ' ~ metric if side == '<' else metric ~ ' - ' ~ bound -%}
{{ return(
    'case\n            when ' ~ tests | join('\n                and ') ~ '\n                then ('
    ~ distance ~ ') / ' ~ (threshold | abs or 1) ~ '\n        end'
) }}
{% endmacro %}


{% macro mentions(asked, metric) %}
{%- for condition in asked.of -%}
{%- set other = condition.over_times or condition.at_least_times -%}
{%- if condition.metric == metric or (other and other.metric == metric) -%}{{ return(true) }}{%- endif -%}
{%- endfor -%}
{{ return(false) }}
{% endmacro %}
