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
    The figures at which a condition begins to hold, from below and from above, each with the number that its distance is
    compared with. A place among all customers is entered from below, at the lowest figure that holds it.
#}
{% macro entries_of(scheme, condition) %}
{%- set entries = [] -%}
{%- if is_ranking(condition) and asks_for_top(condition) -%}
{%- set column = entry_column(condition) -%}
{%- do entries.append({
    'figure': column, 'side': '<', 'scale': 'case when ' ~ column ~ ' = 0 then 1 else abs(' ~ column ~ ') end',
}) -%}
{%- endif -%}
{%- if 'at_least' in condition or 'over' in condition -%}
{%- do entries.append({
    'figure': entered_from_below(scheme, condition, condition.metric),
    'side': '<',
    'scale': (condition.at_least if 'at_least' in condition else condition.over) | abs or 1,
}) -%}
{%- endif -%}
{%- if 'at_most' in condition or 'under' in condition -%}
{%- do entries.append({
    'figure': entered_from_above(scheme, condition, condition.metric),
    'side': '>',
    'scale': (condition.at_most if 'at_most' in condition else condition.under) | abs or 1,
}) -%}
{%- endif -%}
{{ return(entries) }}
{% endmacro %}


{# How far a customer is from an entry, beside its scale, where all of `tests` hold; null elsewhere. #}
{% macro gap_sql(entry, metric, tests) -%}
case
            when {{ metric }} {{ entry.side }} {{ entry.figure }}
                {%- for test in tests %}
                and {{ test }}
                {%- endfor %}
                then ({{ entry.figure ~ ' - ' ~ metric if entry.side == '<' else metric ~ ' - ' ~ entry.figure }}) / {{ entry.scale }}
        end
{%- endmacro %}


{#
    For criteria and rules: every entry of every rule of the next higher tier. The change is enough where, with the figure
    just there, that rule holds and none before it.
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
{%- for condition in ask.asked.of if condition.metric and rule_numbers -%}
{%- set metric = condition.metric -%}
{%- for entry in entries_of(scheme, condition) if entry.side == '<' or not is_ranked_by(asks[:ask_number + 1], metric) -%}
{%- set tests = ['judged.rule_number in (' ~ rule_numbers ~ ')'] -%}
{%- for earlier in asks[:ask_number] if mentions(earlier.asked, metric) -%}
{%- do tests.append('(' ~ asked_sql(earlier.asked, metric, entry.figure) ~ ') is not true') -%}
{%- endfor -%}
{%- do tests.append(asked_sql(ask.asked, metric, entry.figure)) -%}
{%- do changes.append(dict(
    changed_figure(scheme, metric),
    number=changes | length + 1,
    tier=ask.tier,
    gap=gap_sql(entry, metric, tests),
    value=entry.figure ~ ' - ' ~ metric,
)) -%}
{%- endfor -%}
{%- endfor -%}
{%- endfor -%}
{%- endfor -%}
{{ return(changes) }}
{% endmacro %}


{# Whether a place among all customers by that metric is asked for: with less of it, all places would shift. #}
{% macro is_ranked_by(asks, metric) %}
{%- for ask in asks -%}
{%- for condition in ask.asked.of if condition.metric == metric and is_ranking(condition) -%}
{{ return(true) }}
{%- endfor -%}
{%- endfor -%}
{{ return(false) }}
{% endmacro %}


{#
    For a matrix: every entry of a level of an axis that lifts the customer to a cell of a higher tier, the levels of the
    other axes as they are.
#}
{% macro matrix_changes(scheme) %}
{%- set changes = [] -%}
{%- for axis in scheme.axes -%}
{%- for level in axis.levels[:-1] -%}
{%- for entry in entries_of(scheme, dict(level, metric=axis.metric))
    if entry.side == '<' or not is_ranking(dict(axis.levels[0], metric=axis.metric)) -%}
{%- for tier in scheme.tiers -%}
{%- set lower = lower_rules(scheme, tier) -%}
{%- if lower -%}
{%- do changes.append(dict(
    changed_figure(scheme, axis.metric),
    number=changes | length + 1,
    tier=tier,
    gap=gap_sql(entry, axis.metric, [
        'judged.rule_number in (' ~ lower | join(', ') ~ ')',
        cell_rank_sql(scheme, axis.metric, entry.figure) ~ ' = ' ~ tier.rank,
    ]),
    value=entry.figure ~ ' - ' ~ axis.metric,
)) -%}
{%- endif -%}
{%- endfor -%}
{%- endfor -%}
{%- endfor -%}
{%- endfor -%}
{{ return(changes) }}
{% endmacro %}


{# Numbers of the rules that give a tier below `tier`. #}
{% macro lower_rules(scheme, tier) %}
{%- set numbers = [] -%}
{%- for rule in scheme_rules(scheme) if rule.tier.rank < tier.rank -%}{%- do numbers.append(rule.number) -%}{%- endfor -%}
{{ return(numbers) }}
{% endmacro %}


{# The rank of the cell that the customer would be in if that metric had that value. #}
{% macro cell_rank_sql(scheme, changed, value) -%}
case
                {%- for cell in scheme.cells %}
                when {{ cell_sql(scheme, cell, changed, value) }} then {{ tier_of(scheme, cell.tier).rank }}
                {%- endfor %}
                end
{%- endmacro %}


{% macro mentions(asked, metric) %}
{%- for condition in asked.of -%}
{%- set other = condition.over_times or condition.at_least_times -%}
{%- if condition.metric == metric or (other and other.metric == metric) -%}{{ return(true) }}{%- endif -%}
{%- endfor -%}
{{ return(false) }}
{% endmacro %}
