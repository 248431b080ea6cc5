{{ config(materialized='view') }}

with

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

first_days as (

    select date_trunc('month', min(business_date)) as first_date
    from receipts

),

last_days as (

    select max(as_of_date) as last_date
    from dates

)

select
    cast(unnest(generate_series(first_days.first_date, last_days.last_date, interval 1 day)) as date)
        as calendar_date
from first_days
cross join last_days
