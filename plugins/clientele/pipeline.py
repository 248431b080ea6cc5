"""The steps of a run, in order. The command and the Airflow tasks call these and nothing else.

    ingest -> prepare -> check sources -> build -> check built -> publish

Each step takes the run's id from the one before, so that every step may run in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.lake import ingest as lake_ingest
from clientele.lake.reviews import read_reviews
from clientele.publish import release as releases
from clientele.publish.descriptions import read_descriptions
from clientele.publish.record import Release
from clientele.publish.rollback import earlier_state
from clientele.publish.store import current_release
from clientele.quality import gate
from clientele.report import FORMATS, LANGUAGES, FindNames, Format, Language, Limits, Names, render
from clientele.reviews import decide, outcome, proposal, replaying
from clientele.reviews.schemes import sealed_versions
from clientele.settings import Settings
from clientele.tiers import SchemeMeasures, measures_in, superseded, versions_built, versions_in
from clientele.warehouse import build as dbt_build
from clientele.warehouse.candidate import (
    Candidate,
    begin,
    discard_older,
    open_candidate,
    told_when_overtaken,
)

if TYPE_CHECKING:
    from clientele.lake.reviews import DecisionMode, ReviewRecord
    from clientele.publish.postgres import Pushed

Progress = Callable[[str], None]

#: A candidate is published only after the checks of these boundaries.
REQUIRED_BOUNDARIES = frozenset({"sources", "built"})


def ingest(
    settings: Settings, source: str | None, progress: Progress, now: datetime | None = None
) -> lake_ingest.IngestResult:
    """Take every new file of ``source`` (None: of all sources) from the landing folder into the lake.

    Original files whose time is over at ``now`` (None: by the clock) are removed.
    """
    return lake_ingest.ingest(settings, source, progress, now=now or datetime.now(UTC))


def prepare(settings: Settings, as_of_date: date | None) -> str:
    """Open a candidate over the lake as it is now; returns its run id.

    Raises ConfigurationError for a scheme file that is invalid, or edited after its version was published or
    sealed by a review, before anything is built on it.
    """
    published = current_release(settings)
    versions = versions_in(settings.dbt_project / "tiers")
    superseded(published.scheme_versions if published else {}, versions)
    superseded(sealed_versions(read_reviews(settings)), versions)
    candidate = begin(settings, as_of_date)
    discard_older(settings, candidate)
    return candidate.run_id


def check(settings: Settings, run_id: str, boundary: str) -> list[gate.CheckResult]:
    """Run the expectations of a boundary (``sources`` or ``built``); raises GateFailedError."""
    with told_when_overtaken(settings, run_id):
        candidate = open_candidate(settings, run_id)
        return gate.check(settings, candidate.database, boundary, candidate.quality)


def build(settings: Settings, run_id: str, progress: Progress) -> None:
    """Build and test every model of the candidate in one dbt process; raises GateFailedError."""
    with told_when_overtaken(settings, run_id):
        dbt_build.build(settings, open_candidate(settings, run_id), progress)


def publish(settings: Settings, run_id: str) -> Release:
    """Make the checked candidate the current release, all or nothing; then PostgreSQL shows it too."""
    with told_when_overtaken(settings, run_id):
        candidate = open_candidate(settings, run_id)
        release = releases.publish(
            settings,
            candidate.database,
            run_id=candidate.run_id,
            token=candidate.token,
            quality_results=_results(candidate),
            descriptions=read_descriptions(candidate.target / "manifest.json"),
            render_report=partial(_render_report, settings),
            scheme_versions=versions_built(candidate.target / "manifest.json"),
        )
    return _shown(settings, release)


def push(settings: Settings, progress: Progress) -> Pushed:
    """Make PostgreSQL show the current release; raises UnavailableError while there is none."""
    # Most installations have no PostgreSQL, and its drivers cost every command a third of a second.
    from clientele.publish import postgres

    release = current_release(settings)
    if release is None:
        raise UnavailableError("nothing has been published yet", remedy="run `clientele run` first")
    return postgres.push(settings, release, progress)


def roll_back(settings: Settings, release_id: str | None) -> Release:
    """Publish again what ``release_id`` said (None: the release before the current one), as a new release."""
    state = earlier_state(settings, release_id)
    release = releases.publish(
        settings,
        state.database,
        run_id=state.run_id,
        token=state.token,
        quality_results=state.quality_results,
        descriptions=state.descriptions,
        render_report=partial(_render_report, settings),
    )
    return _shown(settings, release)


def _shown(settings: Settings, release: Release) -> Release:
    """The published release, after PostgreSQL shows it too, where there is one."""
    if settings.postgres_url is not None:
        push(settings, lambda _line: None)
    return release


def _render_report(settings: Settings, database: Path, output: Path) -> list[Path]:
    return render(
        database,
        output,
        limits=Limits(settings.memory_limit, settings.threads),
        measures=_measures(settings),
    )


def _measures(settings: Settings) -> SchemeMeasures:
    """What the scheme files call their figures."""
    try:
        return measures_in(settings.dbt_project / "tiers")
    except ConfigurationError:
        # A report tells what is published: it does not wait for a file that somebody is editing now.
        return {}


def report(
    settings: Settings,
    as_of_date: date | None,
    progress: Progress,
    *,
    formats: Sequence[Format] = FORMATS,
    languages: Sequence[Language] = LANGUAGES,
    scheme_ids: Sequence[str] = (),
    is_for_staff: bool = False,
) -> list[Path]:
    """Write the tier review of the current release into the reports, or with names for the staff alone.

    Without a date it is that of the newest sealed review, or else the release's own. ``scheme_ids`` are those
    to show whole. Raises UnavailableError when nothing is published, a vault cannot be opened or a file
    cannot be written, and ConfigurationError for a date without tiers or another secret key than the lake's.
    """
    database = settings.published / "clientele.duckdb"
    if not database.exists():
        raise UnavailableError("nothing has been published yet", remedy="run `clientele run` first")
    names: Names = "keys_only"
    find_names: FindNames | None = None
    if is_for_staff or settings.report_masked_names:
        from clientele.crm.contacts import customer_names, masked

        def find_names(keys: Collection[str]) -> dict[str, str]:
            found = customer_names(settings, keys)
            return found if is_for_staff else {key: masked(name) for key, name in found.items()}

        names = "full_names" if is_for_staff else "masked_names"
    files = render(
        database,
        settings.home / "staff" if is_for_staff else settings.reports,
        as_of_date=as_of_date,
        formats=formats,
        languages=languages,
        scheme_ids=scheme_ids,
        names=names,
        find_names=find_names,
        limits=Limits(settings.memory_limit, settings.threads),
        measures=_measures(settings),
    )
    for file in files:
        progress(f"wrote {file}")
    return files


def _results(candidate: Candidate) -> list[gate.CheckResult]:
    """Every check of the run; a boundary that was never checked, or said no, stops the publish."""
    results = gate.load_results(candidate.quality)
    missing = REQUIRED_BOUNDARIES - {result.boundary for result in results}
    if missing:
        raise GateFailedError(
            f"{candidate.run_id} was not checked at: {', '.join(sorted(missing))}",
            remedy="run the check before publishing",
        )
    refused = [
        result.check_name for result in results if result.severity == "blocking" and not result.is_successful
    ]
    if refused:
        raise GateFailedError(f"{candidate.run_id} did not pass: {', '.join(refused)}")
    built = gate.dbt_results(candidate.target / "run_results.json", candidate.target / "manifest.json")
    return [*results, *built]


def run(settings: Settings, as_of_date: date | None, progress: Progress) -> Release:
    """All steps after ingest, in one process."""
    progress("prepare: mount the lake")
    run_id = prepare(settings, as_of_date)
    progress("check sources")
    check(settings, run_id, "sources")
    progress("build")
    build(settings, run_id, progress)
    progress("check built tables")
    check(settings, run_id, "built")
    progress("publish")
    return publish(settings, run_id)


def propose_review(
    settings: Settings, as_of_date: date, scheme_ids: Sequence[str] | None, progress: Progress
) -> proposal.Proposal:
    """Build and check what a review of the schemes (None: of all in use) would seal; nothing is published."""
    return proposal.propose_review(settings, as_of_date, scheme_ids, progress)


def approve_review(
    settings: Settings,
    as_of_date: date,
    decided_by: str,
    mode: DecisionMode,
    progress: Progress,
    described: str | None = None,
) -> ReviewRecord:
    """Seal what was proposed as of a date, and ``described`` so, into the lake; the next run publishes it."""
    return decide.approve_review(settings, as_of_date, decided_by, mode, progress, described)


def describe_review(settings: Settings, as_of_date: date) -> str:
    """What waits for a decision as of a date, in counts, as Markdown for whoever decides."""
    moved = outcome.read_outcomes(settings, as_of_date)
    return outcome.describe(_waiting(settings, as_of_date), moved, settings.data_docs_address)


def needs_no_person(settings: Settings, as_of_date: date) -> bool:
    """Whether what waits as of a date may be approved unattended."""
    return decide.needs_no_person(settings, _waiting(settings, as_of_date))


def _waiting(settings: Settings, as_of_date: date) -> proposal.Proposal:
    waiting = proposal.open_proposal(settings, as_of_date)
    if waiting is None:
        raise ConfigurationError(
            f"no proposal as of {as_of_date} waits for a decision",
            remedy=f"`clientele review --as-of {as_of_date}` makes one",
        )
    return waiting


def reject_review(
    settings: Settings, as_of_date: date, decided_by: str, reason: str, described: str | None = None
) -> ReviewRecord:
    """Keep who rejected the proposal that was ``described`` so, and why; nothing else changes."""
    return decide.reject_review(settings, as_of_date, decided_by, reason, described)


def replay(
    settings: Settings, review_id: str, known: replaying.Known, progress: Progress
) -> replaying.Replay:
    """Decide a sealed review again from what was known then, or from all that is known now."""
    return replaying.replay(settings, review_id, known, progress)
