"""Shopify: an order's money stands on its first row, and orders find their customers by e-mail."""

from __future__ import annotations

from western_exports import export, further_item, order

SOURCE = "shopify"
FILES = {
    # Order 1001 as it was, newest first, with an empty cell written as nothing and as "".
    "orders_export_1.csv": export(
        "shopify_orders",
        [
            order("#1003", "30.00", Email="", Phone="'+31612345678"),
            order("#1002", "55.00", "50.00", Cancelled_at="2026-03-06 10:00:00 -0500"),
            order("#1001", "113.00", "100.00", Refunded_Amount="0.00"),
            further_item("#1001", Vendor="Potter"),
        ],
    ).replace(b"'+31612345678,,", b'\'+31612345678,"",'),
    # The same order after a refund, with one item taken off, and one that cannot be read.
    "orders_export_2.csv": export(
        "shopify_orders",
        [
            order("#1004", "about 20", "20.00"),
            order(
                "#1001", "113.00", "100.00", Refunded_Amount="20.00", Financial_Status="partially_refunded"
            ),
        ],
    ),
    "orders_export_old.csv": export(
        "shopify_orders_old", [order("#0990", "50.00", Created_at="2024-01-05 10:00:00 -0500")]
    ),
    "customers_export.csv": export(
        "shopify_customers",
        [
            {
                "Customer ID": "'7210448301122",
                "First Name": "Planted",
                "Email": "planted.guest@shop.EXAMPLE",
                "Accepts Email Marketing": "no",
                "Default Address Zip": "'Planted 1234AB",
                "Phone": "(775) 555-0154",
            },
            {"Customer ID": "'7210448301123", "First Name": "Planted", "Accepts Email Marketing": "yes"},
        ],
    ),
}


def test_net_sales_are_the_orders_own_subtotals_less_each_refund_once(built):
    receipts = built.rows(
        "select receipt_no, net_sales_amount::varchar, currency_code from intermediate.int_receipts_summed"
        " where source = 'shopify' order by all"
    )
    assert receipts == [
        ("0990", "50.0000", "USD"),
        ("1001", "80.0000", "USD"),
        ("1002", "0.0000", "USD"),
        ("1003", "30.0000", "USD"),
    ]


def test_each_row_is_accounted_for_in_the_currency_it_states(built):
    ledger = built.rows(
        "select file_name, currency_code, rows_in_count, rows_loaded_count, rows_superseded_count,"
        " rows_quarantined_count, amount_in::varchar, amount_loaded::varchar, amount_superseded::varchar"
        " from load_ledger where source = 'shopify' and feed = 'orders' order by all"
    )
    assert ledger == [
        ("orders_export_1.csv", "USD", 3, 2, 1, 0, "198.0000", "85.0000", "113.0000"),
        ("orders_export_1.csv", "XXX", 1, 1, 0, 0, "0.0000", "0.0000", "0.0000"),
        ("orders_export_2.csv", "USD", 2, 1, 0, 1, "113.0000", "113.0000", "0.0000"),
        ("orders_export_old.csv", "USD", 1, 1, 0, 0, "50.0000", "50.0000", "0.0000"),
    ]


def test_an_unreadable_total_names_its_row_and_column(built):
    assert built.rows(
        "select file_name, row_number, column_name, reason_code from quarantined_rows"
        " where source = 'shopify'"
    ) == [("orders_export_2.csv", 1, "Total", "not_money")]


def test_guest_orders_belong_to_the_customer_with_their_email(built):
    keys = built.rows(
        "select accounts.account_type, count(distinct accounts.customer_key), bool_or(customers.is_member),"
        " bool_or(customers.has_contact_consent)"
        " from customer_accounts as accounts inner join customers using (customer_key)"
        " where accounts.customer_key = (select customer_key from customer_accounts"
        " where source = 'shopify' and account_id = '7210448301122') and accounts.source = 'shopify'"
        " group by all order by all"
    )
    assert keys == [("ecommerce", 1, False, False), ("email", 1, False, False)]


def test_a_customer_with_neither_email_nor_phone_is_kept(built):
    assert built.rows(
        "select account_type, linked_by from customer_accounts where account_id = '7210448301123'"
    ) == [("ecommerce", "itself")]


def test_an_apostrophe_in_front_of_a_phone_does_not_hide_it(built):
    assert built.rows(
        "select count(phone_hash) from staging.stg_shopify__orders where receipt_no = '1003'"
    ) == [(1,)]
