"""A small shop as one run leaves it: the mounted lake and the built tables, made by hand and in order.

One hundred and twenty customers, two currencies, a file of each outcome. Every suite passes on it.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

#: Stand in the lake's text and in the accounts; must be nowhere in results, pages or messages.
PLANTED_PHONE = "13800138000"
PLANTED_NAME = "Wang Planted"

_LAKE = """
create schema lake;
create table lake.run_parameters as
select null::date as as_of_date, 'Asia/Shanghai' as business_time_zone, 12::bigint as known_load_id;

create table lake.loads as
select
    load_id::bigint as load_id, source, feed, file_name, md5(file_name) as file_sha256,
    100::bigint as size_bytes, status, reason_code, reason_code as reason, row_count::bigint as row_count,
    malformed_row_count::bigint as malformed_row_count, load_id::bigint as position_id,
    superseded_by_load_id::bigint as superseded_by_load_id,
    duplicate_of_load_id::bigint as duplicate_of_load_id, timestamp '2026-01-01 00:00:00' as loaded_at
from (values
    (1, 'generic', 'pos_sales', 'pos_sales_1.csv', 'accepted', null, 200, 0, 2, null),
    (2, 'generic', 'pos_sales', 'pos_sales_1.csv', 'accepted', null, 402, 2, null, null),
    (3, 'generic', 'ecommerce_orders', 'ecommerce_orders.csv', 'accepted', null, 100, 0, null, null),
    (4, 'generic', 'members', 'members.csv', 'accepted', null, 100, 0, null, null),
    (5, 'generic', 'pos_sales', 'copy.csv', 'duplicate_file', 'known', 402, 0, null, 2),
    (6, 'generic', 'members', 'members_late.csv', 'accepted', null, 20, 0, null, null),
    (10, 'generic', 'service_events', 'service_events.csv', 'accepted', null, 40, 0, null, null),
    (11, 'generic', 'prospects', 'prospects.csv', 'accepted', null, 10, 0, null, null),
    (12, 'generic', 'tier_overrides', 'tier_overrides.csv', 'accepted', null, 10, 0, null, null)
) as loads(
    load_id, source, feed, file_name, status, reason_code, row_count, malformed_row_count,
    superseded_by_load_id, duplicate_of_load_id
);

create table lake.load_totals as
select
    load_id::bigint as load_id, currency_code, row_count::bigint as row_count,
    amount::decimal(38, 4) as amount
from (values
    (1, 'CNY', 200, 2000.00), (2, 'CNY', 400, 4000.01), (2, 'XXX', 2, 0), (3, 'CNY', 90, 900.50),
    (3, 'USD', 10, 100.00), (4, 'XXX', 100, 0), (6, 'XXX', 20, 0),
    (10, 'XXX', 40, 0), (11, 'XXX', 10, 0), (12, 'XXX', 10, 0)
) as totals(load_id, currency_code, row_count, amount);

create table lake.malformed_rows as
select 2::bigint as load_id, row_number::bigint as row_number, null::varchar as column_name,
    'too_many_fields' as reason_code, 'too many fields' as reason
from (values (401), (402)) as malformed(row_number);

create table lake.generic__pos_sales as
select
    2::bigint as _load_id, i::bigint as _row_number, 1::bigint as _position_id, 'R' || i as receipt_no,
    '1' as line_no, 'S1' as store_id, '2026-01-01T10:00:00' as sold_at, md5($phone) as phone_hash,
    'sku' as sku, $name as product_name, '1' as quantity, '10.00' as net_amount, 'CNY' as currency_code,
    'sale' as kind
from range(1, 401) as rows(i);

create table lake.generic__ecommerce_orders as
select
    3::bigint as _load_id, i::bigint as _row_number, 3::bigint as _position_id, 'O' || i as order_no,
    '1' as line_no, '2026-01-01T10:00:00' as created_at, 'paid' as status, $name as account_id,
    'sku' as sku, '1' as quantity, '10.00' as net_amount, 'CNY' as currency_code
from range(1, 101) as rows(i);

