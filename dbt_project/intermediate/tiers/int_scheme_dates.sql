with

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}
    where is_version_in_use

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

reviews as (

    {{ sealed_reviews() }}

),

schemes as (

    select distinct
        scheme_tiers.scheme_id,
        scheme_tiers.scheme_version,
        policies.scheme_id is not null as has_policy
    from scheme_tiers
    left join policies
        on scheme_tiers.scheme_id = policies.scheme_id

),

-- What reviews have sealed is not decided anew. With a policy, days of customers' own go on from the figures of the last
-- review, and customers who turned out to be two from that of an earlier one.
sealed_schemes as (

    {{ sealed_through() }}

),

sealed_states as (

    select
        scheme_id,
        min(sealed_as_of_date) as sealed_as_of_date
    from {{ ref('int_sealed_states') }}
    group by scheme_id

),

-- What a review has sealed stays with the version that decided it.
versions_then as (

    select
        schemes.scheme_id,
        dates.as_of_date,
        reviews.scheme_version
    from schemes
    cross join dates
    inner join reviews
        on
            schemes.scheme_id = reviews.scheme_id
            and dates.as_of_date <= reviews.as_of_date
    qualify row_number() over (
        partition by schemes.scheme_id, dates.as_of_date
        order by reviews.as_of_date, reviews.sequence_number desc
    ) = 1

)

select
    schemes.scheme_id,
    coalesce(versions_then.scheme_version, schemes.scheme_version) as scheme_version,
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
    ) <= 2 as is_newest,
    case
        when sealed_schemes.scheme_id is null then true
        when schemes.has_policy
            then dates.as_of_date >= least(sealed_schemes.sealed_through_date, sealed_states.sealed_as_of_date)
        else dates.as_of_date > sealed_schemes.sealed_through_date
    end as is_open
from schemes
inner join dates
    on schemes.has_policy or dates.is_recent
left join sealed_schemes
    on schemes.scheme_id = sealed_schemes.scheme_id
left join sealed_states
    on schemes.scheme_id = sealed_states.scheme_id
left join versions_then
    on
        schemes.scheme_id = versions_then.scheme_id
        and dates.as_of_date = versions_then.as_of_date
