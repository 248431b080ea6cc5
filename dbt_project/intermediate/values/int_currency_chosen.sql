{#- Values and tiers add up one currency, the one with the most receipts; other currencies stay in the totals. -#}
with

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

),

-- What came after the date decides only where nothing came before it.
counted as (

    select
        receipts.currency_code,
        count(*) filter (where receipts.business_date <= dates.as_of_date) as receipts_by_date_count,
        count(*) as receipts_count
    from receipts
    cross join dates
    group by receipts.currency_code

)

select currency_code
from counted
order by receipts_by_date_count desc, receipts_count desc, currency_code
limit 1
