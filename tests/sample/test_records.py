from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from clientele.sample.mishaps import Flaw, Outcome
from clientele.sample.randomness import Draws
from clientele.sample.records import RecordRows, record_rows
from clientele.sample.timeline import NO_TIME, SECONDS_PER_DAY, Timeline

TIMELINE = Timeline(end=date(2026, 6, 30), months=14)
FLAWS = (Flaw.BAD_DATE, Flaw.MISSING_KEY, Flaw.TOO_FEW_FIELDS)
NUMBER = np.arange(3_000)
DAY = NUMBER % (TIMELINE.last_day + 1)
MUST_STAND = NUMBER % 2 == 0


@pytest.fixture(scope="module", params=[True, False], ids=["timed", "untimed"])
def rows(request: pytest.FixtureRequest) -> RecordRows:
    return record_rows(
        Draws(3),
        TIMELINE,
        "feed",
        TIMELINE.quarter_periods,
        NUMBER,
        np.zeros_like(NUMBER),
        DAY * SECONDS_PER_DAY,
        FLAWS,
        is_small=True,
        has_times=request.param,
        must_stand=MUST_STAND,
    )


def test_every_outcome_and_every_flaw_that_the_feed_can_have_occurs(rows: RecordRows) -> None:
    assert set(rows.outcome.tolist()) == set(Outcome)
    assert set(rows.flaw.tolist()) == {Flaw.NONE, *FLAWS}
    assert (rows.outcome[rows.flaw != Flaw.NONE] == Outcome.QUARANTINED).all()


def test_a_record_counts_once_or_is_set_aside_as_a_whole(rows: RecordRows) -> None:
    assert len(np.unique(rows.loaded)) == len(rows.loaded)
    aside = set(rows.record[rows.outcome == Outcome.QUARANTINED].tolist())
    assert aside.isdisjoint(rows.loaded.tolist())
    assert aside | set(rows.loaded.tolist()) == set(NUMBER.tolist())
    assert not MUST_STAND[list(aside)].any()


def test_rows_in_dispute_share_their_file_and_time_and_differ(rows: RecordRows) -> None:
    disputed = rows.take((rows.outcome == Outcome.QUARANTINED) & (rows.flaw == Flaw.NONE))
    for record in np.unique(disputed.record).tolist():
        pair = disputed.take(disputed.record == record)
        assert sorted(pair.is_right.tolist()) == [False, True]
        assert len(set(pair.file.tolist())) == len(set(pair.updated.tolist())) == 1


def test_what_is_corrected_came_wrong_in_an_earlier_file(rows: RecordRows) -> None:
    wrong = rows.take(rows.outcome == Outcome.SUPERSEDED)
    assert len(wrong.record)
    assert not wrong.is_right.any()
    for record, file, updated in zip(wrong.record, wrong.file, wrong.updated, strict=True):
        right = rows.take((rows.record == record) & (rows.outcome == Outcome.LOADED))
        assert right.is_right.all()
        assert (right.file > file).all()
        assert updated == NO_TIME or (right.updated > updated).all()


def test_nothing_comes_in_a_file_before_its_day(rows: RecordRows) -> None:
    first_file = TIMELINE.file_of_day(TIMELINE.quarter_periods)[DAY]
    assert (rows.file >= first_file[rows.record]).all()
    assert rows.file.max() == len(TIMELINE.quarter_periods) - 1
