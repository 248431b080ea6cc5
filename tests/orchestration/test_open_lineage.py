"""OpenLineage: events are written where the configuration says, and nowhere without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_embedded import SmallDags, run, write_dags


@pytest.fixture
def settings(tmp_path: Path) -> SmallDags:
    made = SmallDags(home=tmp_path / "home")
    made.home.mkdir()
    write_dags(made, ingest_generic_daily="pass", release_on_ingest="pass")
    return made


def test_events_of_every_task_go_where_the_configuration_says(settings, tmp_path, monkeypatch):
    events = tmp_path / "events"
    transport = {"type": "file", "log_file_path": str(events), "append": True}
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__TRANSPORT", json.dumps(transport))
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__NAMESPACE", "shop")
    run(settings, sources=["generic"])
    told = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    of_tasks = {
        (event["job"]["name"], event["eventType"]) for event in told if event["job"]["name"].endswith(".act")
    }
    assert of_tasks == {
        (f"{dag_id}.act", state)
        for dag_id in ("ingest_generic_daily", "release_on_ingest")
        for state in ("START", "COMPLETE")
    }
    assert {event["job"]["namespace"] for event in told} == {"shop"}
