"""Small DAGs of the project's names that do what a test needs, and a run of them without a scheduler."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil

from clientele.errors import ClienteleError
from clientele.orchestration.embedded import run_dags
from clientele.settings import Settings

HEADER = """
import time
from datetime import timedelta
from airflow.sdk import DAG, Param, task
from clientele.errors import GateFailedError
from clientele.orchestration.tasks import report_progress, without_retries_where_useless

def act(text=""):
    with without_retries_where_useless():
        {body}

defaults = {{"retries": 1, "retry_delay": timedelta(seconds=3)}}
"""
DAG_OF = """
with DAG("{dag_id}", schedule=None, default_args=defaults, params={{"as_of_date": Param(None)}}):
    task(act)(text="{{{{ params.as_of_date }}}}")
"""
RUN = """
import sys
from pathlib import Path
from small_dags import SmallDags
from clientele.orchestration.embedded import run_dags
run_dags(SmallDags(home=Path(sys.argv[1])), None, ["generic"], progress=lambda line: print(line, flush=True))
"""


@dataclass(frozen=True)
class SmallDags(Settings):
    """Settings whose DAGs are those of the test."""

    @property
    def dags(self) -> Path:
        return self.home / "dags"


def write_dags(settings: SmallDags, **bodies: str) -> None:
    settings.dags.mkdir()
    for dag_id, body in bodies.items():
        code = HEADER.format(body=body) + DAG_OF.format(dag_id=dag_id)
        (settings.dags / f"{dag_id}.py").write_text(code)


def run(settings: SmallDags, as_of_date: date | None = None, sources: list[str] | None = None):
    lines: list[str] = []
    try:
        return run_dags(settings, as_of_date, sources, progress=lines.append), lines
    except ClienteleError as error:
        return error, lines


def end_its_caller_while_it_ingests(settings: SmallDags) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(settings.home)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    ) as caller:
        for line in caller.stdout:
            if "ingest_generic_daily.act ..." in line:
                break
        (runner,) = psutil.Process(caller.pid).children()
        caller.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 2
    while runner.is_running() and runner.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runner.is_running() or runner.status() == psutil.STATUS_ZOMBIE
