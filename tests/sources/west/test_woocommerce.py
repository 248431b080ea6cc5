"""WooCommerce: the items of an order are packed in one cell, and one order is one line."""

from __future__ import annotations

from western_exports import export, woocommerce_order

SOURCE = "woocommerce"
FILES = {
    "orders-2026-03.csv": export(
        "woocommerce_orders",
        [
            woocommerce_order(
                "4415",
                "68.14",
                "name:Plan One $29.99|sku:111112|quantity:1|total:49.99|meta:Note: a; b;"
                "name:Tea; green|sku:|quantity:2|total:10.00|meta:",
                tax_total="8.15",
                customer_id="12",
            ),
            woocommerce_order(
                "4416", "10.00", "name:Tea|sku:T|quantity:1|total:10.00|meta:", status="refunded"
            ),
            woocommerce_order("4417", "10.00", "Tea x 1"),
        ],
    )
}


def test_one_row_is_one_line_worth_its_items_and_totalled_as_the_order(built):
    assert built.rows(
        "select receipt_no, line_no, quantity::varchar, amount::varchar, net_sales_amount::varchar,"
        " account_type from intermediate.int_sale_lines_loaded where source = 'woocommerce' order by all"
    ) == [
        ("4415", "1", "3.0000", "68.1400", "59.9900", "ecommerce"),
        ("4416", "1", "1.0000", "10.0000", "0.0000", None),
    ]


def test_each_item_of_a_cell_is_kept(built):
    assert built.rows(
        "select row_number, part_number, product_id, amount::varchar"
        " from staging.stg_woocommerce__order_items where is_readable order by all"
    ) == [(1, 1, "111112", "49.9900"), (1, 2, "Tea; green", "10.0000"), (2, 1, "T", "10.0000")]


def test_a_cell_that_is_packed_otherwise_sets_its_row_aside_once(built):
    assert built.rows(
        "select rows_in_count, rows_loaded_count, rows_quarantined_count, amount_in::varchar,"
        " amount_quarantined::varchar from load_ledger where source = 'woocommerce'"
    ) == [(3, 2, 1, "88.1400", "10.0000")]
