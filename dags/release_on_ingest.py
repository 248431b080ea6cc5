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

from airflow.sdk import DAG, AssetAny

from clientele.orchestration.defaults import DAG_DEFAULTS, SOURCES, Tag, as_of_date_param, lake_asset
from clientele.orchestration.steps import release_steps

with DAG(
    dag_id="release_on_ingest",
    doc_md=__doc__,
    schedule=AssetAny(*(lake_asset(source) for source in SOURCES)),
    tags=[Tag.RELEASE],
    params={"as_of_date": as_of_date_param("Business day to compute for; empty: the last one loaded.")},
    **DAG_DEFAULTS,
):
    release_steps("{{ params.as_of_date or '' }}")
