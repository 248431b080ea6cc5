"""The DAGs under a real Airflow: scheduler, DAG processor and API server on ports of this machine.

Covers what running a DAG in one process leaves out: DAGs through their serialised form, tasks in processes of
their own that know the API server only, a retry, and a release started by an asset.
"""

from __future__ import annotations

import os
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

from clientele.orchestration.environment import airflow_environment
from clientele.settings import Settings

CUSTOMERS = 300
MONTHS = 6
DEADLINE_SECONDS = 240


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Airflow:
    """An Airflow on one home, in processes that are ended with it."""

    def __init__(self, settings: Settings) -> None:
        port = free_port()
        self.home = settings.home / "airflow"
        self.environment = {
            **os.environ,
            **airflow_environment(settings),
            "AIRFLOW__API__PORT": port,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": free_port(),
            # Switched on, each DAG has its latest run at once.
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr[-2000:])

    def start(self, *arguments: str) -> None:
        with (self.home / f"{arguments[0]}.out").open("wb") as output:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "airflow", *arguments],
                    env=self.environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def stop(self) -> None:
        family = [psutil.Process(process.pid) for process in self.processes if process.poll() is None]
        family += [child for process in family for child in process.children(recursive=True)]
        for process in self.processes:
            process.terminate()
        _, alive = psutil.wait_procs(family, timeout=15)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)

    def states(self, dag_id: str) -> list[tuple[str, str, str, str | None, int]]:
        """One row per task, in order of start: type and state of the run, task, its state, its tries."""
        query = """
            select run.run_type, run.state, task.task_id, task.state, task.try_number
            from dag_run as run join task_instance as task using (dag_id, run_id)
            where dag_id = ? order by task.start_date
        """
        with sqlite3.connect(f"file:{self.home / 'airflow.db'}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(query, [dag_id]).fetchall()

    def wait(self, for_what: str, is_so: Callable[[], bool], deadline: float) -> None:
        while not is_so():
            ended = [process.args for process in self.processes if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                pytest.fail(f"no {for_what}; ended: {ended}\n{self.tails()}", pytrace=False)
            time.sleep(0.5)

    def tails(self) -> str:
        logs = [*self.home.glob("*.out"), *self.home.glob("logs/dag_id=*/**/*.log")]
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in sorted(logs))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", settle_seconds=0)


@pytest.fixture
def airflow(settings: Settings) -> Iterator[Airflow]:
    started = Airflow(settings)
    try:
        started.run("db", "migrate")
        for part in ("api-server", "scheduler", "dag-processor"):
            started.start(part)
        yield started
    finally:
        started.stop()


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

    airflow.wait(
        "failed try of ingest",
        lambda: any(state == "up_for_retry" for *_, state, _ in airflow.states("ingest_generic_daily")),
        deadline,
    )
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
        assert published.execute("select count(*) from customers").fetchone() == (CUSTOMERS,)
        assert published.execute("select release_id from releases").fetchall() == [("r000001",)]


def has_ended(tasks: list[tuple]) -> bool:
    return any(state in {"success", "failed"} for _, state, *_ in tasks)
