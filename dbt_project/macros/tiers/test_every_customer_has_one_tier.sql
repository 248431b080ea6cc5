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

current_values as not materialized (

    select customer_values.*
    from {{ values_by_date }} as customer_values
    inner join {{ relations.dates }} as dates
        on customer_values.as_of_date = dates.as_of_date
    where dates.is_current

),

tiered as not materialized (

    select
        decisions.customer_key,
        decisions.scheme_id
    from {{ model }} as decisions
    inner join {{ relations.dates }} as dates
        on decisions.decided_on_date = dates.as_of_date
    where dates.is_current and decisions.tier_rank is not null

),

populations as not materialized (
    {% for scheme_id in var('schemes') %}
    select
        placed.customer_key,
        {{ sql_text(scheme_id) }} as scheme_id
    from (
        {{ population_sql(scheme_of(scheme_id), relations, ['customer_key']) }}
    ) as placed
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

populations_summed as (

    {{ customers_summed('populations') }}

),

tiered_summed as (

    {{ customers_summed('tiered') }}

),

differing_schemes as (

    select coalesce(populations_summed.scheme_id, tiered_summed.scheme_id) as scheme_id
    from populations_summed
    full outer join tiered_summed
        on populations_summed.scheme_id = tiered_summed.scheme_id
    left join sealed_schemes
        on coalesce(populations_summed.scheme_id, tiered_summed.scheme_id) = sealed_schemes.scheme_id
    left join {{ relations.dates }} as dates
        on dates.is_current and sealed_schemes.sealed_through_date = dates.as_of_date
    where
        dates.as_of_date is null
        and (
            populations_summed.customers_count is distinct from tiered_summed.customers_count
            or populations_summed.hashes_sum is distinct from tiered_summed.hashes_sum
        )

),

differing_populations as (

    select populations.*
    from populations
    inner join differing_schemes
        on populations.scheme_id = differing_schemes.scheme_id

),

differing_tiered as (

    select tiered.*
    from tiered
    inner join differing_schemes
        on tiered.scheme_id = differing_schemes.scheme_id

)

select
    coalesce(differing_populations.scheme_id, differing_tiered.scheme_id) as scheme_id,
    case when differing_tiered.customer_key is null then 'has no tier' else 'is outside the population' end as problem,
    coalesce(differing_populations.customer_key, differing_tiered.customer_key) as customer_key
from differing_populations
full outer join differing_tiered
    on
        differing_populations.customer_key = differing_tiered.customer_key
        and differing_populations.scheme_id = differing_tiered.scheme_id
where differing_populations.customer_key is null or differing_tiered.customer_key is null
{%- endif -%}
{% endtest %}


{% macro customers_summed(relation) -%}
select
        scheme_id,
        count(*) as customers_count,
        sum(cast(hash(customer_key) as hugeint)) as hashes_sum
    from {{ relation }}
    group by scheme_id
{%- endmacro %}