create table lake.generic__members as
select
    load_id as _load_id, i::bigint as _row_number, load_id as _position_id, 'M' || i as member_no,
    '2025-01-01' as joined_at, 'active' as status
from (
    select 4::bigint as load_id, i from range(1, 101) as rows(i)
    union all
    select 6::bigint as load_id, i from range(1, 21) as rows(i)
);

create table lake.generic__service_events as
select
    10::bigint as _load_id, i::bigint as _row_number, 10::bigint as _position_id, 'E' || i as event_id,
    'M' || i as member_no, '2026-01-01' as happened_at, 'contact' as event_type
from range(1, 41) as rows(i);

create table lake.generic__prospects as
select
    11::bigint as _load_id, i::bigint as _row_number, 11::bigint as _position_id, 'P' || i as prospect_id,
    md5($phone) as phone_hash, null::varchar as email_hash, '2026-01-01' as created_at
from range(1, 11) as rows(i);

create table lake.generic__tier_overrides as
select
    12::bigint as _load_id, i::bigint as _row_number, 12::bigint as _position_id, 'T' || i as override_id,
    'M' || i as member_no, 'value_pyramid' as scheme_id, 'top' as tier_code, 'floor' as kind, 'old' as reason,
    $name as requested_by, '2026-01-01' as valid_from_date
from range(1, 11) as rows(i);

create table lake.complete_journey__transactions (
    _load_id bigint, _row_number bigint, household_id varchar, store_id varchar, basket_id varchar,
    product_id varchar, quantity varchar, sales_value varchar, transaction_timestamp varchar
);
create table lake.complete_journey__products (_load_id bigint, _row_number bigint, product_id varchar);
create table lake.complete_journey__demographics (_load_id bigint, _row_number bigint, household_id varchar);
create table lake.online_retail__invoice_lines (
    _load_id bigint, _row_number bigint, "InvoiceNo" varchar, "StockCode" varchar, "Quantity" varchar,
    "InvoiceDate" varchar, "UnitPrice" varchar, "CustomerID" varchar
);
create table lake.shopify__orders (
    _load_id bigint, _row_number bigint, "Name" varchar, "Created at" varchar, "Lineitem quantity"
    varchar, "Lineitem price" varchar, "Financial Status" varchar
);
create table lake.shopify__customers (
    _load_id bigint, _row_number bigint, "Email_hash" varchar
);
create table lake.square__items_detail (
    _load_id bigint, _row_number bigint, "Transaction ID" varchar, "Date" varchar, "Time" varchar,
    "Time Zone" varchar, "Qty" varchar, "Net Sales" varchar, "Event Type" varchar
);
create table lake.toast__item_selections (
    _load_id bigint, _row_number bigint, "Check Id" varchar, "Item Selection Id" varchar, "Order Date"
    varchar, "Qty" varchar, "Net Price" varchar
);
create table lake.woocommerce__orders (
    _load_id bigint, _row_number bigint, order_id varchar, "date" varchar, order_total varchar,
    line_items varchar, status varchar
);
create table lake.magento__order_grid (
    _load_id bigint, _row_number bigint, "ID" varchar, "Purchase Date" varchar, "Grand Total (Base)"
    varchar, "Status" varchar
);
create table lake.magento__customer_listing (
    _load_id bigint, _row_number bigint, "ID" varchar, "Customer Since" varchar
);
create table lake.chinese_pos__receipt_lines (
    _load_id bigint, _row_number bigint, "订单ID" varchar, "商品ID" varchar, "门店编号" varchar,
    "单价" varchar, "销量" varchar, "成交时间" varchar
);
create table lake.taobao__orders (
    _load_id bigint, _row_number bigint, "订单编号" varchar, "买家实际支付金额" varchar,
    "订单创建时间" varchar, "订单状态" varchar
);
create table lake.ta_feng__receipt_lines (
    _load_id bigint, _row_number bigint, "日期" varchar, "會員卡號" varchar, "商品編碼" varchar,
    "數量" varchar, "銷售" varchar
);
create table lake.olist__order_items (
    _load_id bigint, _row_number bigint, order_id varchar, order_item_id varchar, product_id varchar,
    price varchar
);
create table lake.olist__orders (
    _load_id bigint, _row_number bigint, order_id varchar, customer_id varchar, order_status varchar,
    order_purchase_timestamp varchar
);
create table lake.olist__customers (
    _load_id bigint, _row_number bigint, customer_id varchar, customer_unique_id varchar
);
create table lake.olist__order_payments (
    _load_id bigint, _row_number bigint, order_id varchar, payment_type varchar
);
create table lake.cdnow__purchases (
    _load_id bigint, _row_number bigint, customer_id varchar, "date" varchar, number_of_cds varchar,
    dollar_value varchar
);
create table lake.poslog__line_items (
    _load_id bigint, _row_number bigint, store_id varchar, transaction_number varchar, line_number varchar,
    ended_at varchar, currency_code varchar, extended_amount varchar
);
"""

_BUILT = """
-- A file dropped again has the totals of the load that brought its bytes.
create table load_ledger as
select
    loads.load_id, loads.source, loads.feed, loads.file_name, loads.status, loads.superseded_by_load_id,
    loads.duplicate_of_load_id, totals.currency_code, totals.row_count as rows_in_count,
    if(outcome = 'loaded', totals.row_count, 0) - rows_quarantined_count as rows_loaded_count,
    if(outcome = 'duplicate', totals.row_count, 0) as rows_duplicate_count,
    if(outcome = 'superseded', totals.row_count, 0) as rows_superseded_count, rows_quarantined_count,
    0::bigint as rows_after_date_count, totals.amount as amount_in,
    (if(outcome = 'loaded', totals.amount, 0) - amount_quarantined)::decimal(38, 4) as amount_loaded,
    if(outcome = 'duplicate', totals.amount, 0)::decimal(38, 4) as amount_duplicate,
    if(outcome = 'superseded', totals.amount, 0)::decimal(38, 4) as amount_superseded,
    amount_quarantined::decimal(38, 4) as amount_quarantined
