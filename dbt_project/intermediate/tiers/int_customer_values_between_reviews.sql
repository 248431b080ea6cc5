{%- set windows = [1, 3, 6, 12, 24] -%}
with

evaluation_days as (

    select * from {{ ref('int_evaluation_days') }}

),

policies as (

    select distinct
        scheme_id,
        has_own_days
    from {{ ref('int_scheme_policies') }}

),

visits as (

    select * from {{ ref('int_customer_visits_summed') }}

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

members as (

    select * from {{ ref('int_members_loaded') }}

),

customers as (

    select
        accounts.customer_key,
        min(accounts.known_from_date) filter (where accounts.account_type <> 'prospect') as customer_from_date,
        min(greatest(accounts.known_from_date, coalesce(members.joined_date, accounts.known_from_date)))
            filter (where accounts.account_type = 'member' and members.account_reference is not null)
            as member_from_date
    from accounts
    left join members
        on
            accounts.source = members.source
            and accounts.account_reference = members.account_reference
    group by accounts.customer_key

),

days as (

    select distinct
        evaluation_days.customer_key,
        evaluation_days.evaluated_on_date as as_of_date
    from evaluation_days
    inner join policies
        on evaluation_days.scheme_id = policies.scheme_id
    where policies.has_own_days and not evaluation_days.is_common_date

),

days_with_windows as (

    select
        customer_key,
        as_of_date,
        {%- for months in windows %}
        cast({{ dbt.dateadd('month', -months, 'as_of_date') }} as date)
            as after_{{ months }}m_date{{ "," if not loop.last }}
        {%- endfor %}
    from days

),

summed as (

    select
        days.customer_key,
        days.as_of_date,
        {%- for months in windows %}
        sum(visits.net_sales_amount)
            filter (where visits.business_date > days.after_{{ months }}m_date) as net_sales_{{ months }}m_amount,
        count(*)
            filter (where visits.is_visit and visits.business_date > days.after_{{ months }}m_date)
            as visits_{{ months }}m_count,
        {%- endfor %}
        sum(visits.net_sales_amount) as net_sales_lifetime_amount,
        count(*) filter (where visits.is_visit) as visits_lifetime_count,
        min(visits.business_date) filter (where visits.is_visit) as first_purchase_date,
        max(visits.business_date) filter (where visits.is_visit) as last_purchase_date
    from days_with_windows as days
    inner join visits
        on
            days.customer_key = visits.customer_key
            and days.as_of_date >= visits.business_date
    group by days.customer_key, days.as_of_date

)

select
    days.customer_key,
    days.as_of_date,
    coalesce(customers.customer_from_date > days.as_of_date, true) as is_prospect_only,
    coalesce(customers.member_from_date <= days.as_of_date, false) as is_member,
    {%- for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] %}
    cast(coalesce(summed.net_sales_{{ window }}_amount, 0) as decimal(18, 4)) as net_sales_{{ window }}_amount,
    cast(coalesce(summed.visits_{{ window }}_count, 0) as bigint) as visits_{{ window }}_count,
    {%- endfor %}
    summed.first_purchase_date,
    summed.last_purchase_date,
    cast(days.as_of_date - summed.last_purchase_date as integer) as recency_days
from days
left join summed
    on
        days.customer_key = summed.customer_key
        and days.as_of_date = summed.as_of_date
left join customers
    on days.customer_key = customers.customer_key
