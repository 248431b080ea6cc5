"""Sales rows as lines of CSV text, in the columns of the exchange format."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientele.sample.catalogue import CURRENCY, DISCOUNT_LINE, PAYMENT_METHODS, PRODUCTS, STORES
from clientele.sample.mishaps import KIND_TEXTS, Flaw, Kind, Rows
from clientele.sample.people import (
    People,
    member_no,
    phone,
    spelled_email,
    spelled_phone,
    web_account,
    web_email,
)
from clientele.sample.purchases import ACCOUNT, CARD, EMAIL, NOBODY, PHONE, Receipts
from clientele.sample.randomness import IntArray
from clientele.sample.timeline import NO_TIME, Timeline

TILL_HEADER = (
    "receipt_no,line_no,store_id,sold_at,member_no,phone,sku,product_name,category,quantity,unit_price,"
    "discount_amount,net_amount,cost_amount,currency_code,kind,original_receipt_no,payment_method,updated_at"
)
WEB_HEADER = (
    "order_no,line_no,created_at,paid_at,status,account_id,email,phone,sku,product_name,category,quantity,"
    "unit_price,discount_amount,net_amount,refunded_amount,cost_amount,currency_code,updated_at"
)
_SECONDS_TO_PAY = 45
#: One day that no calendar has.
_NO_SUCH_TIME = "2025-02-30T10:00:00"
_PRODUCT_TEXTS = (*(product.text for product in PRODUCTS), DISCOUNT_LINE)
#: What cashiers type where a phone is asked for and none is given.
_NO_PHONE = ("", "", "", "", "", "无", "-")


def money(fen: int) -> str:
    """Fen as a decimal text in CNY with two places."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _amounts(fen: IntArray) -> list[str]:
    # Exact: the nearest double of a whole number of fen below 2**53, divided by 100, prints as that number.
    return [f"{value:.2f}" for value in (fen / 100).tolist()]


def _texts(numbers: IntArray) -> list[str]:
    return [str(number) for number in numbers.tolist()]


def _choices(texts: Sequence[str], positions: IntArray) -> list[str]:
    return [texts[position] for position in positions.tolist()]


