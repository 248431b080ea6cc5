{# Customers of a scheme's population without a tier of it, and tiers of customers outside it. #}
{% test every_customer_has_one_tier(model) %}
{%- set values_by_date = ref('int_customer_values_by_date') -%}
{%- if execute -%}
{%- for scheme_id in var('schemes') %}
{%- set population -%}
select customer_key, as_of_date from {{ values_by_date }} where {{ population_condition(scheme_of(scheme_id)) }}
{%- endset %}
{%- set tiered -%}
select customer_key, as_of_date from {{ model }} where scheme_id = {{ sql_text(scheme_id) }}
{%- endset %}
(
    select {{ sql_text(scheme_id) }} as scheme_id, 'has no tier' as problem, customer_key, as_of_date
    from ({{ population }} except {{ tiered }}) as without_tier
    union all
    select {{ sql_text(scheme_id) }} as scheme_id, 'is outside the population' as problem, customer_key, as_of_date
    from ({{ tiered }} except {{ population }}) as outside_population
)
{{ "union all" if not loop.last }}
{%- endfor %}
{%- endif -%}
{% endtest %}
