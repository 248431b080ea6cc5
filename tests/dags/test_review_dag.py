"""The review DAG under Airflow's own waiting for people, with a recorded pipeline behind it.

Answers come as the API server gives them, and the scheduler's own sweep ends a wait that nobody answered.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from dag_running import run

from clientele import pipeline
from clientele.errors import GateFailedError

DAG_ID = "tier_review_monthly"
MONTH_END = date(2026, 6, 30)
RELEASE = [
    ("prepare", None),
    ("check", "run-1", "sources"),
    ("build", "run-1"),
    ("check", "run-1", "built"),
    ("publish", "run-1"),
]


@pytest.fixture
def calls(monkeypatch) -> list[tuple]:
    """The pipeline's steps replaced by ones that record how they were called; no review passes unattended."""
    recorded: list[tuple] = []

    def step(name, result=None):
        def called(settings, *arguments):
            recorded.append((name, *(each for each in arguments if not callable(each))))
            return result

        monkeypatch.setattr(pipeline, name, called, raising=False)

    step("propose_review", "not for XCom")
    step("describe_review", "12 fall")
    step("needs_no_person", result=False)
    step("approve_review", "not for XCom")
    step("reject_review", "not for XCom")
    step("prepare", "run-1")
    step("check")
    step("build")
    step("publish", SimpleNamespace(release_id="r000002", is_unchanged=False))
    step("report")
    return recorded


class Person:
    """Stands in for the pause in which ``dag.test`` waits for an answer: reads what is asked, and answers.

    Without an answer the time for one runs out.
    """

    def __init__(self, answer: str | None, reason: str = "") -> None:
        self.answer = answer
        self.reason = reason
        self.asked: Any = None

    def sleep(self, _seconds: float) -> None:
        from airflow.models.hitl import HITLDetail
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session

        # A session of its own: dag.test goes on with the one of this thread.
        with create_session(scoped=False) as session:
            waiting = session.query(TaskInstance).filter_by(state="awaiting_input").one_or_none()
            if waiting is None:
                return
            assert self.asked is None, "asked again after the answer"
            question = session.get(HITLDetail, waiting.id)
            self.asked = (question.subject, question.body)
            if self.answer is None:
                assert waiting.trigger_timeout - datetime.now(UTC) > timedelta(days=13)
                waiting.trigger_timeout = datetime.now(UTC) - timedelta(seconds=1)
            else:
                self._answer(waiting.run_id, session)
        if self.answer is None:
            _end_waits_that_took_too_long()

    def _answer(self, run_id: str, session: Any) -> None:
        from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
        from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail

        answer = UpdateHITLDetailPayload(chosen_options=[self.answer], params_input={"reason": self.reason})
        user = SimpleNamespace(get_id=lambda: "7", get_name=lambda: "chen")
        update_hitl_detail(DAG_ID, run_id, "wait_for_decision", answer, user, session)


def _end_waits_that_took_too_long() -> None:
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.utils.session import create_session

    with create_session(scoped=False) as session:
        SchedulerJobRunner(Job()).check_awaiting_input_timeouts(session=session)


