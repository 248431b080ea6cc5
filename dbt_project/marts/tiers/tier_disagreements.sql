with

customer_tiers as (

    select * from {{ ref('customer_tiers') }}
    where
        scheme_id in (
            {% for scheme_id in var('compared_schemes') %}
            '{{ scheme_id }}'{{ "," if not loop.last }}
            {%- else %}
            null
            {% endfor %}
        )

),

customer_values as (

    select * from {{ ref('customer_values') }}

)

select
    one.as_of_date,
    one.scheme_id,
    one.tier_code,
    other.scheme_id as other_scheme_id,
    other.tier_code as other_tier_code,
    count(*) as customers_count,
    cast(sum(customer_values.net_sales_12m_amount) as decimal(38, 4)) as net_sales_12m_amount
from customer_tiers as one
inner join customer_tiers as other
    on
        one.customer_key = other.customer_key
        and one.scheme_id < other.scheme_id
inner join customer_values
    on one.customer_key = customer_values.customer_key
group by
    one.as_of_date,
    one.scheme_id,
    one.tier_code,
    other.scheme_id,
    other.tier_code
