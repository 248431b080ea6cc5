from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from clientele.sample.mishaps import Flaw, Kind, Outcome, Rows, till_rows, web_rows
from clientele.sample.people import draw_people
from clientele.sample.purchases import Receipts, draw_lines, draw_receipts
from clientele.sample.randomness import Draws
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline

TIMELINE = Timeline(end=date(2026, 6, 30), months=14)


@pytest.fixture(scope="module")
def sales() -> tuple[Receipts, Rows, Receipts, Rows]:
    draws = Draws(3)
    people = draw_people(draws, TIMELINE, np.arange(4_000), 4_000)
    till, web = draw_receipts(draws, TIMELINE, people)
    return (
        till,
        till_rows(draws, TIMELINE, till, draw_lines(draws, till)),
        web,
        web_rows(draws, TIMELINE, web, draw_lines(draws, web)),
    )


def test_a_return_on_its_own_never_leaves_its_purchase_outside_the_window(
    sales: tuple[Receipts, Rows, Receipts, Rows],
) -> None:
    till, rows, _, _ = sales
    own = rows.take(rows.counts_on_its_own)
    bought_inside = till.day[own.receipt] > TIMELINE.window_start
    returned_inside = own.time // SECONDS_PER_DAY > TIMELINE.window_start
    assert 0 < bought_inside.sum() < len(bought_inside)
    assert (bought_inside == returned_inside).all()


def test_every_receipt_keeps_a_loaded_line(sales: tuple[Receipts, Rows, Receipts, Rows]) -> None:
    for receipts, rows in (sales[:2], sales[2:]):
        is_loaded = (rows.outcome == Outcome.LOADED) & (rows.kind != Kind.RETURN)
        assert set(rows.receipt[is_loaded].tolist()) == set(range(len(receipts.number)))


def test_loaded_rows_have_one_key_each(sales: tuple[Receipts, Rows, Receipts, Rows]) -> None:
    for rows in sales[1::2]:
        loaded = rows.take(rows.outcome == Outcome.LOADED)
        keys = np.stack([loaded.number, loaded.line_no])
        assert np.unique(keys, axis=1).shape == keys.shape


def test_no_receipt_is_worth_less_than_nothing_after_its_returns(
    sales: tuple[Receipts, Rows, Receipts, Rows],
) -> None:
    for receipts, rows in (sales[:2], sales[2:]):
        named = rows.take(~rows.counts_on_its_own)
        net = np.zeros(len(receipts.number), dtype=np.int64)
        np.add.at(net, named.receipt, named.net_sales)
        assert net.min() == 0


def test_every_flaw_and_every_outcome_occurs(sales: tuple[Receipts, Rows, Receipts, Rows]) -> None:
    rows = Rows.join([sales[1], sales[3]])
    assert set(rows.flaw.tolist()) == set(Flaw)
    assert set(rows.outcome.tolist()) == set(Outcome)
    assert set(rows.kind.tolist()) == set(Kind)


def test_nothing_is_dated_after_the_end(sales: tuple[Receipts, Rows, Receipts, Rows]) -> None:
    for rows in sales[1::2]:
        assert (rows.time // SECONDS_PER_DAY).max() <= TIMELINE.last_day
