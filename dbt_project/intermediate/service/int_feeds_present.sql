{#- Presence is of the whole log, not of a date: what a feed brings late, it brings for all dates. -#}
{%- set needs = [
    ('members', 'members', 'members_count > 0'),
    ('buyer_types', 'members.buyer_type', 'buyer_types_count > 0'),
    ('birth_years', 'members.birth_date', 'birth_years_count > 0'),
    ('genders', 'members.gender', 'genders_count > 0'),
    ('stored_values', 'members.stored_value_balance', 'stored_values_count > 0'),
    ('referrals', 'members.referrer_member_no', 'referrals_count > 0'),
    ('overdue_amounts', 'members.overdue_amount', 'overdue_amounts_count > 0'),
    ('agreements', 'members.has_supply_agreement', 'agreements_count > 0'),
    ('vip_tiers', 'members.card_tier', 'vip_tiers_count > 0'),
    ('service_events', 'service_events', 'events_count > 0'),
    ('complaints', 'service_events.event_type complaint', 'complaints_count > 0'),
    ('surveys', 'service_events.event_type survey', 'surveys_count > 0'),
    ('personality_tags', 'service_events.tag of event_type note', 'tags_count > 0'),
    ('prospects', 'prospects', 'prospects_count > 0'),
    ('costs', 'sales.cost_amount', 'costs_count > 0'),
    ('categories', 'sales.category', 'categories_count > 0'),
    ('discounts', 'sales.discount_amount', 'discounts_count > 0'),
    ('predictions', 'sales of known customers', 'identified_count > 0'),
] -%}
with

members as (

    select
        count(*) as members_count,
        count(buyer_type) as buyer_types_count,
        count(birth_year) as birth_years_count,
        count(gender) as genders_count,
        count(stored_value_balance_amount) as stored_values_count,
        count(referrer_account_id) as referrals_count,
        count(overdue_amount) as overdue_amounts_count,
        count(has_supply_agreement) as agreements_count,
        count(card_tier) as vip_tiers_count
    from {{ ref('int_members_loaded') }}

),

events as (

    select
        count(*) as events_count,
        count(*) filter (where event_type = 'complaint') as complaints_count,
        count(*) filter (where event_type = 'survey') as surveys_count,
        count(*) filter (where event_type = 'note' and tag is not null) as tags_count
    from {{ ref('int_service_events_loaded') }}

),

prospects as (

    select count(*) as prospects_count from {{ ref('int_prospects_loaded') }}

),

sales as (

    select
        count(cost_amount) as costs_count,
        count(category) as categories_count,
        count(discount_amount) as discounts_count,
        count(coalesce(account_id, email_hash, phone_hash)) as identified_count
    from {{ ref('int_sale_lines_unioned') }}
    where rejected_reason_code is null

)

{% for need, feed, condition in needs -%}
select
    '{{ need }}' as need,
    '{{ feed }}' as feed,
    {{ condition }} as is_present
from members, events, prospects, sales
{{ "union all" if not loop.last }}
{% endfor %}
