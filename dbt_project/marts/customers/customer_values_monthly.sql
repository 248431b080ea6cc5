with

values_by_date as (

    select * from {{ ref('int_customer_values_by_date') }}

)

select
    {{ contract_columns('values_by_date') }}
from values_by_date
