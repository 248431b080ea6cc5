"""One shop written in the formats of several tools: what all of them can say, and nothing else.

Taken from the sample shop: receipts of known customers, at most one a customer and day, one currency. Goods
that were taken back at once stand on their receipt: each format says so in its own way.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from clientele.sample import generate

ZONE = ZoneInfo("Asia/Shanghai")
#: Of one receipt in so many, the first of several lines is taken back.
TAKEN_BACK_EVERY = 7


@dataclass(frozen=True)
class Line:
    """An article on a receipt, one piece of it; times are the shop's own."""

    receipt_no: str
    line_no: int
    store_id: str
    sold_at: datetime
    customer: str
    sku: str
    category: str
    amount: Decimal
    is_taken_back: bool = False


Receipt = Sequence[Line]


def sample_receipts(folder: Path, customers: int, months: int) -> list[Receipt]:
    """The receipts of the sample shop's tills that show a card, without what the sample does to its files."""
    landing = folder / "landing"
    generate(landing, folder / "truth", customers=customers, months=months, end=date(2026, 6, 30), seed=3)
    lines: dict[tuple[str, int], Line] = {}
    for path in sorted(landing.glob("pos_sales*")):
        for row in csv.DictReader(io.StringIO(_text(path))):
            line = _line(row)
            if line is not None:
                lines.setdefault((line.receipt_no, line.line_no), line)
    receipts: dict[tuple[str, date], list[Line]] = {}
    for receipt_no, group in groupby(sorted(lines.values(), key=_place), key=lambda line: line.receipt_no):
        receipt = list(group)
        first = receipt[0]
        is_one = {(line.sold_at, line.customer) for line in receipt} == {(first.sold_at, first.customer)}
        if is_one and receipt_no:
            receipts.setdefault((first.customer, first.sold_at.date()), receipt)
    return [
        _with_goods_taken_back(receipt) if number % TAKEN_BACK_EVERY == 0 else receipt
        for number, receipt in enumerate(receipts.values())
    ]


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def _place(line: Line) -> tuple[str, int]:
    return line.receipt_no, line.line_no


def _line(row: dict[str, str]) -> Line | None:
    """A sale of a known customer that every format can hold; None for anything else."""
    if row["kind"] != "sale" or not row["member_no"] or None in row.values() or None in row:
        return None
    try:
        sold_at = datetime.fromisoformat(row["sold_at"])
        amount = Decimal(row["net_amount"])
    except (ValueError, ArithmeticError):
        return None
    if amount <= 0 or not row["receipt_no"]:
        return None
    if sold_at.tzinfo is not None:
        sold_at = sold_at.astimezone(ZONE).replace(tzinfo=None)
    return Line(
        receipt_no=row["receipt_no"],
        line_no=int(row["line_no"]),
        store_id=row["store_id"],
        sold_at=sold_at.replace(microsecond=0),
        customer=row["member_no"],
        sku=row["sku"],
        category=row["category"],
        amount=amount,
    )


def _with_goods_taken_back(receipt: Receipt) -> Receipt:
    if len(receipt) == 1:
        return receipt
    first = receipt[0]
    back = Line(**{**vars(first), "line_no": receipt[-1].line_no + 1, "is_taken_back": True})
    return [*receipt, back]


def email_of(customer: str) -> str:
    return f"{customer.casefold()}@example.org"


def _rows_generic(receipts: Sequence[Receipt]) -> Iterator[Sequence[str]]:
    yield [
        *("receipt_no", "line_no", "store_id", "sold_at", "member_no", "sku", "category", "quantity"),
        *("net_amount", "currency_code", "kind", "original_receipt_no"),
    ]
    for line in (line for receipt in receipts for line in receipt):
        yield [
            *(line.receipt_no, str(line.line_no), line.store_id, line.sold_at.isoformat(), line.customer),
            *(line.sku, line.category, "1", str(line.amount), "CNY"),
            *(("return", line.receipt_no) if line.is_taken_back else ("sale", "")),
        ]


