with

summaries as (

    select * from {{ ref('int_purchase_summaries') }}

),

expectations as (

    select * from {{ ref('int_predictions_by_summary') }}

),

prediction_models as (

    select * from {{ ref('int_prediction_models') }}

),

visits as (

    select * from {{ ref('int_customer_visits_summed') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

spending_parameters as (

    select
        as_of_date,
        max(value) filter (where model = 'gamma_gamma' and parameter = 'p') as p,
        max(value) filter (where model = 'gamma_gamma' and parameter = 'q') as q,
        max(value) filter (where model = 'gamma_gamma' and parameter = 'v') as v,
        coalesce(
            max(reason) filter (where model = 'bg_nbd' and parameter = 'r'),
            max(reason) filter (where model = 'gamma_gamma' and parameter = 'p')
        ) as predicted_reason
    from prediction_models
    group by as_of_date

),

last_year as (

    select
        visits.customer_key,
        dates.as_of_date,
        sum(visits.net_sales_amount) as net_sales_12m_amount
    from visits
    inner join dates
        on
            visits.business_date <= dates.as_of_date
            and visits.business_date > dates.after_12m_date
    group by visits.customer_key, dates.as_of_date

),

-- The conditional mean of the Gamma-Gamma model; a customer without repeat purchases gets the mean of all.
-- What came back may have been worth more than what was bought: no purchase is expected to cost less than nothing.
expected as (

    select
        summaries.customer_key,
        summaries.as_of_date,
        summaries.age_days - summaries.first_to_last_days as since_last_purchase_days,
        expectations.purchases_12m_count,
        expectations.discounted_purchases_12m_count,
        expectations.alive_ratio,
        expectations.repurchase_12m_ratio,
        spending_parameters.p
        * (
            spending_parameters.v
            + summaries.repeat_days_count * greatest(0, coalesce(summaries.mean_repeat_amount, 0))
        )
        / (spending_parameters.p * summaries.repeat_days_count + spending_parameters.q - 1) as visit_amount,
        coalesce(last_year.net_sales_12m_amount, 0) as net_sales_12m_amount,
        spending_parameters.predicted_reason
    from summaries
    inner join spending_parameters
        on summaries.as_of_date = spending_parameters.as_of_date
    left join expectations
        on
            summaries.as_of_date = expectations.as_of_date
            and summaries.repeat_days_count = expectations.repeat_days_count
            and summaries.first_to_last_days = expectations.first_to_last_days
            and summaries.age_days = expectations.age_days
    left join last_year
        on
            summaries.customer_key = last_year.customer_key
            and summaries.as_of_date = last_year.as_of_date

)

select
    customer_key,
    as_of_date,
    cast(purchases_12m_count as decimal(18, 4)) as predicted_purchases_12m_count,
    cast(alive_ratio as decimal(9, 6)) as predicted_alive_ratio,
    cast(repurchase_12m_ratio as decimal(9, 6)) as predicted_repurchase_12m_ratio,
    cast(visit_amount as decimal(18, 4)) as predicted_visit_amount,
    cast(purchases_12m_count * visit_amount as decimal(18, 4)) as predicted_sales_12m_amount,
    cast(discounted_purchases_12m_count * visit_amount as decimal(18, 4)) as predicted_value_12m_amount,
    cast(net_sales_12m_amount as decimal(18, 4)) as heuristic_sales_12m_amount,
    since_last_purchase_days <= {{ var('heuristic_active_days') }} as is_heuristically_active,
    predicted_reason
from expected
