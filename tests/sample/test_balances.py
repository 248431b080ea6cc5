from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from clientele.sample.balances import StoredValues, pay_from_balances
from clientele.sample.catalogue import STORED_VALUE
from clientele.sample.people import People, draw_people
from clientele.sample.purchases import Lines, Receipts, draw_lines, draw_receipts
from clientele.sample.randomness import Draws
from clientele.sample.timeline import NO_TIME, Timeline

TIMELINE = Timeline(end=date(2026, 6, 30), months=24)


@pytest.fixture(scope="module")
def shop() -> tuple[People, Receipts, Lines, StoredValues]:
    draws = Draws(3)
    people = draw_people(draws, TIMELINE, np.arange(4_000), 4_000)
    till, _ = draw_receipts(draws, TIMELINE, people)
    lines = draw_lines(draws, till)
    till, stored_values = pay_from_balances(draws, TIMELINE, people, till, lines)
    return people, till, lines, stored_values


def test_a_balance_is_what_was_paid_in_less_what_was_paid_from_it(
    shop: tuple[People, Receipts, Lines, StoredValues],
) -> None:
    people, till, lines, stored_values = shop
    from_balance = np.flatnonzero(till.payment == STORED_VALUE)
    assert len(from_balance) > 500
    left = {
        person: int(stored_values.deposit[person]) for person in np.unique(till.person[from_balance]).tolist()
    }
    for receipt in from_balance[np.argsort(till.time[from_balance])].tolist():
        person = int(till.person[receipt])
        assert till.card[receipt] == 0
        assert till.time[receipt] >= stored_values.opened[person] != NO_TIME
        left[person] -= int(lines.net[lines.receipt == receipt].sum())
        is_open, balance = stored_values.at(np.array([person]), np.array([0]), np.array([till.time[receipt]]))
        assert is_open[0]
        assert left[person] >= 0
        assert balance[0] == (left[person] if left[person] >= 8_000 else 0)
    assert people.is_member[list(left)].all()


def test_a_card_holds_nothing_before_it_was_opened_and_the_second_card_never(
    shop: tuple[People, Receipts, Lines, StoredValues],
) -> None:
    _, _, _, stored_values = shop
    person = np.flatnonzero(stored_values.opened != NO_TIME)
    opened = stored_values.opened[person]
    first, second = np.zeros_like(person), np.ones_like(person)
    assert stored_values.at(person, first, opened)[0].all()
    assert not stored_values.at(person, first, opened - 1)[0].any()
    assert not stored_values.at(person, second, opened)[0].any()