from (
    select *,
        case
            when status = 'duplicate_file' then 'duplicate'
            when superseded_by_load_id is not null then 'superseded'
            else 'loaded'
        end as outcome
    from lake.loads
) as loads
inner join lake.load_totals as totals
    on coalesce(loads.duplicate_of_load_id, loads.load_id) = totals.load_id
cross join lateral (
    select
        if(loads.load_id = 2, 2, 0) as rows_quarantined_count,
        if(loads.load_id = 2 and totals.currency_code = 'CNY', 20.01, 0) as amount_quarantined
) as set_aside;

create table quarantined_rows as
select
    2::bigint as load_id, row_number::bigint as row_number, 'generic' as source, 'pos_sales' as feed,
    'pos_sales_1.csv' as file_name, column_name, reason_code, reason_code as reason, currency_code,
    amount::decimal(18, 4) as amount
from (values
    (7, 'sold_at', 'not_a_timestamp', 'CNY', 10.00), (8, 'kind', 'unknown_kind', 'CNY', 10.01),
    (401, null, 'too_many_fields', 'XXX', null), (402, null, 'too_many_fields', 'XXX', null)
) as rows(row_number, column_name, reason_code, currency_code, amount);

create table feed_days as
select
    'generic' as source, feed, date '2025-12-01' + i::integer as business_date, volume_check,
    30::bigint as lines_count, if(i > 0, 30, null)::bigint as usual_lines_count,
    if(i > 0, 1, null)::bigint as days_since_previous_count,
    if(i > 1, 1, null)::bigint as usual_days_since_previous_count, i::bigint as history_days_count,
    30 - i::bigint as days_to_newest_count, i = 30 as is_newest_of_feed
from (values ('pos_sales', 'blocking'), ('ecommerce_orders', 'warning')) as feeds(feed, volume_check)
cross join range(31) as rows(i);

create table sales_line_totals as
select
    'generic' as source, currency_code, channel, line_kind, 'product' as line_type, outcome, has_customer,
    lines_count::bigint as lines_count, amount::decimal(38, 4) as amount,
    net_sales_amount::decimal(38, 4) as net_sales_amount
