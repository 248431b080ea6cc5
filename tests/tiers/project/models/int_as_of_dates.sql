with

dates as (

    select date '2025-02-28' as as_of_date, false as is_current
    union all
    select date '2025-03-31' as as_of_date, false as is_current
    union all
    select date '2025-04-15' as as_of_date, true as is_current

)

select
    as_of_date,
    is_current,
    true as is_recent,
    {%- for months in [1, 2, 3, 6, 9, 12, 24] %}
    cast(as_of_date - interval {{ months }} month as date) as after_{{ months }}m_date{{ "," if not loop.last }}
    {%- endfor %}
from dates
