"""The DAGs under a real Airflow: API server, scheduler, DAG processor and triggerer.

Covers what running a DAG in one process leaves out: DAGs through their serialised form, tasks in processes of
their own that know the API server only, a retry, and a release started by an asset.
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psutil
import pytest

from clientele.errors import UnavailableError
from clientele.orchestration.standalone import LocalAirflow
from clientele.settings import Settings

CUSTOMERS = 300
MONTHS = 6
DEADLINE_SECONDS = 240
DAG_IDS = {"ingest_generic_daily", "release_on_ingest"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class WatchedAirflow(LocalAirflow):
    """The local Airflow of `make airflow` and what a test looks at: states of runs and tasks, logs."""

    def states(self, dag_id: str) -> list[tuple[str, str, str, str | None, int]]:
        """One row per task, in order of start: type and state of the run, task, its state, its tries."""
        query = """
            select run.run_type, run.state, task.task_id, task.state, task.try_number
            from dag_run as run join task_instance as task using (dag_id, run_id)
            where dag_id = ? order by task.start_date
        """
        return self._query(query, dag_id)

    def knows(self, dag_ids: set[str]) -> bool:
        return dag_ids <= {dag_id for (dag_id,) in self._query("select dag_id from serialized_dag")}

    def switch_on(self, dag_ids: set[str]) -> None:
        """Unpause DAGs, which gives those with a schedule their latest run at once."""
        pattern = f"^({'|'.join(sorted(dag_ids))})$"
        subprocess.run(
            [sys.executable, "-m", "airflow", "dags", "unpause", "--treat-dag-id-as-regex", "--yes", pattern],
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def wait(self, for_what: str, is_so: Callable[[], bool], deadline: float) -> None:
        try:
            while not is_so():
                self.require_running()
                assert time.monotonic() < deadline, f"no {for_what} in time"
                time.sleep(0.5)
        except (AssertionError, UnavailableError) as error:
            pytest.fail(f"{error}\n{self.tails()}", pytrace=False)

    def _query(self, query: str, *parameters: str) -> list[tuple]:
        database = self.logs.parent / "airflow.db"
        with contextlib.closing(
            sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
        ) as connection:
            return connection.execute(query, parameters).fetchall()

    def tails(self) -> str:
        logs = sorted([*self.logs.glob("*.log"), *self.logs.glob("dag_id=*/**/*.log")])
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs)


@pytest.fixture
def settings(tmp_path: Path, parsed: Callable[[Path], None]) -> Settings:
    home = tmp_path / "home"
    parsed(home)
    return Settings(home=home, settle_seconds=0)


@pytest.fixture
def airflow(settings: Settings) -> Iterator[WatchedAirflow]:
    overrides = {
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
    }
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with WatchedAirflow(settings, free_port(), overrides) as started:
        yield started
        own = psutil.Process().children(recursive=True)
    left = [child for child in own if child.pid not in before and child.is_running()]
    assert left == []


def test_a_scheduled_ingest_recovers_and_its_asset_starts_a_release(airflow, settings):
    subprocess.run(
        [
            sys.executable,
            "-m",
            "clientele.cli",
            "sample",
            "--customers",
            str(CUSTOMERS),
            "--months",
            str(MONTHS),
        ],
        env=airflow.environment,
        check=True,
        capture_output=True,
    )
    in_the_way = settings.lake
    in_the_way.write_text("a file where the lake should be\n")
    deadline = time.monotonic() + DEADLINE_SECONDS

    airflow.wait("DAGs in the database", lambda: airflow.knows(DAG_IDS), deadline)
    airflow.switch_on(DAG_IDS)
    airflow.wait(
        "failed try of ingest",
        lambda: any(state == "up_for_retry" for *_, state, _ in airflow.states("ingest_generic_daily")),
        deadline,
    )
    airflow.wait("sign of life of every part", airflow.is_healthy, deadline)
    in_the_way.unlink()
    airflow.wait("end of the release", lambda: has_ended(airflow.states("release_on_ingest")), deadline)

    (ingest,) = airflow.states("ingest_generic_daily")
    assert ingest == ("scheduled", "success", "ingest", "success", 2), airflow.tails()
    release = airflow.states("release_on_ingest")
    assert {(run_type, state) for run_type, state, *_ in release} == {("asset_triggered", "success")}, (
        airflow.tails()
    )
    assert [task for _, _, task, *_ in release] == [
        "prepare",
        "check_sources",
        "build",
        "check_built",
        "publish",
    ]

    with duckdb.connect(settings.published / "clientele.duckdb", read_only=True) as published:
        people = "select count(*) from customer_values where not is_prospect_only"
        assert published.execute(people).fetchone() == (CUSTOMERS,)
        assert published.execute("select release_id from releases").fetchall() == [("r000001",)]


def has_ended(tasks: list[tuple]) -> bool:
    return any(state in {"success", "failed"} for _, state, *_ in tasks)
