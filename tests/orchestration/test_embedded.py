"""Running DAGs without a scheduler, on small DAGs of the same names that do what a test needs."""

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
import pytest
from filelock import FileLock

from clientele.errors import ClienteleError, ConfigurationError, GateFailedError, UnavailableError
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
from test_embedded import SmallDags
from clientele.orchestration.embedded import run_dags
run_dags(SmallDags(home=Path(sys.argv[1])), None, ["generic"], progress=lambda line: print(line, flush=True))
"""


@dataclass(frozen=True)
class SmallDags(Settings):
    """Settings whose DAGs are those of the test."""

    @property
    def dags(self) -> Path:
        return self.home / "dags"


@pytest.fixture
def settings(tmp_path: Path) -> SmallDags:
    return SmallDags(home=tmp_path)


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


def test_a_gate_that_says_no_is_told_once_with_its_reason_and_the_log(settings):
    write_dags(
        settings,
        ingest_generic_daily="pass",
        release_on_ingest="raise GateFailedError('totals differ', remedy='correct the export')",
    )
    error, lines = run(settings, sources=["generic"])
    assert type(error) is GateFailedError
    assert error.message == "totals differ"
    assert error.remedy.startswith("correct the export; log: ")
    assert Path(error.remedy.rpartition("log: ")[2]).read_text().count("totals differ") >= 1
    assert sum("release_on_ingest.act failed after" in line for line in lines) == 1


def test_an_unforeseen_error_stops_at_once_and_keeps_its_text_to_the_log(settings):
    write_dags(
        settings,
        ingest_generic_daily="raise ValueError('a customer called 13800138000')",
        release_on_ingest="raise AssertionError('not after a failed ingest')",
    )
    error, lines = run(settings, sources=["generic"])
    assert type(error) is UnavailableError
    assert error.message == "ingest_generic_daily.act failed: ValueError"
    assert "13800138000" not in str(error) + "".join(lines)
    assert sum("failed after" in line for line in lines) == 1
    assert not any("release_on_ingest" in line for line in lines)


def test_a_run_waits_for_the_one_before_it_and_names_what_cannot_be_run(settings):
    write_dags(settings, ingest_generic_daily="pass")
    (settings.home / "airflow").mkdir()
    lock = FileLock(settings.home / "airflow" / "runs.lock")
    lock.acquire()
    lines: list[str] = []

    def progress(line: str) -> None:
        lines.append(line)
        if line.startswith("waiting for the run"):
            time.sleep(0.5)
            assert len(lines) == 1
            lock.release()

    with pytest.raises(ConfigurationError, match="release_on_ingest"):
        run_dags(settings, None, ["generic"], progress=progress)
    assert len(lines) > 1


def test_a_dag_file_that_cannot_be_imported_is_named(settings):
    write_dags(settings, ingest_generic_daily="pass")
    (settings.dags / "release_on_ingest.py").write_text("import nothing_of_this_name\n# airflow DAG\n")
    error, _ = run(settings, sources=["generic"])
    assert type(error) is ConfigurationError
    assert "dags/release_on_ingest.py" in error.message


def test_the_run_ends_with_its_caller_and_the_next_one_goes_through_with_progress(settings):
    write_dags(
        settings,
        ingest_generic_daily="report_progress('3 files'); time.sleep(2)",
        ingest_complete_journey_daily="raise AssertionError('this source has no files')",
        release_on_ingest="report_progress(f'as of {text}')",
    )
    (settings.landing / "complete_journey").mkdir(parents=True)
    (settings.landing / "generic" / "till_1").mkdir(parents=True)
    (settings.landing / "generic" / "till_1" / "sales.csv").write_text("sold\n")
    end_its_caller_while_it_ingests(settings)
    outcome, lines = run(settings, date(2026, 2, 28))
    assert [(each.dag_id, each.state) for each in outcome.dag_runs] == [
        ("ingest_generic_daily", "success"),
        ("release_on_ingest", "success"),
    ]
    told = [line.rsplit(" in ", 1)[0] for line in lines[1:]]
    assert told == [
        "ingest_generic_daily.act ...",
        "    3 files",
        "ingest_generic_daily.act done",
        "release_on_ingest.act ...",
        "    as of 2026-02-28",
        "release_on_ingest.act done",
    ]
    assert "3 files" in outcome.log.read_text()


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
