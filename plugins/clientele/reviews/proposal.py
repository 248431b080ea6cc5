"""A proposal: a candidate built as of a month end, checked, that waits for somebody to decide on it.

It lies in ``warehouse/reviews/<date>/``, may be deleted at any time and made again, and fences no run out.
``files/`` there is what a seal takes; ``proposal.json``, written last, makes it a proposal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from clientele.duck import connect
from clientele.durable import write_durably
from clientele.errors import ConfigurationError, GateFailedError
from clientele.lake.log import last_load_id
from clientele.lake.reviews import ReviewedScheme, ReviewRecord, file_hashes, read_reviews
from clientele.quality import gate
from clientele.quality.results import CheckResult, Severity, read_results
from clientele.reviews.restating import restate
from clientele.reviews.schemes import choose_schemes
from clientele.reviews.sealing import reviewed_decisions, write_restatements
from clientele.settings import Settings
from clientele.warehouse import build as dbt_build
from clientele.warehouse.build import Progress
from clientele.warehouse.candidate import Candidate, begin_aside

RECORD: Final = "proposal.json"
FILES: Final = "files"
OUTCOME: Final = "outcome"
_LAST_SALE: Final = "select last_date from intermediate.int_sale_days_bounded"


class NothingToDecideError(ConfigurationError):
    """The schemes asked for place nobody up to the date."""


class Finding(BaseModel):
    """A check of the outcome that said no: counts and names, never a customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite_name: str
    check_id: str
    check_name: str
    severity: Severity
    details: str | None


