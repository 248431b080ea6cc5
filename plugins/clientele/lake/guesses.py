"""What a column of an unknown export seems to hold, by the words of its header and by how its values look.

Pure functions. Contact data is guessed first and generously: a column wrongly kept out of the lake's tables
is found at once, one wrongly let in is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from clientele.lake.descriptions import Contact, plain_header
from clientele.privacy.normalise import normalise_email

Kind = Literal["whole number", "decimal number", "day or time", "text", "nothing"]
Role = Literal["receipt", "line", "account", "time", "amount", "quantity", "currency"]

_NUMBER = re.compile(
    r"[-+(]?\s*(?:[A-Z]{3}|[^\w\s,.()+-])?\s*[-+]?\d[\d,\s]*(?:[.,]\d+)?\s*(?:[^\w\s,.()]|\))?"
)
_WHOLE = re.compile(r"[-+]?\d+")
_DAY = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})\b.*"
)
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_PHONE = re.compile(
    r"(?:\+|00)\d{1,3}[\s().-]?\d[\d\s().-]{5,}|1[3-9]\d{9}|\(\d{3}\)\s?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}"
)
_WORD = re.compile(r"[a-z]+|[\u3400-\u9fff]+")
_CAPITAL_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Share of the values that have to look alike.
_MOST = 0.8
#: Longer cells, and cells of several lines, are no names of columns.
_LONGEST_HEADER = 80

_PERSON = {
    "customer", "client", "buyer", "member", "guest", "contact", "recipient", "receiver", "consignee",
    "person", "first", "last", "middle", "full", "given", "family", "billing", "shipping", "ship", "bill",
    "card", "employee", "server", "cashier", "company", "user",
}  # fmt: skip
_ADDRESS = {"address", "street", "zip", "postcode", "postal", "city", "suburb", "town"}
_FREE_TEXT = {"note", "notes", "comment", "comments", "message", "remark", "remarks", "memo", "feedback"}
_CHINESE_OTHER = (
    "姓名", "收货人", "收件人", "收貨人", "联系人", "聯絡人", "会员名", "會員名", "昵称", "暱稱", "地址",
    "邮编", "身份证", "备注", "備註", "留言", "收银员", "支付宝账号",
)  # fmt: skip
_NUMBERING = {"id", "no", "number", "num", "nr", "code", "reference", "ref"}


@dataclass(frozen=True)
class ColumnGuess:
    """What a column seems to hold; ``contact`` has precedence over ``role``."""

    name: str
    kind: Kind
    contact: Contact | None
    role: Role | None


def guess_column(name: str, values: Sequence[str]) -> ColumnGuess:
    """Guess from a header and some of the values below it; empty ones do not count."""
    known = [unicodedata.normalize("NFKC", value).strip() for value in values]
    known = [value for value in known if value]
    kind = _kind(known)
    contact = _contact(name, known, kind)
    return ColumnGuess(name, kind, contact, None if contact else _role(name, known, kind))


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row can be one of column names: no numbers, days, addresses or long texts in it."""
    return not any(
        _looks_like(_NUMBER, cell)
        or _looks_like(_DAY, cell)
        or _looks_like(_PHONE, cell)
        or normalise_email(cell) is not None
        or len(cell) > _LONGEST_HEADER
        or "\n" in cell
        for cell in cells
    )


