"""
### Try a new or changed scheme on months that are past

**What it does.** Started by hand only, with parameters: a scheme as its text (`scheme_text`) or as a file
that the worker can read (`scheme_file`), the first and the last day, and, for a scheme of a new id, the
published one that it is held against (`against`). `simulate` runs the scheme over the month ends between with
the models of production, on what the current release knows, and writes tables and a page for people. It
publishes nothing, and no other run waits for it.

**Safe to re-run?** Yes. The same parameters give the same files, which replace those of the run before.

**When it fails.** Nothing else is touched. A scheme that cannot be used is refused with line and reason, a
last day after the current release's date with that date: correct the parameters and trigger it again. A model
that failed is named, and `warehouse/simulations/<name>/candidate/target/dbt.log` says why; the folder may be
deleted at any time.

**Where to look.** The result is the folder that `simulate` returns, below `CLIENTELE_HOME`: open
`simulation.zh.html` or `simulation.en.html`. `docs/simulation.md` says what is in it.
"""

from airflow.sdk import DAG, task

from clientele.orchestration import tasks
from clientele.orchestration.defaults import DAG_DEFAULTS, Tag, simulation_params

with DAG(
    dag_id="tier_simulation_by_request",
    doc_md=__doc__,
    schedule=None,
    tags=[Tag.SIMULATION],
    params=simulation_params(),
    **DAG_DEFAULTS,
):
    task(tasks.simulate)()
