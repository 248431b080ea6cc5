"""Run the DAGs here and now: no scheduler, no service; Airflow's metadata in SQLite under CLIENTELE_HOME.

The DAGs run in one process of their own (``dag_runs``), because Airflow reads its configuration from the
environment when it is imported and writes wherever it likes: there, both can be arranged without touching the
caller. That process ends when its caller does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

from clientele import errors
from clientele.errors import ClienteleError, UnavailableError
from clientele.orchestration.environment import airflow_environment
from clientele.settings import Settings


@dataclass(frozen=True)
class DagRunOutcome:
    """One finished DAG run; ``seconds`` is wall time."""

    dag_id: str
    state: str
    seconds: float


@dataclass(frozen=True)
class EmbeddedRun:
    """The DAG runs in the order they ran, and the file that holds everything Airflow and its tasks logged."""

    dag_runs: tuple[DagRunOutcome, ...]
    log: Path


@dataclass(frozen=True)
class Request:
    """What the process of the DAG runs is told, by standard input: secrets stay off its command line."""

    environment: dict[str, str]
    dags: str
    airflow_home: str
    landing: str
    sources: tuple[str, ...] | None
    as_of_date: str | None


def run_dags(
    settings: Settings,
    as_of_date: date | None,
    sources: Sequence[str] | None = None,
    *,
    progress: Callable[[str], None],
) -> EmbeddedRun:
    """Run the ingest DAG of each source, then the release DAG; ``progress`` hears each task's start and end.

    ``sources`` None: every source that has files in the landing folder. Stops at the first failed task and
    raises its error (GateFailedError, ConfigurationError or UnavailableError) with the log in the remedy.
    """
    environment = airflow_environment(settings)
    request = Request(
        environment=environment,
        dags=str(settings.dags),
        airflow_home=environment["AIRFLOW_HOME"],
        landing=str(settings.landing),
        sources=None if sources is None else tuple(sources),
        as_of_date=as_of_date.isoformat() if as_of_date else None,
    )
    dag_runs: list[DagRunOutcome] = []
    log = Path()
    failure: ClienteleError | None = None
    with subprocess.Popen(
        [sys.executable, "-m", "clientele.orchestration.dag_runs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        requests, events = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        # Left open: its end tells the process that its caller is gone.
        requests.write(json.dumps(asdict(request)) + "\n")
        requests.flush()
        for line in events:
            match json.loads(line):
                case {"log": path}:
                    log = Path(path)
                case {"progress": text}:
                    progress(text)
                case {"dag_run": outcome}:
                    dag_runs.append(DagRunOutcome(**outcome))
                case {"failure": report}:
                    failure = _error(report, log)
    if failure:
        raise failure
    if process.returncode != 0:
        raise UnavailableError(
            f"the DAG runs ended before their time (exit status {process.returncode})",
            remedy=f"run again, nothing half-done is published; log: {log}",
        )
    return EmbeddedRun(tuple(dag_runs), log)


def _error(report: dict[str, Any], log: Path) -> ClienteleError:
    kind: type[ClienteleError] = getattr(errors, report["kind"])
    remedy = f"{report['remedy']}; log: {log}" if report["remedy"] else f"log: {log}"
    return kind(report["message"], remedy=remedy)
