with

policies as (

    select distinct
        scheme_id,
        is_anniversary,
        has_own_days and has_immediate_tiers as follows_visits,
        holds_to_end_of_next_year
    from {{ ref('int_scheme_policies') }}

),

dates as (

    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from {{ ref('int_as_of_dates') }}

),

visits as (

    select distinct
        customer_key,
        business_date
    from {{ ref('int_customer_visits_summed') }}
    where is_visit

),

first_visits as (

    select
        customer_key,
        min(business_date) as first_purchase_date
    from visits
    group by customer_key

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

members as (

    select * from {{ ref('int_members_loaded') }}

),

overrides as (

    select * from {{ ref('int_tier_overrides_resolved') }}

),

customers as (

    select
        accounts.customer_key,
        min(accounts.known_from_date) as known_from_date,
        min(members.joined_date) as joined_date
    from accounts
    left join members
        on
            accounts.source = members.source
            and accounts.account_reference = members.account_reference
    group by accounts.customer_key

),

joined as (

    select
        customers.customer_key,
        coalesce(customers.joined_date, first_visits.first_purchase_date) as joined_date
    from customers
    left join first_visits
        on customers.customer_key = first_visits.customer_key
    where coalesce(customers.joined_date, first_visits.first_purchase_date) is not null

),

years as (

    select distinct {{ end_of_year('as_of_date') }} as last_day
    from dates

),

-- Someone who joined on 29 February is reviewed on the 28th of a common year.
anniversaries as (

    select
        joined.customer_key,
        policies.scheme_id,
        cast({{ dbt.dateadd(
            'year',
            'cast(extract(year from years.last_day) - extract(year from joined.joined_date) as integer)',
            'joined.joined_date',
        ) }} as date) as evaluated_on_date
    from joined
    inner join years
        on extract(year from joined.joined_date) < extract(year from years.last_day)
    cross join policies
    where policies.is_anniversary

),

days as (

    select
        visits.customer_key,
        policies.scheme_id,
        visits.business_date as evaluated_on_date,
        'visit' as kind
    from visits
    cross join policies
    where policies.follows_visits

    union all

    select
        customer_key,
        scheme_id,
        evaluated_on_date,
        'anniversary' as kind
    from anniversaries

    union all

    select
        customers.customer_key,
        policies.scheme_id,
        cast({{ dbt.dateadd('day', 1, 'years.last_day') }} as date) as evaluated_on_date,
        'hold_end' as kind
    from customers
    cross join policies
    cross join years
    where policies.holds_to_end_of_next_year

    union all

    select
        overrides.customer_key,
        overrides.scheme_id,
        overrides.valid_from_date as evaluated_on_date,
        'override_start' as kind
    from overrides
    inner join policies
        on overrides.scheme_id = policies.scheme_id

    union all

    select
        overrides.customer_key,
        overrides.scheme_id,
        overrides.valid_to_date as evaluated_on_date,
        'override_end' as kind
    from overrides
    inner join policies
        on overrides.scheme_id = policies.scheme_id

)

select
    days.customer_key,
    days.scheme_id,
    days.evaluated_on_date,
    dates.as_of_date as last_as_of_date,
    days.evaluated_on_date = dates.as_of_date as is_common_date,
    bool_or(days.kind in ('anniversary', 'override_end')) as is_review,
    bool_or(days.kind = 'hold_end') as is_hold_end,
    bool_or(days.kind <> 'visit') as is_always_decided
from days
inner join customers
    on
        days.customer_key = customers.customer_key
        and days.evaluated_on_date >= customers.known_from_date
inner join dates
    on
        days.evaluated_on_date >= dates.as_of_date
        and days.evaluated_on_date < coalesce(dates.next_as_of_date, dates.as_of_date + 1)
group by
    days.customer_key,
    days.scheme_id,
    days.evaluated_on_date,
    dates.as_of_date
