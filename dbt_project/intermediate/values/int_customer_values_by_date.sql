{%- set windows = [1, 3, 6, 12, 24] -%}
with

visits as (

    select * from {{ ref('int_customer_visits_summed') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

chosen_currency as (

    select * from {{ ref('int_currency_chosen') }}

),

customers_known as (

    select
        customer_key,
        min(known_from_date) as known_from_date
    from accounts
    group by customer_key

),

population as (

    select
        customers_known.customer_key,
        dates.as_of_date
    from customers_known
    inner join dates
        on customers_known.known_from_date <= dates.as_of_date

),

summed as (

    select
        visits.customer_key,
        dates.as_of_date,
        {%- for months in windows %}
        sum(visits.net_sales_amount)
            filter (where visits.business_date > dates.after_{{ months }}m_date) as net_sales_{{ months }}m_amount,
        count(*)
            filter (where visits.is_visit and visits.business_date > dates.after_{{ months }}m_date)
            as visits_{{ months }}m_count,
        {%- endfor %}
        sum(visits.net_sales_amount) as net_sales_lifetime_amount,
        count(*) filter (where visits.is_visit) as visits_lifetime_count,
        min(visits.business_date) filter (where visits.is_visit) as first_purchase_date,
        max(visits.business_date) filter (where visits.is_visit) as last_purchase_date,
        max(visits.net_sales_amount) filter (where visits.is_visit) as largest_visit_amount,
        sum(visits.net_sales_amount)
            filter (where visits.is_visit and visits.business_date > dates.after_12m_date) as visit_sales_12m_amount,
        sum(visits.gross_sales_amount)
            filter (where visits.business_date > dates.after_12m_date) as gross_sales_12m_amount,
        sum(visits.returned_amount)
            filter (where visits.business_date > dates.after_12m_date) as returned_12m_amount
    from visits
    inner join dates
        on visits.business_date <= dates.as_of_date
    group by visits.customer_key, dates.as_of_date

),

-- Two visits on the last day: the larger one is "the last", so that the figure does not hang on the order of rows.
last_visits as (

    select
        summed.customer_key,
        summed.as_of_date,
        max(visits.net_sales_amount) as last_visit_amount
    from summed
    inner join visits
        on
            summed.customer_key = visits.customer_key
            and summed.last_purchase_date = visits.business_date
            and visits.is_visit
    group by summed.customer_key, summed.as_of_date

),

-- Weeks are the seven-day spans that end at the date; week 0 holds the date itself.
weeks_visited as (

    select distinct
        visits.customer_key,
        dates.as_of_date,
        (dates.as_of_date - visits.business_date) // 7 as weeks_ago
    from visits
    inner join dates
        on
            visits.business_date <= dates.as_of_date
            and visits.business_date > dates.after_12m_date
    where visits.is_visit

),

weeks_numbered as (

    select
        *,
        row_number() over (
            partition by customer_key, as_of_date
            order by weeks_ago
        ) - 1 as weeks_before
    from weeks_visited

),

week_streaks as (

    select
        customer_key,
        as_of_date,
        count(*) as consecutive_weeks_count
    from weeks_numbered
    where weeks_ago = weeks_before
    group by customer_key, as_of_date

),

joined as (

    select
        population.customer_key,
        population.as_of_date,
        chosen_currency.currency_code,
        {%- for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] %}
        summed.net_sales_{{ window }}_amount,
        summed.visits_{{ window }}_count,
        {%- endfor %}
        summed.first_purchase_date,
        summed.last_purchase_date,
        summed.largest_visit_amount,
        summed.visit_sales_12m_amount,
        summed.gross_sales_12m_amount,
        summed.returned_12m_amount,
        last_visits.last_visit_amount,
        coalesce(week_streaks.consecutive_weeks_count, 0) as consecutive_weeks_count,
        least(
            12,
            12 * (extract(year from population.as_of_date) - extract(year from summed.first_purchase_date))
            + extract(month from population.as_of_date) - extract(month from summed.first_purchase_date)
            + 1
        ) as months_observed
    from population
    cross join chosen_currency
    left join summed
        on
            population.customer_key = summed.customer_key
            and population.as_of_date = summed.as_of_date
    left join last_visits
        on
            population.customer_key = last_visits.customer_key
            and population.as_of_date = last_visits.as_of_date
    left join week_streaks
        on
            population.customer_key = week_streaks.customer_key
            and population.as_of_date = week_streaks.as_of_date

)

select
    customer_key,
    as_of_date,
    currency_code,

    {%- for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] %}
    cast(coalesce(net_sales_{{ window }}_amount, 0) as decimal(18, 4)) as net_sales_{{ window }}_amount,
    {%- endfor %}
    {%- for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] %}
    cast(coalesce(visits_{{ window }}_count, 0) as bigint) as visits_{{ window }}_count,
    {%- endfor %}

    first_purchase_date,
    last_purchase_date,
    cast(as_of_date - last_purchase_date as integer) as recency_days,
    cast(last_visit_amount as decimal(18, 4)) as last_visit_amount,
    cast(largest_visit_amount as decimal(18, 4)) as largest_visit_amount,
    cast({{ round_ratio('visit_sales_12m_amount', 'visits_12m_count', 4) }} as decimal(18, 4))
        as average_visit_12m_amount,
    cast(coalesce({{ round_ratio('visits_12m_count', 'months_observed', 4) }}, 0) as decimal(9, 4))
        as visits_12m_per_month,
    cast(consecutive_weeks_count as integer) as consecutive_weeks_count,
    cast(
        {{ round_ratio('least(returned_12m_amount, gross_sales_12m_amount)', 'gross_sales_12m_amount', 6) }}
        as decimal(9, 6)
    ) as return_12m_ratio

from joined
