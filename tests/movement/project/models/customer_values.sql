select values_by_date.*
from {{ ref('int_customer_values_by_date') }} as values_by_date
inner join {{ ref('int_as_of_dates') }} as dates
    on values_by_date.as_of_date = dates.as_of_date
where dates.is_current
