"""What every DAG file keeps to, and how the DAGs hang together."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DAG_FILES = sorted((PROJECT / "dags").glob("*.py"))
STAGING = PROJECT / "dbt_project" / "staging"
SOURCES = sorted(path.name for path in STAGING.iterdir() if path.is_dir())
#: The DAGs that are of no source.
OTHER_DAGS = {
    "release_on_ingest",
    "review_report_on_publish",
    "tier_review_monthly",
    "tier_simulation_by_request",
}

MEASURE_PARSING = """
import json, runpy, sys, time
import airflow.sdk
import airflow.sdk.exceptions
seconds = {}
for path in sys.argv[1:]:
    started = time.perf_counter()
    runpy.run_path(path)
    seconds[path] = time.perf_counter() - started
heavy = {"pandas", "pyarrow", "duckdb", "great_expectations", "dbt", "clientele.pipeline"} & set(sys.modules)
print(json.dumps({"seconds": seconds, "heavy": sorted(heavy)}))
"""


def test_every_file_is_one_dag_of_the_same_name(dag_bag):
    assert dag_bag.import_errors == {}
    assert sorted(dag_bag.dags) == [path.stem for path in DAG_FILES]


def test_every_source_has_an_ingest_dag_and_a_folder_of_staging_models(dag_bag):
    from clientele.orchestration import defaults

    assert sorted(defaults.SOURCES) == SOURCES
    assert {f"ingest_{source}_daily" for source in SOURCES} == set(dag_bag.dags) - OTHER_DAGS


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_a_table_of_contents(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 80


def test_parsing_a_dag_file_takes_under_a_second_and_imports_nothing_heavy(dag_bag, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE_PARSING, *map(str, DAG_FILES)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    measured = json.loads(done.stdout.splitlines()[-1])
    assert len(measured["seconds"]) == len(DAG_FILES)
    assert max(measured["seconds"].values()) < 1
    assert measured["heavy"] == []


def test_tags_are_those_agreed_on(dag_bag):
    from clientele.orchestration.defaults import Tag

    for dag in dag_bag.dags.values():
        assert dag.tags, dag.dag_id
        assert dag.tags <= set(Tag), dag.dag_id


def test_the_person_on_call_is_told_what_to_do(dag_bag):
    for dag in dag_bag.dags.values():
        for heading in ("What it does.", "Safe to re-run?", "When it fails.", "Where to look."):
            assert f"**{heading}**" in dag.doc_md, (dag.dag_id, heading)


def test_every_task_has_an_owner_and_is_tried_again_with_growing_pauses(dag_bag):
    from airflow.providers.standard.operators.hitl import HITLOperator

    for dag in dag_bag.dags.values():
        for task in dag.tasks:
            assert task.owner == "customer-data"
            # Who has not answered is not asked again by itself.
            assert task.retries == (0 if isinstance(task, HITLOperator) else 3)
            assert task.retry_exponential_backoff > 1
            assert timedelta(0) < task.retry_delay < task.max_retry_delay


def test_one_run_at_a_time_and_none_for_days_gone_by(dag_bag):
    for dag in dag_bag.dags.values():
        assert dag.max_active_runs == 1
        assert dag.catchup is False


def test_ingest_runs_daily_after_the_business_day_has_ended_in_shanghai(dag_bag):
    from airflow.sdk import CronTriggerTimetable

    for source in SOURCES:
        timetable = dag_bag.dags[f"ingest_{source}_daily"].timetable
        assert isinstance(timetable, CronTriggerTimetable)
        minute, hour, *rest = timetable.expression.split()
        assert (int(hour), int(minute)) >= (16, 0)
        assert rest == ["*", "*", "*"]
        assert str(timetable.timezone) == "UTC"


def test_any_lake_asset_starts_the_release_and_only_the_last_task_announces_it(dag_bag):
    release = dag_bag.dags["release_on_ingest"]
    waited_for = {asset.name for asset in release.timetable.asset_condition.objects}
    emitted = {
        asset.name
        for dag_id, dag in dag_bag.dags.items()
        if dag_id not in OTHER_DAGS
        for task in dag.tasks
        for asset in task.outlets
    }
    assert waited_for == emitted == {f"lake/{source}" for source in SOURCES}
    assert type(release.timetable.asset_condition).__name__ == "AssetAny"
    outlets = {task.task_id: [asset.name for asset in task.outlets] for task in release.tasks}
    assert {name for name, assets in outlets.items() if assets} == {"publish"}
    assert outlets["publish"] == ["published/release"]


def test_a_release_passes_every_gate_in_order(dag_bag):
    release = dag_bag.dags["release_on_ingest"]
    steps = ["prepare", "check_sources", "build", "check_built", "publish"]
    assert [task.task_id for task in release.topological_sort()] == steps
    for before, after in pairwise(steps):
        assert before in release.get_task(after).upstream_task_ids


def test_a_review_is_of_the_month_before_and_of_the_latest_month_only(dag_bag):
    from airflow.sdk import CronDataIntervalTimetable

    review = dag_bag.dags["tier_review_monthly"]
    assert isinstance(review.timetable, CronDataIntervalTimetable)
    assert review.timetable.expression == "0 2 1 * *"
    assert str(review.timetable.timezone) == "UTC"
    assert review.catchup is False


def test_nothing_is_sealed_before_somebody_or_the_checks_were_asked(dag_bag):
    review = dag_bag.dags["tier_review_monthly"]
    order = [task.task_id for task in review.topological_sort()]
    assert order[:3] == ["propose_review", "describe_review", "route_review"]
    seal = review.get_task("seal_review")
    assert {"route_review", "wait_for_decision", "route_decision"} <= seal.upstream_task_ids
    publishing = review.get_task("publish").get_flat_relative_ids(upstream=True)
    assert {"seal_review", "prepare", "check_sources", "build", "check_built"} <= publishing
    assert review.get_task("record_rejection").downstream_task_ids == set()
    outlets = {task.task_id: [asset.name for asset in task.outlets] for task in review.tasks if task.outlets}
    assert outlets == {"publish": ["published/release"], "announce_review": ["published/review"]}


def test_the_report_waits_for_a_published_review(dag_bag):
    report = dag_bag.dags["review_report_on_publish"]
    assert [asset.name for asset in report.timetable.asset_condition.objects] == ["published/review"]


def test_no_lineage_is_sent_unless_it_is_said_where_to(dag_bag):
    from airflow.providers.openlineage.conf import is_disabled

    assert is_disabled()
