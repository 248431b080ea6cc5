{#
    criteria: a tier is given to those who meet at least n of its criteria, the highest tier first; the last tier
    takes the rest. rules: the same with an order of its own, and several rules may give one tier.
    The deciding criterion is the first one met, and for the last tier of criteria the first one missed of the tier
    above it. An unknown figure meets nothing.
#}

{# What is asked for in order: the tier, and at_least with of; none for the rest. #}
{% macro scheme_asks(scheme) %}
{%- set asks = [] -%}
{%- if scheme.method == 'rules' -%}
{%- for rule in scheme.rules -%}
{%- do asks.append({'tier': tier_of(scheme, rule.tier), 'asked': asked_of(rule)}) -%}
{%- endfor -%}
{%- else -%}
{%- for tier in scheme.tiers -%}
{%- do asks.append({'tier': tier, 'asked': tier.get('when')}) -%}
{%- endfor -%}
{%- endif -%}
{{ return(asks) }}
{% endmacro %}


{% macro criteria_rules(scheme) %}
{%- set rules = asked_rules(scheme) -%}
{%- set missed = scheme.tiers[-2].when -%}
{%- set further = {'zh': '；未达到任何更高等级的条件。', 'en': '; no higher tier is reached.'} -%}
{%- for criterion in missed.of[:missed.at_least] -%}
{%- do rules.append(dict(
    decided_by(scheme, criterion, further, is_missed=true),
    number=rules | length + 1,
    ask_number=scheme.tiers | length - 1,
    tier=scheme.tiers | last,
    condition='(' ~ condition_sql(criterion) ~ ') is not true' if not loop.last,
)) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{% macro rules_rules(scheme) %}
{%- set rules = asked_rules(scheme) -%}
{%- do rules.append({
    'number': rules | length + 1,
    'ask_number': scheme.rules | length - 1,
    'tier': tier_of(scheme, scheme.rules[-1].tier),
    'condition': none,
    'criterion': 'no_earlier_rule',
    'value': none,
    'threshold': none,
    'figure_kind': 'none',
    'zh': ('不符合前面的任何一条规则。', ''),
    'en': ('None of the rules before holds.', ''),
}) -%}
{{ return(rules) }}
{% endmacro %}


{# Rules for everything that is asked for but the rest: one where all must hold, else one per condition that may be first. #}
{% macro asked_rules(scheme) %}
{%- set rules = [] -%}
{%- for ask in scheme_asks(scheme) if ask.asked -%}
{%- set ask_number = loop.index0 -%}
{%- set asked = ask.asked -%}
{%- set whole = asked.of | length -%}
{%- if asked.at_least == whole -%}
{%- set deciding = first_figure(asked.of) -%}
{%- set further = {'zh': '', 'en': ''} -%}
{%- for condition in asked.of if condition != deciding -%}
{%- do further.update(
    zh=further.zh ~ '；且' ~ condition_words(scheme, condition, 'zh'),
    en=further.en ~ '; and ' ~ condition_words(scheme, condition, 'en'),
) -%}
{%- endfor -%}
{%- do rules.append(dict(
    decided_by(scheme, deciding, {'zh': further.zh ~ '。', 'en': further.en ~ '.'}),
    number=rules | length + 1,
    ask_number=ask_number,
    tier=ask.tier,
    condition=asked_sql(asked),
)) -%}
{%- else -%}
{%- set further = {
    'zh': '（' ~ whole ~ ' 项条件中须满足 ' ~ asked.at_least ~ ' 项）。',
    'en': ' (it takes ' ~ asked.at_least ~ ' of ' ~ whole ~ ' criteria).',
} -%}
{%- for condition in asked.of[:whole - asked.at_least + 1] -%}
{%- do rules.append(dict(
    decided_by(scheme, condition, further),
    number=rules | length + 1,
    ask_number=ask_number,
    tier=ask.tier,
    condition=condition_sql(condition) ~ (' and ' ~ asked_sql(asked) if asked.at_least > 1 else ''),
)) -%}
{%- endfor -%}
{%- endif -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{# The first condition with a figure to show, or the first one. #}
{% macro first_figure(conditions) %}
{%- for condition in conditions if shows_figure(condition) -%}
{{ return(condition) }}
{%- endfor -%}
{{ return(conditions[0]) }}
{% endmacro %}
