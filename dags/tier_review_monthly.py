"""
### Review the tiers as of the month's end: propose, wait for a person, seal, publish

**What it does.** On the first of the month, for the month before: builds a proposal as of its last day
beside what is published and checks its outcome (`propose_review`), says in counts what it would move
(`describe_review`) and waits for a person under *Required Actions* (`wait_for_decision`). Approved, it is
sealed into the lake (`seal_review`), the steps of a release publish it with the CRM's changes, and
`published/review` starts the report. Rejected, who and why are kept (`record_rejection`) and nothing else
changes. With `CLIENTELE_APPROVE_UNATTENDED` nobody is asked where every check of the outcome passed.
Parameters: `as_of_date` another month's end, `scheme_ids` some schemes only, `is_only_proposed` to wait for
nobody and leave the proposal to the command.

**Safe to re-run?** Yes. A proposal from the same lake is used again, a sealed review is never sealed twice.
For past months: `airflow backfill create --dag-id tier_review_monthly --from-date … --to-date …
--max-active-runs 1`; a month after one that is sealed cannot be reviewed before it. `airflow dags test`
waits for ever on a decision: give it `--conf '{"is_only_proposed": true}'`.

**When it fails.** Readers keep the last release. `propose_review`: a gate said no and names the check, as
in any run; correct the data. `wait_for_decision`: nobody decided for 14 days; the proposal is kept: clear
the task to ask again, or run `clientele review --as-of DATE --approve NAME` (or `--reject`). `seal_review`:
the month was proposed anew while people thought about what they had been shown: clear `describe_review`
with what follows it, and they are asked about what waits now. Later: the
review is sealed; clear `prepare` and what follows it.

**Where to look.** The log of the task that failed; `warehouse/reviews/<date>/` and `lake/reviews/` under
`CLIENTELE_HOME`; `reports/data_docs/`; `docs/operations.md`.
"""

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Param, task

from clientele.orchestration import tasks
from clientele.orchestration.defaults import (
    DAG_DEFAULTS,
    MONTHLY_ON_THE_FIRST,
    PUBLISHED_REVIEW,
    REVIEW_RESPONSE_TIMEOUT,
    Tag,
    review_params,
)
from clientele.orchestration.steps import release_steps

with DAG(
    dag_id="tier_review_monthly",
    doc_md=__doc__,
    schedule=MONTHLY_ON_THE_FIRST,
    tags=[Tag.REVIEW],
    params=review_params(),
    **DAG_DEFAULTS,
):
    day = task(tasks.propose_review)()
    described = task(tasks.describe_review)(day)
    wait = HITLOperator(
        task_id="wait_for_decision",
        subject="Tier review as of {{ ti.xcom_pull('propose_review') }}",
        body="{{ ti.xcom_pull('describe_review') }}",
        options=["Approve", "Reject"],
        params={"reason": Param("", type="string", description="Why, when it is rejected.")},
        response_timeout=REVIEW_RESPONSE_TIMEOUT,
        retries=0,
    )
    route = task.branch(tasks.route_review)(day)
    decision = task.branch(tasks.route_decision)(wait.output)
    rejection = task(tasks.record_rejection)(day, described, wait.output)
    sealed = task(tasks.seal_review, trigger_rule="none_failed_min_one_success")(day, described, wait.output)
    first, last = release_steps()
    announced = task(
        tasks.announce_review, outlets=[PUBLISHED_REVIEW], trigger_rule="none_failed_min_one_success"
    )(sealed)

    described >> route >> [wait, sealed]
    decision >> [rejection, sealed]
    sealed >> first
    last >> announced
