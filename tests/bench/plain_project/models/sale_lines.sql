select
    receipt_no,
    store_id,
    member_no,
    original_receipt_no,
    kind,
    -- The exports state times of the shop's own clocks.
    cast(left(sold_at, 10) as date) as sold_on,
    case kind when 'sale' then net_amount else -net_amount end as net_amount
from read_csv(
    '{{ env_var("PLAIN_EXPORTS") }}/pos_sales_*.csv',
    header = true,
    types = {'sold_at': 'varchar', 'phone': 'varchar', 'net_amount': 'decimal(18, 4)'}
)
