"""Task functions: thin calls into the pipeline that the `clientele` command makes as well.

Between tasks travels the run id; of a review its date, and in counts what it moves. The pipeline is imported
when a task runs, so that parsing a DAG stays quick.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from clientele.errors import ConfigurationError, GateFailedError
from clientele.orchestration.defaults import PUBLISHED_REVIEW
from clientele.settings import load_settings

log = logging.getLogger(__name__)


def report_progress(line: str) -> None:
    """Write one line of progress to the task's log."""
    log.info("%s", line)


@contextmanager
def without_retries_where_useless() -> Iterator[None]:
    """Fail the task for good where another try would say the same: a failed gate, wrong configuration."""
    try:
        yield
    except (GateFailedError, ConfigurationError) as error:
        raise AirflowFailException(str(error)) from error


def ingest(source: str) -> None:
    """Take in the exports waiting in landing/<source>/; skipped, and no asset emitted, when none is new."""
    from clientele import pipeline

    with without_retries_where_useless():
        result = pipeline.ingest(load_settings(), source, report_progress)
    if not any(file.status in {"accepted", "refused", "duplicate_file"} for file in result.files):
        raise AirflowSkipException(f"nothing new in landing/{source}/")


def prepare(as_of_date: str = "") -> str:
    """Open a candidate for ``as_of_date`` (ISO; empty: the last business day loaded); returns its run id."""
    from clientele import pipeline

    with without_retries_where_useless():
        return pipeline.prepare(load_settings(), date.fromisoformat(as_of_date) if as_of_date else None)


def check_sources(candidate_run_id: str) -> None:
    """Check what came in against the promise of its source."""
    from clientele import pipeline

    with without_retries_where_useless():
        pipeline.check(load_settings(), candidate_run_id, "sources")


def build(candidate_run_id: str) -> None:
    """Build the candidate warehouse with dbt."""
    from clientele import pipeline

    with without_retries_where_useless():
        pipeline.build(load_settings(), candidate_run_id, report_progress)


def check_built(candidate_run_id: str) -> None:
    """Check shape, shares and totals of what was built."""
    from clientele import pipeline

    with without_retries_where_useless():
        pipeline.check(load_settings(), candidate_run_id, "built")


def publish(candidate_run_id: str) -> None:
    """Publish the candidate as the next release, all or nothing; skipped when it says nothing new."""
    from clientele import pipeline

    with without_retries_where_useless():
        release = pipeline.publish(load_settings(), candidate_run_id)
    if release.is_unchanged:
        raise AirflowSkipException(f"{release.release_id} already says the same")


def propose_review(params: Mapping[str, Any] | None = None, data_interval_end: datetime | None = None) -> str:
    """Propose the review that the run's parameters ask for, or else that of the month's end before the run.

    Returns its date (ISO). Airflow gives the arguments.
    """
    from clientele import pipeline

    asked = params or {}
    with without_retries_where_useless():
        day = _month_end(asked.get("as_of_date"), data_interval_end)
        pipeline.propose_review(load_settings(), day, asked.get("scheme_ids"), report_progress)
    return day.isoformat()


def describe_review(as_of_date: str) -> str:
    """What the proposal moves and what its checks say, as Markdown for whoever decides."""
    from clientele import pipeline

    with without_retries_where_useless():
        return pipeline.describe_review(load_settings(), date.fromisoformat(as_of_date))


def route_review(as_of_date: str, params: Mapping[str, Any] | None = None) -> str | None:
    """The task that follows: none, the wait for a person, or the seal where nobody has to be asked."""
    from clientele import pipeline

    if (params or {}).get("is_only_proposed"):
        return None
    with without_retries_where_useless():
        is_passed = pipeline.needs_no_person(load_settings(), date.fromisoformat(as_of_date))
    return "seal_review" if is_passed else "wait_for_decision"


def route_decision(answer: dict[str, Any]) -> str:
    """The task that a person's answer leads to."""
    return "seal_review" if answer["chosen_options"] == ["Approve"] else "record_rejection"


def seal_review(as_of_date: str, described: str, answer: dict[str, Any] | None = None) -> str:
    """Seal the described proposal as approved by who answered, or (None) unattended; returns its date."""
    from clientele import pipeline
    from clientele.reviews.decide import UNATTENDED

    with without_retries_where_useless():
        pipeline.approve_review(
            load_settings(),
            date.fromisoformat(as_of_date),
            _name(answer) if answer else UNATTENDED,
            "person" if answer else "unattended",
            report_progress,
            described,
        )
    return as_of_date


def record_rejection(as_of_date: str, described: str, answer: dict[str, Any]) -> None:
    """Keep in the lake who rejected the described proposal, and why."""
    from clientele import pipeline

    with without_retries_where_useless():
        pipeline.reject_review(
            load_settings(),
            date.fromisoformat(as_of_date),
            _name(answer),
            answer["params_input"].get("reason") or "no reason given",
            described,
        )


def announce_review(as_of_date: str, outlet_events: Any = None) -> None:
    """Say which review the new release shows, for the DAGs that wait for it."""
    outlet_events[PUBLISHED_REVIEW].extra = {"as_of_date": as_of_date}


def report_reviews(
    params: Mapping[str, Any] | None = None, triggering_asset_events: Mapping[Any, Any] | None = None
) -> None:
    """Render the report of the review that the run's parameters ask for, or else of those announced."""
    from clientele import pipeline

    asked = (params or {}).get("as_of_date")
    announced = [event for events in (triggering_asset_events or {}).values() for event in events]
    days = {asked} if asked else {str(event.extra["as_of_date"]) for event in announced}
    with without_retries_where_useless():
        if not days:
            raise ConfigurationError("no review to report on", remedy="trigger the DAG with as_of_date")
        for day in sorted(days):
            pipeline.report(load_settings(), date.fromisoformat(day), report_progress)


def simulate(params: Mapping[str, Any] | None = None) -> str:
    """Simulate the scheme that the run's parameters give, by its text or its file.

    Returns the folder of the result, below CLIENTELE_HOME.
    """
    from clientele import simulation

    asked = params or {}
    settings = load_settings()
    with without_retries_where_useless():
        done = simulation.simulate(
            settings,
            simulation.scheme_text(asked.get("scheme_text"), asked.get("scheme_file")),
            date.fromisoformat(asked["from_date"]),
            date.fromisoformat(asked["to_date"]),
            report_progress,
            against=asked.get("against") or None,
        )
    return str(done.folder.relative_to(settings.home))


def _month_end(as_of_date: str | None, data_interval_end: datetime | None) -> date:
    if as_of_date:
        return date.fromisoformat(as_of_date)
    if data_interval_end is None:
        raise ConfigurationError("no month's end to review", remedy="trigger the DAG with as_of_date")
    return data_interval_end.date().replace(day=1) - timedelta(days=1)


def _name(answer: dict[str, Any]) -> str:
    """Who answered, as Airflow knows the person."""
    user = answer.get("responded_by_user") or {}
    return str(user.get("name") or user.get("id") or "")