def _quantities(thousandths: IntArray) -> list[str]:
    return [
        str(value // 1000) if value % 1000 == 0 else f"{value // 1000}.{value % 1000:03d}"
        for value in thousandths.tolist()
    ]


def spoil(
    line: str, flaw: int, columns: Sequence[str], *, key: str, amount: str, time: str, kind: str
) -> str:
    """The line with one thing wrong; the last four arguments name the columns that can be spoilt."""
    fields = line.split(",")
    if flaw == Flaw.BAD_DECIMAL:
        fields[columns.index(amount)] += ".5O"
    elif flaw == Flaw.BAD_DATE:
        fields[columns.index(time)] = _NO_SUCH_TIME
    elif flaw == Flaw.UNKNOWN_KIND:
        fields[columns.index(kind)] = "unclear"
    elif flaw == Flaw.MISSING_KEY:
        fields[columns.index(key)] = ""
    elif flaw == Flaw.TOO_FEW_FIELDS:
        fields = fields[:-4]
    elif flaw == Flaw.TOO_MANY_FIELDS:
        fields.append("surplus")
    return ",".join(fields)


def till_lines(timeline: Timeline, people: People, receipts: Receipts, rows: Rows) -> list[str]:
    """One CSV line per row, in the order of ``rows``."""
    store = receipts.store[rows.receipt]
    person = receipts.person[rows.receipt]
    # Each store's till writes its times in its own way.
    styles = store % 3
    whose = [
        _till_identification(number, card, identified_by, receipt_number)
        for number, card, identified_by, receipt_number in zip(
            people.number[person].tolist(),
            receipts.card[rows.receipt].tolist(),
            rows.identified_by.tolist(),
            rows.number.tolist(),
            strict=True,
        )
    ]
    stores = [STORES[value] for value in store.tolist()]
    columns = [
        [f"{store}-{number:013d}" for store, number in zip(stores, rows.number.tolist(), strict=True)],
        _texts(rows.line_no),
        stores,
        timeline.time_texts(rows.time, styles),
        whose,
        _choices(_PRODUCT_TEXTS, rows.product),
        _quantities(rows.quantity),
        _amounts(rows.price),
        _amounts(rows.discount),
        _amounts(rows.net),
        _amounts(rows.cost),
        [CURRENCY] * len(stores),
        _choices(KIND_TEXTS, rows.kind),
        [
            f"{store}-{number:013d}" if number >= 0 else ""
            for store, number in zip(stores, rows.original.tolist(), strict=True)
        ],
        _choices(PAYMENT_METHODS, receipts.payment[rows.receipt]),
        timeline.time_texts(rows.updated, styles),
    ]
    lines = [",".join(fields) for fields in zip(*columns, strict=True)]
    return _spoil_flawed(lines, rows, TILL_HEADER, key="receipt_no", time="sold_at", kind="kind")


def _till_identification(number: int, card: int, identified_by: int, receipt_number: int) -> str:
    """``member_no,phone`` of a till row."""
    if identified_by == CARD:
        return f"{member_no(number, card)},{_NO_PHONE[receipt_number % len(_NO_PHONE)]}"
    if identified_by == PHONE:
        return f",{spelled_phone(phone(number), receipt_number)}"
    return ","


def web_lines(timeline: Timeline, people: People, receipts: Receipts, rows: Rows) -> list[str]:
    """One CSV line per row, in the order of ``rows``."""
    person = receipts.person[rows.receipt]
    whose = [
        _web_identification(*values)
        for values in zip(
            people.number[person].tolist(),
            people.web_link[person].tolist(),
            people.web_shows_phone[person].tolist(),
            people.web_shows_email[person].tolist(),
            rows.identified_by.tolist(),
            rows.number.tolist(),
            strict=True,
        )
    ]
    styles = np.where(rows.number % 2 == 0, 2, 1)
    is_paid = np.isin(rows.kind, (Kind.PAID, Kind.REFUNDED))
    columns = [
        [f"W{number:013d}" for number in rows.number.tolist()],
        _texts(rows.line_no),
        timeline.time_texts(rows.time, styles),
        timeline.time_texts(np.where(is_paid, rows.time + _SECONDS_TO_PAY, NO_TIME), styles),
        _choices(KIND_TEXTS, rows.kind),
        whose,
        _choices(_PRODUCT_TEXTS, rows.product),
        _quantities(rows.quantity),
        _amounts(rows.price),
        _amounts(rows.discount),
        _amounts(rows.net),
        [
            text if is_known else ""
            for text, is_known in zip(_amounts(rows.refunded), (rows.refunded >= 0).tolist(), strict=True)
        ],
        _amounts(rows.cost),
        [CURRENCY] * len(whose),
        timeline.time_texts(rows.updated, styles),
    ]
    lines = [",".join(fields) for fields in zip(*columns, strict=True)]
    return _spoil_flawed(lines, rows, WEB_HEADER, key="order_no", time="created_at", kind="status")


def _web_identification(
    number: int, web_link: int, shows_phone: bool, shows_email: bool, identified_by: int, order_number: int
) -> str:
    """``account_id,email,phone`` of a web row; a guest has no account and shows one of the other two."""
    email = spelled_email(web_email(number, web_link), order_number) if shows_email else ""
    if identified_by == ACCOUNT:
        digits = spelled_phone(phone(number), order_number) if shows_phone else ""
        return f"{web_account(number)},{email},{digits}"
    if identified_by == EMAIL:
        return f",{email},"
    return f",,{spelled_phone(phone(number), order_number)}" if identified_by != NOBODY else ",,"


def _spoil_flawed(lines: list[str], rows: Rows, header: str, *, key: str, time: str, kind: str) -> list[str]:
    columns = header.split(",")
    for position in np.flatnonzero(rows.flaw).tolist():
        flaw = int(rows.flaw[position])
        lines[position] = spoil(
            lines[position], flaw, columns, key=key, amount="net_amount", time=time, kind=kind
        )
    return lines
