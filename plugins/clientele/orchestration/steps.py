"""Task groups that several DAGs have in common. Imported at parse time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import task

from clientele.orchestration import tasks
from clientele.orchestration.defaults import PUBLISHED_RELEASE

if TYPE_CHECKING:
    from airflow.sdk import XComArg


def release_steps(as_of_date: str = "") -> tuple[XComArg, XComArg]:
    """The tasks of a release, from a candidate to its publishing; returns the first and the last.

    ``as_of_date`` (ISO, or a template of it) is the business day to compute for; empty: the last one loaded.
    """
    # Airflow's types know no argument that another task will have returned.
    step: Any = task
    candidate_run_id = step(tasks.prepare)(as_of_date=as_of_date)
    published = step(tasks.publish, outlets=[PUBLISHED_RELEASE])(candidate_run_id)
    (
        step(tasks.check_sources)(candidate_run_id)
        >> step(tasks.build)(candidate_run_id)
        >> step(tasks.check_built)(candidate_run_id)
        >> published
    )
    return candidate_run_id, published
