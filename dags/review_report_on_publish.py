"""
### Render the report of a review that has been published

**What it does.** Started by `published/review`, which `tier_review_monthly` emits when a release shows a
newly sealed review, or by hand with `as_of_date`. Renders the report of the review from the published
tables alone.

**Safe to re-run?** Yes: the same release gives the same report.

**When it fails.** The review is sealed and published all the same; only its report is missing. The last
line of the log says what could not be rendered (a missing font, a full disk), with the remedy. Clear the
task, or run `clientele report --as-of DATE`.

**Where to look.** The log of `report_reviews`; `reports/` under `CLIENTELE_HOME`; `docs/operations.md`.
"""

from airflow.sdk import DAG, task

from clientele.orchestration import tasks
from clientele.orchestration.defaults import DAG_DEFAULTS, PUBLISHED_REVIEW, Tag, as_of_date_param

with DAG(
    dag_id="review_report_on_publish",
    doc_md=__doc__,
    schedule=[PUBLISHED_REVIEW],
    tags=[Tag.REVIEW],
    params={"as_of_date": as_of_date_param("Month's end reported on; empty: those announced.")},
    **DAG_DEFAULTS,
):
    task(tasks.report_reviews)()
