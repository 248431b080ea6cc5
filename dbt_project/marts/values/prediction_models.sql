with

figures as (

    select * from {{ ref('int_prediction_models') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

)

select
    figures.model,
    figures.currency_code,
    figures.parameter,
    figures.as_of_date,
    cast(figures.value as decimal(28, 10)) as value,
    figures.customers_count,
    figures.repeaters_count,
    figures.reason
from figures
inner join dates
    on figures.as_of_date = dates.as_of_date
