"""The people of the sample shop: who they are, which accounts they use and how they shop.

Everything about a person is drawn from the person's number, so any block of people can be made again at any
time and nothing about them has to be kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.timeline import DAYS_BEFORE, SECONDS_PER_DAY, Timeline

MAXIMUM_CUSTOMERS = 40_000_000
#: Of every so many people the first few gave the phone of the shop's counter: a phone on too many cards.
COUNTER_PHONE_EVERY, COUNTER_PHONE_CARDS = 400, 8
#: Receipts of one person are numbered below this; returns follow above it.
MAXIMUM_RECEIPTS = 500

# What links a person's accounts, as the identity rules see it.
LINK_NONE, LINK_ACCOUNT, LINK_PHONE, LINK_EMAIL = range(4)
# How a person shops over the history.
LOYAL, SEASONAL, LAPSED, NEW = range(4)
# People without a card: phone at the till, web account, both with one phone, web guests by e-mail or phone.
TILL_PHONE, WEB_ACCOUNT, TILL_AND_WEB, GUEST_EMAIL, GUEST_PHONE = range(5)

#: In every tenth of these groups a few cards name each other, or themselves, as the one who brought them.
_REFERRAL_LOOPS_EVERY = 10 * COUNTER_PHONE_EVERY
_REFERRAL_LOOPS = {2: 3, 3: 2, 4: 4, 5: 6, 6: 7, 7: 5}
#: What a firm with a contract spends over the history, in fen, and the lines per receipt it is spread over.
_CONTRACT_AMOUNT = 1_300_000_000
_CONTRACT_LINES = 3

#: Receipts in 24 months of full activity: (share in a thousand, fewest, most).
_ACTIVITY = ((280, 1, 4), (300, 4, 10), (260, 10, 24), (115, 24, 50), (38, 50, 110), (7, 110, 230))
_PHONE_SPELLINGS = 8
_FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")


@dataclass(frozen=True)
class People:
    """A block of people; every field has one element per person.

    ``joined`` is in seconds since day 0 (negative: before the history), ``second_joined`` the second card's;
    ``referrer`` is the number of the person who brought this one, or -1; ``contract`` the fen that a firm
    with a contract spends on each line, else 0; ``traits`` any bits for what hangs together with nothing.
    """

    number: IntArray
    is_member: BoolArray
    has_second_card: BoolArray
    second_link: IntArray
    without_card: IntArray
    has_web: BoolArray
    web_link: IntArray
    has_till: BoolArray
    has_card_phone: BoolArray
    has_card_email: BoolArray
    has_counter_phone: BoolArray
    home_store: IntArray
    wealth: IntArray
    habit: IntArray
    active_from: IntArray
    active_days: IntArray
    receipts: IntArray
    joined: IntArray
    second_joined: IntArray
    referrer: IntArray
    contract: IntArray
    traits: IntArray

    @property
    def is_business(self) -> BoolArray:
        """One card in fifty belongs to a firm."""
        is_business: BoolArray = self.is_member & (self.traits // 29 % 50 == 0)
        return is_business

    @property
    def is_in_referral_loop(self) -> BoolArray:
        """Following who brought whom from here leads back here."""
        place = self.number % _REFERRAL_LOOPS_EVERY
        is_in_loop: BoolArray = self.has_counter_phone & np.isin(place, list(_REFERRAL_LOOPS))
        return is_in_loop

    @property
    def is_guest(self) -> BoolArray:
        is_guest: BoolArray = ~self.is_member & (self.without_card >= GUEST_EMAIL)
        return is_guest

    @property
    def web_shows_phone(self) -> BoolArray:
        """Their web orders carry their own phone."""
        by_phone = np.where(self.is_member, self.web_link == LINK_PHONE, self.without_card == TILL_AND_WEB)
        by_account = (
            self.is_member & (self.web_link == LINK_ACCOUNT) & self.has_card_phone & (self.number % 2 == 0)
        )
        by_guest = ~self.is_member & (self.without_card == GUEST_PHONE)
        shows_phone: BoolArray = self.has_web & (by_phone | by_account | by_guest)
        return shows_phone

    @property
    def web_shows_email(self) -> BoolArray:
        shows_email: BoolArray = self.has_web & (self.is_member | (self.without_card != GUEST_PHONE))
        return shows_email


def draw_people(draws: Draws, timeline: Timeline, number: IntArray, customers: int) -> People:
    """The people with these numbers in a shop of ``customers`` people."""
    group_end = number - number % COUNTER_PHONE_EVERY + COUNTER_PHONE_CARDS
    has_counter_phone = (number % COUNTER_PHONE_EVERY < COUNTER_PHONE_CARDS) & (group_end <= customers)
    is_member = is_member_number(draws, number) | has_counter_phone
    without_card = draws.choose("without_card", (55, 25, 8, 7, 5), number)
    own_phone = is_member & ~has_counter_phone
    has_web = np.where(
        is_member, own_phone & draws.happens("has_web", 420, number), without_card != TILL_PHONE
    )
    web_link = np.where(
        is_member & has_web, LINK_ACCOUNT + draws.choose("web_link", (40, 35, 25), number), LINK_NONE
    )
    has_second_card = own_phone & draws.happens("second_card", 45, number)
    second_link = np.where(
        has_second_card, LINK_ACCOUNT + draws.choose("second_link", (20, 50, 30), number), LINK_NONE
    )
    # Two cards can only name one web account where the cards name a web account at all.
    second_link = np.where(
        (second_link == LINK_ACCOUNT) & (web_link != LINK_ACCOUNT), LINK_PHONE, second_link
    )
    needs_phone = (web_link == LINK_PHONE) | (second_link == LINK_PHONE)
    needs_email = (web_link == LINK_EMAIL) | (second_link == LINK_EMAIL)

    last = timeline.last_day
    habit = draws.choose("habit", (48, 15, 21, 16), number)
    share = draws.below("habit_share", 1000, number)
    active_from = np.where(habit == NEW, last * (550 + share * 430 // 1000) // 1000, 0)
    active_to = np.where(habit == LAPSED, last * (100 + share * 750 // 1000) // 1000, last)
    active_days = np.maximum(active_to - active_from + 1, 1)

    level = draws.choose("activity", [part[0] for part in _ACTIVITY], number)
    fewest = np.array([part[1] for part in _ACTIVITY])[level]
    most = np.array([part[2] for part in _ACTIVITY])[level]
    full = fewest + draws.below("activity_within", most - fewest + 1, number)
    receipts = np.clip((full * active_days + 365) // 730, 0, MAXIMUM_RECEIPTS)
    never_buys = is_member & draws.happens("never_buys", 70, number)
    # Without a card a person is only known by buying; the first person's purchase marks the last day.
    must_buy = ~is_member | (number == 0)
    receipts = np.where(must_buy, np.maximum(receipts, 1), np.where(never_buys, 0, receipts))

    before = -1 - draws.below("joined_before", DAYS_BEFORE - 30, number)
    within = active_from + draws.below("joined_within", np.maximum(active_days // 3, 1), number)
    joined_day = np.where((habit == NEW) | draws.happens("joined_in_history", 180, number), within, before)
    clock = 9 * 3600 + draws.below("joined_clock", 12 * 3600, number)
    traits = draws.below("member_traits", 1 << 31, number)
    has_contract = is_member & (traits // 29 % 50 == 0) & draws.happens("contract", 20, number)
    second_day = joined_day + 1 + draws.below("second_joined", np.maximum(last - joined_day, 1), number)
    return People(
        number=number,
        is_member=is_member,
        has_second_card=has_second_card,
        second_link=second_link,
        without_card=without_card,
        has_web=has_web,
        web_link=web_link,
        has_till=is_member | np.isin(without_card, (TILL_PHONE, TILL_AND_WEB)),
        has_card_phone=own_phone & (needs_phone | draws.happens("card_phone", 930, number)),
        has_card_email=own_phone & (needs_email | draws.happens("card_email", 550, number)),
        has_counter_phone=has_counter_phone,
        home_store=draws.choose("home_store", (30, 25, 20, 15, 10), number),
        wealth=draws.choose("wealth", (70, 21, 7, 2), number),
        habit=habit,
        active_from=active_from,
        active_days=active_days,
        receipts=receipts,
        joined=joined_day * SECONDS_PER_DAY + clock,
        second_joined=np.minimum(second_day, last) * SECONDS_PER_DAY + 20 * 3600 + clock // 12,
        referrer=_referrers(draws, number, is_member, has_counter_phone),
        contract=np.where(has_contract, _CONTRACT_AMOUNT // (np.maximum(receipts, 1) * _CONTRACT_LINES), 0),
        traits=traits,
    )


def _referrers(
    draws: Draws, number: IntArray, is_member: BoolArray, has_counter_phone: BoolArray
) -> IntArray:
    """Who brought whom: chains of any depth, some people who brought many, and a few loops.

    Whoever brings somebody has a lower number: half of it, or the hundreds of it.
    """
    hundreds = number - number % 100
    by_hundreds = (number > hundreds) & draws.happens("brought_by_hundreds", 500, number)
    above = np.where(by_hundreds, hundreds, number // 2)
    is_referred = (number > 1) & draws.happens("is_referred", 80, number) & is_member_number(draws, above)
    referrer = np.where(is_member & is_referred, above, -1)
    place = number % _REFERRAL_LOOPS_EVERY
    for here, there in _REFERRAL_LOOPS.items():
        referrer = np.where(has_counter_phone & (place == here), number - here + there, referrer)
    return referrer


def is_member_number(draws: Draws, number: IntArray) -> BoolArray:
    """Who holds a card, before those who left the counter's phone (they always do)."""
    return draws.happens("is_member", 780, number)


