select
    customer_key,
    {{ decision_columns() }},
    true as is_sealed
from {{ ref('int_sealed_decisions') }}

union all

select
    customer_key,
    {{ decision_columns() }},
    false as is_sealed
from {{ ref('int_tier_decisions_made') }}
