"""`clientele run` over a shop that was built by hand: the steps that check are the run's own."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import quality_shop
from bad_batches import BAD_BATCHES

from clientele import cli, pipeline
from clientele.quality.suites import load_checkpoint
from clientele.settings import PROJECT, Settings
from clientele.warehouse.candidate import Candidate

#: Boundaries that every run passes before it publishes, in order. What a review moves is judged by a person.
BOUNDARIES = ("sources", "built")
RUN_ID = "run_000001"


@dataclass(frozen=True)
class Attempt:
    """What became of a run: the command's exit code, what it told, and the runs it would have published."""

    exit_code: int
    told: str
    published: tuple[str, ...]


def blocking_checks() -> Iterator[tuple[str, str, str]]:
    """Boundary, suite and id of every check that stops a run."""
    for boundary in BOUNDARIES:
        for suite in load_checkpoint(PROJECT / "expectations", boundary).suites:
            if suite.severity == "blocking":
                for check in suite.expectations:
                    yield boundary, suite.name, check.id


def run_broken_at(good_shop: Path, home: Path, suite: str, check_id: str) -> Attempt:
    """The run of a shop on which one check must fail, below ``home``, which is emptied first."""
    return run_shop(good_shop, home, BAD_BATCHES[suite, check_id])


def run_shop(good_shop: Path, home: Path, *statements: str) -> Attempt:
    """The run of the good shop after ``statements``: taking in, mounting and building are done already."""
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=home, threads=1, memory_limit="1GB")
    candidate = Candidate(RUN_ID, 1, settings.warehouse / "runs" / RUN_ID, None, known_load_id=12)
    candidate.directory.mkdir(parents=True)
    shutil.copyfile(good_shop, candidate.database)
    quality_shop.spoil(candidate.database, *statements)
    published: list[str] = []

    def publish(_settings: Settings, run_id: str) -> None:
        published.append(run_id)

    steps: dict[str, Any] = {
        "ingest": lambda *_: None,
        "prepare": lambda *_: RUN_ID,
        "open_candidate": lambda *_: candidate,
        "build": lambda *_: None,
        "publish": publish,
    }
    told = io.StringIO()
    with (
        patch.multiple(pipeline, **steps),
        patch.object(cli, "load_settings", lambda: settings),
        contextlib.redirect_stderr(told),
    ):
        exit_code = cli.main(["run"])
    return Attempt(exit_code, told.getvalue(), tuple(published))