from (values
    ('CNY', 'pos', 'sale', 'loaded', true, 388, 3900.00, 3900.00),
    ('CNY', 'pos', 'return', 'loaded', true, 10, 80.00, -80.00),
    ('CNY', 'pos', 'sale', 'quarantined', true, 2, 20.01, 0),
    ('CNY', 'ecommerce', 'sale', 'loaded', true, 80, 800.50, 800.50),
    ('CNY', 'ecommerce', 'sale', 'loaded', false, 10, 100.00, 100.00),
    ('USD', 'ecommerce', 'sale', 'loaded', true, 10, 100.00, 100.00)
) as totals(currency_code, channel, line_kind, outcome, has_customer, lines_count, amount, net_sales_amount);

create table sales_totals as
select
    'generic' as source, channel, currency_code, receipts_count::bigint as receipts_count,
    anonymous_receipts_count::bigint as anonymous_receipts_count,
    net_sales_amount::decimal(38, 4) as net_sales_amount,
    anonymous_net_sales_amount::decimal(38, 4) as anonymous_net_sales_amount,
    0::decimal(38, 4) as net_sales_after_date_amount
from (values
    ('pos', 'CNY', 398, 0, 3820.00, 0), ('ecommerce', 'CNY', 90, 10, 900.50, 100.00),
    ('ecommerce', 'USD', 10, 0, 100.00, 0)
) as totals(
    channel, currency_code, receipts_count, anonymous_receipts_count, net_sales_amount,
    anonymous_net_sales_amount
);

create table customers as
select
    'c' || lpad(i::varchar, 3, '0') as customer_key, 'generic' as first_seen_source, 1 as accounts_count,
    true as is_member, 1980 as birth_year, date '2025-01-01' as joined_date, 'active' as member_status,
    date '2025-02-01' as first_purchase_date, date '2025-12-01' as last_purchase_date
from range(120) as rows(i);

create table customer_accounts as
select 'generic' as source, 'phone' as account_type, $phone || customer_key as account_id, customer_key,
    'itself' as linked_by, 1::bigint as first_seen_load_id
from customers;

-- 3820.00 + 900.50 - 100.00 = 4620.50 in 120 parts, the rest with the first.
create table customer_values as
select
    customer_key, date '2025-12-31' as as_of_date, 'CNY' as currency_code, false as is_prospect_only,
    net_sales_lifetime_amount as net_sales_12m_amount, net_sales_lifetime_amount,
    1::bigint as visits_1m_count, 1::bigint as visits_3m_count, 2::bigint as visits_6m_count,
    3::bigint as visits_12m_count, 3::bigint as visits_24m_count, 3::bigint as visits_lifetime_count,
    0.02::decimal(9, 6) as return_12m_ratio
from (
    select customer_key,
        (case when customer_key = 'c000' then 68.75 else 38.25 end)::decimal(18, 4)
            as net_sales_lifetime_amount
    from customers
);

create table tier_definitions as
select scheme_id, tier_code, tier_rank, first_number, last_number
from (values
    ('abc_sales_70_20_10', 'A', 3, 0, 79), ('abc_sales_70_20_10', 'B', 2, 80, 109),
    ('abc_sales_70_20_10', 'C', 1, 110, 119), ('abc_sales_75_20_5', 'A', 2, 0, 79),
    ('abc_sales_75_20_5', 'B', 1, 80, 119), ('value_pyramid', 'top', 2, 0, 1),
    ('value_pyramid', 'rest', 1, 2, 119), ('restaurant_abc', 'A', 2, 0, 9),
    ('restaurant_abc', 'C', 1, 10, 119), ('appliance_spend', 'high', 2, 0, 9),
    ('appliance_spend', 'low', 1, 10, 119), ('rfm_quintile', 'champions', 2, 0, 9),
    ('rfm_quintile', 'lost', 1, 10, 109)
) as tiers(scheme_id, tier_code, tier_rank, first_number, last_number);

create table customer_tiers as
select
    customers.customer_key, date '2025-12-31' as as_of_date, scheme_id, 1 as scheme_version, tier_code,
    tier_rank, date '2025-11-30' as valid_from_date
from customers
inner join tier_definitions
    on substr(customers.customer_key, 2)::integer between first_number and last_number;

