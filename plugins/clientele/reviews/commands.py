"""`clientele review` and `clientele replay`: what they ask for, do and say."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from clientele.errors import ConfigurationError
from clientele.lake.reviews import ReviewRecord, read_reviews
from clientele.reviews.backfill import backfill_reviews
from clientele.reviews.decide import UNATTENDED, approve_review, needs_no_person, reject_review
from clientele.reviews.proposal import Proposal, open_proposal, propose_review, waiting_proposals
from clientele.reviews.replaying import Replay, replay
from clientele.settings import Settings

Say = Callable[[str], None]
Outcome = tuple[Any, int]

_DONE: Final = 0
_SAID_NO: Final = 1
#: Restatements that the text names one by one; the JSON has all of them.
_RESTATEMENTS_NAMED: Final = 20


def review(arguments: argparse.Namespace, settings: Settings, say: Say) -> Outcome:
    """`clientele review`: list, propose, approve, reject, or go through many months."""
    _require_one_wish(arguments)
    if arguments.as_of is not None:
        return _review_of_a_date(arguments, settings, say)
    if arguments.first is not None:
        made = backfill_reviews(
            settings, arguments.first, arguments.last, arguments.scheme, arguments.approve, say
        )
        say(f"{len(made)} reviews sealed; `clientele run` publishes them")
        return {"reviews": [record.model_dump() for record in made]}, _DONE
    return _list(settings, say)


def replay_review(arguments: argparse.Namespace, settings: Settings, say: Say) -> Outcome:
    """`clientele replay`: exit code 1 when what was known then gives other decisions than were sealed."""
    found = replay(settings, arguments.review_id, arguments.known, say)
    if arguments.known == "then":
        _say_digests(found, say)
    else:
        _say_restatements(found, say)
    return {**asdict(found), "is_equal": found.is_equal}, _DONE if found.is_equal else _SAID_NO


def _require_one_wish(arguments: argparse.Namespace) -> None:
    """Raises ConfigurationError for options that do not belong together."""
    has_dates = arguments.first is not None or arguments.last is not None
    wrong = None
    if has_dates and (arguments.first is None or arguments.last is None):
        wrong = "--from and --to belong together"
    elif has_dates and (arguments.as_of is not None or arguments.reject is not None):
        wrong = "--from and --to go with --approve alone"
    elif has_dates and arguments.approve is None:
        wrong = "reviews of many months need the name of who approves them"
    elif arguments.approve is not None and arguments.reject is not None:
        wrong = "a review is approved or rejected"
    elif arguments.list and (has_dates or arguments.as_of is not None):
        wrong = "--list lists all reviews"
    elif not has_dates and arguments.as_of is None and (arguments.approve or arguments.reject):
        wrong = "--approve and --reject need the date of a review"
    elif arguments.reason is not None and arguments.reject is None:
        wrong = "--reason says why a review is rejected"
    if wrong is not None:
        raise ConfigurationError(wrong, remedy="see `clientele review --help`")


def _review_of_a_date(arguments: argparse.Namespace, settings: Settings, say: Say) -> Outcome:
    day = arguments.as_of
    if arguments.approve is not None or arguments.reject is not None:
        _require_same_schemes(open_proposal(settings, day), arguments.scheme)
    if arguments.reject is not None:
        rejected = reject_review(settings, day, arguments.reject, arguments.reason or "")
        say(f"review {rejected.review_id} rejected by {rejected.decided_by}; nothing else changes")
        return rejected.model_dump(), _DONE
    waiting = open_proposal(settings, day) if arguments.approve is not None else None
    if waiting is None:
        waiting = propose_review(settings, day, arguments.scheme, say)
    _say_proposal(waiting, say)
    if arguments.approve is not None:
        sealed = approve_review(settings, day, arguments.approve, "person", say)
    elif needs_no_person(settings, waiting):
        sealed = approve_review(settings, day, UNATTENDED, "unattended", say)
    else:
        say(f"it waits: `clientele review --as-of {day} --approve NAME`, or --reject NAME --reason TEXT")
        return waiting.model_dump(), _DONE
    say(f"review {sealed.review_id} sealed by {sealed.decided_by}; `clientele run` publishes it")
    return sealed.model_dump(), _DONE


def _require_same_schemes(waiting: Proposal | None, wanted: Sequence[str] | None) -> None:
    """Raises ConfigurationError when what waits is about other schemes than those that are decided on."""
    if waiting is None or wanted is None or set(wanted) == set(waiting.asked_scheme_ids):
        return
    raise ConfigurationError(
        f"what waits as of {waiting.as_of_date} is about {', '.join(waiting.asked_scheme_ids)}",
        remedy="decide on all of it without --scheme, or propose with --scheme alone first",
    )


def _list(settings: Settings, say: Say) -> Outcome:
    reviews, waiting = read_reviews(settings), waiting_proposals(settings)
    for record in reviews:
        say(_line(record))
    for proposal in waiting:
        say(f"{proposal.as_of_date}  waits for a decision: {len(proposal.schemes)} schemes")
    if not reviews and not waiting:
        say("no review yet; `clientele review --as-of DATE` proposes one")
    return {
        "reviews": [record.model_dump() for record in reviews],
        "proposals": [proposal.model_dump() for proposal in waiting],
    }, _DONE


def _line(record: ReviewRecord) -> str:
    by = f"{record.decided_by}, {record.decided_at:%Y-%m-%d %H:%M} UTC"
    if record.kind == "rejected":
        return f"{record.review_id}  rejected by {by}: {record.reason}"
    decisions = sum(scheme.decisions_count for scheme in record.schemes)
    return (
        f"{record.review_id}  sealed by {by}: {len(record.schemes)} schemes, {decisions:,} decisions,"
        f" loads up to {record.known_load_id}"
    )


def _say_proposal(proposal: Proposal, say: Say) -> None:
    say(f"the review as of {proposal.as_of_date} proposes, from loads up to {proposal.known_load_id}:")
    for movement in proposal.movements:
        say(
            f"  {movement.scheme_id}: {movement.customers_count:,} customers, {movement.upgraded_count:,} up,"
            f" {movement.downgraded_count:,} down, {movement.new_count:,} new"
        )
    for finding in proposal.findings:
        say(f"  {finding.severity}: {finding.suite_name} {finding.check_id}: {finding.details}")
    if proposal.restated_review_id is not None:
        say(f"  review {proposal.restated_review_id} restated: {proposal.restatements_count:,} tiers")


def _say_digests(found: Replay, say: Say) -> None:
    for scheme in found.schemes:
        if not scheme.is_equal:
            say(f"{scheme.scheme_id}: sealed {scheme.sealed_digest}, decided again {scheme.rebuilt_digest}")
    equal = sum(scheme.is_equal for scheme in found.schemes)
    say(f"review {found.review_id}: {equal} of {len(found.schemes)} schemes decided as they were sealed")


def _say_restatements(found: Replay, say: Say) -> None:
    for restated in found.restatements[:_RESTATEMENTS_NAMED]:
        rows = f", rows {restated.row_numbers}" if restated.row_numbers else ""
        say(
            f"{restated.scheme_id} {restated.customer_key}: {restated.tier_code_then or 'none'} then,"
            f" {restated.tier_code_now or 'none'} now, {restated.cause}{rows}"
        )
    causes = ", ".join(f"{cause} {count:,}" for cause, count in found.causes.items())
    say(f"review {found.review_id}: {len(found.restatements):,} restatements{': ' if causes else ''}{causes}")
