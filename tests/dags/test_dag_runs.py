"""The DAGs run by Airflow with a recorded pipeline behind them: order, what travels, skipping, failing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from dag_running import run

from clientele import pipeline
from clientele.errors import GateFailedError, UnavailableError


@pytest.fixture
def calls(monkeypatch) -> list[tuple]:
    """The pipeline's steps replaced by ones that record how they were called; every ingest finds one file."""
    recorded: list[tuple] = []

    def step(name, result=None):
        def called(settings, *arguments):
            recorded.append((name, *(each for each in arguments if not callable(each))))
            return result

        return called

    monkeypatch.setattr(pipeline, "ingest", step("ingest", SimpleNamespace(files=[file("accepted")])))
    monkeypatch.setattr(pipeline, "prepare", step("prepare", "run-1"))
    for name in ("check", "build", "publish"):
        result = SimpleNamespace(release_id="r000002", is_unchanged=False, contents="not for XCom")
        monkeypatch.setattr(pipeline, name, step(name, result))
    return recorded


def file(status: str) -> SimpleNamespace:
    return SimpleNamespace(status=status)


def test_a_release_takes_its_steps_on_one_run_and_passes_on_nothing_else(dag_bag, calls):
    done = run(dag_bag, "release_on_ingest", as_of_date="2026-02-28")
    assert done.state == "success"
    assert calls == [
        ("prepare", date(2026, 2, 28)),
        ("check", "run-1", "sources"),
        ("build", "run-1"),
        ("check", "run-1", "built"),
        ("publish", "run-1"),
    ]
    assert done.xcoms == {("prepare", "return_value"): "run-1"}
    assert done.assets == ["published/release"]


def test_a_release_without_a_date_leaves_it_to_the_data(dag_bag, calls):
    assert run(dag_bag, "release_on_ingest").state == "success"
    assert calls[0] == ("prepare", None)


def test_a_release_that_says_what_the_current_one_says_is_not_announced(dag_bag, calls, monkeypatch):
    same = SimpleNamespace(release_id="r000001", is_unchanged=True)
    monkeypatch.setattr(pipeline, "publish", lambda *arguments: same)
    done = run(dag_bag, "release_on_ingest")
    assert done.state == "success"
    assert done.tasks["publish"] == "skipped"
    assert done.assets == []


def test_ingest_emits_its_asset(dag_bag, calls):
    done = run(dag_bag, "ingest_online_retail_daily")
    assert [call[:2] for call in calls] == [("ingest", "online_retail")]
    assert done.state == "success"
    assert done.assets == ["lake/online_retail"]
    assert done.xcoms == {}


@pytest.mark.parametrize("statuses", [[], ["unchanged", "waiting"]])
def test_ingest_without_anything_new_is_skipped_and_starts_no_release(dag_bag, calls, monkeypatch, statuses):
    found = SimpleNamespace(files=[file(status) for status in statuses])
    monkeypatch.setattr(pipeline, "ingest", lambda *arguments: found)
    done = run(dag_bag, "ingest_generic_daily")
    assert done.tasks == {"ingest": "skipped"}
    assert done.assets == []


def test_a_refused_file_is_news(dag_bag, calls, monkeypatch):
    monkeypatch.setattr(pipeline, "ingest", lambda *arguments: SimpleNamespace(files=[file("refused")]))
    assert run(dag_bag, "ingest_generic_daily").assets == ["lake/generic"]


def test_a_gate_that_says_no_stops_the_release_without_another_try(dag_bag, calls, monkeypatch):
    def say_no(settings, run_id, boundary):
        calls.append(("check", run_id, boundary))
        raise GateFailedError("totals differ")

    monkeypatch.setattr(pipeline, "check", say_no)
    done = run(dag_bag, "release_on_ingest")
    assert done.state == "failed"
    assert done.tasks["check_sources"] == "failed"
    assert done.tasks["publish"] == "upstream_failed"
    assert [name for name, *_ in calls] == ["prepare", "check"]
    assert done.assets == []


def test_only_what_may_pass_by_itself_is_tried_again():
    from airflow.sdk.exceptions import AirflowFailException

    from clientele.orchestration.tasks import without_retries_where_useless

    with pytest.raises(AirflowFailException, match="totals differ"), without_retries_where_useless():
        raise GateFailedError("totals differ")
    with pytest.raises(UnavailableError), without_retries_where_useless():
        raise UnavailableError("disk full")
