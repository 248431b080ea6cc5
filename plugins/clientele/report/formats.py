"""Figures and dates as a reader of either language expects them: grouped, true minus signs, no locale."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
NOTHING = "–"
MINUS = "−"
#: ISO 4217 for "no currency": rows whose feed carries no money.
NO_CURRENCY = "XXX"

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _rounded(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def count(value: int | None) -> str:
    """``1234`` as ``1,234``; nothing known as a dash."""
    return NOTHING if value is None else _signed(f"{value:,}")


def amount(value: Decimal | None, places: int = 0) -> str:
    """A sum of money rounded half up to ``places`` decimals, without its currency."""
    return NOTHING if value is None else _signed(f"{_rounded(value, places):,}")


def exact_amount(value: Decimal | None) -> str:
    """A sum of money with every decimal it has: at least two, as many more as are not zero."""
    if value is None:
        return NOTHING
    whole, _, decimals = f"{value:,f}".partition(".")
    return _signed(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}")


def number(value: Decimal | None) -> str:
    """A figure of any unit with the decimals it has."""
    if value is None:
        return NOTHING
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return _signed(f"{whole}.{decimals}" if decimals else whole)


def percent(ratio: Decimal | None) -> str:
    """A ratio of 0 to 1 as a percentage with one decimal; a small non-zero one as ``<0.1%``."""
    if ratio is None:
        return NOTHING
    if 0 < ratio < Decimal("0.0005"):
        return "<0.1%"
    return _signed(f"{_rounded(ratio * 100, 1):,}%")


def change(value: int | None) -> str:
    """A difference with its sign: ``+12``, ``−3``, ``±0``."""
    if value is None:
        return NOTHING
    return "±0" if value == 0 else _signed(f"{value:+,}")


def amount_change(value: Decimal | None) -> str:
    """A difference of money in whole units with its sign."""
    return NOTHING if value is None else change(int(_rounded(value, 0)))


def percent_change(ratio: Decimal | None) -> str:
    """A relative difference with its sign: ``+3.5%``, ``−0.4%``, ``±0%``."""
    if ratio is None:
        return NOTHING
    rounded = _rounded(ratio * 100, 1)
    return "±0%" if rounded == 0 else _signed(f"{rounded:+,}%")


def points(difference: Decimal | None, language: Language) -> str:
    """A difference of two ratios in percentage points: ``+3.5 pp``, ``−0.4个百分点``."""
    if difference is None:
        return NOTHING
    rounded = _rounded(difference * 100, 1)
    text = "±0" if rounded == 0 else _signed(f"{rounded:+,}")
    return f"{text}个百分点" if language == "zh" else f"{text} pp"


def day(value: date | None, language: Language) -> str:
    """``31 March 2026`` or ``2026年3月31日``."""
    if value is None:
        return NOTHING
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """``2026-03``."""
    return f"{value:%Y-%m}"


def instant(value: datetime | None, language: Language) -> str:
    """A UTC instant to the minute."""
    return NOTHING if value is None else f"{day(value.date(), language)} {value:%H:%M} UTC"


def currency(code: str | None) -> str:
    """A currency's code; a dash where the feed carries no money."""
    return NOTHING if code in (None, "", NO_CURRENCY) else str(code)