create table tier_sizes as
select
    dates.as_of_date, definitions.scheme_id, 1 as scheme_version, definitions.tier_code,
    definitions.tier_rank, count(tiers.customer_key) as customers_count,
    (count(tiers.customer_key) / sum(count(tiers.customer_key)) over (
        partition by dates.as_of_date, definitions.scheme_id
    ))::decimal(9, 6) as customers_ratio,
    coalesce(sum(customer_values.net_sales_12m_amount), 0)::decimal(38, 4) as net_sales_12m_amount
from tier_definitions as definitions
cross join (values (date '2025-11-30'), (date '2025-12-31')) as dates(as_of_date)
left join customer_tiers as tiers
    on definitions.scheme_id = tiers.scheme_id and definitions.tier_code = tiers.tier_code
left join customer_values on tiers.customer_key = customer_values.customer_key
group by dates.as_of_date, definitions.scheme_id, definitions.tier_code, definitions.tier_rank;

create table tier_reviews as
select '2025-12-31' as review_id, date '2025-12-31' as as_of_date, scheme_id, 12::bigint as known_load_id
from (values ('restaurant_abc'), ('rfm_quintile')) as reviewed (scheme_id);

create table tier_history as
select customer_key, scheme_id, scheme_version, tier_code, tier_rank, valid_from_date,
    null::date as valid_to_date
from customer_tiers
union all
select customer_key, scheme_id, scheme_version, 'B', 2, date '2025-10-31', date '2025-11-30'
from customer_tiers
where customer_key = 'c000' and scheme_id = 'abc_sales_70_20_10';

create table tier_movements as
select
    as_of_date, date '2025-11-30' as previous_as_of_date, scheme_id, tier_code as from_tier_code,
    tier_code as to_tier_code, customers_count
from tier_sizes
where as_of_date = date '2025-12-31' and customers_count > 0;

create table review_outcomes as
select
    date '2025-12-31' as as_of_date, scheme_id, sum(customers_count)::bigint as judged_count,
    sum(customers_count)::bigint as customers_count, sum(customers_count)::bigint as previous_customers_count,
    6::bigint as upgraded_count, 0.05::decimal(9, 6) as upgraded_ratio,
    0.04::decimal(9, 6) as usual_upgraded_ratio, 6::bigint as downgraded_count,
    0.05::decimal(9, 6) as downgraded_ratio, 0.06::decimal(9, 6) as usual_downgraded_ratio,
    6::bigint as near_threshold_count, 0.05::decimal(9, 6) as near_threshold_ratio,
    231.02::decimal(38, 4) as falling_net_sales_12m_amount,
    0.05::decimal(9, 6) as falling_net_sales_12m_ratio, 0.3::decimal(9, 6) as upgraded_limit_ratio,
    0.3::decimal(9, 6) as downgraded_limit_ratio, 0.3::decimal(9, 6) as near_threshold_limit_ratio,
    0.3::decimal(9, 6) as falling_net_sales_limit_ratio, 3::decimal(9, 4) as usual_limit_multiple,
    100::bigint as limits_from_customers_count
from tier_sizes
where as_of_date = date '2025-12-31'
group by scheme_id;

drop table tier_definitions;
"""


def build(path: Path) -> Path:
    """Write the shop to a new DuckDB file at ``path``."""
    with duckdb.connect(str(path)) as connection:
        _run(connection, _LAKE)
        feeds = connection.execute(
            "select table_name from duckdb_columns() where schema_name = 'lake' and column_name = '_load_id'"
        ).fetchall()
        selects = (
            f"select _load_id as load_id, _row_number as row_number from lake.{feed}" for (feed,) in feeds
        )
        connection.execute(f"create view lake.readable_rows as {' union all '.join(selects)}")
        _run(connection, _BUILT)
    return path


def _run(connection: duckdb.DuckDBPyConnection, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            values = {"phone": PLANTED_PHONE, "name": PLANTED_NAME}
            used = {name: value for name, value in values.items() if f"${name}" in statement}
            connection.execute(statement, used or None)


def spoil(path: Path, *statements: str) -> Path:
    """Apply SQL to the file at ``path``."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path