class Movement(BaseModel):
    """Whom the review moves in one scheme, in customers at its date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme_id: str
    customers_count: int
    new_count: int
    upgraded_count: int
    downgraded_count: int


class Proposal(BaseModel):
    """What waits for a decision, and all that it was made from.

    ``asked_scheme_ids`` are the schemes it is about, ``schemes`` those of them that have decisions.
    ``restatements_count`` are those of ``restated_review_id``, the review sealed before (null: none was).
    ``files`` maps what a seal would take to its SHA-256.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of_date: date
    known_load_id: int
    known_sequence_number: int
    proposed_at: AwareDatetime
    project_digest: str
    asked_scheme_ids: tuple[str, ...]
    schemes: tuple[ReviewedScheme, ...]
    movements: tuple[Movement, ...]
    findings: tuple[Finding, ...]
    restated_review_id: str | None
    restatements_count: int
    files: dict[str, str]

    @property
    def mark(self) -> str:
        """Tells this proposal from any other of its date: the beginning of the SHA-256 of its record."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def passes_every_check(self) -> bool:
        """Whether no check of the outcome said no: what an unattended approval asks for."""
        return not self.findings


def proposal_folder(settings: Settings, as_of_date: date) -> Path:
    """Where the proposal as of a date lies: a candidate, its files and its record."""
    return settings.warehouse / "reviews" / as_of_date.isoformat()


def proposal_lock(settings: Settings, as_of_date: date) -> FileLock:
    """Held by whoever makes the proposal as of a date or decides on it."""
    folder = proposal_folder(settings, as_of_date)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(folder.with_suffix(".lock"))


def waiting_proposals(settings: Settings) -> list[Proposal]:
    """Every proposal that waits for a decision, by date; one that was sealed, or is stale, does not."""
    paths = sorted((settings.warehouse / "reviews").glob(f"*/{RECORD}"))
    records = read_reviews(settings)
    return [
        proposal
        for proposal in map(_read, paths)
        if proposal is not None and not _is_overtaken(proposal, records)
    ]


def open_proposal(settings: Settings, as_of_date: date) -> Proposal | None:
    """The proposal that waits, if one does; what cannot be read is none and is made again."""
    return _read(proposal_folder(settings, as_of_date) / RECORD)


def propose_review(
    settings: Settings,
    as_of_date: date,
    scheme_ids: Sequence[str] | None,
    progress: Progress,
    *,
    requires_each: bool = True,
    now: datetime | None = None,
) -> Proposal:
    """Build, check and keep what a review as of ``as_of_date`` would seal of the schemes (None: of all).

    A proposal that was made from the same lake, schemes and project is returned as it is. Raises
    ConfigurationError for a date that ends no month or comes in a month after the last sale, or schemes that
    cannot be reviewed, GateFailedError when a blocking check of the sources or the built tables says no,
    NothingToDecideError where one of the schemes asked for has nothing to decide; without ``requires_each``
    where none of them has.
    """
    require_month_end(as_of_date)
    records = read_reviews(settings)
    chosen = choose_schemes(settings, records, as_of_date, scheme_ids)
    folder = proposal_folder(settings, as_of_date)
    with proposal_lock(settings, as_of_date):
        waiting = open_proposal(settings, as_of_date)
        if waiting is not None and _is_of_today(settings, waiting, list(chosen), records):
            progress(f"the proposal as of {as_of_date} waits already; nothing has changed since")
            return waiting
        proposed_at = now or datetime.now(UTC)
        candidate = begin_aside(settings, folder, as_of_date, review_dates=[as_of_date])
        findings = build_and_check(settings, candidate, progress)
        require_sales(settings, candidate, as_of_date)
        progress("write what would be sealed")
        with reviewed_decisions(settings, candidate.database, as_of_date, list(chosen)) as decisions:
            schemes = decisions.schemes(chosen)
            _require_decisions(as_of_date, schemes, scheme_ids if requires_each else None, records)
            decisions.write_files(settings, folder / FILES, schemes)
            movements = tuple(Movement(**movement) for movement in decisions.movements())
        restated = last_sealed(records)
        found = restate(settings, restated, folder / "restated", progress) if restated else None
        restated_id = restated.review_id if restated else None
        proposal = Proposal(
            as_of_date=as_of_date,
            known_load_id=candidate.known_load_id,
            known_sequence_number=candidate.known_sequence_number,
            proposed_at=proposed_at.astimezone(UTC),
            project_digest=project_digest(settings),
            asked_scheme_ids=tuple(chosen),
            schemes=schemes,
            movements=movements,
            findings=findings,
            restated_review_id=restated_id,
            restatements_count=write_restatements(settings, folder / FILES, restated_id, found),
            files=file_hashes(folder / FILES),
        )
        write_durably(folder / RECORD, proposal.model_dump_json(indent=1) + "\n")
    return proposal


def build_and_check(
    settings: Settings,
    candidate: Candidate,
    progress: Progress,
    variables: Mapping[str, object] | None = None,
) -> tuple[Finding, ...]:
    """Build the candidate and check it at all boundaries; returns what the checks of the outcome object to.

    Whether an outcome goes too far is for a person to say: it stops none but the unattended approval.
    ``variables`` go before those of the dbt project.
    """
    progress(f"check sources as of {candidate.as_of_date}")
    gate.check(settings, candidate.database, "sources", candidate.quality)
    progress("build")
    dbt_build.build(settings, candidate, progress, variables=variables)
    progress("check built tables and the outcome")
    gate.check(settings, candidate.database, "built", candidate.quality)
    try:
        outcome = gate.check(settings, candidate.database, OUTCOME, candidate.quality)
    except GateFailedError as error:
        stored = candidate.quality / f"{OUTCOME}.json"
        if not stored.exists():
            raise
        progress(str(error))
        outcome = read_results(stored)
    return tuple(_finding(result) for result in outcome if not result.is_successful)


def require_month_end(as_of_date: date) -> None:
    """Raises ConfigurationError when the date is not the last day of a month."""
    if (as_of_date + timedelta(days=1)).day != 1:
        raise ConfigurationError(
            f"{as_of_date} ends no month", remedy="a review is as of the last day of a month"
        )


def require_sales(settings: Settings, candidate: Candidate, as_of_date: date) -> None:
    """Raises ConfigurationError for a date in a later month than the last sale of the built candidate.

    A mistyped year would be sealed for good: nothing up to it could be reviewed any more. In a shop that has
    no sales at all no month is later than they are.
    """
    with connect(candidate.database, settings, read_only=True) as connection:
        row = connection.execute(_LAST_SALE).fetchone()
    last_date = row[0] if row else None
    if last_date is not None and as_of_date.replace(day=1) > last_date:
        raise ConfigurationError(
            f"no sale of {as_of_date:%Y-%m} has come yet, the last ones are of {last_date}",
            remedy="review months whose exports are loaded; `clientele ingest` takes in what has come since",
        )


def last_sealed(records: Sequence[ReviewRecord]) -> ReviewRecord | None:
    """The newest review of the chain that was not rejected."""
    return next((record for record in reversed(records) if record.kind == "sealed"), None)


def project_digest(settings: Settings) -> str:
    """SHA-256 over the files of the dbt project, from which a build is made besides the lake."""
    digest = hashlib.sha256()
    for path in sorted(settings.dbt_project.rglob("*")):
        if path.suffix in {".sql", ".yml", ".py", ".csv"} and path.is_file():
            name = path.relative_to(settings.dbt_project).as_posix()
            if not name.startswith(("target/", "logs/")):
                digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _is_of_today(
    settings: Settings, proposal: Proposal, chosen: list[str], records: Sequence[ReviewRecord]
) -> bool:
    """Whether it would be the same proposal if it were made now."""
    return (
        proposal.known_load_id == last_load_id(settings)
        and proposal.known_sequence_number == len(records)
        and list(proposal.asked_scheme_ids) == chosen
        and proposal.project_digest == project_digest(settings)
        and proposal.files == file_hashes(proposal_folder(settings, proposal.as_of_date) / FILES)
    )


def _is_overtaken(proposal: Proposal, records: Sequence[ReviewRecord]) -> bool:
    """Whether one of its schemes was sealed since it was made, maybe by itself before a kill."""
    scheme_ids = {scheme.scheme_id for scheme in proposal.schemes}
    return any(
        record.kind == "sealed" and record.scheme_ids & scheme_ids
        for record in records[proposal.known_sequence_number :]
    )


def _require_decisions(
    as_of_date: date,
    schemes: Sequence[ReviewedScheme],
    wanted: Sequence[str] | None,
    records: Sequence[ReviewRecord],
) -> None:
    sealed = last_sealed([record for record in records if record.as_of_date == as_of_date])
    if sealed is not None and wanted is None and not schemes:
        raise NothingToDecideError(
            f"{as_of_date} was reviewed already, as {sealed.review_id}; no other scheme places anybody",
            remedy="a sealed review stays; later corrections show as restatements",
        )
    absent = sorted(set(wanted or ()) - {scheme.scheme_id for scheme in schemes})
    if absent or not schemes:
        raise NothingToDecideError(
            f"there is nothing to decide as of {as_of_date} in {', '.join(absent) or 'any scheme'}",
            remedy="the table scheme_states says what a scheme lacks",
        )


def _finding(result: CheckResult) -> Finding:
    return Finding(
        suite_name=result.suite_name,
        check_id=result.check_id,
        check_name=result.check_name.strip(),
        severity=result.severity,
        details=result.details,
    )


def _read(path: Path) -> Proposal | None:
    try:
        return Proposal.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
