"""Toast: long numbers stay text, voided items count nothing, a column has had two names."""

from __future__ import annotations

from western_exports import export, toast_item

SOURCE = "toast"
_CHECK = "1300000015734303115"
FILES = {
    "ItemSelectionDetails_2026_03_05.csv": export(
        "toast_item_selections",
        [
            toast_item(_CHECK, "1300000015734303101", "18.00", Gross_Price="20.00", Discount="2.00"),
            toast_item(_CHECK, "1300000015734303102", "20.00") | {"Void?": "true"},
            toast_item(_CHECK, "1300000015734303103", "50.00", Deferred="true"),
            toast_item("1.3E+18", "1300000015734303104", "20.00"),
        ],
        line_break="\r\n",
    ),
    "ItemSelectionDetails_2026_03_06.csv": export(
        "toast_item_selections",
        [
            toast_item(
                "1300000015734303116",
                "1300000015734303105",
                "9.00",
                Discount="1.50",
                Order_Date="3/6/26 12:05 AM",
            )
        ],
    ).replace(b",Discount,", b",Discnt,"),
}


def test_voided_and_deferred_items_stay_and_count_nothing(built):
    assert built.rows(
        "select line_no, line_kind, line_type, amount::varchar, net_sales_amount::varchar"
        " from intermediate.int_sale_lines_loaded"
        f" where source = 'toast' and receipt_no = '{_CHECK}' order by all"
    ) == [
        ("1300000015734303101", "sale", "product", "18.0000", "18.0000"),
        ("1300000015734303102", "void", "product", "20.0000", "0.0000"),
        ("1300000015734303103", "sale", "service", "50.0000", "0.0000"),
    ]


def test_a_column_is_found_under_either_of_its_names(built):
    assert built.rows(
        "select distinct discount_amount::varchar from staging.stg_toast__item_selections"
        " where receipt_no = '1300000015734303116'"
    ) == [("1.5000",)]


def test_american_times_are_read_on_both_sides_of_midnight(built):
    assert built.rows(
        "select business_date::varchar, occurred_at::varchar from intermediate.int_receipts_identified"
        " where source = 'toast' order by all"
    ) == [("2026-03-05", "2026-03-06 03:17:00"), ("2026-03-06", "2026-03-06 05:05:00")]


def test_a_number_that_has_lost_its_digits_is_set_aside_with_its_amount(built):
    assert built.rows(
        "select column_name, reason_code, amount::varchar from quarantined_rows where source = 'toast'"
    ) == [("Check Id", "not_digits", "20.0000")]
