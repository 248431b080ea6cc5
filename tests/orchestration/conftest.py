"""A run of small DAGs that went through, once for all tests of this folder: most of it is Airflow's start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from small_dags import SmallDags, end_its_caller_while_it_ingests, run, write_dags

from clientele.orchestration.embedded import EmbeddedRun


@dataclass(frozen=True)
class WentThrough:
    """What a run was and told, and the file that its OpenLineage events went to."""

    outcome: EmbeddedRun
    lines: list[str]
    events: Path


@pytest.fixture(scope="session")
def went_through(tmp_path_factory: pytest.TempPathFactory) -> WentThrough:
    """The run after one that ended with its caller; events of this one alone are asked for."""
    settings = SmallDags(home=tmp_path_factory.mktemp("small_dags"))
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
    events = settings.home / "events"
    transport = {"type": "file", "log_file_path": str(events), "append": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__OPENLINEAGE__TRANSPORT", json.dumps(transport))
        patch.setenv("AIRFLOW__OPENLINEAGE__NAMESPACE", "shop")
        outcome, lines = run(settings, date(2026, 2, 28))
    return WentThrough(outcome, lines, events)
