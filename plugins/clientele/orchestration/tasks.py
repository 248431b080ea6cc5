"""Task functions: thin calls into the pipeline that the `clientele` command makes as well.

Between tasks travels the run id, nothing else. The pipeline is imported when a task runs, so that parsing a
DAG stays quick.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from clientele.errors import ConfigurationError, GateFailedError
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
