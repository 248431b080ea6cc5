with

values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

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
    values_by_date.consecutive_weeks_count,
    values_by_date.median_gap_days,
    values_by_date.active_quarters_12m_count,
    values_by_date.net_sales_before_6m_amount,
    values_by_date.sales_trend_6m_multiple,

    -- Returns, discounts, margin
    values_by_date.returned_12m_amount,
    values_by_date.returns_12m_count,
    values_by_date.return_12m_ratio,
    values_by_date.discount_12m_amount,
    values_by_date.discount_12m_ratio,
    values_by_date.margin_12m_amount,
    values_by_date.profit_12m_amount,
    values_by_date.cost_known_12m_ratio,

    -- Channels, stores, categories
    values_by_date.pos_visits_12m_count,
    values_by_date.ecommerce_visits_12m_count,
    values_by_date.pos_net_sales_12m_amount,
    values_by_date.ecommerce_net_sales_12m_amount,
    values_by_date.channels_12m_count,
    values_by_date.ecommerce_sales_12m_ratio,
    values_by_date.stores_12m_count,
    values_by_date.preferred_store_id,
    values_by_date.categories_12m_count,
    values_by_date.preferred_category,
    values_by_date.preferred_category_12m_ratio,
    values_by_date.new_categories_12m_count,

    -- Length
    values_by_date.tenure_days,
    values_by_date.membership_days,
    values_by_date.age_years,

    -- Balances
    values_by_date.points_balance,
    values_by_date.stored_value_balance_amount,
    values_by_date.stored_value_opened_days,
    values_by_date.stored_value_used_3m_amount,
    values_by_date.stored_value_used_90d_amount,
    values_by_date.stored_value_used_months_count,
    values_by_date.overdue_days,
    values_by_date.overdue_amount,

    -- Referrals
    values_by_date.referrals_made_count,
    values_by_date.referrals_converted_count,
    values_by_date.referred_net_sales_12m_amount,
    values_by_date.referral_network_count,
    values_by_date.referral_network_net_sales_12m_amount,

    -- Service
    values_by_date.complaints_12m_count,
    values_by_date.open_complaints_count,
    values_by_date.oldest_open_complaint_days,
    values_by_date.contacts_12m_count,
    values_by_date.last_contact_days,
    values_by_date.service_minutes_12m_count,
    values_by_date.surveys_12m_count,
    values_by_date.satisfaction_multiple,
    values_by_date.recommend_score,
    values_by_date.prospect_closes_in_months,

    -- Attributes
    values_by_date.is_member,
    values_by_date.is_prospect_only,
    values_by_date.is_reachable,
    values_by_date.has_contact_consent,
    values_by_date.gender,
    values_by_date.buyer_type,
    values_by_date.member_status,
    values_by_date.card_tier,
    values_by_date.has_supply_agreement,
    values_by_date.is_platform_account,
    values_by_date.has_social_value,
    values_by_date.has_breached_agreement,
    values_by_date.personality_tag,

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
inner join dates
    on
        values_by_date.as_of_date = dates.as_of_date
        and dates.is_current
