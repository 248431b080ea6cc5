"""Control totals: rows and money of a load, counted from its text before and apart from any typing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb

from clientele.duck import identifier, path_literal
from clientele.lake.descriptions import FeedDescription
from clientele.lake.log import NO_CURRENCY, LoadTotal

_PLAIN_DECIMAL = r"-?[0-9]{1,14}([.][0-9]{1,4})?"
_THOUSANDS = r"([0-9]{1,3}(,[0-9]{3}){1,3}|[0-9]{1,14})([.][0-9]{1,4})?"
_SIGN = "[$€£¥]"
_SHOP_AMOUNT = (
    f"-? ?{_SIGN}? ?{_THOUSANDS}"  # $1,234.50 and -$7.00
    f"|{_SIGN} ?-{_THOUSANDS}"  # $-7.00
    f"|[(]{_SIGN}? ?{_THOUSANDS}[)]"  # ($7.00)
)
_WIDE, _NARROW = "０１２３４５６７８９．，－（）￥＄　", "0123456789.,-()¥$ "
_NOTHING = Decimal("0.0000")


def control_totals(
    connection: duckdb.DuckDBPyConnection, raw_file: Path, feed: FeedDescription, malformed_row_count: int
) -> tuple[LoadTotal, ...]:
    """Rows and amount per currency of a raw file, by currency; exact decimals with four places.

    A row whose amount is no plain decimal counts as a row with amount 0. Rows without a currency of three
    capital letters, and malformed rows, stand under ``XXX``.
    """
    columns = f"{_currency(feed)} as currency_code, count(*), cast(sum({_amount(feed)}) as decimal(38, 4))"
    raw_rows = f"read_parquet([{path_literal(raw_file)}], hive_partitioning = false)"
    # Names and paths are quoted where they are made.
    query = f"select {columns} from {raw_rows} group by all having count(*) > 0 order by all"  # noqa: S608
    rows = connection.execute(query).fetchall()
    totals = {currency: (count, amount) for currency, count, amount in rows}
    if malformed_row_count:
        count, amount = totals.get(NO_CURRENCY, (0, _NOTHING))
        totals[NO_CURRENCY] = (count + malformed_row_count, amount)
    return tuple(
        LoadTotal(currency_code=currency, row_count=count, amount=amount)
        for currency, (count, amount) in sorted(totals.items())
    )


def _currency(feed: FeedDescription) -> str:
    control = feed.control_total
    if control is None:
        return f"'{NO_CURRENCY}'"
    if control.currency_column is None:
        return f"'{control.currency}'"
    code = f"trim({identifier(control.currency_column)})"
    return f"case when regexp_full_match({code}, '[A-Z]{{3}}') then {code} else '{NO_CURRENCY}' end"


def _amount(feed: FeedDescription) -> str:
    control = feed.control_total
    if control is None:
        return "0.0000"
    read = _shop_amount if control.written == "shop" else _plain_amount
    # Two factors of 18 digits need 36; DuckDB would multiply in 18 and raise, even inside try_cast.
    widths = [38, *(18 for _ in control.amount[1:])]
    factors = [
        f"cast({read(identifier(name))} as decimal({width}, 4))"
        for name, width in zip(control.amount, widths, strict=True)
    ]
    return f"coalesce(try_cast({' * '.join(factors)} as decimal(18, 4)), 0)"


def _plain_amount(column: str) -> str:
    """SQL for the decimal that a text is, null where it is none."""
    text = f"trim({column})"
    return f"case when regexp_full_match({text}, '{_PLAIN_DECIMAL}') then cast({text} as decimal(18, 4)) end"


def _shop_amount(column: str) -> str:
    """The same for amounts with a currency sign, commas between thousands, parentheses or wide characters."""
    white_space = "chr(9) || chr(10) || chr(13) || ' '"
    narrow = f"trim(translate({column}, '{_WIDE}', '{_NARROW}'), {white_space})"
    text = f"trim(regexp_replace({narrow}, '^''', ''))"
    digits = f"cast(regexp_replace({text}, '[^0-9.]', '', 'g') as decimal(18, 4))"
    return (
        f"case when regexp_full_match({text}, '{_SHOP_AMOUNT}')"
        f" then case when regexp_matches({text}, '[(-]') then -{digits} else {digits} end end"
    )
