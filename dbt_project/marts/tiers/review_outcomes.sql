with

scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}

),

scheme_states as (

    select * from {{ ref('scheme_states') }}

),

scheme_limits as (

    select * from {{ ref('int_scheme_limits') }}

),

decisions as (

    select * from {{ ref('int_tier_decisions') }}

),

moves as (

    select * from {{ ref('int_tier_moves_counted') }}

),

calendars as (

    select distinct
        scheme_id,
        is_daily,
        is_anniversary,
        review_calendar
    from {{ ref('int_scheme_policies') }}

),

-- A review is of a month's end. Where customers have days of their own, it is of all those days of the month.
reviews as (

    select
        scheme_dates.as_of_date,
        scheme_dates.previous_as_of_date,
        scheme_dates.scheme_id,
        scheme_dates.scheme_version,
        scheme_dates.has_policy
    from scheme_dates
    inner join scheme_states
        on scheme_dates.scheme_id = scheme_states.scheme_id
    left join calendars
        on scheme_dates.scheme_id = calendars.scheme_id
    where
        scheme_states.state <> 'missing_feed'
        and scheme_dates.as_of_date = {{ dbt.last_day('scheme_dates.as_of_date', 'month') }}
        and (
            calendars.scheme_id is null
            or calendars.is_daily
            or calendars.is_anniversary
            or substring(
                calendars.review_calendar, cast(extract(month from scheme_dates.as_of_date) as integer), 1
            ) = '1'
        )

),

-- Without a policy everybody is judged at every date.
judged as (

    select
        scheme_id,
        cast({{ dbt.last_day('decided_on_date', 'month') }} as date) as as_of_date,
        sum(case when outcome = 'waiting_for_review' then 0 else 1 end) as judged_count
    from decisions
    where is_review
    group by
        scheme_id,
        cast({{ dbt.last_day('decided_on_date', 'month') }} as date)

),

moved as (

    select
        as_of_date,
        scheme_id,
        sum(case when to_tier_rank is not null then customers_count else 0 end) as customers_count,
        sum(case when from_tier_rank is not null then customers_count else 0 end) as previous_customers_count,
        sum(case when from_tier_rank is null then customers_count else 0 end) as new_count,
        sum(case when to_tier_rank is null then customers_count else 0 end) as left_count,
        sum(case when to_tier_rank > from_tier_rank then customers_count else 0 end) as upgraded_count,
        sum(case when to_tier_rank < from_tier_rank then customers_count else 0 end) as downgraded_count,
        sum(case when to_tier_rank is not null then net_sales_12m_amount else 0 end) as net_sales_12m_amount,
        sum(
            case when to_tier_rank < from_tier_rank then net_sales_12m_amount else 0 end
        ) as falling_net_sales_12m_amount,
        sum(near_threshold_count) as near_threshold_count,
        sum(case when to_tier_rank <> from_tier_rank then near_threshold_count else 0 end) as moved_near_threshold_count
    from moves
    group by
        as_of_date,
        scheme_id

),

counted as (

    select
        reviews.as_of_date,
        reviews.previous_as_of_date,
        reviews.scheme_id,
        reviews.scheme_version,
        cast(
            coalesce(case when reviews.has_policy then judged.judged_count else moved.customers_count end, 0) as bigint
        ) as judged_count,
        cast(coalesce(moved.customers_count, 0) as bigint) as customers_count,
        cast(coalesce(moved.previous_customers_count, 0) as bigint) as previous_customers_count,
        cast(coalesce(moved.new_count, 0) as bigint) as new_count,
        cast(coalesce(moved.left_count, 0) as bigint) as left_count,
        cast(coalesce(moved.upgraded_count, 0) as bigint) as upgraded_count,
        cast(coalesce(moved.downgraded_count, 0) as bigint) as downgraded_count,
        cast(coalesce(moved.near_threshold_count, 0) as bigint) as near_threshold_count,
        cast(coalesce(moved.moved_near_threshold_count, 0) as bigint) as moved_near_threshold_count,
        cast(coalesce(moved.net_sales_12m_amount, 0) as decimal(38, 4)) as net_sales_12m_amount,
        cast(coalesce(moved.falling_net_sales_12m_amount, 0) as decimal(38, 4)) as falling_net_sales_12m_amount
    from reviews
    left join judged
        on
            reviews.scheme_id = judged.scheme_id
            and reviews.as_of_date = judged.as_of_date
    left join moved
        on
            reviews.scheme_id = moved.scheme_id
            and reviews.as_of_date = moved.as_of_date

),

shared as (

    select
        *,
        {{ ratio('upgraded_count', 'previous_customers_count') }} as upgraded_ratio,
        {{ ratio('downgraded_count', 'previous_customers_count') }} as downgraded_ratio,
        {{ ratio('near_threshold_count', 'customers_count') }} as near_threshold_ratio,
        {{ ratio('falling_net_sales_12m_amount', 'net_sales_12m_amount') }} as falling_net_sales_12m_ratio
    from counted

),

usual as (

    select
        reviews.scheme_id,
        reviews.as_of_date,
        quantile_disc(earlier.upgraded_ratio, 0.5) as usual_upgraded_ratio,
        quantile_disc(earlier.downgraded_ratio, 0.5) as usual_downgraded_ratio
    from reviews
    inner join shared as earlier
        on
            reviews.scheme_id = earlier.scheme_id
            and reviews.as_of_date > earlier.as_of_date
    where
        earlier.judged_count > 0
        and earlier.previous_customers_count > 0
    group by
        reviews.scheme_id,
        reviews.as_of_date
    having count(*) >= 3

)

select
    shared.as_of_date,
    shared.previous_as_of_date,
    shared.scheme_id,
    shared.scheme_version,

    shared.judged_count,
    shared.customers_count,
    shared.previous_customers_count,
    shared.new_count,
    shared.left_count,

    shared.upgraded_count,
    shared.upgraded_ratio,
    usual.usual_upgraded_ratio,
    shared.downgraded_count,
    shared.downgraded_ratio,
    usual.usual_downgraded_ratio,

    shared.near_threshold_count,
    shared.near_threshold_ratio,
    shared.moved_near_threshold_count,

    shared.net_sales_12m_amount,
    shared.falling_net_sales_12m_amount,
    shared.falling_net_sales_12m_ratio,

    scheme_limits.upgraded_limit_ratio,
    scheme_limits.downgraded_limit_ratio,
    scheme_limits.near_threshold_limit_ratio,
    scheme_limits.near_threshold_within_ratio,
    scheme_limits.falling_net_sales_limit_ratio,
    scheme_limits.usual_limit_multiple,
    scheme_limits.limits_from_customers_count
from shared
inner join scheme_limits
    on shared.scheme_id = scheme_limits.scheme_id
left join usual
    on
        shared.scheme_id = usual.scheme_id
        and shared.as_of_date = usual.as_of_date
