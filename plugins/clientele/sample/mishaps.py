"""What befalls lines on their way into the files, and what becomes of every row of a file.

At most one thing befalls a receipt, so that the outcome of each row is known when it is written and need not
be found out by reading the files again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from clientele.sample.purchases import NOBODY, Lines, Receipts, net_amount, receipt_numbers
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.timeline import NO_TIME, SECONDS_PER_DAY, Period, Timeline


class Outcome(IntEnum):
    """Where a row of an accepted file ends; its position in the totals."""

    LOADED = 0
    DUPLICATE = 1
    SUPERSEDED = 2
    QUARANTINED = 3


class Kind(IntEnum):
    """The kind of a till row or the status of a web row; ``KIND_TEXTS`` spells them."""

    SALE = 0
    RETURN = 1
    VOID = 2
    PAID = 3
    CANCELLED = 4
    REFUNDED = 5
    PENDING = 6


KIND_TEXTS = tuple(kind.name.lower() for kind in Kind)


class Flaw(IntEnum):
    """What makes a row unreadable."""

    NONE = 0
    BAD_DECIMAL = 1
    BAD_DATE = 2
    UNKNOWN_KIND = 3
    MISSING_KEY = 4
    TOO_FEW_FIELDS = 5
    TOO_MANY_FIELDS = 6


#: Rows that cannot be split into fields have neither a currency nor an amount.
MALFORMED = (Flaw.TOO_FEW_FIELDS, Flaw.TOO_MANY_FIELDS)


class Mishap(IntEnum):
    NONE = 0
    REPEATED = 1
    REPEATED_LATER = 2
    LATE = 3
    CORRECTED = 4
    DISPUTED = 5
    DISPUTED_CORRECTION = 6
    UNREADABLE = 7
    VOIDED = 8
    RETURNED = 9
    RETURNED_WITHOUT_RECEIPT = 10
    DISCOUNTED = 11
    CANCELLED = 12
    PENDING = 13
    REFUNDED = 14
    PARTLY_REFUNDED = 15
    SETTLED_LATER = 16
    REFUNDED_LATER = 17


_COMMON = {
    Mishap.REPEATED: 20,
    Mishap.REPEATED_LATER: 20,
    Mishap.LATE: 40,
    Mishap.CORRECTED: 40,
    Mishap.DISPUTED: 8,
    Mishap.DISPUTED_CORRECTION: 6,
    Mishap.UNREADABLE: 16,
}
#: Receipts of ten thousand to which each befalls.
TILL_MISHAPS: Mapping[Mishap, int] = _COMMON | {
    Mishap.VOIDED: 40,
    Mishap.RETURNED: 240,
    Mishap.RETURNED_WITHOUT_RECEIPT: 50,
    Mishap.DISCOUNTED: 100,
}
WEB_MISHAPS: Mapping[Mishap, int] = _COMMON | {
    Mishap.CANCELLED: 300,
    Mishap.PENDING: 50,
    Mishap.REFUNDED: 150,
    Mishap.PARTLY_REFUNDED: 150,
    Mishap.SETTLED_LATER: 80,
    Mishap.REFUNDED_LATER: 60,
}
#: These wait for a later file; a receipt of the last days has none.
_NEEDS_LATER_FILE = (
    Mishap.REPEATED_LATER,
    Mishap.LATE,
    Mishap.CORRECTED,
    Mishap.DISPUTED_CORRECTION,
    Mishap.SETTLED_LATER,
    Mishap.REFUNDED_LATER,
)
#: These tell rows apart, or pair them, by their time of update.
_NEEDS_UPDATE_TIME = (Mishap.REPEATED_LATER, Mishap.DISPUTED_CORRECTION)
#: These take a line away and must leave the receipt another.
_NEEDS_TWO_LINES = (Mishap.DISPUTED, Mishap.UNREADABLE, Mishap.RETURNED_WITHOUT_RECEIPT)
#: These would leave a person unknown whose first receipt it is.
_NOT_ON_FIRST = (Mishap.VOIDED, Mishap.CANCELLED, Mishap.PENDING)
#: Rare as they are, these befall the first people more often, so that a small shop has them too.
_RARE = (Mishap.DISPUTED, Mishap.DISPUTED_CORRECTION, Mishap.UNREADABLE)
UNLUCKY_PEOPLE = 400
_UNLUCKY_PER_THOUSAND = 15
_LONGEST_RETURN_DAYS = 20
_NOTHING = -1


@dataclass(frozen=True)
class Rows:
    """Rows of one feed's files; one element per row.

    ``receipt`` is the position of the receipt the row counts on (times and days of the row are its own),
    ``original`` the number of the receipt that a return names, or -1; ``product`` is -1 on a discount line
    and ``refunded`` -1 where it is empty; amounts are in fen, quantities in thousandths, times in seconds
    since day 0.
    """

    receipt: IntArray
    number: IntArray
    line_no: IntArray
    original: IntArray
    product: IntArray
    quantity: IntArray
    price: IntArray
    discount: IntArray
    net: IntArray
    cost: IntArray
    refunded: IntArray
    kind: IntArray
    time: IntArray
    updated: IntArray
    identified_by: IntArray
    file: IntArray
    outcome: IntArray
    flaw: IntArray

    def take(self, chosen: BoolArray | IntArray) -> Rows:
        return Rows(**{name: values[chosen] for name, values in vars(self).items()})

    def change(self, **columns: IntArray | int) -> Rows:
        """A copy with columns replaced; a single value goes to every row."""
        size = self.receipt.shape
        return replace(self, **{name: np.broadcast_to(values, size) for name, values in columns.items()})

    @staticmethod
    def join(parts: list[Rows]) -> Rows:
        return Rows(
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
        )

    @property
    def net_sales(self) -> IntArray:
        """What each row adds to net sales, in fen."""
        signs = np.array([1, -1, 0, 1, 0, 1, 0])[self.kind]
        amount = self.net - np.maximum(self.refunded, 0)
        return np.where(self.outcome == Outcome.LOADED, signs * amount, 0)

    @property
    def is_malformed(self) -> BoolArray:
        return np.isin(self.flaw, MALFORMED)

    @property
    def readable_amount(self) -> IntArray:
        """The amount a reader of the file can add up, in fen."""
        return np.where(self.is_malformed | (self.flaw == Flaw.BAD_DECIMAL), 0, self.net)

    @property
    def counts_on_its_own(self) -> BoolArray:
        """Returns that name no receipt."""
        is_own: BoolArray = (self.kind == Kind.RETURN) & (self.original == _NOTHING)
        return is_own


def till_rows(draws: Draws, timeline: Timeline, receipts: Receipts, lines: Lines) -> Rows:
    """The rows of the POS files for these receipts, returns included."""
    fate = _Fate(draws, timeline, timeline.till_periods, receipts, TILL_MISHAPS)
    rows = fate.plain_rows(lines, Kind.SALE)
    rows = fate.apply_common(rows)
    is_void = fate.of(rows) == Mishap.VOIDED
    rows = rows.change(kind=np.where(is_void, Kind.VOID, rows.kind))
    return Rows.join([rows, fate.discount_lines(rows), fate.returns(rows)])


def web_rows(draws: Draws, timeline: Timeline, receipts: Receipts, lines: Lines) -> Rows:
    """The rows of the web shop's files for these orders."""
    fate = _Fate(draws, timeline, timeline.month_periods, receipts, WEB_MISHAPS)
    rows = fate.plain_rows(lines, Kind.PAID)
    rows = fate.apply_common(rows)
    befell = fate.of(rows)
    kind = np.where(befell == Mishap.CANCELLED, Kind.CANCELLED, rows.kind)
    kind = np.where(befell == Mishap.PENDING, Kind.PENDING, kind)
    kind = np.where(befell == Mishap.REFUNDED, Kind.REFUNDED, kind)
    refunded = np.where(kind == Kind.REFUNDED, rows.net, rows.refunded)
    is_part = (befell == Mishap.PARTLY_REFUNDED) & fate.is_struck(rows)
    rows = rows.change(kind=kind, refunded=np.where(is_part, rows.net // 2, refunded))
    return fate.order_updates(rows)


class _Fate:
    """What befalls each receipt of a block, which line it strikes and in which later file it shows."""

    def __init__(
        self,
        draws: Draws,
        timeline: Timeline,
        periods: list[Period],
        receipts: Receipts,
        mishaps: Mapping[Mishap, int],
    ) -> None:
        self._draws, self._timeline, self._receipts = draws, timeline, receipts
        self._keys = (receipts.number, receipts.index)
        self._file_of_day = timeline.file_of_day(periods)
        self._period_ends = np.array([period.last for period in periods])
        self._file = self._file_of_day[receipts.day]
        self._later_file = self._file + 1 + draws.below("later_file", 2, *self._keys)
        has_later_file = self._later_file < len(periods)
        self._later_file = np.minimum(self._later_file, len(periods) - 1)
        self._needs_second_line, self._befell = self._draw(mishaps, has_later_file)
        first_line = np.where(self._needs_second_line, 2, 1)
        self._struck = first_line + draws.below("struck", receipts.lines - first_line + 1, *self._keys)
        self._updated = np.where(
            receipts.is_dated, receipts.time + 60 + draws.below("updated", 540, *self._keys), NO_TIME
        )
        self._later_updated = (
            self._period_ends[self._later_file] * SECONDS_PER_DAY
            + 22 * 3600
            + draws.below("later_updated", 3600, *self._keys)
        )

    def _draw(self, mishaps: Mapping[Mishap, int], has_later_file: BoolArray) -> tuple[BoolArray, IntArray]:
        receipts = self._receipts
        weights = [10_000 - sum(mishaps.values()), *mishaps.values()]
        codes = np.array([Mishap.NONE, *mishaps])
        befell = codes[self._draws.choose("mishap", weights, *self._keys)]
        is_unlucky = self._draws.happens("unlucky", _UNLUCKY_PER_THOUSAND, *self._keys)
        rare = np.array(_RARE)[self._draws.below("rare", len(_RARE), *self._keys)]
        befell = np.where(is_unlucky & (receipts.number < UNLUCKY_PEOPLE), rare, befell)
        needs_second_line = np.isin(befell, _NEEDS_TWO_LINES)
        last, start = self._timeline.last_day, self._timeline.window_start
        self._return_day = receipts.day + self._draws.below("return_after", _LONGEST_RETURN_DAYS, *self._keys)
        on_its_own = befell == Mishap.RETURNED_WITHOUT_RECEIPT
        self._return_day += on_its_own
        is_return = on_its_own | (befell == Mishap.RETURNED)
        # Taken apart by the start of the twelve months, the return alone would leave a negative customer.
        is_split = on_its_own & (receipts.day <= start) & (self._return_day > start)
        impossible = (
            (np.isin(befell, _NEEDS_LATER_FILE) & ~has_later_file)
            | (np.isin(befell, _NEEDS_UPDATE_TIME) & ~receipts.is_dated)
            | (needs_second_line & (receipts.lines < 2))
            | (np.isin(befell, _NOT_ON_FIRST) & (receipts.index == 0))
            | (is_return & (self._return_day > last))
            | is_split
        )
        return needs_second_line & ~impossible, np.where(impossible, Mishap.NONE, befell)

    def of(self, rows: Rows) -> IntArray:
        """What befell the receipt of each row."""
        return self._befell[rows.receipt]

    def is_struck(self, rows: Rows) -> BoolArray:
        """The row is the one line of its receipt that is struck."""
        is_struck: BoolArray = rows.line_no == self._struck[rows.receipt]
        return is_struck

    def plain_rows(self, lines: Lines, kind: Kind) -> Rows:
        """Every line once, in the file of its day, as if nothing had befallen it."""
        receipts, receipt = self._receipts, lines.receipt
        same = np.zeros_like(receipt)
        return Rows(
            receipt=receipt,
            number=receipt_numbers(receipts.number, receipts.index, is_return=False)[receipt],
            line_no=lines.line_no,
            original=same + _NOTHING,
            product=lines.product,
            quantity=lines.quantity,
            price=lines.price,
            discount=lines.discount,
            net=lines.net,
            cost=lines.cost,
            refunded=same + _NOTHING,
            kind=same + kind,
            time=receipts.time[receipt],
            updated=self._updated[receipt],
            identified_by=receipts.identified_by[receipt],
            file=self._file[receipt],
            outcome=same + Outcome.LOADED,
            flaw=same,
        )

    def apply_common(self, rows: Rows) -> Rows:
        """Add the rows of repeats, corrections and disputes; move late rows; spoil unreadable ones."""
        befell, struck = self.of(rows), self.is_struck(rows)
        later_file = self._later_file[rows.receipt]
        is_disputed = (befell == Mishap.DISPUTED) & struck
        is_unreadable = (befell == Mishap.UNREADABLE) & struck
        flaw = 1 + self._draws.below("flaw", len(Flaw) - 1, *(key[rows.receipt] for key in self._keys))
        main = rows.change(
            file=np.where(befell == Mishap.LATE, later_file, rows.file),
            flaw=np.where(is_unreadable, flaw, Flaw.NONE),
            outcome=np.where(is_disputed | is_unreadable, Outcome.QUARANTINED, Outcome.LOADED),
        )
        return Rows.join([*self._corrections(main), *self._disputes(main), *self._repeats(main)])

    def _corrections(self, rows: Rows) -> list[Rows]:
        """The rows with corrected lines in a later file, and the wrong versions that came first."""
        is_corrected = (self.of(rows) == Mishap.CORRECTED) & self.is_struck(rows)
        right = rows.take(is_corrected)
        wrong = _with_quantity(right, right.quantity + 1000).change(outcome=Outcome.SUPERSEDED)
        later = np.where(right.updated == NO_TIME, NO_TIME, self._later_updated[right.receipt])
        right = right.change(file=self._later_file[right.receipt], updated=later)
        return [rows.take(~is_corrected), wrong, right]

    def _disputes(self, rows: Rows) -> list[Rows]:
        """Versions with the same time of update; some in pairs over an older version that stands."""
        struck = self.is_struck(rows)
        disputed = rows.take((self.of(rows) == Mishap.DISPUTED) & struck)
        # Without times, rows dispute each other only within a file; in a later one they would be corrections.
        travels = (disputed.updated != NO_TIME) & (disputed.number % 2 == 0)
        later_file = np.where(travels, self._later_file[disputed.receipt], disputed.file)
        other = _with_quantity(disputed, disputed.quantity + 2000).change(file=later_file)
        standing = rows.take((self.of(rows) == Mishap.DISPUTED_CORRECTION) & struck)
        pair = [
            _with_quantity(standing, standing.quantity + extra).change(
                file=self._later_file[standing.receipt],
                updated=self._later_updated[standing.receipt],
                outcome=Outcome.QUARANTINED,
            )
            for extra in (1000, 2000)
        ]
        return [other, *pair]

    def _repeats(self, rows: Rows) -> list[Rows]:
        struck = self.is_struck(rows)
        within = rows.take((self.of(rows) == Mishap.REPEATED) & struck)
        later = rows.take((self.of(rows) == Mishap.REPEATED_LATER) & struck)
        return [
            within.change(outcome=Outcome.DUPLICATE),
            later.change(outcome=Outcome.DUPLICATE, file=self._later_file[later.receipt]),
        ]

    def discount_lines(self, rows: Rows) -> Rows:
        """A last line that takes a tenth of the first line off the receipt: a sale with a negative amount."""
        first = rows.take((self.of(rows) == Mishap.DISCOUNTED) & (rows.line_no == 1))
        return first.change(
            line_no=self._receipts.lines[first.receipt] + 1,
            product=_NOTHING,
            quantity=1000,
            price=-(first.net // 10),
            discount=0,
            net=-(first.net // 10),
            cost=0,
        )

    def returns(self, rows: Rows) -> Rows:
        """Return rows: of one line, a part of it or the whole receipt, on the day of the return."""
        befell = self.of(rows)
        keys = tuple(key[rows.receipt] for key in self._keys)
        is_whole = self._draws.happens("whole_receipt", 300, *keys)
        named = (befell == Mishap.RETURNED) & (is_whole | self.is_struck(rows))
        unnamed = (befell == Mishap.RETURNED_WITHOUT_RECEIPT) & self.is_struck(rows)
        sold = rows.take(named | unnamed)
        names_receipt, is_whole = named[named | unnamed], is_whole[named | unnamed]
        can_be_part = names_receipt & ~is_whole & (sold.quantity % 1000 == 0) & (sold.number % 2 == 0)
        returned = _part_of(sold, np.where(can_be_part, np.minimum(sold.quantity, 1000), sold.quantity))
        day = self._return_day[sold.receipt]
        clock = 22 * 3600 + self._draws.below(
            "return_clock", 1800, *(key[sold.receipt] for key in self._keys)
        )
        time = day * SECONDS_PER_DAY + clock
        forgets_card = names_receipt & (sold.number % 3 == 0)
        receipts = self._receipts
        return returned.change(
            number=receipt_numbers(receipts.number, receipts.index, is_return=True)[sold.receipt],
            original=np.where(names_receipt, sold.number, _NOTHING),
            kind=Kind.RETURN,
            time=time,
            updated=np.where(sold.updated == NO_TIME, NO_TIME, time + 60),
            identified_by=np.where(forgets_card, NOBODY, sold.identified_by),
            file=self._file_of_day[day],
        )

    def order_updates(self, rows: Rows) -> Rows:
        """Orders whose later file tells a new status: the row of the older status is superseded."""
        befell = self.of(rows)
        is_updated = np.isin(befell, (Mishap.SETTLED_LATER, Mishap.REFUNDED_LATER))
        before = rows.take(is_updated)
        settles = befell[is_updated] == Mishap.SETTLED_LATER
        after = before.change(
            kind=np.where(settles, Kind.PAID, Kind.REFUNDED),
            refunded=np.where(settles, before.refunded, before.net),
            file=self._later_file[before.receipt],
            updated=self._later_updated[before.receipt],
        )
        before = before.change(kind=np.where(settles, Kind.PENDING, Kind.PAID), outcome=Outcome.SUPERSEDED)
        return Rows.join([rows.take(~is_updated), before, after])


def _with_quantity(rows: Rows, quantity: IntArray) -> Rows:
    """The same lines for another quantity at the same price and discount."""
    return rows.change(quantity=quantity, net=net_amount(quantity, rows.price, rows.discount))


def _part_of(rows: Rows, quantity: IntArray) -> Rows:
    """The share of the lines that ``quantity`` of their whole quantity makes, fen rounded down."""
    return rows.change(
        quantity=quantity,
        discount=rows.discount * quantity // rows.quantity,
        net=rows.net * quantity // rows.quantity,
        cost=rows.cost * quantity // rows.quantity,
    )
