with

visits as (

    select * from {{ ref('int_customer_visits_summed') }}
    where is_purchase

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

),

purchase_days as (

    select distinct
        visits.customer_key,
        visits.business_date,
        dates.as_of_date
    from visits
    inner join dates
        on visits.business_date <= dates.as_of_date

),

observed as (

    select
        as_of_date,
        min(business_date) as first_date
    from purchase_days
    group by as_of_date

),

spans as (

    select
        as_of_date,
        cast(floor((as_of_date - first_date) * {{ var('prediction_holdout_share') }}) as integer) as holdout_days
    from observed

),

splits as (

    select
        as_of_date,
        holdout_days,
        cast({{ dbt.dateadd('day', '-holdout_days', 'as_of_date') }} as date) as split_date,
        cast({{ dbt.dateadd('day', '-2 * holdout_days', 'as_of_date') }} as date) as after_earlier_date
    from spans

),

counted as (

    select
        purchase_days.customer_key,
        splits.as_of_date,
        splits.holdout_days,
        splits.split_date,
        min(purchase_days.business_date) as first_purchase_date,
        max(purchase_days.business_date)
            filter (where purchase_days.business_date <= splits.split_date) as last_purchase_date,
        count(*) filter (where purchase_days.business_date <= splits.split_date) - 1 as repeat_days_count,
        count(*) filter (
            where
            purchase_days.business_date > splits.after_earlier_date
            and purchase_days.business_date <= splits.split_date
        ) as earlier_days_count,
        count(*) filter (where purchase_days.business_date > splits.split_date) as later_days_count
    from purchase_days
    inner join splits
        on purchase_days.as_of_date = splits.as_of_date
    group by purchase_days.customer_key, splits.as_of_date, splits.holdout_days, splits.split_date

),

measured as (

    select
        as_of_date,
        holdout_days,
        repeat_days_count,
        cast(last_purchase_date - first_purchase_date as integer) as first_to_last_days,
        cast(split_date - first_purchase_date as integer) as age_days,
        earlier_days_count,
        later_days_count
    from counted
    where first_purchase_date <= split_date

)

select
    as_of_date,
    holdout_days,
    repeat_days_count,
    first_to_last_days,
    age_days,
    earlier_days_count,
    later_days_count,
    count(*) as customers_count
from measured
group by
    as_of_date,
    holdout_days,
    repeat_days_count,
    first_to_last_days,
    age_days,
    earlier_days_count,
    later_days_count
