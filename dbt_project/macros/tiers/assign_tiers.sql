{#
    The query behind every scheme model. One row per customer of the scheme's population and computed date.

    A method is two macros: `<method>_rules(scheme)` lists the rules in the order of their numbers, each with
    the tier it gives, its threshold and its words; `<method>_placed(scheme)` writes the CTE `placed`
    (customer_key, as_of_date, rule_number, deciding_value, figure) from the CTE `customer_values`.
    The scheme is not known yet when dbt parses the project, only when it compiles.
#}
{% macro assign_tiers(scheme) %}
{%- set values_by_date = ref('int_customer_values_by_date') -%}
{%- if execute -%}
with customer_values as (

    select
        customer_key,
        as_of_date,
        {%- for entry in scheme.basis %}
        {{ entry.metric }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ values_by_date }}
    where {{ population_condition(scheme) }}

),

{{ context[scheme.method ~ '_placed'](scheme) }},

{{ rules_cte(context[scheme.method ~ '_rules'](scheme)) }}

select
    placed.customer_key,
    placed.as_of_date,
    {{ sql_text(scheme.id) }} as scheme_id,
    cast({{ scheme.version }} as integer) as scheme_version,
    rules.tier_code,
    rules.tier_rank,
    rules.tier_name_zh,
    rules.tier_name_en,
    rules.deciding_criterion,
    cast(placed.deciding_value as decimal(28, 6)) as deciding_value,
    rules.threshold_value,
    rules.reason_zh_start || coalesce(placed.figure, '—') || rules.reason_zh_end as reason_zh,
    rules.reason_en_start || coalesce(placed.figure, '—') || rules.reason_en_end as reason_en
from placed
inner join rules on placed.rule_number = rules.rule_number
{%- endif -%}
{% endmacro %}


{% macro population_condition(scheme) -%}
{%- for condition in scheme.get('population', []) -%}
{{ " and " if not loop.first }}{{ condition_sql(condition) }}
{%- else -%}
true
{%- endfor -%}
{%- endmacro %}


{% macro rules_cte(rules) -%}
rules as (
    {% for rule in rules %}
    select
        {{ rule.number }} as rule_number,
        {{ sql_text(rule.tier.code) }} as tier_code,
        cast({{ rule.tier.rank }} as integer) as tier_rank,
        {{ sql_text(rule.tier.name.zh) }} as tier_name_zh,
        {{ sql_text(rule.tier.name.en) }} as tier_name_en,
        {{ sql_text(rule.criterion) }} as deciding_criterion,
        cast({{ "null" if rule.threshold is none else rule.threshold }} as decimal(28, 6)) as threshold_value,
        {{ sql_text(rule.zh[0]) }} as reason_zh_start,
        {{ sql_text(rule.zh[1]) }} as reason_zh_end,
        {{ sql_text(rule.en[0]) }} as reason_en_start,
        {{ sql_text(rule.en[1]) }} as reason_en_end
    {{ "union all" if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}
