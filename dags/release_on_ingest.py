"""
### Build, check and publish a release

**What it does.** Started by any ingest that recorded something new, or by hand. Opens a candidate warehouse
(`prepare`), checks what came in (`check_sources`), builds it with dbt (`build`), checks what was built
(`check_built`) and swaps it in as the next release (`publish`), which emits `published/release`. Parameter
`as_of_date` sets the business day to compute for; empty means the last business day in the loaded data.

**Safe to re-run?** Yes: trigger the DAG again. Each run builds a candidate of its own from the lake; one run
at a time, and a stale run that wakes up cannot publish.

**When it fails.** Readers keep the last release: nothing is published unless every step passed.
`check_sources` or `check_built` failed: a gate said no, and a retry would say so again; the task's log and
the data docs name the check; correct the export, or the promise. `build` failed: the log names the dbt model
or test.

**Where to look.** `warehouse/runs/<run_id>/` under `CLIENTELE_HOME` (dbt's artifacts in `target/`, results of
the checks in `quality/`), `reports/data_docs/`, `docs/operations.md`.
"""

from airflow.sdk import DAG, AssetAny, Param, task

from clientele.orchestration import tasks
from clientele.orchestration.defaults import DAG_DEFAULTS, PUBLISHED_RELEASE, SOURCES, Tag, lake_asset

with DAG(
    dag_id="release_on_ingest",
    doc_md=__doc__,
    schedule=AssetAny(*(lake_asset(source) for source in SOURCES)),
    tags=[Tag.RELEASE],
    params={
        "as_of_date": Param(
            None,
            type=["null", "string"],
            format="date",
            description="Business day to compute for; empty: the last one in the loaded data.",
        )
    },
    **DAG_DEFAULTS,
):
    candidate_run_id = task(tasks.prepare)(as_of_date="{{ params.as_of_date or '' }}")
    (
        task(tasks.check_sources)(candidate_run_id)
        >> task(tasks.build)(candidate_run_id)
        >> task(tasks.check_built)(candidate_run_id)
        >> task(tasks.publish, outlets=[PUBLISHED_RELEASE])(candidate_run_id)
    )
