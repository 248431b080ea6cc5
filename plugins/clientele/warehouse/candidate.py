"""A candidate: one run's own warehouse file, disposable until it is published.

A run writes into ``warehouse/runs/<run_id>/`` and nowhere else, so that two runs never meet before they
publish, and a killed one leaves nothing that a later one has to repair.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clientele.duck import connect
from clientele.errors import ConfigurationError, UnavailableError
from clientele.failpoints import failpoint
from clientele.lake.log import last_load_id
from clientele.lake.mount import mount
from clientele.settings import Settings
from clientele.warehouse.fence import is_current, next_token


@dataclass(frozen=True)
class Candidate:
    """One run: its fencing token, what it was asked for and how much of the log it knows."""

    run_id: str
    token: int
    directory: Path
    as_of_date: date | None
    known_load_id: int

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
    known_load_id = last_load_id(settings)
    if known_load_id == 0:
        raise UnavailableError(
            f"the lake at {settings.lake} holds no load",
            remedy=f"put exports into {settings.landing}/<source>/ and run `clientele ingest`",
        )
    token = next_token(settings)
    run_id = f"run_{token:06d}"
    directory = settings.warehouse / "runs" / run_id
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    candidate = Candidate(run_id, token, directory, as_of_date, known_load_id)
    failpoint(settings, "prepare_started")
    with connect(candidate.database, settings) as connection:
        mount(connection, settings, known_load_id)
        connection.execute(
            "create or replace table lake.run_parameters"
            " (as_of_date date, business_time_zone varchar not null, known_load_id bigint not null)"
        )
        connection.execute(
            "insert into lake.run_parameters values (?, ?, ?)",
            [as_of_date, settings.business_time_zone, known_load_id],
        )
    failpoint(settings, "prepare_mounted")
    record = {
        "run_id": run_id,
        "token": token,
        "as_of_date": as_of_date.isoformat() if as_of_date else None,
        "known_load_id": known_load_id,
    }
    (directory / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return candidate


def open_candidate(settings: Settings, run_id: str) -> Candidate:
    """The candidate that an earlier step of the same run began."""
    directory = settings.warehouse / "runs" / run_id
    try:
        record = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"no run {run_id} in {settings.warehouse / 'runs'}", remedy="begin a new run"
        ) from error
    as_of = record["as_of_date"]
    return Candidate(
        run_id=record["run_id"],
        token=record["token"],
        directory=directory,
        as_of_date=date.fromisoformat(as_of) if as_of else None,
        known_load_id=record["known_load_id"],
    )


def discard_older(settings: Settings, candidate: Candidate) -> None:
    """Remove the candidates of earlier runs; they can never be published any more."""
    if not is_current(settings, candidate.token):
        return
    for directory in sorted((settings.warehouse / "runs").iterdir()):
        if directory.name < candidate.run_id:
            shutil.rmtree(directory, ignore_errors=True)
