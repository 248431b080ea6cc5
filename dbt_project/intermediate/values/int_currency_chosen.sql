{#- Values and tiers add up one currency, the one with the most receipts; other currencies stay in the totals. -#}
with

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

counted as (

    select
        currency_code,
        count(*) as receipts_count
    from receipts
    group by currency_code

)

select currency_code
from counted
order by receipts_count desc, currency_code
limit 1
