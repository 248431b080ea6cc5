"""Small fictitious exports of the shop systems of the West, as their files look."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

_HEADERS = Path(__file__).parent / "headers"
#: Stand in the exports and must be nowhere outside of the vault.
PLANTED = ("planted", "555-0154", "5550154", "hc 31 box", "leave at the door")


def export(feed: str, rows: Iterable[Mapping[str, str]], line_break: str = "\n") -> bytes:
    """A CSV file with the header of ``headers/<feed>.csv``; what a row does not name is empty."""
    with (_HEADERS / f"{feed}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator=line_break)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def order(name: str, total: str, subtotal: str = "", **further: str) -> dict[str, str]:
    """The first row of a Shopify order: paid, in dollars, of one mug, unless said otherwise."""
    first = {
        "Name": name,
        "Email": "Planted.Guest@Shop.example",
        "Financial Status": "paid",
        "Currency": "USD",
        "Subtotal": subtotal or total,
        "Total": total,
        "Discount Amount": "0.00",
        "Created at": "2026-03-05 22:37:33 -0500",
        "Lineitem quantity": "1",
        "Lineitem name": "Mug",
        "Lineitem price": subtotal or total,
        "Lineitem sku": "MUG-1",
        "Billing Name": "Planted Person",
        "Billing Address1": "HC 31 Box 4500",
        "Billing Zip": "'Planted 1234AB",
        "Notes": "Leave at the door",
    }
    return first | _spaced(further)


def further_item(name: str, **further: str) -> dict[str, str]:
    """A further row of a Shopify order."""
    return {
        "Name": name,
        "Email": "Planted.Guest@Shop.example",
        "Created at": "2026-03-05 22:37:33 -0500",
        "Lineitem quantity": "2",
        "Lineitem name": "Cup",
        "Lineitem price": "10.00",
    } | _spaced(further)


def square_item(transaction: str, net_sales: str, **further: str) -> dict[str, str]:
    """A row of Square's items detail: a latte paid in New York, unless said otherwise."""
    return {
        "Date": "2026-03-05",
        "Time": "22:59:30",
        "Time Zone": "Eastern Time (US & Canada)",
        "Category": "None",
        "Item": "Latte",
        "Qty": "1.0",
        "Modifiers Applied": "12oz, Whole Milk, Cold Foam",
        "Gross Sales": net_sales,
        "Discounts": "$0.00",
        "Net Sales": net_sales,
        "Tax": "$0.62",
        "Transaction ID": transaction,
        "Notes": "Planted note",
        "Event Type": "Payment",
        "Location": "Main",
        "Customer Name": "Planted Person",
        "PAN Suffix": "Planted suffix",
    } | _spaced(further)


def toast_item(check: str, selection: str, net_price: str, **further: str) -> dict[str, str]:
    """A row of Toast's item selections: a martini in the evening, unless said otherwise."""
    return {
        "Location": "106 West 11th Street",
        "Order Id": "1300000015734303122",
        "Order Date": "3/5/26 10:17 PM",
        "Check Id": check,
        "Server": "Planted Server",
        "Item Selection Id": selection,
        "Item Id": "1300000001877960256",
        "Menu Item": "Espresso Martini",
        "Menu Group": "Cocktails",
        "Gross Price": net_price,
        "Discount": "0.00",
        "Net Price": net_price,
        "Qty": "1.0",
        "Tax": "1.99000000",
        "Void?": "false",
        "Deferred": "false",
        "Tab Name": "Planted Tab",
    } | _spaced(further)


def woocommerce_order(number: str, total: str, line_items: str, **further: str) -> dict[str, str]:
    """A row of WooCommerce's orders: completed, by a guest, unless said otherwise."""
    return {
        "order_id": number,
        "order_number": f"#{number}",
        "date": "2026-03-05 22:48:06",
        "status": "completed",
        "order_total": total,
        "customer_id": "0",
        "billing_first_name": "Planted",
        "billing_email": "planted.guest@shop.example",
        "billing_phone": "(775) 555-0154",
        "customer_note": 'Planted note with ""quotes"" | and bars',
        "line_items": line_items,
    } | further


def magento_order(number: str, total: str, **further: str) -> dict[str, str]:
    """A row of Magento's order grid: complete, unless said otherwise."""
    return {
        "ID": number,
        "Purchase Point": "Main Website\n    Main Store\n        Default View",
        "Purchase Date": "Mar 5, 2026 10:37:33 PM",
        "Bill-to Name": "Planted Person",
        "Grand Total (Base)": total,
        "Grand Total (Purchased)": total,
        "Status": "Complete",
        "Customer Email": "PLANTED.guest@shop.example",
        "Shipping and Handling": "0.0000",
    } | _spaced(further)


def _spaced(values: Mapping[str, str]) -> dict[str, str]:
    """Keyword arguments as headers: ``Refunded_Amount`` -> ``Refunded Amount``."""
    return {name.replace("_", " "): value for name, value in values.items()}
