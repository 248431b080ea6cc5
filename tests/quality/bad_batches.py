"""For every expectation, SQL that turns the good shop into a batch on which it must fail."""

from __future__ import annotations

_LOADS = "insert into lake.loads select * replace ({}) from lake.loads where load_id = 4"


def _without(table: str, *columns: str, row: bool = False) -> dict[tuple[str, str], str]:
    """Every value of each column lost; ``row`` adds a row first, for a feed that was not delivered."""
    add = f"insert into lake.{table} (_load_id) values (9); " if row else ""
    return {
        (f"{table}.warning", f"{column}_given"): f"{add}update lake.{table} set {column} = null"
        for column in columns
    }


def _lost(table: str, **columns: str) -> dict[tuple[str, str], str]:
    """A row without anything, by check, for columns whose checks are not called after them."""
    return {
        (f"{table}.warning", check_id): (
            f"insert into lake.{table} (_load_id, _row_number) values (9, 1);"
            f' update lake.{table} set "{column}" = null'
        )
        for check_id, column in columns.items()
    }


BAD_BATCHES: dict[tuple[str, str], str] = {
    ("loads.blocking", "some_load_accepted"): "update lake.loads set status = 'refused'",
    ("loads.blocking", "status_known"): "update lake.loads set status = 'lost' where load_id = 4",
    ("loads.blocking", "rows_readable"): "delete from lake.generic__members where _row_number = 7",
    ("loads.blocking", "rows_in_control_totals"): "delete from lake.load_totals where load_id = 4",
    ("loads.blocking", "malformed_rows_recorded"): "delete from lake.malformed_rows where row_number = 402",
    ("loads.blocking", "feed_not_mostly_malformed"): (
        "update lake.loads set malformed_row_count = 90 where load_id = 3"
    ),
    ("loads.warning", "no_refused_file"): _LOADS.format(
        "7 as load_id, 'refused' as status, 'x.csv' as file_name"
    ),
    (
        "loads.warning",
        "few_malformed_rows",
    ): "update lake.loads set malformed_row_count = 9 where load_id = 2",
    ("loads.warning", "accepted_files_hold_rows"): _LOADS.format("7 as load_id, 0 as row_count"),
    ("load_totals.warning", "currency_is_a_code"): (
        "update lake.load_totals set currency_code = 'cny' where load_id = 3"
    ),
    ("load_totals.warning", "amounts_readable"): "update lake.load_totals set amount = 0 where load_id = 2",
    ("generic__pos_sales.blocking", "kind_mostly_known"): (
        "update lake.generic__pos_sales set kind = 'S' where _row_number > 100"
    ),
    ("generic__pos_sales.warning", "kind_known"): (
        "update lake.generic__pos_sales set kind = 'S' where _row_number > 380"
    ),
    ("generic__ecommerce_orders.blocking", "status_mostly_known"): (
        "update lake.generic__ecommerce_orders set status = 'P' where _row_number > 20"
    ),
    ("generic__ecommerce_orders.warning", "status_known"): (
        "update lake.generic__ecommerce_orders set status = 'P' where _row_number > 90"
    ),
    ("generic__members.blocking", "status_mostly_known"): "update lake.generic__members set status = 'ok'",
    ("generic__members.warning", "status_known"): (
        "update lake.generic__members set status = 'ok' where _row_number > 90"
    ),
    **_without(
        "generic__pos_sales",
        "receipt_no",
        "line_no",
        "store_id",
        "sold_at",
        "sku",
        "quantity",
        "net_amount",
        "currency_code",
        "kind",
    ),
    **_without(
        "generic__ecommerce_orders",
        "order_no",
        "line_no",
        "created_at",
        "sku",
        "quantity",
        "net_amount",
        "currency_code",
        "status",
    ),
    ("generic__ecommerce_orders.warning", "account_mostly_given"): (
        "update lake.generic__ecommerce_orders set account_id = null"
    ),
    **_without("generic__members", "member_no", "joined_at", "status"),
    ("generic__service_events.blocking", "event_type_mostly_known"): (
        "update lake.generic__service_events set event_type = 'talk'"
    ),
    ("generic__service_events.warning", "event_type_known"): (
        "update lake.generic__service_events set event_type = 'talk' where _row_number > 30"
    ),
    ("generic__service_events.warning", "member_mostly_given"): (
        "update lake.generic__service_events set member_no = null where _row_number > 10"
    ),
    **_without("generic__service_events", "event_id", "happened_at", "event_type"),
    ("generic__prospects.warning", "contact_mostly_given"): (
        "update lake.generic__prospects set phone_hash = null where _row_number > 4"
    ),
    **_without("generic__prospects", "prospect_id", "created_at"),
    ("generic__tier_overrides.blocking", "kind_mostly_known"): (
        "update lake.generic__tier_overrides set kind = 'ceiling'"
    ),
    ("generic__tier_overrides.warning", "kind_known"): (
        "update lake.generic__tier_overrides set kind = 'ceiling' where _row_number > 9"
    ),
    **_without(
        "generic__tier_overrides",
        "override_id",
        "member_no",
        "scheme_id",
        "tier_code",
        "kind",
        "reason",
        "requested_by",
        "valid_from_date",
    ),
    **_without(
        "complete_journey__transactions",
        "household_id",
        "store_id",
        "basket_id",
        "product_id",
        "quantity",
        "sales_value",
        "transaction_timestamp",
        row=True,
    ),
    **_without("complete_journey__products", "product_id", row=True),
    **_without("complete_journey__demographics", "household_id", row=True),
    **{
        ("online_retail__invoice_lines.warning", check_id): (
            "insert into lake.online_retail__invoice_lines values (9, 1, '1', 'A', '1', '2011', '1.5', '7');"
            f'update lake.online_retail__invoice_lines set "{column}" = null'
        )
        for check_id, column in {
            "invoice_no_given": "InvoiceNo",
            "stock_code_given": "StockCode",
            "quantity_given": "Quantity",
            "invoice_date_given": "InvoiceDate",
            "unit_price_given": "UnitPrice",
            "customer_mostly_given": "CustomerID",
        }.items()
    },
    **_lost(
        "shopify__orders",
        order_given="Name",
        created_at_given="Created at",
        quantity_given="Lineitem quantity",
        price_given="Lineitem price",
    ),
    ("shopify__orders.warning", "status_known"): (
        "insert into lake.shopify__orders"
        """ (_load_id, _row_number, "Financial Status") values (9, 1, 'lost')"""
    ),
    ("shopify__orders.warning", "order_has_a_first_row"): (
        """insert into lake.shopify__orders (_load_id, _row_number, "Name") values (9, 1, '#1001')"""
    ),
    **_lost(
        "shopify__customers",
        email_mostly_given="Email_hash",
    ),
    **_lost(
        "square__items_detail",
        transaction_given="Transaction ID",
        date_given="Date",
        time_given="Time",
        zone_given="Time Zone",
        quantity_given="Qty",
        net_sales_given="Net Sales",
    ),
    ("square__items_detail.warning", "event_type_known"): (
        "insert into lake.square__items_detail"
        """ (_load_id, _row_number, "Event Type") values (9, 1, 'lost')"""
    ),
    **_lost(
        "toast__item_selections",
        check_given="Check Id",
        selection_given="Item Selection Id",
        order_date_given="Order Date",
        quantity_given="Qty",
        net_price_given="Net Price",
    ),
    **_lost(
        "woocommerce__orders",
        order_given="order_id",
        date_given="date",
        order_total_given="order_total",
        line_items_given="line_items",
    ),
    ("woocommerce__orders.warning", "status_known"): (
        """insert into lake.woocommerce__orders (_load_id, _row_number, "status") values (9, 1, 'lost')"""
    ),
    **_lost(
        "magento__order_grid",
        order_given="ID",
        purchase_date_given="Purchase Date",
        grand_total_given="Grand Total (Base)",
        status_given="Status",
    ),
    **_lost(
        "magento__customer_listing",
        customer_given="ID",
        customer_since_given="Customer Since",
    ),
    **_lost(
        "chinese_pos__receipt_lines",
        order_given="订单ID",
        product_given="商品ID",
        store_given="门店编号",
        price_given="单价",
        quantity_given="销量",
        time_given="成交时间",
    ),
    **_lost(
        "taobao__orders",
        order_given="订单编号",
        paid_amount_given="买家实际支付金额",
        created_at_given="订单创建时间",
    ),
    ("taobao__orders.warning", "status_known"): (
        """insert into lake.taobao__orders (_load_id, _row_number, "订单状态") values (9, 1, '已发出')"""
    ),
    **_lost(
        "ta_feng__receipt_lines",
        day_given="日期",
        member_given="會員卡號",
        product_given="商品編碼",
        quantity_given="數量",
        sales_given="銷售",
    ),
    **_without("olist__order_items", "order_id", "order_item_id", "product_id", "price", row=True),
    ("olist__order_items.warning", "order_known"): (
        "insert into lake.olist__order_items (_load_id, _row_number, order_id) values (9, 1, 'o1')"
    ),
    **_without("olist__orders", "order_id", "customer_id", row=True),
    **_lost("olist__orders", purchased_at_given="order_purchase_timestamp"),
    ("olist__orders.warning", "status_known"): (
        "insert into lake.olist__orders (_load_id, _row_number, order_status) values (9, 1, 'lost')"
    ),
    **_without("olist__customers", "customer_id", "customer_unique_id", row=True),
    **_without("olist__order_payments", "order_id", "payment_type", row=True),
    **_without("cdnow__purchases", "customer_id", "date", "number_of_cds", "dollar_value", row=True),
    **_without("poslog__line_items", "store_id", "transaction_number", "line_number", "ended_at", row=True),
    **_lost("poslog__line_items", currency_given="currency_code", some_line_sells="extended_amount"),
    ("load_ledger.blocking", "rows_conserved"): (
        "update load_ledger set rows_loaded_count = rows_loaded_count - 1 where load_id = 3"
    ),
    ("load_ledger.blocking", "amounts_conserved"): (
        "update load_ledger set amount_loaded = amount_loaded - 0.01 where currency_code = 'USD'"
    ),
    ("load_ledger.blocking", "agrees_with_the_lake"): (
        "update load_ledger set amount_in = amount_in + 0.01, amount_loaded = amount_loaded + 0.01"
        " where load_id = 3"
    ),
    ("load_ledger.blocking", "every_load_listed"): "delete from load_ledger where load_id = 6",
    ("load_ledger.blocking", "source_not_mostly_quarantined"): (
        "update load_ledger set rows_quarantined_count = rows_in_count, rows_loaded_count = 0"
    ),
    ("load_ledger.warning", "few_rows_quarantined"): (
        "update load_ledger set rows_quarantined_count = 9 where load_id = 2"
    ),
    ("load_ledger.warning", "no_sale_after_date"): (
        "update load_ledger set rows_after_date_count = 1 where load_id = 3 and currency_code = 'CNY'"
    ),
    ("load_ledger.warning", "few_rows_duplicate"): (
        "update load_ledger set rows_duplicate_count = 40 where load_id = 3"
    ),
    (
        "quarantined_rows.blocking",
        "rows_as_in_the_ledger",
    ): "delete from quarantined_rows where row_number = 401",
    ("quarantined_rows.blocking", "amounts_as_in_the_ledger"): (
        "update quarantined_rows set amount = 10.02 where row_number = 8"
    ),
    **{
        (f"feed_days.{severity}", check_id): (
            f"update feed_days set {change}"
            f" where business_date = date '{day}' and volume_check = '{severity}'"
        )
        for severity in ("blocking", "warning")
        for check_id, change, day in (
            ("no_day_missing", "days_since_previous_count = 2", "2025-12-20"),
            ("lines_as_usual", "lines_count = 3", "2025-12-20"),
            ("still_delivered", "days_to_newest_count = 4", "2025-12-31"),
        )
    },
    ("sales_line_totals.blocking", "amounts_as_in_the_ledger"): (
        "update sales_line_totals set amount = amount + 0.01 where currency_code = 'USD'"
    ),
    ("sales_line_totals.blocking", "outcome_known"): "update sales_line_totals set outcome = 'lost'",
    ("sales_line_totals.blocking", "channel_known"): "update sales_line_totals set channel = 'phone'",
    ("sales_line_totals.blocking", "line_kind_known"): "update sales_line_totals set line_kind = 'gift'",
    ("sales_line_totals.blocking", "line_type_known"): "update sales_line_totals set line_type = 'gift'",
    ("sales_line_totals.warning", "returns_below_sales"): (
        "update sales_line_totals set line_kind = 'return' where amount = 3900"
    ),
    ("sales_line_totals.warning", "one_currency_dominates"): (
        "update sales_line_totals set lines_count = 300 where currency_code = 'USD'"
    ),
    ("sales_totals.blocking", "net_sales_of_customers_conserved"): (
        "update customer_values set net_sales_lifetime_amount = net_sales_lifetime_amount + 0.01"
        " where customer_key = 'c007'"
    ),
    ("sales_totals.blocking", "net_sales_of_lines_conserved"): (
        "update sales_totals set net_sales_amount = net_sales_amount + 0.01 where currency_code = 'USD'"
    ),
    (
        "sales_totals.warning",
        "customers_mostly_known",
    ): "update sales_totals set anonymous_receipts_count = 80",
    ("sales_totals.warning", "net_sales_positive"): (
        "update sales_totals set net_sales_amount = 0 where currency_code = 'USD'"
    ),
    ("customers.blocking", "accounts_counted"): "delete from customer_accounts where customer_key = 'c007'",
    ("customers.blocking", "purchase_dates_in_range"): (
        "update customers set last_purchase_date = date '2026-01-01' where customer_key = 'c007'"
    ),
    ("customers.warning", "birth_year_plausible"): "update customers set birth_year = 1080",
    ("customers.warning", "member_status_known"): "update customers set member_status = 'lost'",
    ("customers.warning", "joined_date_plausible"): (
        "update customers set joined_date = date '1900-01-01' where customer_key = 'c007'"
    ),
    ("customers.warning", "few_customers_without_purchase"): (
        "update customers set first_purchase_date = null where customer_key > 'c010'"
    ),
    ("customer_accounts.warning", "customers_of_few_accounts"): (
        "update customer_accounts set customer_key = 'c000' where customer_key < 'c021'"
    ),
    ("customer_accounts.warning", "few_accounts_merged"): "update customer_accounts set linked_by = 'phone'",
    ("customer_values.blocking", "as_many_as_customers"): (
        "delete from customer_values where customer_key = 'c007'"
    ),
    ("customer_values.blocking", "one_date"): (
        "update customer_values set as_of_date = date '2025-12-30' where customer_key = 'c007'"
    ),
    ("customer_values.blocking", "one_currency"): (
        "update customer_values set currency_code = 'USD' where customer_key = 'c007'"
    ),
    ("customer_values.blocking", "as_asked_for"): (
        "update lake.run_parameters set as_of_date = date '2025-12-30'"
    ),
    ("customer_values.blocking", "windows_nested"): (
        "update customer_values set visits_3m_count = 9 where customer_key = 'c007'"
    ),
    ("customer_values.warning", "someone_bought_lately"): (
        "update customer_values set visits_12m_count = 0 where customer_key > 'c001'"
    ),
    ("customer_values.warning", "few_negative_customers"): (
        "update customer_values set net_sales_lifetime_amount = -1 where customer_key > 'c100'"
    ),
    ("customer_values.warning", "returns_moderate"): "update customer_values set return_12m_ratio = 0.9",
    ("customer_values.warning", "no_customer_dominates"): (
        "update customer_values set net_sales_12m_amount = 9999 where customer_key = 'c007'"
    ),
    ("customer_tiers.blocking", "one_tier_per_customer"): (
        "insert into customer_tiers select * replace ('C' as tier_code) from customer_tiers"
        " where customer_key = 'c007' and scheme_id = 'restaurant_abc'"
    ),
    ("customer_tiers.blocking", "everyone_has_a_tier"): (
        "delete from customer_tiers where customer_key = 'c007' and scheme_id = 'restaurant_abc'"
    ),
    ("customer_tiers.blocking", "date_of_the_values"): (
        "update customer_tiers set as_of_date = date '2025-11-30' where scheme_id = 'rfm_quintile'"
    ),
    ("customer_tiers.blocking", "one_version_per_scheme"): (
        "update customer_tiers set scheme_version = 2 where customer_key = 'c007'"
    ),
    ("tier_sizes.blocking", "customers_as_in_the_tiers"): (
        "update tier_sizes set customers_count = customers_count + 1 where tier_code = 'champions'"
    ),
    ("tier_sizes.blocking", "net_sales_as_in_the_values"): (
        "update tier_sizes set net_sales_12m_amount = 0.01 where tier_code = 'champions'"
    ),
    ("tier_sizes.blocking", "shares_add_up"): (
        "update tier_sizes set customers_ratio = customers_ratio + 0.01 where tier_code = 'champions'"
    ),
    ("tier_sizes.blocking", "date_of_the_values_present"): (
        "delete from tier_sizes where as_of_date = date '2025-12-31'"
    ),
    (
        "tier_sizes.warning",
        "no_tier_holds_all",
    ): "update tier_sizes set customers_ratio = 1 where tier_code = 'lost'",
    ("tier_sizes.warning", "no_empty_tier"): (
        "insert into tier_sizes select * replace ('none' as tier_code, 0 as customers_count) from tier_sizes"
        " where tier_code = 'lost'"
    ),
    ("tier_sizes.warning", "abc_best_tier_small"): (
        "update tier_sizes set customers_ratio = 0.9 where scheme_id = 'abc_sales_70_20_10'"
    ),
    ("tier_sizes.warning", "pyramid_top_is_one_percent"): (
        "update tier_sizes set customers_ratio = 0.2 where scheme_id = 'value_pyramid' and tier_code = 'top'"
    ),
    ("tier_history.blocking", "open_rows_are_the_tiers"): (
        "update tier_history set valid_to_date = date '2025-12-01' where customer_key = 'c007'"
    ),
    ("tier_history.blocking", "no_time_held_twice"): (
        "update tier_history set valid_to_date = date '2025-12-01' where valid_to_date is not null"
    ),
    ("tier_movements.blocking", "arrivals_are_the_sizes"): (
        "update tier_movements set customers_count = customers_count + 1 where to_tier_code = 'champions'"
    ),
    ("tier_movements.warning", "most_stay"): (
        "update tier_movements set from_tier_code = 'A' where to_tier_code = 'rest'"
    ),
    ("review_outcomes.blocking", "reviewed_at_the_date"): (
        "update review_outcomes set as_of_date = date '2025-11-30'"
    ),
    ("review_outcomes.blocking", "somebody_judged"): (
        "update review_outcomes set judged_count = 0 where scheme_id = 'value_pyramid'"
    ),
    ("review_outcomes.blocking", "downgraded_within_limit"): (
        "update review_outcomes set downgraded_ratio = 0.300001 where scheme_id = 'value_pyramid'"
    ),
    ("review_outcomes.blocking", "upgraded_within_limit"): (
        "update review_outcomes set upgraded_ratio = 0.300001 where scheme_id = 'value_pyramid'"
    ),
    ("review_outcomes.blocking", "falling_net_sales_within_limit"): (
        "update review_outcomes set falling_net_sales_12m_ratio = 0.300001 where scheme_id = 'value_pyramid'"
    ),
    ("review_outcomes.blocking", "near_threshold_within_limit"): (
        "update review_outcomes set near_threshold_ratio = 0.300001 where scheme_id = 'value_pyramid'"
    ),
    ("review_outcomes.warning", "falls_as_usual"): (
        "update review_outcomes set downgraded_ratio = 0 where scheme_id = 'value_pyramid'"
    ),
    ("review_outcomes.warning", "rises_as_usual"): (
        "update review_outcomes set upgraded_ratio = 0.15 where scheme_id = 'value_pyramid'"
    ),
}