def review(dag_bag, person: Person | None = None, logical_date: datetime | None = None, **configuration):
    """One run of the review DAG, which asks ``person`` if it asks anybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", (person or Person("nobody is asked")).sleep)
        return run(dag_bag, DAG_ID, logical_date, **configuration)


def test_what_a_person_approves_is_sealed_published_and_announced(dag_bag, calls):
    person = Person("Approve")
    done = review(dag_bag, person, as_of_date="2026-06-30", scheme_ids=["membership_tier"])
    assert done.state == "success"
    assert calls == [
        ("propose_review", MONTH_END, ["membership_tier"]),
        ("describe_review", MONTH_END),
        ("needs_no_person", MONTH_END),
        ("approve_review", MONTH_END, "chen", "person", "12 fall"),
        *RELEASE,
    ]
    assert person.asked == ("Tier review as of 2026-06-30", "12 fall")
    assert done.tasks["record_rejection"] == "skipped"
    assert done.assets == ["published/release", "published/review"]
    assert done.extras["published/review"] == {"as_of_date": "2026-06-30"}
    assert "not for XCom" not in str(done.xcoms)


def test_what_a_person_rejects_is_recorded_with_name_and_reason_and_changes_nothing(dag_bag, calls):
    done = review(dag_bag, Person("Reject", "wrong month"), as_of_date="2026-06-30")
    assert done.state == "success"
    assert calls[3:] == [("reject_review", MONTH_END, "chen", "wrong month", "12 fall")]
    assert {done.tasks[task] for task in ("seal_review", "prepare", "publish", "announce_review")} == {
        "skipped"
    }
    assert done.assets == []


def test_a_review_that_nobody_decides_in_time_stays_open(dag_bag, calls):
    done = review(dag_bag, Person(None), as_of_date="2026-06-30")
    assert done.state == "failed"
    assert done.tasks["wait_for_decision"] == "failed"
    assert [name for name, *_ in calls] == ["propose_review", "describe_review", "needs_no_person"]
    assert done.assets == []


def test_where_the_setting_and_the_checks_allow_it_nobody_is_asked(dag_bag, calls, monkeypatch):
    monkeypatch.setattr(pipeline, "needs_no_person", lambda *arguments: True)
    done = review(dag_bag, as_of_date="2026-06-30")
    assert done.state == "success"
    assert calls[2:] == [("approve_review", MONTH_END, "unattended", "unattended", "12 fall"), *RELEASE]
    assert done.tasks["wait_for_decision"] == "skipped"
    assert done.assets == ["published/release", "published/review"]


def test_a_run_that_only_proposes_waits_for_nobody_and_seals_nothing(dag_bag, calls):
    done = review(dag_bag, as_of_date="2026-06-30", is_only_proposed=True)
    assert done.state == "success"
    assert [name for name, *_ in calls] == ["propose_review", "describe_review"]
    assert {done.tasks[task] for task in ("wait_for_decision", "seal_review", "announce_review")} == {
        "skipped"
    }


def test_a_run_of_the_first_reviews_the_month_before(dag_bag, calls):
    review(dag_bag, logical_date=datetime(2026, 3, 1, 2, tzinfo=UTC), is_only_proposed=True)
    assert calls[0] == ("propose_review", date(2026, 2, 28), None)


def test_an_outcome_that_the_gate_refuses_asks_nobody(dag_bag, calls, monkeypatch):
    def say_no(*arguments):
        raise GateFailedError("over the limit")

    monkeypatch.setattr(pipeline, "propose_review", say_no)
    done = review(dag_bag, as_of_date="2026-06-30")
    assert done.state == "failed"
    assert done.tasks["wait_for_decision"] == "upstream_failed"
    assert calls == []


def test_the_report_is_of_every_review_announced_or_of_the_date_asked_for(dag_bag, calls):
    from airflow.sdk.exceptions import AirflowFailException
    from airflow.sdk.execution_time.context import TriggeringAssetEventsAccessor

    from clientele.orchestration.tasks import report_reviews

    def announced(*days):
        asset = SimpleNamespace(name="published/review", uri="published/review")
        return TriggeringAssetEventsAccessor.build(
            SimpleNamespace(asset=asset, source_aliases=[], extra={"as_of_date": day}) for day in days
        )

    report_reviews({}, announced("2026-06-30", "2026-05-31", "2026-06-30"))
    report_reviews({"as_of_date": "2026-04-30"}, announced("2026-06-30"))
    assert calls == [("report", date(2026, 5, 31)), ("report", MONTH_END), ("report", date(2026, 4, 30))]
    with pytest.raises(AirflowFailException, match="no review to report on"):
        report_reviews({}, announced())


def test_a_backfill_reviews_month_after_month_each_when_the_one_before_has_ended(dag_bag, calls):
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.models.backfill import ReprocessBehavior, _create_backfill
    from airflow.models.dag import DagModel
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    from clientele.orchestration.tasks import propose_review

    # A run leaves the DAG in the database, in its serialised form.
    review(dag_bag, as_of_date="2026-06-30", is_only_proposed=True)
    calls.clear()
    with create_session(scoped=False) as session:
        session.get(DagModel, DAG_ID).is_paused = False
    _create_backfill(
        dag_id=DAG_ID,
        from_date=datetime(2025, 11, 1, tzinfo=UTC),
        to_date=datetime(2026, 2, 28, tzinfo=UTC),
        max_active_runs=1,
        reverse=False,
        dag_run_conf={},
        triggering_user_name="chen",
        reprocess_behavior=ReprocessBehavior.NONE,
    )
    scheduler = SchedulerJobRunner(Job())
    while True:
        with create_session(scoped=False) as session:
            scheduler._start_queued_dagruns(session)
        with create_session(scoped=False) as session:
            running = (
                session.query(DagRun).filter_by(dag_id=DAG_ID, run_type="backfill", state="running").all()
            )
            if not running:
                break
            (one,) = running
            propose_review({}, one.data_interval_end)
            one.state = "success"
    reviewed = [day for name, day, _ in calls]
    assert reviewed == [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
