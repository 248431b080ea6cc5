"""Control totals multiply exactly, and no amount is too large to be counted as a row."""

from __future__ import annotations

import pytest
from lake_exports import drop, query

from clientele.lake.ingest import ingest
from clientele.settings import Settings

SQUARE_HEADER = "Date,Time,Time Zone,Item,Qty,Net Sales,Transaction ID,Event Type,Location"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "0.333", "0.9990"),
        ("-2", "12.75", "-25.5000"),
        ("0.5", "0.0001", "0.0001"),
        ("99999999999999", "99999999999999.9999", "0.0000"),
        ("99999999999999", "1.00", "99999999999999.0000"),
        ("6", "", "0.0000"),
    ],
)
def test_the_amount_of_a_line_is_the_exact_product(
    settings: Settings, quantity: str, price: str, amount: str
) -> None:
    line = f"536365,85123A,LANTERN,{quantity},2010-12-01 08:26:00,{price},17850,United Kingdom"
    drop(settings, "online_retail.csv", f"{HEADER}\n{line}\n".encode(), source="online_retail")
    ingest(settings)
    totals = query(settings, "select currency_code, row_count, amount::varchar from lake.load_totals")
    assert totals == [("GBP", 1, amount)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$8.00", "8.0000"),
        ("-$7.00", "-7.0000"),
        ("$-7.00", "-7.0000"),
        ("($1,234.50)", "-1234.5000"),
        ('"$1,234,567.89"', "1234567.8900"),
        ("￥１２．５", "12.5000"),
        ("'8.00", "8.0000"),
        ("\t8.00\t", "8.0000"),
        ("1.234,50", "0.0000"),
        ("12,34", "0.0000"),
        ("8.00 USD", "0.0000"),
        ("--8", "0.0000"),
    ],
)
def test_amounts_as_shops_write_them_are_counted_and_doubtful_ones_are_not(
    settings: Settings, text: str, amount: str
) -> None:
    cell = text if text.startswith('"') or "," not in text else f'"{text}"'
    line = f"2026-07-18,12:59:30,Eastern Time (US & Canada),Latte,1.0,{cell},T1,Payment,Main Street"
    rows = f"{SQUARE_HEADER}\n{line}\n"
    drop(settings, "items.csv", rows.encode(), source="square")
    ingest(settings)
    totals = query(settings, "select currency_code, row_count, amount::varchar from lake.load_totals")
    assert totals == [("USD", 1, amount)]
