"""Deciding on a proposal: approved it is sealed into the lake, rejected it is kept there without effect."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

from clientele.errors import ConfigurationError, GateFailedError
from clientele.lake.reviews import (
    DecisionMode,
    Kind,
    ReviewDraft,
    ReviewRecord,
    file_hashes,
    read_reviews,
    seal,
)
from clientele.reviews.proposal import (
    FILES,
    RECORD,
    Proposal,
    open_proposal,
    proposal_folder,
    proposal_lock,
)
from clientele.settings import Settings
from clientele.warehouse.build import Progress

#: Who decided where nobody did.
UNATTENDED = "unattended"


def approve_review(
    settings: Settings,
    as_of_date: date,
    decided_by: str,
    mode: DecisionMode,
    progress: Progress,
    described: str | None = None,
    *,
    now: datetime | None = None,
) -> ReviewRecord:
    """Seal exactly what was proposed as of a date; the next run publishes it.

    ``described`` is the text by which it was decided on (None: whoever decides has just looked); where it has
    the mark of another proposal nothing is sealed. Approving again what was sealed returns its record. Raises
    ConfigurationError when there is nothing to approve or an unattended approval is not allowed,
    GateFailedError when the proposal is stale, is not what was proposed, was made anew meanwhile, or
    (unattended) a check of its outcome said no.
    """
    proposal = open_proposal(settings, as_of_date)
    if proposal is None:
        return _decided_already(settings, as_of_date, "sealed")
    require_name(decided_by)
    if mode == "unattended":
        _require_unattended(settings, proposal)
    _require_described(proposal, described)
    files = proposal_folder(settings, as_of_date) / FILES
    with proposal_lock(settings, as_of_date):
        if not _still_waits(settings, proposal):
            return _decided_already(settings, as_of_date, "sealed")
        if file_hashes(files) != proposal.files:
            raise GateFailedError(
                f"what lies in {files} is not what was proposed as of {as_of_date}", remedy="propose it again"
            )
        progress(f"seal the review as of {as_of_date}")
        draft = _draft_of(proposal, "sealed", decided_by, mode, None, now)
        record = seal(settings, draft, files)
        _discard(settings, as_of_date)
    return record


def reject_review(
    settings: Settings,
    as_of_date: date,
    decided_by: str,
    reason: str,
    described: str | None = None,
    *,
    now: datetime | None = None,
) -> ReviewRecord:
    """Keep in the lake that a proposal was rejected, by whom and why; no table hears of it.

    ``described`` as where it is approved. Rejecting again what was rejected already returns its record.
    Raises ConfigurationError when nothing waits or no reason is given, GateFailedError when the proposal was
    made anew meanwhile.
    """
    proposal = open_proposal(settings, as_of_date)
    if proposal is None:
        return _decided_already(settings, as_of_date, "rejected")
    require_name(decided_by)
    if not reason.strip():
        raise ConfigurationError("a rejection needs a reason", remedy="say why with --reason")
    _require_described(proposal, described)
    with proposal_lock(settings, as_of_date):
        if not _still_waits(settings, proposal):
            return _decided_already(settings, as_of_date, "rejected")
        draft = _draft_of(proposal, "rejected", decided_by, "person", reason.strip(), now)
        record = seal(settings, draft)
        _discard(settings, as_of_date)
    return record


def _still_waits(settings: Settings, proposal: Proposal) -> bool:
    """Whether nobody decided on the proposal since it was read.

    Raises GateFailedError where another has taken its place: whoever decides has not seen that one.
    """
    waiting = open_proposal(settings, proposal.as_of_date)
    if waiting is not None and waiting != proposal:
        raise _proposed_anew(proposal)
    return waiting is not None


def _require_described(proposal: Proposal, described: str | None) -> None:
    """Raises GateFailedError when the text that was decided on is not of the proposal that waits."""
    if described is not None and proposal.mark not in described:
        raise _proposed_anew(proposal)


def _proposed_anew(proposal: Proposal) -> GateFailedError:
    return GateFailedError(
        f"the review as of {proposal.as_of_date} was proposed anew meanwhile",
        remedy="look at what waits now, then decide",
    )


def needs_no_person(settings: Settings, proposal: Proposal) -> bool:
    """Whether it may be approved unattended: that is allowed here, and every check of its outcome passed."""
    return settings.approve_unattended and proposal.passes_every_check


def _draft_of(
    proposal: Proposal,
    kind: Kind,
    decided_by: str,
    mode: DecisionMode,
    reason: str | None,
    now: datetime | None,
) -> ReviewDraft:
    """The proposal as a decided review; ``now`` is an aware time, by default the clock's."""
    return ReviewDraft(
        kind=kind,
        as_of_date=proposal.as_of_date,
        known_load_id=proposal.known_load_id,
        known_sequence_number=proposal.known_sequence_number,
        proposed_at=proposal.proposed_at,
        decided_at=(now or datetime.now(UTC)).astimezone(UTC),
        decided_by=decided_by.strip(),
        decision_mode=mode,
        reason=reason,
        schemes=proposal.schemes,
        asked_scheme_ids=proposal.asked_scheme_ids,
    )


def _decided_already(settings: Settings, as_of_date: date, kind: Kind) -> ReviewRecord:
    """What was decided last on the date, if it was decided so."""
    of_the_date = [record for record in read_reviews(settings) if record.as_of_date == as_of_date]
    if of_the_date and of_the_date[-1].kind == kind:
        return of_the_date[-1]
    raise ConfigurationError(
        f"no proposal as of {as_of_date} waits for a decision",
        remedy=f"`clientele review --as-of {as_of_date}` makes one",
    )


def require_name(decided_by: str) -> None:
    """Raises ConfigurationError when nobody is named."""
    if not decided_by.strip():
        raise ConfigurationError("a decision needs the name of who takes it")


def _require_unattended(settings: Settings, proposal: Proposal) -> None:
    if not settings.approve_unattended:
        raise ConfigurationError(
            "reviews are approved by a person here", remedy="CLIENTELE_APPROVE_UNATTENDED=true allows it"
        )
    if not proposal.passes_every_check:
        said_no = ", ".join(f"{finding.suite_name} {finding.check_id}" for finding in proposal.findings)
        raise GateFailedError(
            f"the review as of {proposal.as_of_date} needs a person: {said_no}",
            remedy=f"`clientele review --as-of {proposal.as_of_date} --approve NAME`, or --reject",
        )


def _discard(settings: Settings, as_of_date: date) -> None:
    """What was decided does not wait any more; its record goes first, so that half of it never does."""
    folder = proposal_folder(settings, as_of_date)
    (folder / RECORD).unlink()
    shutil.rmtree(folder, ignore_errors=True)
