select
    max(sold_on) as as_of_date,
    cast(max(sold_on) - interval 12 month as date) as after_12m_date,
    cast(max(sold_on) - interval 24 month as date) as after_24m_date
from {{ ref('sale_lines') }}
