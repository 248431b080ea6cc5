with

values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

)

select
    {{ contract_columns('values_by_date') }}
from values_by_date
inner join dates
    on
        values_by_date.as_of_date = dates.as_of_date
        and dates.is_current
