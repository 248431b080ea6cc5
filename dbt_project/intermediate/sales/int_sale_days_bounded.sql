{#- Until when a file can tell of sales follows from when it was taken in, which the log says: no clock is read. -#}
with

receipts as (

    select * from {{ ref('int_receipts_identified') }}

),

loads as (

    select
        load_id,
        cast(
            {{ dbt.dateadd('day', var('dated_ahead_days'), to_business_date('loaded_at')) }} as date
        ) as last_credible_date
    from {{ source('lake', 'loads') }}

)

select
    min(receipts.business_date) as first_date,
    max(receipts.business_date) filter (where receipts.business_date <= loads.last_credible_date) as last_date
from receipts
inner join loads
    on receipts.first_load_id = loads.load_id
