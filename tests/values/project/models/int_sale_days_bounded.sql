select
    min(business_date) as first_date,
    max(business_date) as last_date
from {{ ref('int_receipts_identified') }}
