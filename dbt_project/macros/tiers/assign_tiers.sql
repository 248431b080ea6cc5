{#
    The query behind every scheme model. One row per customer of the scheme's population and computed date.

    A method is two macros: `<method>_rules(scheme)` lists the rules, each with the tier it gives, its threshold and
    the words before and after the customer's figure; `<method>_placed(scheme)` writes the CTEs that lead from
    `customer_values` to `placed` (customer_key, as_of_date, rule_number, deciding_value).
    dbt knows the scheme only when it compiles, not yet when it parses.
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
    {%- if scheme.population %}
    where {{ population_condition(scheme) }}
    {%- endif %}

),

{{ context[scheme.method ~ '_placed'](scheme) }},

rules as (
{{ rule_rows(context[scheme.method ~ '_rules'](scheme)) }}
),

decided as (

    select
        placed.customer_key,
        placed.as_of_date,
        cast(placed.deciding_value as decimal(28, 6)) as deciding_value,
        rules.*,
        coalesce(
            case rules.figure_kind
                when 'money' then {{ money_text('placed.deciding_value') }}
                when 'percentage' then {{ percentage_text('placed.deciding_value') }}
                else {{ number_text('placed.deciding_value') }}
            end,
            '—'
        ) as figure
    from placed
    inner join rules on placed.rule_number = rules.rule_number

)

select
    customer_key,
    as_of_date,
    {{ sql_text(scheme.id) }} as scheme_id,
    cast({{ scheme.version }} as integer) as scheme_version,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    deciding_criterion,
    deciding_value,
    threshold_value,
    reason_zh_start || figure || reason_zh_end as reason_zh,
    reason_en_start || figure || reason_en_end as reason_en
from decided
{%- endif -%}
{% endmacro %}


{% macro population_condition(scheme) -%}
{%- for condition in scheme.get('population', []) -%}
{{ " and " if not loop.first }}{{ condition_sql(condition) }}
{%- else -%}
true
{%- endfor -%}
{%- endmacro %}


{% macro rule_rows(rules) -%}
{%- for rule in rules %}
    select
        {{ rule.number }} as rule_number,
        {{ sql_text(rule.tier.code) }} as tier_code,
        cast({{ rule.tier.rank }} as integer) as tier_rank,
        {{ sql_text(rule.tier.name.zh) }} as tier_name_zh,
        {{ sql_text(rule.tier.name.en) }} as tier_name_en,
        {{ sql_text(rule.criterion) }} as deciding_criterion,
        cast({{ "null" if rule.threshold is none else rule.threshold }} as decimal(28, 6)) as threshold_value,
        {{ sql_text(rule.figure_kind) }} as figure_kind,
        {{ sql_text(rule.zh[0]) }} as reason_zh_start,
        {{ sql_text(rule.zh[1]) }} as reason_zh_end,
        {{ sql_text(rule.en[0]) }} as reason_en_start,
        {{ sql_text(rule.en[1]) }} as reason_en_end
    {{- "\n    union all" if not loop.last }}
{%- endfor %}
{%- endmacro %}
