-- The few figures that the schemes here read, from the visits, at every common date.
with

customers as (

    select
        customer_key,
        min(known_from_date) as known_from_date,
        bool_or(account_type = 'member') as is_member
    from {{ ref('int_accounts_resolved') }}
    group by customer_key

)

select
    customers.customer_key,
    dates.as_of_date,
    customers.is_member,
    false as is_prospect_only,
    {%- for months in [1, 3, 6, 12, 24] %}
    {%- set is_within = "visits.business_date > dates.as_of_date - interval " ~ months ~ " month" %}
    cast(coalesce(sum(visits.net_sales_amount) filter (where {{ is_within }}), 0) as decimal(18, 4))
        as net_sales_{{ months }}m_amount,
    count(*) filter (where visits.is_visit and {{ is_within }}) as visits_{{ months }}m_count,
    {%- endfor %}
    cast(coalesce(sum(visits.net_sales_amount), 0) as decimal(18, 4)) as net_sales_lifetime_amount,
    count(*) filter (where visits.is_visit) as visits_lifetime_count
from customers
inner join {{ ref('int_as_of_dates') }} as dates
    on customers.known_from_date <= dates.as_of_date
left join {{ ref('int_customer_visits_summed') }} as visits
    on
        customers.customer_key = visits.customer_key
        and dates.as_of_date >= visits.business_date
group by
    customers.customer_key,
    customers.is_member,
    dates.as_of_date