def _looks_like(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(unicodedata.normalize("NFKC", text).strip().removeprefix("'")) is not None


def _share(values: Sequence[str], condition: Callable[[str], bool]) -> float:
    return sum(map(condition, values)) / len(values) if values else 0.0


def _kind(values: Sequence[str]) -> Kind:
    if not values:
        return "nothing"
    if _share(values, lambda value: _looks_like(_WHOLE, value)) == 1:
        return "whole number"
    if _share(values, lambda value: _looks_like(_DAY, value)) >= _MOST:
        return "day or time"
    if _share(values, lambda value: _looks_like(_NUMBER, value)) >= _MOST:
        return "decimal number"
    return "text"


def _words(name: str) -> set[str]:
    return set(_WORD.findall(plain_header(_CAPITAL_WITHIN.sub(" ", name))))


def _contact(name: str, values: Sequence[str], kind: Kind) -> Contact | None:
    words, header = _words(name), plain_header(name)
    if words & {"email", "mail"} or _has(header, "邮箱", "郵箱", "邮件", "郵件"):
        return None if kind in ("whole number", "decimal number") else "email"
    if words & {"phone", "mobile", "tel", "telephone", "cell", "cellphone", "fax"} or _has(
        header, "电话", "電話", "手机", "手機", "联系方式"
    ):
        return "phone"
    if words & {"birth", "birthday", "birthdate", "dob"} or _has(header, "生日", "出生"):
        return "birth_date"
    if (
        words & (_ADDRESS | _FREE_TEXT)
        or words & {"surname", "firstname", "lastname", "fullname", "username"}
        or ("name" in words and (words == {"name"} or words & _PERSON))
        or _has(header, *_CHINESE_OTHER)
    ):
        return "other"
    if _share(values, lambda value: normalise_email(value) is not None) >= _MOST:
        return "email"
    return "phone" if _share(values, lambda value: _looks_like(_PHONE, value)) >= _MOST else None


def _role(name: str, values: Sequence[str], kind: Kind) -> Role | None:
    words, header = _words(name), plain_header(name)
    is_numbered = bool(words & _NUMBERING) or _has(header, "号", "號", "编码", "id")
    if _has(header, "行号", "行號") or (words & {"line", "row"} and is_numbered):
        return "line"
    if is_numbered and (
        words & {"receipt", "order", "invoice", "transaction", "ticket", "check"}
        or _has(header, "订单", "訂單", "小票", "流水", "单号", "單號")
    ):
        return "receipt"
    if is_numbered and (
        words & {"member", "customer", "card", "account", "client"}
        or _has(header, "会员", "會員", "客户", "顾客")
    ):
        return "account"
    if words & {"currency"} or _has(header, "币种", "幣別"):
        is_code = _share(values, lambda value: _looks_like(_CURRENCY, value)) >= _MOST
        return "currency" if is_code else None
    if kind == "day or time":
        return "time"
    if kind in ("whole number", "decimal number"):
        if words & {"qty", "quantity", "count", "pieces"} or _has(header, "数量", "數量", "销量"):
            return "quantity"
        if _amount_rank(header, words) is not None:
            return "amount"
    return None


#: What a line came to stands before what one piece costs; the first that a file has is its control total.
_AMOUNTS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (frozenset({"net", "paid"}), ("实付", "实际支付", "实收", "實收")),
    (frozenset({"amount", "sales", "revenue"}), ("金额", "金額", "销售额")),
    (frozenset({"total", "subtotal"}), ("总额", "总金额", "合计", "小计")),
    (frozenset({"price", "gross", "value"}), ("单价", "單價", "价格", "售价")),
)


def _amount_rank(header: str, words: set[str]) -> int | None:
    if words & {"discount", "tax", "cost", "shipping", "refund", "refunded"} or _has(
        header, "折扣", "优惠", "成本", "税", "退款"
    ):
        return None
    ranks = (
        rank
        for rank, (english, chinese) in enumerate(_AMOUNTS)
        if words & english or any(word in header for word in chinese)
    )
    return next(ranks, None)


def amount_of_line(guesses: Sequence[ColumnGuess]) -> str | None:
    """The column that most likely adds up to the money of the file."""
    ranked = [
        (rank, position, guess.name)
        for position, guess in enumerate(guesses)
        if guess.role == "amount"
        and (rank := _amount_rank(plain_header(guess.name), _words(guess.name))) is not None
    ]
    return min(ranked)[2] if ranked else None


def _has(header: str, *parts: str) -> bool:
    return any(part in header for part in parts if not part.isascii()) or any(
        part.isascii() and header.endswith(part) for part in parts
    )
