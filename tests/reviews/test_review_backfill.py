"""Reviews of many months: in order, each after the one before, from one build where nothing was sealed."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import date

import pytest
from filelock import FileLock, Timeout
from review_builds import DATES
from review_shop import at

from clientele.errors import ConfigurationError, GateFailedError
from clientele.lake.reviews import read_reviews
from clientele.reviews import backfill
from clientele.reviews.decide import approve_review
from clientele.reviews.proposal import propose_review

BOTH = ["appliance_spend", "value_pyramid"]
LAST = date(2026, 4, 30)


def say(line: str) -> None:
    del line


def go(settings, first=DATES[1], last=LAST, scheme_ids=None):
    return backfill.backfill_reviews(settings, first, last, scheme_ids, "Wang", say, now=at("2026-05-01"))


def reviewed(settings, day):
    propose_review(settings, day, None, say, now=at("2026-05-01"))
    return approve_review(settings, day, "Wang", "person", say, now=at("2026-05-01"))


def test_one_build_serves_all_months_and_reaches_as_far_back_as_each_of_them_would(settings, builds):
    made = go(settings)
    assert builds.counted == 1
    assert builds.variables == {"recent_months": 14, "review_months": 38}
    assert [record.as_of_date for record in made] == list(DATES[1:])
    assert [record.known_sequence_number for record in made] == [0, 1, 2]
    assert read_reviews(settings) == made
    assert not (settings.warehouse / "reviews" / "backfill").exists()


def test_months_whose_exports_have_not_come_are_not_sealed(settings, builds):
    builds.last_sale = DATES[2]
    with pytest.raises(ConfigurationError, match="no sale of 2026-04 has come yet"):
        go(settings)
    assert read_reviews(settings) == []
    assert [record.as_of_date for record in go(settings, last=DATES[2])] == list(DATES[1:3])
    with pytest.raises(ConfigurationError, match="no sale of 2026-04 has come yet"):
        go(settings)
    assert len(read_reviews(settings)) == 2


def test_each_month_takes_what_the_months_before_it_left(settings, builds):
    counts = [[scheme.decisions_count for scheme in record.schemes] for record in go(settings)]
    assert counts == [[4, 4], [2, 2], [2, 2]]


def test_a_backfill_seals_what_reviewing_month_by_month_seals(settings, builds, tmp_path):
    shutil.copytree(settings.home, tmp_path / "monthly")
    monthly = dataclasses.replace(settings, home=tmp_path / "monthly")
    at_once = go(settings)
    one_by_one = [reviewed(monthly, day) for day in DATES[1:]]
    assert [record.schemes for record in at_once] == [record.schemes for record in one_by_one]


def test_once_a_scheme_was_reviewed_every_month_has_a_build_of_its_own(settings, builds):
    reviewed(settings, DATES[1])
    made = go(settings)
    assert [record.as_of_date for record in made] == list(DATES[2:])
    # The build besides is for the one scheme of the shop that has nothing to decide, and so no review.
    assert builds.counted == 1 + 1 + 2
    assert go(settings) == []


def test_a_month_in_which_some_schemes_were_reviewed_is_sealed_for_the_others(settings, builds):
    propose_review(settings, DATES[2], BOTH[:1], say)
    approve_review(settings, DATES[2], "Wang", "person", say)
    go(settings)
    sealed = [(record.as_of_date, sorted(record.scheme_ids)) for record in read_reviews(settings)]
    assert sealed == [(DATES[2], BOTH[:1]), (DATES[1], BOTH[1:]), (DATES[2], BOTH[1:]), (DATES[3], BOTH)]
    assert go(settings) == []


def test_months_without_anything_to_decide_do_not_stop_the_same_call_from_going_on(settings, builds):
    before = date(2025, 10, 31)
    assert len(go(settings, before, DATES[2])) == 3
    made = go(settings, before, LAST, BOTH)
    assert [(record.as_of_date, sorted(record.scheme_ids)) for record in made] == [(LAST, BOTH)]
    assert go(settings, before, LAST, BOTH) == []


def test_a_scheme_that_has_nothing_to_decide_any_more_does_not_stop_the_others(settings, builds):
    builds.schemes = (*BOTH, "buyer_type")
    go(settings, last=DATES[2])
    builds.schemes = tuple(BOTH)
    made = go(settings, scheme_ids=[*BOTH, "buyer_type"])
    assert [(record.as_of_date, sorted(record.scheme_ids)) for record in made] == [(LAST, BOTH)]
    assert go(settings) == []


def test_a_backfill_that_was_interrupted_goes_on_after_the_last_sealed_month(settings, builds, monkeypatch):
    sealing = backfill.seal
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return sealing(*arguments)

    monkeypatch.setattr(backfill, "seal", interrupted)
    with pytest.raises(KeyboardInterrupt):
        go(settings)
    assert len(go(settings)) == 2
    assert [record.as_of_date for record in read_reviews(settings)] == list(DATES[1:])


def test_schemes_that_were_never_reviewed_are_backfilled_at_once_beside_others(settings, builds):
    propose_review(settings, LAST, BOTH[:1], say)
    approve_review(settings, LAST, "Wang", "person", say)
    made = go(settings, last=DATES[2], scheme_ids=BOTH[1:])
    assert [record.review_id for record in made] == ["2026-02-28", "2026-03-31"]
    assert [record.known_sequence_number for record in made] == [1, 2]
    assert builds.counted == 2


def test_what_somebody_else_sealed_during_the_build_is_not_sealed_once_more(settings, builds, monkeypatch):
    def overtaken(*arguments):
        findings = builds(*arguments)
        reviewed(settings, DATES[2])
        return findings

    monkeypatch.setattr(backfill, "build_and_check", overtaken)
    with pytest.raises(GateFailedError, match="2026-03-31 was sealed after"):
        go(settings)
    monkeypatch.setattr(backfill, "build_and_check", builds)
    go(settings)
    assert [record.review_id for record in read_reviews(settings)] == ["2026-03-31", "2026-04-30"]


def test_one_backfill_at_a_time_is_under_way(settings, builds, monkeypatch):
    def meanwhile(*arguments):
        with pytest.raises(Timeout):
            FileLock(settings.warehouse / "reviews" / "backfill.lock", timeout=0).acquire()
        return builds(*arguments)

    monkeypatch.setattr(backfill, "build_and_check", meanwhile)
    assert len(go(settings)) == 3


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 2, 27), LAST), (DATES[1], date(2026, 4, 29)), (LAST, DATES[1])]
)
def test_the_dates_are_month_ends_in_order(settings, builds, first, last):
    with pytest.raises(ConfigurationError):
        go(settings, first, last)


def test_month_ends_come_one_after_the_other():
    days = list(backfill.month_ends(date(2023, 12, 31), date(2024, 3, 31)))
    assert days == [date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
