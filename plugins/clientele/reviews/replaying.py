"""Replay of a review with two clocks: what was known when it was decided, and what is known now."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clientele import __version__
from clientele.duck import connect, path_literal
from clientele.errors import ConfigurationError
from clientele.lake.reviews import ReviewRecord, find_review
from clientele.reviews.restating import DECISION_MODELS, restate
from clientele.reviews.schemes import edited_schemes, sealed_scheme_text
from clientele.reviews.sealing import reviewed_decisions
from clientele.settings import Settings
from clientele.warehouse import build as dbt_build
from clientele.warehouse.build import Progress
from clientele.warehouse.candidate import begin_aside
from clientele.warehouse.overlay import overlay

Known = Literal["then", "now"]


@dataclass(frozen=True)
class SchemeReplay:
    """The digest of a scheme's decisions as it was sealed, and as it was made again."""

    scheme_id: str
    decisions_count: int
    sealed_digest: str
    rebuilt_digest: str

    @property
    def is_equal(self) -> bool:
        return self.sealed_digest == self.rebuilt_digest


@dataclass(frozen=True)
class Restatement:
    """A customer whose tier would differ, and why. ``load_ids`` is ``3,5``, ``row_numbers`` ``3:17,5:2``."""

    scheme_id: str
    customer_key: str
    tier_code_then: str | None
    tier_code_now: str | None
    tier_rank_then: int | None
    tier_rank_now: int | None
    cause: str
    rows_count: int
    load_ids: str | None
    row_numbers: str | None


@dataclass(frozen=True)
class Replay:
    """What a replay found: ``schemes`` for what was known then, ``restatements`` for what is known now."""

    review_id: str
    known: Known
    schemes: tuple[SchemeReplay, ...] = ()
    restatements: tuple[Restatement, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether every digest matches."""
        return all(scheme.is_equal for scheme in self.schemes)

    @property
    def causes(self) -> dict[str, int]:
        """Number of restatements by cause."""
        return dict(sorted(Counter(found.cause for found in self.restatements).items()))


def replay(settings: Settings, review_id: str, known: Known, progress: Progress) -> Replay:
    """Decide a sealed review again, aside, from what was known then or from all that is known now.

    Nothing is published or sealed. Raises ConfigurationError when there is no such review or it was rejected.
    """
    record = find_review(settings, review_id)
    if record.kind != "sealed":
        raise ConfigurationError(
            f"review {review_id} was rejected: it holds no decisions",
            remedy="`clientele review --list` shows which were sealed",
        )
    directory = settings.warehouse / "replays" / f"{review_id}-{known}"
    if known == "then":
        return Replay(review_id, known, schemes=_decided_then(settings, record, directory, progress))
    found = restate(settings, record, directory, progress)
    restatements = _read(settings, found) if found else ()
    shutil.rmtree(directory, ignore_errors=True)
    return Replay(review_id, known, restatements=restatements)


def _decided_then(
    settings: Settings, record: ReviewRecord, directory: Path, progress: Progress
) -> tuple[SchemeReplay, ...]:
    """The warehouse of a replay that does not match is left for whoever looks into it."""
    if record.software_version != __version__:
        progress(f"the review was sealed by clientele {record.software_version}, this is {__version__}")
    progress(
        f"decide review {record.review_id} again from loads up to {record.known_load_id}"
        f" and reviews up to {record.known_sequence_number}"
    )
    project = _project_of(settings, record, directory.with_name(f"{directory.name}-project"))
    candidate = begin_aside(
        project,
        directory,
        record.as_of_date,
        known_load_id=record.known_load_id,
        known_sequence_number=record.known_sequence_number,
        review_dates=[record.as_of_date],
    )
    dbt_build.build(project, candidate, progress, select=DECISION_MODELS, with_tests=False)
    scheme_ids = [scheme.scheme_id for scheme in record.schemes]
    with reviewed_decisions(settings, candidate.database, record.as_of_date, scheme_ids) as decisions:
        schemes = tuple(
            SchemeReplay(
                scheme.scheme_id,
                scheme.decisions_count,
                scheme.digest,
                decisions.digest(scheme.scheme_id),
            )
            for scheme in record.schemes
        )
    if all(scheme.is_equal for scheme in schemes):
        shutil.rmtree(directory)
    if project.dbt_project != settings.dbt_project:
        shutil.rmtree(project.dbt_project)
    return schemes


def _project_of(settings: Settings, record: ReviewRecord, directory: Path) -> Settings:
    """The project of today, or a copy with the schemes as they were where they have changed."""
    edited = edited_schemes(settings, record)
    if not edited:
        return settings
    return overlay(
        settings,
        directory,
        {scheme_id: sealed_scheme_text(settings, record, scheme_id) for scheme_id in edited},
        only=[scheme.scheme_id for scheme in record.schemes],
    )


def _read(settings: Settings, found: Path) -> tuple[Restatement, ...]:
    with connect(None, settings) as connection:
        rows = connection.execute(
            f"from read_parquet({path_literal(found)}) order by scheme_id, customer_key"
        ).fetchall()
    return tuple(Restatement(*row) for row in rows)
