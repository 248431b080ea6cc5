with

visits as (

    select * from {{ ref('int_customer_visits_summed') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

)

select
    visits.customer_key,
    visits.business_date,
    visits.channel,
    visits.visit_place,
    visits.is_visit,
    visits.net_sales_amount,
    visits.returned_amount
from visits
inner join dates
    on visits.business_date <= dates.as_of_date
