{#- What is usual for a day follows from the days before it, never from those after. -#}
with

lines as (

    select
        source,
        feed,
        business_date
    from {{ ref('int_sale_lines_unioned') }}
    where business_date is not null

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

),

days as (

    select
        lines.source,
        lines.feed,
        lines.business_date,
        count(*) as lines_count
    from lines
    inner join dates
        on lines.business_date <= dates.as_of_date
    group by lines.source, lines.feed, lines.business_date

),

spaced as (

    select
        *,
        date_diff('day', lag(business_date) over feed_days, business_date) as days_since_previous_count
    from days
    window feed_days as (partition by source, feed order by business_date)

),

compared as (

    select
        *,
        count(*) over history as history_days_count,
        quantile_disc(lines_count, 0.5) over history as usual_lines_count,
        quantile_disc(days_since_previous_count, {{ var('usual_spacing_quantile') }}) over history
            as usual_days_since_previous_count,
        date_diff('day', business_date, max(business_date) over ()) as days_to_newest_count,
        business_date = max(business_date) over (partition by source, feed) as is_newest_of_feed
    from spaced
    window
        history as (
            partition by source, feed
            order by business_date
            rows between {{ var('usual_volume_days') }} preceding and 1 preceding
        )

)

select
    compared.source,
    compared.feed,
    compared.business_date,
    feeds.volume as volume_check,

    cast(compared.lines_count as bigint) as lines_count,
    cast(compared.usual_lines_count as bigint) as usual_lines_count,
    cast(compared.days_since_previous_count as bigint) as days_since_previous_count,
    cast(compared.usual_days_since_previous_count as bigint) as usual_days_since_previous_count,
    cast(compared.history_days_count as bigint) as history_days_count,
    cast(compared.days_to_newest_count as bigint) as days_to_newest_count,
    compared.is_newest_of_feed

from compared
left join {{ source('lake', 'feeds') }} as feeds
    on
        compared.source = feeds.source
        and compared.feed = feeds.feed
