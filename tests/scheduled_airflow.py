"""A whole Airflow at work on a shop: API server, scheduler, DAG processor and triggerer."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from clientele.errors import UnavailableError
from clientele.orchestration.standalone import LocalAirflow


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
