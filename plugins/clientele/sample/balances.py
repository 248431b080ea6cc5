"""Money paid in advance onto a member's first card, and the receipts that use it up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from clientele.sample.catalogue import STORED_VALUE
from clientele.sample.people import People
from clientele.sample.purchases import CARD, Lines, Receipts
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.timeline import NO_TIME, SECONDS_PER_DAY, Timeline

#: A payment of the customer in fen, and how many of them at most were paid at once.
_PAYMENT, _MOST_PAYMENTS = 50_000, 8
#: A smaller rest is given back: nobody can buy anything with it.
_SMALLEST_BALANCE = 8_000
#: Of a thousand receipts how many are paid from the balance: never, now and then, nearly always.
_HABITS = (0, 250, 900)
#: Later than any time of a sample, so that a person and a time make one sortable number.
_TIMES = 1 << 40


@dataclass(frozen=True)
class StoredValues:
    """``opened`` (seconds since day 0, ``NO_TIME`` for none) and ``deposit`` (fen) of each person of a block.

    ``moments`` are the uses in order, each as person * 2**40 + seconds since day 0; ``used`` their running
    sum in fen, over all persons.
    """

    opened: IntArray
    deposit: IntArray
    moments: IntArray
    used: IntArray

    def at(self, person: IntArray, card: IntArray, time: IntArray) -> tuple[BoolArray, IntArray]:
        """Whether a card held stored value at a time, and what was left of it then, in fen."""
        is_open: BoolArray = (card == 0) & (self.opened[person] != NO_TIME) & (time >= self.opened[person])
        totals = np.concatenate([[0], self.used])
        before = totals[np.searchsorted(self.moments, _moment(person, np.zeros_like(time)))]
        until = totals[np.searchsorted(self.moments, _moment(person, time), side="right")]
        left = self.deposit[person] - (until - before)
        return is_open, np.where(is_open & (left >= _SMALLEST_BALANCE), left, 0)

    @property
    def is_used(self) -> BoolArray:
        """By person: something was ever paid from the balance."""
        is_used = np.zeros(len(self.deposit), dtype=bool)
        is_used[self.moments // _TIMES] = True
        return is_used


def pay_from_balances(
    draws: Draws, timeline: Timeline, people: People, receipts: Receipts, lines: Lines
) -> tuple[Receipts, StoredValues]:
    """The receipts of the till, some of them now paid from a balance, and the balances."""
    number = people.number
    has_value = people.is_member & (people.traits % 4 == 0)
    joined_day = people.joined // SECONDS_PER_DAY
    opens_later = draws.happens("stored_value_later", 350, number)
    later = draws.below("stored_value_opened", np.maximum(timeline.last_day - joined_day, 1), number)
    opened = people.joined + np.where(opens_later, later, 0) * SECONDS_PER_DAY
    opened = np.where(has_value, opened, NO_TIME)
    deposit = _PAYMENT * (1 + draws.below("stored_value_deposit", _MOST_PAYMENTS, number))
    habit = np.array(_HABITS)[draws.choose("stored_value_habit", (35, 30, 35), number)]

    amount = np.zeros(len(receipts.number), dtype=np.int64)
    np.add.at(amount, lines.receipt, lines.net)
    person = receipts.person
    wants = (
        has_value[person]
        & (receipts.identified_by == CARD)
        & (receipts.card == 0)
        & (receipts.time >= opened[person])
        & (draws.below("stored_value_use", 1000, receipts.number, receipts.index) < habit[person])
    )
    chosen = np.flatnonzero(wants)
    chosen = chosen[np.lexsort((receipts.index[chosen], receipts.time[chosen], person[chosen]))]
    sums = np.cumsum(amount[chosen])
    is_first = np.ones(len(chosen), dtype=bool)
    is_first[1:] = person[chosen[1:]] != person[chosen[:-1]]
    before = np.maximum.accumulate(np.where(is_first, sums - amount[chosen], 0))
    paid = chosen[sums - before <= deposit[person[chosen]]]
    payment = receipts.payment.copy()
    payment[paid] = STORED_VALUE
    return replace(receipts, payment=payment), StoredValues(
        opened=opened,
        deposit=deposit,
        moments=_moment(person[paid], receipts.time[paid]),
        used=np.cumsum(amount[paid]),
    )


def _moment(person: IntArray, time: IntArray) -> IntArray:
    return person * _TIMES + np.maximum(time, 0)
