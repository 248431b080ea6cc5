with

visit_days as (

    select distinct
        customer_key,
        business_date
    from {{ ref('int_customer_visits_summed') }}
    where is_visit

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

gaps as (

    select
        customer_key,
        business_date,
        business_date - lag(business_date) over (
            partition by customer_key
            order by business_date
        ) as gap_days
    from visit_days

),

-- One list for a customer, of which each date takes its beginning: a median over all dates at once would hold every
-- gap in memory as often as there are dates.
gap_lists as (

    select
        customer_key,
        {{ ordered_list('gap_days', 'business_date') }} as gaps_days
    from gaps
    where gap_days is not null
    group by customer_key

),

gaps_counted as (

    select
        gaps.customer_key,
        dates.as_of_date,
        count(gaps.gap_days) as gaps_count
    from gaps
    inner join dates
        on gaps.business_date <= dates.as_of_date
    group by gaps.customer_key, dates.as_of_date

),

-- Weeks are the seven-day spans that end at the date; week 0 holds the date itself.
weeks_visited as (

    select distinct
        visit_days.customer_key,
        dates.as_of_date,
        (dates.as_of_date - visit_days.business_date) // 7 as weeks_ago
    from visit_days
    inner join dates
        on
            visit_days.business_date <= dates.as_of_date
            and visit_days.business_date > dates.after_12m_date

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

)

select
    gaps_counted.customer_key,
    gaps_counted.as_of_date,
    cast(
        case
            when gaps_counted.gaps_count > 0
                then {{ median_of_first('gap_lists.gaps_days', 'gaps_counted.gaps_count') }}
        end as decimal(9, 1)
    ) as median_gap_days,
    cast(coalesce(week_streaks.consecutive_weeks_count, 0) as integer) as consecutive_weeks_count
from gaps_counted
left join gap_lists
    on gaps_counted.customer_key = gap_lists.customer_key
left join week_streaks
    on
        gaps_counted.customer_key = week_streaks.customer_key
        and gaps_counted.as_of_date = week_streaks.as_of_date
