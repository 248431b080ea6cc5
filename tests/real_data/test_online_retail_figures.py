"""The published tables hold the figures of Online Retail exactly, to the tenth of a penny."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

LINES = 541_909
DUPLICATES = 5_268
AMOUNT = Decimal("9747747.9340")
DUPLICATE_AMOUNT = Decimal("21740.9800")
NET_SALES = Decimal("9766307.7530")
NOTHING = Decimal(0)

#: What is read, from where, and what it is.
PUBLISHED = {
    "every_line_goes_somewhere": (
        "rows_in_count, rows_loaded_count, rows_duplicate_count",
        "load_ledger where source = 'online_retail'",
        (LINES, LINES - DUPLICATES, DUPLICATES),
    ),
    "no_line_is_superseded_or_in_quarantine": (
        "rows_superseded_count, rows_quarantined_count, amount_superseded, amount_quarantined",
        "load_ledger where source = 'online_retail'",
        (0, 0, NOTHING, NOTHING),
    ),
    "every_penny_goes_somewhere": (
        "currency_code, amount_in, amount_loaded, amount_duplicate",
        "load_ledger where source = 'online_retail'",
        ("GBP", AMOUNT, AMOUNT - DUPLICATE_AMOUNT, DUPLICATE_AMOUNT),
    ),
    "invoices_and_customers": (
        "receipts_count, accounts_count",
        "sales_totals where source = 'online_retail'",
        (25_900, 4_372),
    ),
    "net_sales_of_all_and_of_nobody_known": (
        "net_sales_amount, anonymous_net_sales_amount",
        "sales_totals where source = 'online_retail'",
        (NET_SALES, Decimal("1506527.0400")),
    ),
    "every_account_is_a_customer_of_its_own": (
        "count(*), count(distinct customer_key)",
        "customer_accounts where source = 'online_retail' and account_type = 'ecommerce'",
        (4_372, 4_372),
    ),
}

#: Lines of every outcome that meet a condition, their amount, and what those that count add to net sales.
LINE_TOTALS = {
    "all": ("true", LINES, AMOUNT, NET_SALES),
    "on_cancelled_invoices": ("line_kind = 'return'", 9_288, "-896812.4900", "-481597.3800"),
    "of_negative_quantity": ("is_negative_quantity", 10_624, "-896812.4900", "-481597.3800"),
    "at_a_price_of_0_or_less": ("not is_price_positive", 2_517, "-22124.1200", "0.0000"),
    "of_bad_debt": (
        "line_kind = 'sale' and line_type = 'adjustment' and not is_negative_quantity",
        3,
        "-11062.0600",
        "0.0000",
    ),
    "of_stock_written_off": (
        "line_kind = 'sale' and line_type = 'adjustment' and is_negative_quantity",
        1_336,
        "0.0000",
        "0.0000",
    ),
    "without_a_customer": ("not has_customer", 135_080, "1447682.1200", "1506527.0400"),
    "that_came_before": ("outcome = 'duplicate'", DUPLICATES, DUPLICATE_AMOUNT, "0.0000"),
    "of_postage_carriage_and_charges_by_hand": ("line_type = 'service'", 2_682, "210790.4800", "0.0000"),
    "of_fees_and_samples": ("line_type = 'fee'", 150, "-239678.9590", "0.0000"),
    "of_discounts": ("line_kind = 'return' and line_type = 'adjustment'", 77, "-5696.2200", "-5696.2200"),
    "of_articles": ("line_type = 'product'", 537_661, "9793394.6930", "9772003.9730"),
}


@pytest.mark.parametrize(("columns", "relation", "figures"), PUBLISHED.values(), ids=PUBLISHED)
def test_published(online_retail: Any, columns: str, relation: str, figures: tuple[Any, ...]) -> None:
    assert online_retail.published.execute(f"select {columns} from {relation}").fetchall() == [figures]


@pytest.mark.parametrize(("condition", "lines", "amount", "net_sales"), LINE_TOTALS.values(), ids=LINE_TOTALS)
def test_published_lines(
    online_retail: Any, condition: str, lines: int, amount: Decimal | str, net_sales: Decimal | str
) -> None:
    totals = online_retail.published.execute(
        "select sum(lines_count), sum(amount), sum(net_sales_amount) from sales_line_totals"
        f" where source = 'online_retail' and {condition}"
    ).fetchall()
    assert totals == [(lines, Decimal(amount), Decimal(net_sales))]
