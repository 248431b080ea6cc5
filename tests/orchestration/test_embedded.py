"""Running DAGs without a scheduler, on small DAGs of the same names that do what a test needs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from filelock import FileLock
from small_dags import SmallDags, run, write_dags

from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.orchestration.embedded import run_dags


@pytest.fixture
def settings(tmp_path: Path) -> SmallDags:
    return SmallDags(home=tmp_path)


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


def test_the_run_ends_with_its_caller_and_the_next_one_goes_through_with_progress(went_through):
    outcome, lines = went_through.outcome, went_through.lines
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
