with

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

schemes as (

    select distinct
        scheme_tiers.scheme_id,
        scheme_tiers.scheme_version,
        policies.scheme_id is not null as has_policy
    from scheme_tiers
    left join policies
        on scheme_tiers.scheme_id = policies.scheme_id

)

select
    schemes.scheme_id,
    schemes.scheme_version,
    schemes.has_policy,
    dates.as_of_date,
    dates.is_current,
    lag(dates.as_of_date) over (
        partition by schemes.scheme_id
        order by dates.as_of_date
    ) as previous_as_of_date,
    row_number() over (
        partition by schemes.scheme_id
        order by dates.as_of_date desc
    ) <= 2 as is_newest
from schemes
inner join dates
    on schemes.has_policy or dates.is_recent
