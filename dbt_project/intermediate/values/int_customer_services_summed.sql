with

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

events as (

    select
        accounts.customer_key,
        dates.as_of_date,
        dates.after_12m_date,
        service_events.source,
        service_events.event_id,
        service_events.business_date,
        service_events.event_type,
        service_events.minutes,
        service_events.score_expected,
        service_events.score_perceived,
        service_events.recommend_score,
        service_events.tag
    from {{ ref('int_service_events_loaded') }} as service_events
    inner join accounts
        on
            service_events.source = accounts.source
            and service_events.account_reference = accounts.account_reference
    inner join dates
        on service_events.business_date <= dates.as_of_date

),

summed as (

    select
        customer_key,
        as_of_date,
        count(*) filter (where event_type = 'complaint' and business_date > after_12m_date) as complaints_12m_count,
        count(*) filter (where event_type = 'contact' and business_date > after_12m_date) as contacts_12m_count,
        max(business_date) filter (where event_type = 'contact') as last_contact_date,
        coalesce(sum(minutes) filter (where business_date > after_12m_date), 0) as service_minutes_12m_count,
        count(*) filter (where event_type = 'survey' and business_date > after_12m_date) as surveys_12m_count
    from events
    group by customer_key, as_of_date

),

-- A closing names no complaint: it closes the oldest that is open on its day, if any.
complaint_events as (

    select
        customer_key,
        as_of_date,
        business_date,
        event_type = 'complaint' as is_complaint,
        row_number() over complaint_log as event_number,
        count(*) filter (where event_type = 'complaint') over complaint_log
        - count(*) filter (where event_type = 'complaint_closed') over complaint_log as balance
    from events
    where event_type in ('complaint', 'complaint_closed')
    window
        complaint_log as (
            partition by customer_key, as_of_date
            order by business_date, case event_type when 'complaint' then 0 else 1 end, source, event_id
            rows between unbounded preceding and current row
        )

),

-- Where closings came without a complaint the balance dips under zero; complaints are counted from its lowest point.
complaint_balances as (

    select
        customer_key,
        as_of_date,
        max_by(balance, event_number) - least(min(balance), 0) as open_count
    from complaint_events
    group by customer_key, as_of_date

),

complaints_numbered as (

    select
        customer_key,
        as_of_date,
        business_date,
        row_number() over (
            partition by customer_key, as_of_date
            order by event_number desc
        ) as newest_number
    from complaint_events
    where is_complaint

),

-- The oldest are closed first, so the newest are those that are open.
open_complaints as (

    select
        complaint_balances.customer_key,
        complaint_balances.as_of_date,
        complaint_balances.open_count,
        complaints_numbered.business_date as oldest_date
    from complaint_balances
    left join complaints_numbered
        on
            complaint_balances.customer_key = complaints_numbered.customer_key
            and complaint_balances.as_of_date = complaints_numbered.as_of_date
            and complaint_balances.open_count = complaints_numbered.newest_number

),

{% for newest, columns, event_type, stated in [
    ('satisfactions', ['score_expected', 'score_perceived'], 'survey', 'score_expected > 0 and score_perceived >= 0'),
    ('recommendations', ['recommend_score'], 'survey', 'recommend_score is not null'),
    ('notes', ['tag'], 'note', 'tag is not null'),
] -%}
newest_{{ newest }} as (

    select
        customer_key,
        as_of_date,
        {{ columns | join(',\n        ') }}
    from events
    where event_type = '{{ event_type }}' and {{ stated }}
    qualify row_number() over (
        partition by customer_key, as_of_date
        order by business_date desc, source, event_id desc
    ) = 1

){{ ',\n\n' if not loop.last }}
{%- endfor %}

select
    summed.customer_key,
    summed.as_of_date,
    summed.complaints_12m_count,
    cast(coalesce(open_complaints.open_count, 0) as bigint) as open_complaints_count,
    cast(summed.as_of_date - open_complaints.oldest_date as integer) as oldest_open_complaint_days,
    summed.contacts_12m_count,
    cast(summed.as_of_date - summed.last_contact_date as integer) as last_contact_days,
    cast(summed.service_minutes_12m_count as bigint) as service_minutes_12m_count,
    summed.surveys_12m_count,
    cast(
        case
            when newest_satisfactions.score_perceived < 1000 * newest_satisfactions.score_expected
                then {{ cut_ratio('newest_satisfactions.score_perceived', 'newest_satisfactions.score_expected', 6) }}
        end as decimal(9, 6)
    ) as satisfaction_multiple,
    newest_recommendations.recommend_score,
    newest_notes.tag as personality_tag
from summed
left join open_complaints
    on
        summed.customer_key = open_complaints.customer_key
        and summed.as_of_date = open_complaints.as_of_date
{%- for newest in ['satisfactions', 'recommendations', 'notes'] %}
left join newest_{{ newest }}
    on
        summed.customer_key = newest_{{ newest }}.customer_key
        and summed.as_of_date = newest_{{ newest }}.as_of_date
{%- endfor %}
