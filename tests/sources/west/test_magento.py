"""Magento: orders without items, their statuses as labels or codes, and the list of customers."""

from __future__ import annotations

from western_exports import export, magento_order

SOURCE = "magento"
FILES = {
    "sales_order_grid.csv": export(
        "magento_order_grid",
        [
            magento_order("000000012", "110.0000", Shipping_and_Handling="10.0000", Total_Refunded="20.0000"),
            magento_order("000000013", "110.0000", Status="Closed", Total_Refunded="110.0000"),
            magento_order("000000014", "110.0000", Status="canceled"),
            magento_order("000000015", "110.0000", Status="On Hold"),
            magento_order("000000016", "110.0000", Status="Vanished"),
        ],
    ),
    "customer_listing.csv": export(
        "magento_customer_listing",
        [
            {
                "ID": "12",
                "Name": "Planted Person",
                "Email": "other@shop.example",
                "Phone": "775 555 0199",
                "Customer Since": "Jan 2, 2025 9:00:00 AM",
                "Date of Birth": "1980-02-03",
            }
        ],
    ),
}


def test_orders_count_their_total_less_shipping_and_refunds(built):
    assert built.rows(
        "select receipt_no, line_kind, amount::varchar, net_sales_amount::varchar, business_date::varchar"
        " from intermediate.int_sale_lines_loaded where source = 'magento' order by all"
    ) == [
        ("000000012", "sale", "110.0000", "80.0000", "2026-03-05"),
        ("000000013", "sale", "110.0000", "0.0000", "2026-03-05"),
        ("000000014", "cancelled", "110.0000", "0.0000", "2026-03-05"),
        ("000000015", "pending", "110.0000", "0.0000", "2026-03-05"),
    ]


def test_a_status_that_nobody_knows_is_set_aside(built):
    assert built.rows(
        "select row_number, column_name, reason_code, amount::varchar from quarantined_rows"
        " where source = 'magento'"
    ) == [(5, "Status", "unknown_status", "110.0000")]


def test_equal_customer_numbers_of_two_shops_are_two_customers(built):
    keys = built.rows(
        "select source, customer_key from customer_accounts"
        " where account_type = 'ecommerce' and account_id = '12' order by all"
    )
    assert [source for source, _ in keys] == ["magento", "woocommerce"]
    assert len({key for _, key in keys}) == 2


def test_a_web_account_is_no_card(built):
    assert built.rows(
        "select customers.is_member, customers.birth_year, customers.joined_date::varchar"
        " from customers inner join customer_accounts as accounts using (customer_key)"
        " where accounts.source = 'magento' and accounts.account_id = '12'"
    ) == [(False, 1980, "2025-01-02")]
