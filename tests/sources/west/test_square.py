"""Square: dollars with their sign, local time with the name of its zone, columns that come and go."""

from __future__ import annotations

from western_exports import export, square_item

SOURCE = "square"
_FIRST_LATTE = square_item("T1", "$8.00", Customer_ID="C1")
FILES = {
    "items-2026-03-05-old.csv": export("square_items_old", [_FIRST_LATTE]),
    "items-2026-03-05.csv": export(
        "square_items",
        [
            square_item("T4", "$4.00", Time_Zone="Somewhere"),
            square_item(
                "T3", "-$7.00", Event_Type="Refund", Qty="-1.0", Time_Zone="Pacific Time (US & Canada)"
            ),
            square_item("T2", "$1,205.50", Unit="ea"),
            square_item("T2", "$1,205.50", Unit="ea"),
            _FIRST_LATTE | {"Unit": "ea"},
        ],
    ),
}


def test_refunds_are_negative_and_equal_items_are_each_sold(built):
    receipts = built.rows(
        "select receipt_no, business_date::varchar, net_sales_amount::varchar, account_reference"
        " from intermediate.int_receipts_summed where source = 'square' order by all"
    )
    assert receipts == [
        ("T1", "2026-03-05", "8.0000", "member:C1"),
        ("T2", "2026-03-05", "2411.0000", None),
        ("T3", "2026-03-06", "-7.0000", None),
    ]


def test_an_item_sent_again_with_more_columns_is_the_same_item(built):
    assert built.rows(
        "select file_name, rows_in_count, rows_loaded_count, rows_superseded_count, rows_quarantined_count"
        " from load_ledger where source = 'square' order by all"
    ) == [("items-2026-03-05-old.csv", 1, 0, 1, 0), ("items-2026-03-05.csv", 5, 4, 0, 1)]


def test_local_times_are_read_in_the_zone_of_their_row(built):
    assert built.rows(
        "select distinct receipt_no, occurred_at::varchar from staging.stg_square__items_detail"
        " where receipt_no in ('T1', 'T3') order by all"
    ) == [("T1", "2026-03-06 03:59:30"), ("T3", "2026-03-06 06:59:30")]


def test_a_zone_that_nobody_knows_is_set_aside(built):
    assert built.rows(
        "select row_number, column_name, reason_code, reason from quarantined_rows where source = 'square'"
    ) == [(1, "Time Zone", "unknown_time_zone", "not the name of a time zone that is known")]
