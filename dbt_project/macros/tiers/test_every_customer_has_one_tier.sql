{#
    Customers of a scheme's population without a tier of it, and tiers of customers outside it, at the current date: the
    query is the same at every date. A review that is sealed for this date is left out: it stands although customers
    have become known since.
#}
{% test every_customer_has_one_tier(model) %}
{%- set values_by_date = ref('int_customer_values_by_date') -%}
{%- set relations = scheme_relations('current_values') -%}
{%- if execute -%}
with

sealed_schemes as (

    {{ sealed_through() }}

),

current_values as (

    select customer_values.*
    from {{ values_by_date }} as customer_values
    inner join {{ relations.dates }} as dates
        on customer_values.as_of_date = dates.as_of_date
    where dates.is_current

),

tiered as (

    select
        decisions.customer_key,
        decisions.scheme_id
    from {{ model }} as decisions
    inner join {{ relations.dates }} as dates
        on decisions.decided_on_date = dates.as_of_date
    where dates.is_current and decisions.tier_rank is not null

),

populations as (
    {% for scheme_id in var('schemes') %}
    select
        placed.customer_key,
        {{ sql_text(scheme_id) }} as scheme_id
    from (
        {{ population_sql(scheme_of(scheme_id), relations, ['customer_key']) }}
    ) as placed
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select
    coalesce(populations.scheme_id, tiered.scheme_id) as scheme_id,
    case when tiered.customer_key is null then 'has no tier' else 'is outside the population' end as problem,
    coalesce(populations.customer_key, tiered.customer_key) as customer_key
from populations
full outer join tiered
    on
        populations.customer_key = tiered.customer_key
        and populations.scheme_id = tiered.scheme_id
left join sealed_schemes
    on coalesce(populations.scheme_id, tiered.scheme_id) = sealed_schemes.scheme_id
left join {{ relations.dates }} as dates
    on dates.is_current and sealed_schemes.sealed_through_date = dates.as_of_date
where
    dates.as_of_date is null
    and (populations.customer_key is null or tiered.customer_key is null)
{%- endif -%}
{% endtest %}
