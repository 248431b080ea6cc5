"""A made-up shop of any size, for every measurement that begins with exports: same size, same bytes.

Four lines a receipt. One receipt in three shows a card and one in ten a phone, some customers much more often
than others; one line in fifty is a return, and half of those name the receipt. Names with a comma are quoted.
After its months come the files of single days, and files that come late and tell of an old month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from clientele.duck import path_literal

TYPED_COLUMNS = {
    "receipt_no": "varchar",
    "line_no": "integer",
    "store_id": "varchar",
    "sold_at": "timestamp",
    "member_no": "varchar",
    "phone": "varchar",
    "sku": "varchar",
    "product_name": "varchar",
    "category": "varchar",
    "quantity": "decimal(18, 4)",
    "unit_price": "decimal(18, 4)",
    "discount_amount": "decimal(18, 4)",
    "net_amount": "decimal(18, 4)",
    "cost_amount": "decimal(18, 4)",
    "currency_code": "varchar",
    "kind": "varchar",
    "original_receipt_no": "varchar",
    "payment_method": "varchar",
    "updated_at": "timestamp",
}
#: A square makes some customers come often and many seldom.
_OFTEN = "pow(hash(receipt, '{who}') % 1000000 / 1000000.0, 2)"
_RECEIPTS = """
    select
        line,
        line // 4 as receipt,
        strftime(
            begins_at + to_seconds(
                cast(floor((line // 4 * 4 - first_line) * seconds_per_line) as bigint)
            ),
            '%Y-%m-%dT%H:%M:%S+08:00'
        ) as sold_at
    from range({first}, {last}) as lines (line)
    cross join (
        select
            {first} as first_line,
            timestamp '{begin}' as begins_at,
            date_diff('second', timestamp '{begin}', timestamp '{end}') / ({last} - {first} + 4.0)
                as seconds_per_line
    )
"""
_LINES = """
    select
        printf('S%02d-%013d', receipt % 40, receipt) as receipt_no,
        line % 4 + 1 as line_no,
        printf('S%02d', receipt % 40) as store_id,
        sold_at,
        case when receipt % 3 = 0 then printf('M%08d', cast(floor({cards} * {often_card}) as bigint)) end
            as member_no,
        case when receipt % 10 = 1 and {phones} > 0
            then printf('1380%07d', cast(floor({phones} * {often_phone}) as bigint)) end as phone,
        printf('SKU%05d', hash(line) % 5000) as sku,
        case when line % 20 = 0 then '洗衣液, 2 升' else '商品 ' || hash(line) % 5000 end as product_name,
        '类别 ' || hash(line) % 30 as category,
        1 + hash(line) % 3 as quantity,
        printf('%d.%02d', hash(line) % 300 + 1, hash(line) % 100) as unit_price,
        '0.00' as discount_amount,
        printf('%d.%02d', hash(line) % 900 + 1, hash(line) % 100) as net_amount,
        printf('%d.%02d', hash(line) % 500 + 1, hash(line) % 100) as cost_amount,
        'CNY' as currency_code,
        case when line % 50 = 0 then 'return' else 'sale' end as kind,
        case when line % 100 = 0 and receipt >= 4000
            then printf('S%02d-%013d', receipt % 40, receipt - 4000) end as original_receipt_no,
        'wechat' as payment_method,
        sold_at as updated_at
    from ({receipts})
"""
_CARDS = """
    select
        printf('M%08d', number) as member_no,
        case when number % 3 = 0 then printf('1390%07d', number) end as phone,
        ['female', 'male', null][1 + number % 3] as gender,
        1950 + hash(number, 'born') % 55 as birth_year,
        strftime(date '{first_month}' - cast(hash(number, 'joined') % 1000 as integer), '%Y-%m-%d')
            as joined_at,
        printf('S%02d', hash(number, 'home') % 40) as home_store_id,
        'active' as status,
        case when number % 20 = 0 then printf('M%08d', number // 7) end as referrer_member_no,
        strftime(date '{first_month}', '%Y-%m-%dT00:00:00+08:00') as updated_at
    from range({cards}) as numbers (number)
"""


#: So many days after the last month the lines of late files are numbered, beyond those of any day.
_DAYS_BEFORE_LATE_LINES = 10_000


@dataclass(frozen=True)
class Shop:
    """How large: ``lines`` spread evenly over ``months``; four in five ``customers`` hold a card, or all."""

    lines: int
    customers: int = 250_000
    months: int = 24
    first_month: date = date(2024, 1, 1)
    members_only: bool = False

    @property
    def cards(self) -> int:
        return self.customers if self.members_only else self.customers * 4 // 5

    @property
    def phones(self) -> int:
        return self.customers - self.cards

    @property
    def last_day(self) -> date:
        return self.month_start(self.months) - timedelta(days=1)

    @property
    def lines_a_day(self) -> int:
        """Lines of whole receipts, at least one."""
        days = (self.month_start(self.months) - self.first_month).days
        return max(self.lines // days // 4, 1) * 4

    @property
    def lines_numbered(self) -> int:
        """The number of the first line after the last month."""
        return -(-self.lines // 4) * 4

    def month_start(self, month: int) -> date:
        """The first day of a month counted from 0; negative ones lie before the shop opened."""
        index = 12 * self.first_month.year + self.first_month.month - 1 + month
        return date(index // 12, index % 12 + 1, 1)

    def opened_earlier(self, months: int) -> Shop:
        """As many sales a month up to the same day, from ``months`` earlier."""
        return Shop(
            self.lines * (self.months + months) // self.months,
            self.customers,
            self.months + months,
            self.month_start(-months),
            self.members_only,
        )


def write_shop(folder: Path, shop: Shop) -> int:
    """Every export of the months in ``folder``; returns the bytes of the receipt lines."""
    write_cards(folder, shop)
    return sum(file.stat().st_size for file in write_sales(folder, shop))


def write_sales(folder: Path, shop: Shop) -> list[Path]:
    """The receipt lines in ``folder``, one file for each month; returns the files in order of time."""
    return [write_month(folder, shop, month) for month in range(shop.months)]


def write_month(folder: Path, shop: Shop, month: int) -> Path:
    """The receipt lines of one month, counted from 0."""
    first, last = _first_line(shop, month), _first_line(shop, month + 1)
    span = (shop.month_start(month), shop.month_start(month + 1))
    return _write(folder / f"pos_sales_month_{month + 1:03}.csv", _sales(shop, first, last, span))


def write_day(folder: Path, shop: Shop, day: int) -> Path:
    """The receipt lines of one day after the last month, counted from 1."""
    first = shop.lines_numbered + (day - 1) * shop.lines_a_day
    begin = shop.last_day + timedelta(days=day)
    lines = _sales(shop, first, first + shop.lines_a_day, (begin, begin + timedelta(days=1)))
    return _write(folder / f"pos_sales_day_{day:03}.csv", lines)


def write_late(folder: Path, shop: Shop, month: int, number: int) -> Path:
    """The ``number``-th file that comes late: as many lines as a day has, sold in a month counted from 0."""
    first = shop.lines_numbered + (_DAYS_BEFORE_LATE_LINES + number) * shop.lines_a_day
    span = (shop.month_start(month), shop.month_start(month + 1))
    lines = _sales(shop, first, first + shop.lines_a_day, span)
    return _write(folder / f"pos_sales_late_{number:03}.csv", lines)


def write_cards(folder: Path, shop: Shop) -> Path:
    """The cards in ``folder``, one file."""
    return _write(folder / "members_bench.csv", _CARDS.format(cards=shop.cards, first_month=shop.first_month))


def _sales(shop: Shop, first: int, last: int, span: tuple[date, date]) -> str:
    """The lines numbered from ``first`` up to but without ``last``, spread evenly over ``span``."""
    begin, end = span
    return _LINES.format(
        receipts=_RECEIPTS.format(first=first, last=last, begin=begin, end=end),
        cards=shop.cards,
        phones=shop.phones,
        often_card=_OFTEN.format(who="card"),
        often_phone=_OFTEN.format(who="phone"),
    )


def _first_line(shop: Shop, month: int) -> int:
    """Where a month begins; no receipt lies in two months."""
    return shop.lines if month == shop.months else shop.lines * month // shop.months // 4 * 4


def _write(file: Path, query: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to {path_literal(file)} (header)")
    return file
