{#
    Whether every metric that the scheme reads is known at every date, and not at the recent ones alone. Further back the
    others are null, which would put everybody into the last tier.
#}
{% macro reads_every_date(scheme) %}
{%- for entry in scheme.basis if entry.metric not in metrics_of_every_date() -%}
{{ return(false) }}
{%- endfor -%}
{{ return(true) }}
{% endmacro %}


{# The metrics that int_customer_values_by_date has at every date: sales, visits, and what the card says. #}
{% macro metrics_of_every_date() %}
{%- set metrics = [
    'recency_days',
    'tenure_days',
    'last_visit_amount',
    'largest_visit_amount',
    'largest_unreturned_receipt_amount',
    'average_visit_12m_amount',
    'average_visit_lifetime_amount',
    'visits_12m_per_month',
    'net_sales_before_6m_amount',
    'sales_trend_6m_multiple',
    'returned_12m_amount',
    'return_12m_ratio',
    'membership_days',
    'age_years',
    'is_member',
    'is_prospect_only',
    'is_reachable',
    'has_contact_consent',
    'gender',
    'buyer_type',
    'member_status',
    'card_tier',
    'has_supply_agreement',
    'is_platform_account',
    'has_social_value',
    'has_breached_agreement',
    'points_balance',
    'stored_value_balance_amount',
    'stored_value_opened_days',
    'overdue_days',
    'overdue_amount',
    'prospect_closes_in_months',
] -%}
{%- for window in ['1m', '3m', '6m', '12m', '24m', 'lifetime'] -%}
{%- do metrics.extend(['net_sales_' ~ window ~ '_amount', 'visits_' ~ window ~ '_count']) -%}
{%- endfor -%}
{{ return(metrics) }}
{% endmacro %}
