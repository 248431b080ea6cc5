"""Reviews of many months at once: the history of an installation that begins with years of exports."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from filelock import FileLock
from ruamel.yaml import YAML

from clientele.errors import ConfigurationError
from clientele.lake.reviews import ReviewDraft, ReviewRecord, read_reviews, seal
from clientele.reviews.decide import approve_review, require_name
from clientele.reviews.proposal import (
    FILES,
    NothingToDecideError,
    build_and_check,
    last_sealed,
    propose_review,
    require_month_end,
    require_sales,
)
from clientele.reviews.restating import restate
from clientele.reviews.schemes import SchemeContent, choose_schemes, last_reviews, schemes_in_use
from clientele.reviews.sealing import reviewed_decisions, write_restatements
from clientele.settings import Settings
from clientele.warehouse.build import Progress
from clientele.warehouse.candidate import begin_aside


def backfill_reviews(
    settings: Settings,
    first_date: date,
    last_date: date,
    scheme_ids: Sequence[str] | None,
    decided_by: str,
    progress: Progress,
    *,
    now: datetime | None = None,
) -> list[ReviewRecord]:
    """Seal the review of every month end from ``first_date`` to ``last_date``, in order.

    While none of the schemes (None: all in use) has a sealed review, one build serves all months; each is
    sealed as if it had been proposed after the one before it. Otherwise every month after the last review of
    a scheme has a build of its own, and one build serves the months before for schemes never reviewed.
    Killed on the way, the same call goes on after the last month that was sealed. Raises what proposing and
    approving raise.
    """
    require_month_end(first_date)
    require_month_end(last_date)
    if first_date > last_date:
        raise ConfigurationError(f"{first_date} is after {last_date}")
    require_name(decided_by)
    made: list[ReviewRecord] = []
    with _backfill_lock(settings):
        records = read_reviews(settings)
        asked = list(scheme_ids or schemes_in_use(settings))
        through = {key: record.as_of_date for key, record in last_reviews(records).items() if key in asked}
        # Without any review every month is served by one build, and none is left to be built alone.
        oldest, newest = min(through.values(), default=last_date), max(through.values(), default=last_date)
        if through and first_date <= oldest:
            progress(f"what was reviewed up to {oldest} stays as it is")
        days = list(month_ends(first_date, last_date))
        never_reviewed = [scheme_id for scheme_id in asked if scheme_id not in through]
        at_once = [day for day in days if day <= newest]
        if never_reviewed and at_once:
            chosen = choose_schemes(settings, records, first_date, never_reviewed)
            made += _seal_from_one_build(settings, at_once, chosen, decided_by, progress, now)
        one_by_one = [day for day in days if day > oldest]
        for number, day in enumerate(one_by_one, start=1):
            progress(f"{day}: month {number} of {len(one_by_one)}")
            due = [scheme_id for scheme_id in asked if through.get(scheme_id, newest) < day]
            try:
                propose_review(settings, day, due, progress, now=now, requires_each=False)
            except NothingToDecideError:
                progress(f"{day}: nothing to decide")
                continue
            made.append(approve_review(settings, day, decided_by, "person", progress, now=now))
    return made


def month_ends(first_date: date, last_date: date) -> Iterator[date]:
    """Every month end from the first to the last, both of them month ends."""
    day = first_date
    while day <= last_date:
        yield day
        in_next_month = day + timedelta(days=1)
        day = (in_next_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _directory(settings: Settings) -> Path:
    """Where the one build lies while it is needed; one backfill at a time works there."""
    return settings.warehouse / "reviews" / "backfill"


def _backfill_lock(settings: Settings) -> FileLock:
    directory = _directory(settings)
    directory.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(directory.with_suffix(".lock"))


def _seal_from_one_build(
    settings: Settings,
    days: Sequence[date],
    chosen: Mapping[str, SchemeContent],
    decided_by: str,
    progress: Progress,
    now: datetime | None,
) -> list[ReviewRecord]:
    """Each month takes from the build what the months before it have not sealed."""
    directory = _directory(settings)
    proposed_at = (now or datetime.now(UTC)).astimezone(UTC)
    candidate = begin_aside(settings, directory, days[-1], review_dates=days)
    findings = build_and_check(settings, candidate, progress, _months_computed(settings, days[0], days[-1]))
    require_sales(settings, candidate, days[-1])
    for finding in findings:
        progress(f"as of {days[-1]}: {finding.suite_name} {finding.check_id}: {finding.details}")
    sealed_through: dict[str, date] = {}
    # What somebody else seals meanwhile is not known to the build: it makes the months left stale.
    known_sequence_number = candidate.known_sequence_number
    made: list[ReviewRecord] = []
    for number, day in enumerate(days, start=1):
        files = directory / FILES
        with reviewed_decisions(settings, candidate.database, day, list(chosen), sealed_through) as decisions:
            schemes = decisions.schemes(chosen)
            if not schemes:
                progress(f"{day}: nothing to decide")
                continue
            decisions.write_files(settings, files, schemes)
        restated = last_sealed(read_reviews(settings))
        found = restate(settings, restated, directory / "restated", progress) if restated else None
        write_restatements(settings, files, restated.review_id if restated else None, found)
        draft = ReviewDraft(
            kind="sealed",
            as_of_date=day,
            known_load_id=candidate.known_load_id,
            known_sequence_number=known_sequence_number,
            proposed_at=proposed_at,
            decided_at=(now or datetime.now(UTC)).astimezone(UTC),
            decided_by=decided_by.strip(),
            decision_mode="person",
            reason=None,
            schemes=schemes,
            asked_scheme_ids=tuple(chosen),
        )
        made.append(seal(settings, draft, files))
        known_sequence_number = made[-1].sequence_number
        sealed_through |= dict.fromkeys((scheme.scheme_id for scheme in schemes), day)
        progress(f"{day}: sealed, month {number} of {len(days)}")
    shutil.rmtree(directory)
    return made


def _months_computed(settings: Settings, first_date: date, last_date: date) -> dict[str, object]:
    """As many months before the first of them as a build of that month alone would compute."""
    project = YAML(typ="safe").load(settings.dbt_project / "dbt_project.yml")
    further = 12 * (last_date.year - first_date.year) + last_date.month - first_date.month
    return {name: project["vars"][name] + further for name in ("recent_months", "review_months")}
