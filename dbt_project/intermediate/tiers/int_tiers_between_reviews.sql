{#- The same query as a scheme's model, over the figures of customers' own days. -#}
{%- set values_between_reviews = ref('int_customer_values_between_reviews') -%}
{%- set evaluation_days = ref('int_evaluation_days') -%}
{%- do scheme_relations(values_between_reviews) -%}
{%- if execute -%}
{%- set scheme_ids = [] -%}
{%- for scheme_id in schemes_in_use(has_policy=true) if movement_policy(scheme_of(scheme_id)).has_own_days -%}
{%- do scheme_ids.append(scheme_id) -%}
{%- endfor -%}
with

evaluation_days as (

    select * from {{ evaluation_days }}

),

{% for scheme_id in scheme_ids -%}
{{ scheme_id }}_tiers as (

{{ assign_tiers(scheme_of(scheme_id), values_between_reviews) }}

),

{% endfor -%}
computed as (
{% for scheme_id in scheme_ids %}
    select
        {{ computed_columns() }}
    from {{ scheme_id }}_tiers
    {{ "\n    union all\n" if not loop.last }}
{%- else %}
    select
        customer_key,
        evaluated_on_date as as_of_date,
        scheme_id,
        cast(null as integer) as scheme_version,
        cast(null as integer) as rule_number,
        cast(null as integer) as tier_rank,
        cast(null as integer) as keep_rank,
        cast(null as decimal(28, 6)) as deciding_value,
        cast(null as integer) as change_number,
        cast(null as decimal(28, 6)) as change_value
    from evaluation_days
    where false
{% endfor %}
)

select
    computed.customer_key,
    computed.as_of_date,
    computed.scheme_id,
    computed.scheme_version,
    computed.rule_number,
    computed.tier_rank,
    computed.keep_rank,
    computed.deciding_value,
    computed.change_number,
    computed.change_value
from computed
inner join evaluation_days
    on
        computed.customer_key = evaluation_days.customer_key
        and computed.scheme_id = evaluation_days.scheme_id
        and computed.as_of_date = evaluation_days.evaluated_on_date
{%- endif -%}