def person_id(number: int) -> str:
    return f"person-{number:08d}"


def member_no(number: int, card: int = 0) -> str:
    """The card number; it begins with zeros, which must survive the way through the pipeline."""
    return f"{number * 2 + card + 1:010d}"


def web_account(number: int) -> str:
    return f"web{number * 7 + 1000:09d}"


def phone(number: int) -> str:
    """The person's own phone as eleven digits, plainly counted up: nobody's, but well-formed."""
    return f"199{number:08d}"


def counter_phone(number: int) -> str:
    """The phone of the counter at which the person's group of people signed up."""
    return f"198{number // COUNTER_PHONE_EVERY:08d}"


def card_email(number: int) -> str:
    return f"customer.{number}@example.com"


def web_email(number: int, web_link: int) -> str:
    """The address of the web account: the card's where that is the link, else another of the person's."""
    return card_email(number) if web_link == LINK_EMAIL else f"shopper.{number}@example.net"


def international(digits: str) -> str:
    """A phone in its one normal form (E.164)."""
    return f"+86{digits}"


def spelled_phone(digits: str, spelling: int) -> str:
    """The same phone as different people type it (``spelling`` from 0; any integer)."""
    spelling %= _PHONE_SPELLINGS
    if spelling == 1:
        return f"+86{digits}"
    if spelling == 2:
        return f"+86 {digits[:3]} {digits[3:7]} {digits[7:]}"
    if spelling == 3:
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    if spelling == 4:
        return f"0{digits}"
    if spelling == 5:
        return digits.translate(_FULL_WIDTH)
    if spelling == 6:
        return f"0086{digits}"
    if spelling == 7:
        return f" {digits[:3]} {digits[3:7]} {digits[7:]} "
    return digits


def spelled_email(address: str, spelling: int) -> str:
    """The same address in different case and with stray spaces around it."""
    spelling %= 4
    if spelling == 1:
        return address.upper()
    if spelling == 2:
        return f" {address}"
    if spelling == 3:
        return f"{address.capitalize()}  "
    return address
