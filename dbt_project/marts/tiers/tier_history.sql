with

customer_tiers_unioned as (

    select * from {{ ref('int_customer_tiers_unioned') }}

),

dates as (

    select
        as_of_date,
        row_number() over (order by as_of_date) as date_number,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from {{ ref('int_as_of_dates') }}

),

-- Within one tier the number of the date and the number of the row move together until a date is missing.
islands_numbered as (

    select
        customer_tiers_unioned.*,
        dates.next_as_of_date,
        dates.date_number - row_number() over (
            partition by
                customer_tiers_unioned.scheme_id,
                customer_tiers_unioned.customer_key,
                customer_tiers_unioned.scheme_version,
                customer_tiers_unioned.tier_code
            order by dates.date_number
        ) as island_number
    from customer_tiers_unioned
    inner join dates
        on customer_tiers_unioned.as_of_date = dates.as_of_date

),

islands as (

    select
        customer_key,
        scheme_id,
        scheme_version,
        tier_code,
        tier_rank,
        tier_name_zh,
        tier_name_en,
        island_number,
        min(as_of_date) as valid_from_date,
        case when count(*) = count(next_as_of_date) then max(next_as_of_date) end as valid_to_date
    from islands_numbered
    group by
        customer_key,
        scheme_id,
        scheme_version,
        tier_code,
        tier_rank,
        tier_name_zh,
        tier_name_en,
        island_number

)

select
    customer_key,
    scheme_id,
    scheme_version,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    valid_from_date,
    valid_to_date
from islands
