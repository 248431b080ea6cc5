"""
### Take in the generic exports: sales, orders, members, service events, prospects, overrides

**What it does.** Reads every new or changed file in `landing/generic/`, records it in the lake
(accepted, or refused with the reason) and emits `lake/generic`, which starts `release_on_ingest`.
A day without new files is skipped.

**Safe to re-run?** Yes, at any time. A file is known by its sha256: what was taken in before changes nothing.

**When it fails.** Nothing published is touched; readers keep the last release. A bad file does not fail
this DAG: it is refused by name in `load_ledger` and the others go on. A failure means that the lake could not
be written (disk full, rights) or that a source description is wrong; the last line of the task's log says
which, with the remedy.

**Where to look.** The log of `ingest`; `lake/loads/` under `CLIENTELE_HOME`; `docs/operations.md`.
"""

from airflow.sdk import DAG, task

from clientele.orchestration import tasks
from clientele.orchestration.defaults import DAG_DEFAULTS, DAILY_AFTER_BUSINESS_DAY, Tag, lake_asset

with DAG(
    dag_id="ingest_generic_daily",
    doc_md=__doc__,
    schedule=DAILY_AFTER_BUSINESS_DAY,
    tags=[Tag.INGEST, Tag.GENERIC],
    **DAG_DEFAULTS,
):
    task(tasks.ingest, outlets=[lake_asset("generic")])(source="generic")
