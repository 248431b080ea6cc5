with

values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

)

select
    values_by_date.customer_key,
    values_by_date.as_of_date,
    values_by_date.currency_code,

    -- Recency, frequency, amount
    values_by_date.net_sales_1m_amount,
    values_by_date.net_sales_3m_amount,
    values_by_date.net_sales_6m_amount,
    values_by_date.net_sales_12m_amount,
    values_by_date.net_sales_24m_amount,
    values_by_date.net_sales_lifetime_amount,
    values_by_date.visits_1m_count,
    values_by_date.visits_3m_count,
    values_by_date.visits_6m_count,
    values_by_date.visits_12m_count,
    values_by_date.visits_24m_count,
    values_by_date.visits_lifetime_count,
    values_by_date.first_purchase_date,
    values_by_date.last_purchase_date,
    values_by_date.recency_days,
    values_by_date.last_visit_amount,
    values_by_date.largest_visit_amount,
    values_by_date.largest_unreturned_receipt_amount,
    values_by_date.average_visit_12m_amount,
    values_by_date.average_visit_lifetime_amount,

    -- Rhythm
    values_by_date.visits_12m_per_month,
    values_by_date.net_sales_before_6m_amount,
    values_by_date.sales_trend_6m_multiple,

    -- Returns, discounts, margin
    values_by_date.returned_12m_amount,
    values_by_date.return_12m_ratio,

    -- Length
    values_by_date.tenure_days,
    values_by_date.membership_days,

    -- Attributes
    values_by_date.is_member,
    values_by_date.is_prospect_only,

    -- Predictions
    values_by_date.predicted_purchases_12m_count,
    values_by_date.predicted_alive_ratio,
    values_by_date.predicted_repurchase_12m_ratio,
    values_by_date.predicted_visit_amount,
    values_by_date.predicted_sales_12m_amount,
    values_by_date.predicted_value_12m_amount,
    values_by_date.heuristic_sales_12m_amount,
    values_by_date.is_heuristically_active,
    values_by_date.predicted_reason

from values_by_date
