select
    member_no,
    sold_on,
    store_id,
    sum(net_amount) as net_amount,
    bool_or(net_amount > 0) as is_visit
from {{ ref('receipts') }}
where member_no is not null
group by member_no, sold_on, store_id
