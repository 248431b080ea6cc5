{{ config(in_parts_of='customers') }}

{%- set windows = ['1m', '3m', '6m', '12m', '24m', 'lifetime'] -%}
with

customers as (

    select * from {{ ref('int_customer_attributes_dated') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

chosen_currency as (

    select * from {{ ref('int_currency_chosen') }}

),

windows as (

    select * from {{ ref('int_customer_windows_summed') }}

),

years as (

    select * from {{ ref('int_customer_years_summed') }}

),

rhythms as (

    select * from {{ ref('int_customer_rhythms_measured') }}

),

preferences as (

    select * from {{ ref('int_customer_preferences_ranked') }}

),

referrals as (

    select * from {{ ref('int_customer_referrals_summed') }}

),

services as (

    select * from {{ ref('int_customer_services_summed') }}

),

predictions as (

    select * from {{ ref('int_customer_predictions') }}

),

-- Whether the shop states costs at all in the twelve months: if not, sales stand in for profit.
dates_with_costs as (

    select as_of_date
    from years
    where cost_12m_amount is not null
    group by as_of_date

),

joined as (

    select
        customers.*,
        chosen_currency.currency_code,

        {%- for window in windows %}
        cast(coalesce(windows.net_sales_{{ window }}_amount, 0) as decimal(18, 4)) as net_sales_{{ window }}_amount,
        {%- endfor %}
        {%- for window in windows %}
        cast(coalesce(windows.visits_{{ window }}_count, 0) as bigint) as visits_{{ window }}_count,
        {%- endfor %}
        windows.first_purchase_date,
        windows.last_purchase_date,
        cast(windows.last_visit_amount as decimal(18, 4)) as last_visit_amount,
        cast(windows.largest_visit_amount as decimal(18, 4)) as largest_visit_amount,
        windows.largest_unreturned_receipt_amount,
        windows.visit_sales_12m_amount,
        windows.visit_sales_lifetime_amount,
        cast(coalesce(windows.returned_12m_amount, 0) as decimal(18, 4)) as returned_12m_amount,
        windows.gross_sales_12m_amount,
        least(
            12,
            12 * (extract(year from customers.as_of_date) - extract(year from windows.first_purchase_date))
            + extract(month from customers.as_of_date) - extract(month from windows.first_purchase_date)
            + 1
        ) as months_observed,

        {%- for column, type in [
            ('returns_12m_count', 'bigint'),
            ('discount_12m_amount', 'decimal(18, 4)'),
            ('pos_visits_12m_count', 'bigint'),
            ('ecommerce_visits_12m_count', 'bigint'),
            ('pos_net_sales_12m_amount', 'decimal(18, 4)'),
            ('ecommerce_net_sales_12m_amount', 'decimal(18, 4)'),
            ('channels_12m_count', 'integer'),
            ('active_quarters_12m_count', 'integer'),
            ('stored_value_used_3m_amount', 'decimal(18, 4)'),
            ('stored_value_used_90d_amount', 'decimal(18, 4)'),
            ('stored_value_used_months_count', 'integer'),
        ] %}
        {{ known_at_recent_dates('years.' ~ column, type) }} as {{ column }},
        {%- endfor %}
        cast(years.cost_known_net_sales_12m_amount - years.cost_12m_amount as decimal(18, 4)) as margin_12m_amount,
        {{ known_at_recent_dates('years.cost_known_net_sales_12m_amount', 'decimal(18, 4)') }}
            as cost_known_net_sales_12m_amount,
        dates_with_costs.as_of_date is not null as has_costs,
        dates.is_recent,

        rhythms.median_gap_days,
        {{ known_at_recent_dates('rhythms.consecutive_weeks_count', 'integer') }} as consecutive_weeks_count,

        {%- for column in ['stores_12m_count', 'categories_12m_count', 'new_categories_12m_count'] %}
        {{ known_at_recent_dates('preferences.' ~ column, 'integer') }} as {{ column }},
        {%- endfor %}
        preferences.preferred_store_id,
        preferences.preferred_category,
        preferences.preferred_category_12m_amount,

        {%- for column, type in [
            ('referrals_made_count', 'bigint'),
            ('referrals_converted_count', 'bigint'),
            ('referred_net_sales_12m_amount', 'decimal(18, 4)'),
            ('referral_network_count', 'bigint'),
            ('referral_network_net_sales_12m_amount', 'decimal(18, 4)'),
        ] %}
        {{ known_at_recent_dates('referrals.' ~ column, type) }} as {{ column }},
        {%- endfor %}

        {%- for column in [
            'complaints_12m_count',
            'open_complaints_count',
            'contacts_12m_count',
            'service_minutes_12m_count',
            'surveys_12m_count',
        ] %}
        {{ known_at_recent_dates('services.' ~ column, 'bigint') }} as {{ column }},
        {%- endfor %}
        services.oldest_open_complaint_days,
        services.last_contact_days,
        services.satisfaction_multiple,
        services.recommend_score,
        services.personality_tag,

        predictions.predicted_purchases_12m_count,
        predictions.predicted_alive_ratio,
        predictions.predicted_repurchase_12m_ratio,
        predictions.predicted_visit_amount,
        predictions.predicted_sales_12m_amount,
        predictions.predicted_value_12m_amount,
        predictions.heuristic_sales_12m_amount,
        predictions.is_heuristically_active,
        case
            when not dates.is_recent then 'date_not_recent'
            when predictions.customer_key is null then 'no_purchase'
            else predictions.predicted_reason
        end as predicted_reason
    from customers
    cross join chosen_currency
    inner join dates
        on customers.as_of_date = dates.as_of_date
    left join dates_with_costs
        on customers.as_of_date = dates_with_costs.as_of_date
    {%- for topic in ['windows', 'years', 'rhythms', 'preferences', 'referrals', 'services', 'predictions'] %}
    left join {{ topic }}
        on
            customers.customer_key = {{ topic }}.customer_key
            and customers.as_of_date = {{ topic }}.as_of_date
    {%- endfor %}

)

select
    customer_key,
    as_of_date,
    currency_code,

    -- Recency, frequency, amount
    {%- for window in windows %}
    net_sales_{{ window }}_amount,
    {%- endfor %}
    {%- for window in windows %}
    visits_{{ window }}_count,
    {%- endfor %}
    first_purchase_date,
    last_purchase_date,
    cast(as_of_date - last_purchase_date as integer) as recency_days,
    last_visit_amount,
    largest_visit_amount,
    largest_unreturned_receipt_amount,
    cast({{ cut_ratio('visit_sales_12m_amount', 'visits_12m_count', 4) }} as decimal(18, 4))
        as average_visit_12m_amount,
    cast({{ cut_ratio('visit_sales_lifetime_amount', 'visits_lifetime_count', 4) }} as decimal(18, 4))
        as average_visit_lifetime_amount,

    -- Rhythm
    cast(coalesce({{ cut_ratio('visits_12m_count', 'months_observed', 4) }}, 0) as decimal(9, 4))
        as visits_12m_per_month,
    consecutive_weeks_count,
    median_gap_days,
    active_quarters_12m_count,
    cast(net_sales_12m_amount - net_sales_6m_amount as decimal(18, 4)) as net_sales_before_6m_amount,
    cast(
        case
            when net_sales_12m_amount > net_sales_6m_amount
                then least(
                    {{ cut_ratio('net_sales_6m_amount', 'net_sales_12m_amount - net_sales_6m_amount', 6) }},
                    999999999
                )
        end as decimal(18, 6)
    ) as sales_trend_6m_multiple,

    -- Returns, discounts, margin
    returned_12m_amount,
    returns_12m_count,
    {{ share_of('returned_12m_amount', 'gross_sales_12m_amount') }} as return_12m_ratio,
    discount_12m_amount,
    case
        when net_sales_12m_amount > 0
            then {{ share_of('discount_12m_amount', '(net_sales_12m_amount + discount_12m_amount)') }}
    end as discount_12m_ratio,
    margin_12m_amount,
    cast(
        case
            when is_recent and has_costs then coalesce(margin_12m_amount, 0)
            when is_recent then net_sales_12m_amount
        end as decimal(18, 4)
    ) as profit_12m_amount,
    {{ share_of('cost_known_net_sales_12m_amount', 'net_sales_12m_amount') }} as cost_known_12m_ratio,

    -- Channels, stores, categories
    pos_visits_12m_count,
    ecommerce_visits_12m_count,
    pos_net_sales_12m_amount,
    ecommerce_net_sales_12m_amount,
    channels_12m_count,
    {{ share_of('ecommerce_net_sales_12m_amount', 'net_sales_12m_amount') }} as ecommerce_sales_12m_ratio,
    stores_12m_count,
    preferred_store_id,
    categories_12m_count,
    preferred_category,
    {{ share_of('preferred_category_12m_amount', 'net_sales_12m_amount') }} as preferred_category_12m_ratio,
    new_categories_12m_count,

    -- Length
    cast(as_of_date - first_purchase_date as integer) as tenure_days,
    membership_days,
    age_years,

    -- Balances
    points_balance,
    stored_value_balance_amount,
    stored_value_opened_days,
    stored_value_used_3m_amount,
    stored_value_used_90d_amount,
    stored_value_used_months_count,
    overdue_days,
    overdue_amount,

    -- Referrals
    referrals_made_count,
    referrals_converted_count,
    referred_net_sales_12m_amount,
    referral_network_count,
    referral_network_net_sales_12m_amount,

    -- Service
    complaints_12m_count,
    open_complaints_count,
    oldest_open_complaint_days,
    contacts_12m_count,
    last_contact_days,
    service_minutes_12m_count,
    surveys_12m_count,
    satisfaction_multiple,
    recommend_score,
    prospect_closes_in_months,

    -- Attributes
    is_member,
    is_prospect_only,
    is_reachable,
    has_contact_consent,
    gender,
    buyer_type,
    member_status,
    card_tier,
    has_supply_agreement,
    is_platform_account,
    has_social_value,
    has_breached_agreement,
    personality_tag,

    -- Predictions
    predicted_purchases_12m_count,
    predicted_alive_ratio,
    predicted_repurchase_12m_ratio,
    predicted_visit_amount,
    predicted_sales_12m_amount,
    predicted_value_12m_amount,
    heuristic_sales_12m_amount,
    is_heuristically_active,
    predicted_reason

from joined
