"""The process that runs the DAGs for ``embedded``: ``python -m clientele.orchestration.dag_runs``.

Standard input: one line, the request. Standard output: one JSON object a line, read by ``embedded``. All else
that is written here, by Airflow, its tasks or their subprocesses, goes to the log file.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from clientele.caller import end_with_the_caller
from clientele.errors import ClienteleError, ConfigurationError, UnavailableError
from clientele.orchestration.embedded import Request

if TYPE_CHECKING:
    from airflow.sdk import DAG

Tell = Callable[..., None]


class TaskNarrator(logging.Handler):
    """Tells when a task starts and ends, and what the tasks report in between; keeps the first failure."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.INFO)
        self._tell = tell
        self._started = 0.0
        self.failure: ClienteleError | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(progress=f"    {record.getMessage()}")

    def task_running(self, name: str) -> None:
        self._started = time.monotonic()
        self._tell(progress=f"{name} ...")

    def task_ended(self, name: str, verb: str) -> None:
        self._tell(progress=f"{name} {verb} {time.monotonic() - self._started:.1f} s")

    def task_failed(self, name: str, error: BaseException | str | None) -> None:
        self.task_ended(name, "failed after")
        cause = error.__cause__ if isinstance(error, BaseException) and error.__cause__ else error
        if isinstance(cause, ClienteleError):
            self.failure = self.failure or cause
        # The text of any other error may hold values of the data: it stays in the log.
        kind = type(cause).__name__ if isinstance(cause, BaseException) else "no reason given"
        self.failure = self.failure or UnavailableError(f"{name} failed: {kind}")


def main() -> int:
    """Run what the request asks for; 0 when every DAG run succeeded, 1 when a failure was told."""
    request = Request(**json.loads(sys.stdin.readline()))
    end_with_the_caller()
    tell = _teller()
    log = _send_all_else_to_log(Path(request.airflow_home))
    tell(log=str(log))
    os.environ.update(request.environment)
    lock = FileLock(Path(request.airflow_home) / "runs.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(progress=f"waiting for the run that holds {lock.lock_file}")
        lock.acquire()
    with lock:
        failure = _run(request, tell)
        _end_listeners()
    if failure:
        tell(failure={"kind": type(failure).__name__, "message": failure.message, "remedy": failure.remedy})
    return 1 if failure else 0


def _run(request: Request, tell: Tell) -> ClienteleError | None:
    """Run the ingest DAGs, then the release DAG, up to the first failure, which is returned."""
    tell(progress="airflow starts (SQLite metadata, no scheduler) ...")
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    from clientele.orchestration.defaults import RELEASE_DAG_ID, SOURCES, ingest_dag_id

    initdb()
    narrator = TaskNarrator(tell)
    _listen(narrator)
    bag = DagBag(request.dags)
    if bag.import_errors:
        file_name = Path(min(bag.import_errors)).name
        return ConfigurationError(f"dags/{file_name} cannot be imported")
    sources = request.sources
    if sources is None:
        sources = tuple(source for source in SOURCES if _holds_files(Path(request.landing) / source))
    for dag_id in (*map(ingest_dag_id, sources), RELEASE_DAG_ID):
        if dag_id not in bag.dags:
            return ConfigurationError(f"there is no DAG {dag_id!r}", remedy=f"known: {', '.join(bag.dags)}")
    for source in sources:
        if not _succeeds(bag.dags[ingest_dag_id(source)], {}, narrator, tell):
            return narrator.failure
    configuration = {"as_of_date": request.as_of_date} if request.as_of_date else {}
    return None if _succeeds(bag.dags[RELEASE_DAG_ID], configuration, narrator, tell) else narrator.failure


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def _succeeds(dag: DAG, configuration: dict[str, str], narrator: TaskNarrator, tell: Tell) -> bool:
    for task in dag.tasks:
        # Somebody is waiting in front of this run: what failed is told at once, and tried again by them.
        task.retries = 0
    started = time.monotonic()
    dag_run = dag.test(run_conf=configuration)
    seconds = round(time.monotonic() - started, 3)
    tell(dag_run={"dag_id": dag.dag_id, "state": str(dag_run.state), "seconds": seconds})
    if dag_run.state == "success":
        return True
    narrator.failure = narrator.failure or UnavailableError(f"{dag.dag_id} ended as {dag_run.state}")
    return False


def _listen(narrator: TaskNarrator) -> None:
    from airflow.listeners import hookimpl
    from airflow.sdk.listener import get_listener_manager

    def name(task_instance: Any) -> str:
        return f"{task_instance.dag_id}.{task_instance.task_id}"

    class Listener:
        @hookimpl
        def on_task_instance_running(self, task_instance: Any) -> None:
            narrator.task_running(name(task_instance))

        @hookimpl
        def on_task_instance_success(self, task_instance: Any) -> None:
            narrator.task_ended(name(task_instance), "done in")

        @hookimpl
        def on_task_instance_skipped(self, task_instance: Any) -> None:
            narrator.task_ended(name(task_instance), "had nothing to do,")

        @hookimpl
        def on_task_instance_failed(self, task_instance: Any, error: BaseException | str | None) -> None:
            narrator.task_failed(name(task_instance), error)

    get_listener_manager().add_listener(Listener())  # type: ignore[no-untyped-call]
    logger = logging.getLogger("clientele")
    logger.addHandler(narrator)
    logger.setLevel(logging.INFO)


def _end_listeners() -> None:
    """Have listeners send what they hold and end their processes, which would keep the caller waiting."""
    from airflow.listeners.listener import get_listener_manager

    get_listener_manager().hook.before_stopping(component=None)


def _teller() -> Tell:
    """A function that writes its keyword arguments as one line to what is standard output now."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")

    def tell(**event: Any) -> None:
        print(json.dumps(event), file=output, flush=True)

    return tell


def _send_all_else_to_log(airflow_home: Path) -> Path:
    """Point both standard streams of this process and of its children at a new log file."""
    folder = airflow_home / "logs" / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(descriptor, stream.fileno())
    os.close(descriptor)
    return log


if __name__ == "__main__":
    status = main()
    # Everything is committed and told; taking down an interpreter full of Airflow takes two seconds more.
    os._exit(status)