def _rows_square(receipts: Sequence[Receipt]) -> Iterator[Sequence[str]]:
    yield [
        *("Date", "Time", "Time Zone", "Category", "Item", "Qty", "SKU", "Gross Sales", "Discounts"),
        *("Net Sales", "Tax", "Transaction ID", "Event Type", "Location", "Customer ID", "Unit", "Count"),
    ]
    for line in (line for receipt in reversed(receipts) for line in reversed(receipt)):
        sign = "-" if line.is_taken_back else ""
        money = f"{sign}${line.amount:,}"
        yield [
            *(f"{line.sold_at:%Y-%m-%d}", f"{line.sold_at:%H:%M:%S}", "Beijing", line.category),
            *(f"Article {line.sku}", f"{sign}1.0", line.sku, money, "$0.00", money, "$0.00"),
            *(line.receipt_no, "Refund" if sign else "Payment", line.store_id, line.customer, "ea", "1"),
        ]


def _rows_chinese_pos(receipts: Sequence[Receipt]) -> Iterator[Sequence[str]]:
    yield ["商品ID", "类别ID", "门店编号", "单价", "销量", "成交时间", "订单ID", "会员卡号"]
    for line in (line for receipt in receipts for line in receipt):
        moment = line.sold_at
        yield [
            *(line.sku, line.category, line.store_id, str(line.amount), "-1" if line.is_taken_back else "1"),
            f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment:%M:%S}",
            *(line.receipt_no, line.customer),
        ]


def _rows_woocommerce(receipts: Sequence[Receipt]) -> Iterator[Sequence[str]]:
    yield ["order_id", "order_number", "date", "status", "order_total", "customer_id", "line_items"]
    for receipt in receipts:
        first, kept = receipt[0], _kept(receipt)
        items = [
            f"name:Article {line.sku}|sku:{line.sku}|quantity:1|total:{line.amount}|meta:" for line in kept
        ]
        total = str(sum(line.amount for line in kept))
        yield [
            *(first.receipt_no, f"#{first.receipt_no}", f"{first.sold_at:%Y-%m-%d %H:%M:%S}", "completed"),
            *(total, first.customer, ";".join(items)),
        ]


def _rows_shopify(receipts: Sequence[Receipt]) -> Iterator[Sequence[str]]:
    yield [
        *("Name", "Email", "Financial Status", "Currency", "Subtotal", "Total", "Created at"),
        *("Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Refunded Amount"),
    ]
    for receipt in reversed(receipts):
        sold = [line for line in receipt if not line.is_taken_back]
        total = sum(line.amount for line in sold)
        refunded = total - sum(line.amount for line in _kept(receipt))
        status = "partially_refunded" if refunded else "paid"
        for number, line in enumerate(sold):
            of_order = [status, "CNY", str(total), str(total)] if number == 0 else [""] * 4
            yield [
                *(f"#{line.receipt_no}", email_of(line.customer), *of_order),
                *(f"{line.sold_at:%Y-%m-%d %H:%M:%S} +0800", "1", f"Article {line.sku}", str(line.amount)),
                *(line.sku, str(refunded) if number == 0 else ""),
            ]


def _kept(receipt: Receipt) -> Receipt:
    """What the customer went home with."""
    return receipt[1:-1] if receipt[-1].is_taken_back else receipt


@dataclass(frozen=True)
class Format:
    """A tool's export: its source, the file it writes and how it names a customer.

    Without returns, what was taken back has only lowered what the order came to; with refunds it says by how
    much.
    """

    source: str
    file_name: str
    rows: Callable[[Sequence[Receipt]], Iterator[Sequence[str]]]
    encoding: str = "utf-8"
    knows_customers_by: str = "member"
    has_returns: bool = True
    has_refunds: bool = False

    def write(self, landing: Path, receipts: Sequence[Receipt]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.rows(receipts))
        content = text.getvalue().encode(self.encoding)
        path = landing / self.source / self.file_name
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


FORMATS = (
    Format("generic", "pos_sales.csv.gz", _rows_generic),
    Format("square", "items.csv", _rows_square),
    Format("chinese_pos", "chinese_pos.csv", _rows_chinese_pos, encoding="gb18030"),
    Format("woocommerce", "orders.csv", _rows_woocommerce, knows_customers_by="ecommerce", has_returns=False),
    Format(
        "shopify",
        "orders.csv.gz",
        _rows_shopify,
        knows_customers_by="email",
        has_returns=False,
        has_refunds=True,
    ),
)
