"""A candidate: one run's own warehouse file, disposable until it is published.

A run writes into ``warehouse/runs/<run_id>/`` and nowhere else, so that two runs never meet before they
publish, and a killed one leaves nothing that a later one has to repair.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from clientele.duck import connect
from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.failpoints import failpoint
from clientele.lake.log import last_load_id
from clientele.lake.mount import mount
from clientele.lake.reviews import last_sequence_number
from clientele.settings import Settings
from clientele.warehouse import staged
from clientele.warehouse.fence import NO_TOKEN, is_current, is_overtaken, next_token

_RUN: Final = "run_"


@dataclass(frozen=True)
class Candidate:
    """One run: its fencing token, what it was asked for and how much of the log it knows.

    ``known_sequence_number`` is the last review it knows, 0 for none. ``review_dates`` are the month ends it
    decides on although no review of them has been sealed. A candidate made aside has token 0.
    """

    run_id: str
    token: int
    directory: Path
    as_of_date: date | None
    known_load_id: int
    known_sequence_number: int = 0
    review_dates: tuple[date, ...] = ()

    @property
    def database(self) -> Path:
        return self.directory / "warehouse.duckdb"

    @property
    def quality(self) -> Path:
        """Folder of the results of this run's checks, one file per boundary."""
        return self.directory / "quality"

    @property
    def target(self) -> Path:
        """dbt's artifacts of this run: manifest.json, run_results.json, compiled SQL."""
        return self.directory / "target"


def begin(settings: Settings, as_of_date: date | None) -> Candidate:
    """Open a new candidate over everything the log holds now.

    ``as_of_date`` None means the last business day in the loaded data. Raises UnavailableError when the
    lake holds no load at all.
    """
    known_load_id = _last_load(settings)
    token = next_token(settings)
    run_id = f"{_RUN}{token:06d}"
    candidate = Candidate(
        run_id,
        token,
        settings.warehouse / "runs" / run_id,
        as_of_date,
        known_load_id,
        last_sequence_number(settings),
    )
    _mount(settings, candidate)
    return candidate


def begin_aside(
    settings: Settings,
    directory: Path,
    as_of_date: date,
    *,
    known_load_id: int | None = None,
    known_sequence_number: int | None = None,
    review_dates: Sequence[date] = (),
) -> Candidate:
    """Open a candidate in ``directory``, emptied first, that is never published and overtakes no run.

    It knows the log up to ``known_load_id`` and ``known_sequence_number`` (None: all of it). Raises
    UnavailableError when the lake holds no load at all.
    """
    candidate = Candidate(
        directory.name,
        NO_TOKEN,
        directory,
        as_of_date,
        _last_load(settings) if known_load_id is None else known_load_id,
        last_sequence_number(settings) if known_sequence_number is None else known_sequence_number,
        tuple(sorted(review_dates)),
    )
    _mount(settings, candidate)
    return candidate


def open_candidate(settings: Settings, run_id: str) -> Candidate:
    """The candidate that an earlier step of the same run began."""
    return open_aside(settings.warehouse / "runs" / run_id)


def open_aside(directory: Path) -> Candidate:
    """The candidate that lies in ``directory``. Raises ConfigurationError when there is none."""
    try:
        record = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"no run {directory.name} in {directory.parent}", remedy="begin a new run"
        ) from error
    as_of = record["as_of_date"]
    return Candidate(
        run_id=record["run_id"],
        token=record["token"],
        directory=directory,
        as_of_date=date.fromisoformat(as_of) if as_of else None,
        known_load_id=record["known_load_id"],
        known_sequence_number=record["known_sequence_number"],
        review_dates=tuple(date.fromisoformat(day) for day in record["review_dates"]),
    )


def _last_load(settings: Settings) -> int:
    known_load_id = last_load_id(settings)
    if known_load_id == 0:
        raise UnavailableError(
            f"the lake at {settings.lake} holds no load",
            remedy=f"put exports into {settings.landing}/<source>/ and run `clientele ingest`",
        )
    return known_load_id


def _mount(settings: Settings, candidate: Candidate) -> None:
    shutil.rmtree(candidate.directory, ignore_errors=True)
    candidate.directory.mkdir(parents=True)
    failpoint(settings, "prepare_started")
    with connect(candidate.database, settings) as connection:
        mount(
            connection,
            settings,
            candidate.known_load_id,
            candidate.known_sequence_number,
            candidate.review_dates,
        )
        connection.execute(
            "create or replace table lake.run_parameters"
            " (as_of_date date, business_time_zone varchar not null, known_load_id bigint not null)"
        )
        connection.execute(
            "insert into lake.run_parameters values (?, ?, ?)",
            [candidate.as_of_date, settings.business_time_zone, candidate.known_load_id],
        )
        staged.lend(connection, settings, candidate.directory)
    failpoint(settings, "prepare_mounted")
    record = {
        "run_id": candidate.run_id,
        "token": candidate.token,
        "as_of_date": candidate.as_of_date.isoformat() if candidate.as_of_date else None,
        "known_load_id": candidate.known_load_id,
        "known_sequence_number": candidate.known_sequence_number,
        "review_dates": [day.isoformat() for day in candidate.review_dates],
    }
    text = json.dumps(record, indent=1) + "\n"
    (candidate.directory / "run.json").write_text(text, encoding="utf-8")


@contextmanager
def told_when_overtaken(settings: Settings, run_id: str) -> Iterator[None]:
    """Say of a run what ended it where a newer one has removed its candidate: not what broke first.

    Raises GateFailedError in place of any other error, once a newer run has started.
    """
    try:
        yield
    except Exception as error:
        if is_overtaken(settings, int(run_id.removeprefix(_RUN))):
            raise GateFailedError("a newer run has started", remedy="let that one publish") from error
        raise


def discard_older(settings: Settings, candidate: Candidate) -> None:
    """Remove the candidates of earlier runs; they can never be published any more."""
    if not is_current(settings, candidate.token):
        return
    for directory in sorted((settings.warehouse / "runs").iterdir()):
        if directory.name < candidate.run_id:
            shutil.rmtree(directory, ignore_errors=True)
