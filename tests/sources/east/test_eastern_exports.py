"""Exports of eastern shops and published data sets, from the file to the built tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from east_exports import CONTACTS

LEDGER = (
    "select rows_in_count, rows_loaded_count, rows_duplicate_count, rows_superseded_count,"
    " rows_quarantined_count, amount_in, amount_loaded, amount_duplicate, amount_superseded,"
    " amount_quarantined from load_ledger where file_name = '{}'"
)
LINE = "line_kind, lines.amount, net_sales_amount, outcome"


def money(*figures: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(figure) for figure in figures)


@pytest.mark.parametrize(
    ("file_name", "rows", "amounts"),
    [
        ("chinese_pos_1.csv", (5, 3, 0, 1, 1), ("32.2754", "6", "0", "8.2754", "18")),
        ("chinese_pos_2.csv", (3, 1, 2, 0, 0), ("27.62", "19.62", "8", "0", "0")),
        ("chinese_pos_3.csv", (1, 1, 0, 0, 0), ("8.2754", "8.2754", "0", "0", "0")),
        ("taobao_0501.csv", (5, 2, 0, 2, 1), ("110.5", "93.5", "0", "10", "7")),
        ("taobao_0502.csv", (2, 2, 0, 0, 0), ("60", "60", "0", "0", "0")),
        ("tmall_order_report.csv", (3, 3, 0, 0, 0), ("21", "21", "0", "0", "0")),
        ("ta_feng.csv", (5, 3, 0, 1, 1), ("157", "105", "0", "52", "0")),
        ("ta_feng_later.csv", (1, 1, 0, 0, 0), ("52", "52", "0", "0", "0")),
        ("olist_order_items_dataset.csv", (5, 4, 0, 0, 1), ("177.8", "147.8", "0", "0", "30")),
        ("olist_orders_dataset.csv", (3, 3, 0, 0, 0), ("0", "0", "0", "0", "0")),
        ("olist_customers_dataset.csv", (3, 3, 0, 0, 0), ("0", "0", "0", "0", "0")),
        ("olist_order_payments_dataset.csv", (3, 3, 0, 0, 0), ("0", "0", "0", "0", "0")),
        ("cdnow_master_small.txt", (6, 5, 0, 0, 1), ("122.77", "112.77", "0", "0", "10")),
        ("cdnow_sample_small.txt", (2, 1, 1, 0, 0), ("1246.33", "1234.56", "11.77", "0", "0")),
        ("till_7.xml", (7, 7, 0, 0, 0), ("11.75", "11.75", "0", "0", "0")),
    ],
)
def test_every_row_and_amount_of_a_file_is_accounted_for(
    east_shop: Any, file_name: str, rows: tuple[int, ...], amounts: tuple[str, ...]
) -> None:
    assert rows[0] == sum(rows[1:])
    assert money(amounts[0])[0] == sum(money(*amounts[1:]))
    assert east_shop.rows(LEDGER.format(file_name)) == [(*rows, *money(*amounts))]


@pytest.mark.parametrize(
    ("file_name", "row_number", "column", "reason"),
    [
        ("chinese_pos_1.csv", 5, "成交时间", "not_a_timestamp"),
        ("taobao_0501.csv", 5, "订单状态", "unknown_status"),
        ("ta_feng.csv", 5, "銷售", "not_a_decimal"),
        ("olist_order_items_dataset.csv", 5, "order_id", "missing_order"),
        ("cdnow_master_small.txt", 6, "date", "not_a_timestamp"),
    ],
)
def test_a_row_outside_of_the_contract_is_set_aside_with_place_and_reason(
    east_shop: Any, file_name: str, row_number: int, column: str, reason: str
) -> None:
    found = east_shop.rows(
        "select row_number, column_name, reason_code, reason <> '' from quarantined_rows"
        f" where file_name = '{file_name}'"
    )
    assert found == [(row_number, column, reason, True)]


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_is_nowhere_but_in_the_vault(east_shop: Any, contact: str) -> None:
    for feed in ("taobao__orders", "poslog__line_items"):
        cells = east_shop.rows(f"select lines::varchar from lake.{feed} as lines")
        assert cells
        assert not [cell for (cell,) in cells if contact in cell]
    for table in ("quarantined_rows", "intermediate.int_sale_lines_unioned"):
        assert not [
            cell for (cell,) in east_shop.rows(f"select t::varchar from {table} as t") if contact in cell
        ]
    outside_of_the_vault = [
        path
        for folder in (east_shop.home / "lake", east_shop.home / "warehouse")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".enc"
    ]
    assert outside_of_the_vault
    assert not [path for path in outside_of_the_vault if contact.encode() in path.read_bytes()]


class TestChinesePos:
    def test_weights_pieces_returns_and_equal_rows_are_lines_of_their_own(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "chinese_pos", f"quantity, quantity_unit, {LINE}", "file_name = 'chinese_pos_1.csv'"
        )
        assert found == [
            (Decimal("0.328"), "other", "sale", *money("8.2754", "8.2754"), "superseded"),
            (Decimal(2), "piece", "sale", *money("4", "4"), "loaded"),
            (Decimal(2), "piece", "sale", *money("4", "4"), "loaded"),
            (Decimal(-1), "piece", "return", *money("-2", "-2"), "loaded"),
            (Decimal(1), "piece", "sale", *money("18", "18"), "quarantined"),
        ]

    def test_rows_exported_again_are_duplicates_and_not_more_of_the_same(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "chinese_pos",
            "receipt_no, account_id, business_date::varchar, quantity, net_sales_amount, outcome",
            "file_name = 'chinese_pos_2.csv'",
        )
        assert found == [
            ("20170103CDNL01", None, "2017-01-03", Decimal(2), Decimal(4), "duplicate"),
            ("20170103CDNL01", None, "2017-01-03", Decimal(2), Decimal(4), "duplicate"),
            ("20170105CDNL03", "M1", "2017-01-05", Decimal(1), Decimal("19.62"), "loaded"),
        ]

    def test_a_line_whose_card_came_later_is_the_same_line(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "chinese_pos", "account_id, net_sales_amount, outcome", "product_id = '30006206'"
        )
        assert found == [
            (None, Decimal("8.2754"), "superseded"),
            ("M2", Decimal("8.2754"), "loaded"),
        ]


class TestTaobao:
    def test_what_was_paid_counts_and_what_was_closed_does_not(self, east_shop: Any) -> None:
        found = east_shop.lines("taobao", f"right(receipt_no, 3), {LINE}", "file_name like 'taobao%'")
        assert found == [
            ("901", "sale", *money("88.5", "88.5"), "loaded"),
            ("902", "sale", *money("10", "10"), "superseded"),
            ("903", "pending", *money("0", "0"), "superseded"),
            ("904", "cancelled", *money("5", "0"), "loaded"),
            ("905", None, *money("7", "0"), "quarantined"),
            ("902", "cancelled", *money("0", "0"), "loaded"),
            ("903", "sale", *money("60", "60"), "loaded"),
        ]

    def test_a_report_without_states_goes_by_the_time_of_payment(self, east_shop: Any) -> None:
        found = east_shop.lines("taobao", f"business_date::varchar, {LINE}", "file_name like 'tmall%'")
        assert found == [
            ("2020-02-21", "pending", *money("0", "0"), "loaded"),
            ("2020-02-20", "sale", *money("21", "21"), "loaded"),
            ("2020-02-20", "sale", *money("0", "0"), "loaded"),
        ]

    def test_order_numbers_keep_all_their_digits(self, east_shop: Any) -> None:
        found = east_shop.lines("taobao", "receipt_no", "file_name = 'taobao_0502.csv'")
        assert found == [("2026050112345678902",), ("2026050112345678903",)]

    def test_one_phone_in_two_spellings_is_one_hash_and_one_customer(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "taobao", "count(*) over (partition by phone_hash), account_id", "account_id <> ''"
        )
        assert found == [(7, "tb_lan")] * 7


class TestTaFeng:
    def test_a_member_and_a_day_are_a_receipt(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "ta_feng", "receipt_no, product_id, quantity, net_sales_amount, cost_amount, outcome"
        )
        assert found == [
            ("00141833:2001-01-01", "4710105011011", Decimal(2), *money("52", "44"), "superseded"),
            ("00141833:2001-01-01", "4710085120628", Decimal(1), *money("35", "30"), "loaded"),
            ("00141833:2001-01-02", "4710085120628", Decimal(1), *money("35", "30"), "loaded"),
            ("00020459:2001-01-02", "4710085120628", Decimal(1), *money("35", "30"), "loaded"),
            ("00020459:2001-01-02", "4710085120628", Decimal(1), None, Decimal(30), "quarantined"),
            ("00141833:2001-01-01", "4710105011011", Decimal(2), *money("52", "45"), "loaded"),
        ]


class TestOlist:
    def test_items_have_the_day_state_person_and_payment_of_their_order(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "olist", f"receipt_no, line_no, account_id, payment_method, business_date::varchar, {LINE}"
        )
        assert found == [
            ("o1", "1", "person_1", "credit_card", "2018-07-01", "sale", *money("58.9", "58.9"), "loaded"),
            ("o1", "2", "person_1", "credit_card", "2018-07-01", "sale", *money("58.9", "58.9"), "loaded"),
            ("o2", "1", "person_2", None, "2018-07-02", "cancelled", *money("10", "0"), "loaded"),
            ("o3", "1", "person_1", "boleto", "2018-07-03", "sale", *money("20", "20"), "loaded"),
            ("o9", "1", None, None, None, None, *money("30", "0"), "quarantined"),
        ]

    def test_a_person_with_two_orders_is_one_customer(self, east_shop: Any) -> None:
        found = east_shop.rows("select account_id from customer_accounts where source = 'olist' order by all")
        assert found == [("person_1",), ("person_2",)]


class TestCdnow:
    def test_a_day_is_an_order_and_equal_purchases_on_it_stay(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "cdnow", "receipt_no, quantity, lines.amount, outcome", "file_name = 'cdnow_master_small.txt'"
        )
        assert found == [
            ("90001:1997-01-01", Decimal(1), Decimal("11.77"), "loaded"),
            ("90002:1997-01-12", Decimal(1), Decimal(12), "loaded"),
            ("90002:1997-01-12", Decimal(5), Decimal(77), "loaded"),
            ("90002:1997-01-12", Decimal(1), Decimal(12), "loaded"),
            ("90003:1997-01-13", Decimal(2), Decimal(0), "loaded"),
            (None, Decimal(2), Decimal(10), "quarantined"),
        ]

    def test_the_sample_has_the_customers_of_the_list_of_all(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "cdnow", "account_id, receipt_no, quantity, outcome", "file_name = 'cdnow_sample_small.txt'"
        )
        assert found == [
            ("90001", "90001:1997-01-01", Decimal(1), "duplicate"),
            ("90004", "90004:1997-03-02", Decimal(12), "loaded"),
        ]

    def test_the_published_file_is_loaded_to_the_cent(self, east_shop: Any) -> None:
        east_shop.need_real("cdnow")
        (found,) = east_shop.figures(
            "cdnow",
            "count(*), count(distinct account_id), count(distinct receipt_no), sum(quantity),"
            " sum(net_sales_amount), count(*) filter (lines.amount = 0), count(distinct payload_hash),"
            " min(business_date)::varchar, max(business_date)::varchar, min(outcome), max(outcome)",
            "file_name = 'CDNOW_master.txt'",
        )
        lines, customers, days, cds, sales, free, different, *rest = found
        assert (lines, customers, days, cds) == (69_659, 23_570, 67_591, 167_881)
        assert (sales, free, different) == (Decimal("2500315.63"), 80, 69_404)
        assert rest == ["1997-01-01", "1998-06-30", "loaded", "loaded"]


class TestPoslog:
    def test_void_lines_keep_their_amounts_and_count_nothing(self, east_shop: Any) -> None:
        found = east_shop.lines(
            "poslog", f"receipt_no, line_no, line_type, {LINE}", "file_name = 'till_7.xml'"
        )
        assert found == [
            ("0001:T1", "1", "product", "sale", *money("2.59", "2.59"), "loaded"),
            ("0001:T1", "2", "product", "void", *money("1.99", "0"), "loaded"),
            ("0001:T1", "3", "product", "void", *money("1.99", "0"), "loaded"),
            ("0001:T1", "8", "adjustment", "sale", *money("0", "-0.09"), "loaded"),
            ("0001:T1", "9", "adjustment", "sale", *money("0", "0"), "loaded"),
            ("0001:T2", "1", "product", "return", *money("2.59", "-2.59"), "loaded"),
            ("0001:T3", "1", "product", "pending", *money("2.59", "0"), "loaded"),
        ]

    def test_customer_tender_and_day_of_a_transaction_stand_on_its_lines(self, east_shop: Any) -> None:
        found = east_shop.figures(
            "poslog",
            "distinct receipt_no, account_type, account_id, payment_method, store_id, lines.currency_code,"
            " business_date::varchar, occurred_at::varchar, original_receipt_no",
            "file_name = 'till_7.xml'",
            "order by all",
        )
        facts = ("0001", "GBP", "2016-08-22", "2016-08-22 14:21:54.48337")
        assert found == [
            ("0001:T1", "member", "L77", "Cash", *facts, None),
            ("0001:T2", "member", "L77", None, *facts, "0001:T1"),
            ("0001:T3", "member", "L77", None, *facts, None),
        ]

    def test_a_real_log_of_one_transaction(self, east_shop: Any) -> None:
        east_shop.need_real("poslog")
        found = east_shop.lines(
            "poslog",
            "line_no, product_id, category, quantity, quantity_unit, account_id, line_type, "
            f"{LINE}, receipt_no, payment_method, business_date::varchar",
            "file_name like 'retalix%'",
        )
        transaction = ("loaded", "0610:119EKZ37QD", "Cash", "2016-08-22")
        article = (Decimal(1), "piece", None, "product", "sale")
        nothing = (None, None, None, "piece", None, "adjustment", "sale", *money("0", "0"), *transaction)
        assert found == [
            ("1", "48", "3_09_419", *article, *money("2.59", "2.59"), *transaction),
            ("2", "123", "3_09_291", *article, *money("1.99", "1.99"), *transaction),
            ("3", "321", "3_09_102", *article, *money("1.99", "1.99"), *transaction),
            *((line_no, *nothing) for line_no in ("4", "5", "6", "7")),
        ]
        assert east_shop.rows(LEDGER.format("retalix_r10_sainsburys_1.xml")) == [
            (7, 7, 0, 0, 0, *money("6.57", "6.57", "0", "0", "0"))
        ]
