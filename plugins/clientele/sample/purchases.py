"""What a block of people buys: receipts at the till, orders on the web, and their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.catalogue import (
    CATEGORY_WEIGHTS,
    PRODUCTS,
    PRODUCTS_PER_CATEGORY,
    STORE_WITHOUT_UPDATE_TIMES,
    STORED_VALUE,
    STORES,
)
from clientele.sample.people import (
    LINK_EMAIL,
    MAXIMUM_RECEIPTS,
    SEASONAL,
    People,
)
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline

# How a receipt says whose it is.
NOBODY, CARD, PHONE, ACCOUNT, EMAIL = range(5)

_PRICES = np.array([product.price for product in PRODUCTS], dtype=np.int64)
_IS_WEIGHED = np.array([product.is_weighed for product in PRODUCTS])
_LINES_PER_RECEIPT = (250, 270, 200, 130, 80, 45, 25)
_OPENING, _CLOSING = 9 * 3600, 22 * 3600
#: Receipt numbers are scattered by an odd factor, which no two numbers below 2**40 survive alike.
_SCATTER, _NUMBER_SPACE = 0x9E3779B97F, 1 << 40
_NUMBERS_PER_PERSON = 1024


@dataclass(frozen=True)
class Receipts:
    """Receipts of one channel; one element per receipt, times in seconds since the local midnight of day 0.

    ``person`` is the position in the block, ``index`` counts the receipts of one person over both channels.
    """

    person: IntArray
    number: IntArray
    index: IntArray
    day: IntArray
    time: IntArray
    store: IntArray
    identified_by: IntArray
    card: IntArray
    payment: IntArray
    lines: IntArray
    wealth: IntArray
    contract: IntArray

    @property
    def is_dated(self) -> BoolArray:
        """The system that wrote the receipt also wrote when its rows were updated."""
        is_dated: BoolArray = self.store != STORE_WITHOUT_UPDATE_TIMES
        return is_dated

    def take(self, chosen: BoolArray) -> Receipts:
        return Receipts(**{name: values[chosen] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Lines:
    """Lines as they were truly sold; amounts in fen, quantities in thousandths, ``receipt`` is a position."""

    receipt: IntArray
    line_no: IntArray
    product: IntArray
    quantity: IntArray
    price: IntArray
    discount: IntArray
    net: IntArray
    cost: IntArray


def receipt_numbers(person_number: IntArray, index: IntArray, *, is_return: bool) -> IntArray:
    """Numbers that are unique in the shop and tell nothing of the person."""
    plain = person_number * _NUMBERS_PER_PERSON + index + (MAXIMUM_RECEIPTS if is_return else 0)
    scattered = plain.astype(np.uint64) * np.uint64(_SCATTER) % np.uint64(_NUMBER_SPACE)
    return scattered.astype(np.int64)


def draw_receipts(draws: Draws, timeline: Timeline, people: People) -> tuple[Receipts, Receipts]:
    """The receipts at the till and the orders on the web."""
    person = np.repeat(np.arange(len(people.number)), people.receipts)
    starts = np.cumsum(people.receipts) - people.receipts
    index = np.arange(len(person)) - starts[person]
    number = people.number[person]
    keys = (number, index)

    day = people.active_from[person] + draws.below("day", people.active_days[person], *keys)
    season = timeline.season_days[draws.below("season_day", len(timeline.season_days), *keys)]
    day = np.where(people.habit[person] == SEASONAL, season, day)
    is_first = index == 0
    day = np.where((number == 0) & is_first, timeline.last_day, day)

    is_web = people.has_web[person] & (~people.has_till[person] | draws.happens("is_web", 330, *keys))
    open_clock = _OPENING + draws.below("till_clock", _CLOSING - _OPENING, *keys)
    clock = np.where(is_web, draws.below("web_clock", SECONDS_PER_DAY, *keys), open_clock)
    elsewhere = draws.below("store", len(STORES), *keys)
    store = np.where(draws.happens("at_home", 800, *keys), people.home_store[person], elsewhere)
    identified_by = _identified_by(draws, people, person, is_web, is_first, keys)
    payment = draws.choose("payment", (40, 28, 16, 10, 6), *keys)
    # Whether a balance is there to pay from is known when all receipts are, see ``balances``.
    payment = np.where(payment == STORED_VALUE, 0, payment)
    receipts = Receipts(
        person=person,
        number=number,
        index=index,
        day=day,
        time=day * SECONDS_PER_DAY + clock,
        store=np.where(is_web, -1, store),
        identified_by=identified_by,
        card=(people.has_second_card[person] & draws.happens("second_card_used", 400, *keys)).astype(
            np.int64
        ),
        payment=payment,
        lines=1 + draws.choose("lines", _LINES_PER_RECEIPT, *keys),
        wealth=people.wealth[person],
        contract=people.contract[person],
    )
    return receipts.take(~is_web), receipts.take(is_web)


def _identified_by(
    draws: Draws,
    people: People,
    person: IntArray,
    is_web: BoolArray,
    is_first: BoolArray,
    keys: tuple[IntArray, IntArray],
) -> IntArray:
    """Members mostly show their card; the first receipt of anybody without a card names the person."""
    is_member = people.is_member[person]
    forgotten = draws.below("card_forgotten", 1000, *keys)
    without_card = np.where((forgotten < 100) & people.has_card_phone[person], PHONE, NOBODY)
    member_at_till = np.where((forgotten < 260) & ~is_first, without_card, CARD)
    other_at_till = np.where((forgotten < 80) & ~is_first, NOBODY, PHONE)
    at_till = np.where(is_member, member_at_till, other_at_till)
    guest = np.where(people.web_shows_email[person], EMAIL, PHONE)
    orders_as_guest = is_member & (people.web_link[person] == LINK_EMAIL) & (forgotten < 120)
    on_web = np.where(people.is_guest[person], guest, np.where(orders_as_guest, EMAIL, ACCOUNT))
    return np.where(is_web, on_web, at_till)


def net_amount(quantity: IntArray, price: IntArray, discount: IntArray) -> IntArray:
    """Price times quantity, half a fen rounded up, less the discount."""
    return (price * quantity + 500) // 1000 - discount


def draw_lines(draws: Draws, receipts: Receipts) -> Lines:
    """The lines of the receipts, numbered from 1 on each."""
    receipt = np.repeat(np.arange(len(receipts.number)), receipts.lines)
    starts = np.cumsum(receipts.lines) - receipts.lines
    line_no = np.arange(len(receipt)) - starts[receipt] + 1
    keys = (receipts.number[receipt], receipts.index[receipt], line_no)

    category = np.zeros(len(receipt), dtype=np.int64)
    wealth = receipts.wealth[receipt]
    for level, weights in enumerate(CATEGORY_WEIGHTS):
        category = np.where(wealth == level, draws.choose("category", weights, *keys), category)
    product = category * PRODUCTS_PER_CATEGORY + draws.below("product", PRODUCTS_PER_CATEGORY, *keys)
    price = _PRICES[product]
    pieces = 1 + np.where(price < 10_000, draws.choose("pieces", (62, 22, 10, 6), *keys), 0)
    grams = 150 + draws.below("grams", 2_000, *keys)
    quantity = np.where(_IS_WEIGHED[product], grams, pieces * 1000)
    contract = receipts.contract[receipt]
    quantity = np.where(contract > 0, np.maximum(contract // price, 1) * 1000, quantity)
    gross = net_amount(quantity, price, np.zeros_like(price))
    reduction = np.array((0, 5, 10, 20))[draws.choose("reduction", (70, 12, 12, 6), *keys)]
    discount = gross * reduction // 100
    return Lines(
        receipt=receipt,
        line_no=line_no,
        product=product,
        quantity=quantity,
        price=price,
        discount=discount,
        net=gross - discount,
        cost=gross * (58 + draws.below("cost", 20, *keys)) // 100,
    )
