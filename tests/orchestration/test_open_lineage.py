"""OpenLineage: events are written where the configuration says, and nowhere without one."""

from __future__ import annotations

import json


def test_events_of_every_task_go_where_the_configuration_says(went_through):
    told = [json.loads(line) for line in went_through.events.read_text(encoding="utf-8").splitlines()]
    of_tasks = {
        (event["job"]["name"], event["eventType"]) for event in told if event["job"]["name"].endswith(".act")
    }
    assert of_tasks == {
        (f"{dag_id}.act", state)
        for dag_id in ("ingest_generic_daily", "release_on_ingest")
        for state in ("START", "COMPLETE")
    }
    assert {event["job"]["namespace"] for event in told} == {"shop"}
