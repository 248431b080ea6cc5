with

customer_tiers_unioned as (

    select * from {{ ref('int_customer_tiers_unioned') }}

),

tier_history as (

    select * from {{ ref('tier_history') }}

),

review_dates as (

    select
        max(as_of_date) filter (where is_current) as current_date_reviewed,
        max(as_of_date) filter (where not is_current) as previous_date_reviewed
    from {{ ref('int_as_of_dates') }}

),

current_tiers as (

    select customer_tiers_unioned.*
    from customer_tiers_unioned
    inner join review_dates
        on customer_tiers_unioned.as_of_date = review_dates.current_date_reviewed

),

previous_tiers as (

    select customer_tiers_unioned.*
    from customer_tiers_unioned
    inner join review_dates
        on customer_tiers_unioned.as_of_date = review_dates.previous_date_reviewed

)

select
    current_tiers.customer_key,
    current_tiers.as_of_date,
    current_tiers.scheme_id,
    current_tiers.scheme_version,

    current_tiers.tier_code,
    current_tiers.tier_rank,
    current_tiers.tier_name_zh,
    current_tiers.tier_name_en,

    tier_history.valid_from_date,
    previous_tiers.tier_code as previous_tier_code,
    previous_tiers.tier_rank as previous_tier_rank,

    current_tiers.deciding_criterion,
    current_tiers.deciding_value,
    current_tiers.threshold_value,
    current_tiers.reason_zh,
    current_tiers.reason_en

from current_tiers
inner join tier_history
    on
        current_tiers.customer_key = tier_history.customer_key
        and current_tiers.scheme_id = tier_history.scheme_id
        and tier_history.valid_to_date is null
left join previous_tiers
    on
        current_tiers.customer_key = previous_tiers.customer_key
        and current_tiers.scheme_id = previous_tiers.scheme_id
