"""Candidates: one folder per run, nothing shared, nothing to repair."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from clientele import pipeline
from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.lake.ingest import ingest
from clientele.settings import Settings
from clientele.warehouse.candidate import begin, discard_older, open_candidate

MEMBERS = "member_no,joined_at,status\n1,2026-01-01,active\n"


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A home with one export in its landing folder."""
    home = tmp_path / "home"
    (home / "landing" / "generic").mkdir(parents=True)
    (home / "landing" / "generic" / "members.csv").write_text(MEMBERS, encoding="utf-8")
    return Settings(home=home, settle_seconds=0)


def test_an_empty_lake_says_what_to_do(settings):
    with pytest.raises(UnavailableError, match="clientele ingest"):
        begin(settings, None)


def test_a_candidate_is_found_again_by_its_run_id(settings):
    ingest(settings)
    begun = begin(settings, date(2026, 1, 31))
    assert open_candidate(settings, begun.run_id) == begun
    assert begun.known_load_id == 1


def test_an_unknown_run_is_named(settings):
    with pytest.raises(ConfigurationError, match="run_000009"):
        open_candidate(settings, "run_000009")


def test_every_run_has_a_folder_of_its_own_until_a_newer_one_begins(settings):
    ingest(settings)
    first, second = begin(settings, None), begin(settings, None)
    assert first.directory != second.directory
    discard_older(settings, first)
    assert first.directory.exists()
    discard_older(settings, second)
    assert not first.directory.exists()
    assert second.database.exists()


def test_a_candidate_that_was_never_checked_is_not_published(settings):
    ingest(settings)
    run_id = pipeline.prepare(settings, None)
    with pytest.raises((GateFailedError, UnavailableError)):
        pipeline.publish(settings, run_id)
    assert not (settings.published / "current").exists()


@pytest.mark.parametrize(
    "step",
    [
        lambda settings, run_id: pipeline.check(settings, run_id, "sources"),
        lambda settings, run_id: pipeline.build(settings, run_id, lambda _line: None),
        lambda settings, run_id: pipeline.publish(settings, run_id),
    ],
    ids=["check", "build", "publish"],
)
def test_an_overtaken_run_says_so_at_whichever_step_it_misses_its_candidate(settings, step):
    ingest(settings)
    overtaken = pipeline.prepare(settings, None)
    pipeline.prepare(settings, None)
    with pytest.raises(GateFailedError, match="a newer run has started"):
        step(settings, overtaken)


def test_a_run_that_was_not_overtaken_says_what_ended_it(settings):
    ingest(settings)
    run_id = pipeline.prepare(settings, None)
    shutil.rmtree(settings.warehouse / "runs")
    with pytest.raises(ConfigurationError, match=f"no run {run_id}"):
        pipeline.check(settings, run_id, "sources")
