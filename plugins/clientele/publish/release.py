"""Publish a checked candidate as a release, all or nothing.

Everything is made in a directory that no reader sees. One rename of one symbolic link makes it current;
before it nothing is published, after it everything is. A publish that is killed at any point leaves the
release before it, or the new one, and the next publish clears up what was left.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from clientele.crm.changes import write_changes
from clientele.crm.review_changes import write_review_changes
from clientele.durable import write_durably
from clientele.errors import GateFailedError, UnavailableError
from clientele.failpoints import failpoint
from clientele.publish import store
from clientele.publish.descriptions import TableDescription
from clientele.publish.digest import TableDigest
from clientele.publish.record import DIGEST_METHOD, RECORD, Release, release_name, to_json
from clientele.publish.snapshot import Snapshot, content_of, open_snapshot, published_releases
from clientele.publish.store import current_release
from clientele.publish.tables import QUALITY_RESULTS, RELEASES
from clientele.settings import Settings
from clientele.tiers import SchemeVersions, superseded
from clientele.warehouse.fence import is_current

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RenderReport = Callable[[Path, Path], list[Path]]


def publish(
    settings: Settings,
    candidate_database: Path,
    *,
    run_id: str,
    token: int,
    quality_results: Iterable[Mapping[str, object] | DataclassInstance],
    descriptions: Mapping[str, TableDescription],
    render_report: RenderReport | None = None,
    published_at: datetime | None = None,
    scheme_versions: SchemeVersions | None = None,
) -> Release:
    """Make the candidate the current release and return it.

    ``quality_results`` are rows of the table of that name. ``render_report(database, output_dir)`` writes the
    reports of the release. ``published_at`` is an aware time, by default now. ``scheme_versions`` are the
    schemes of the candidate.

    When the candidate says exactly what the current release says, nothing on disk changes and the current
    release is returned with ``is_unchanged`` True. Raises GateFailedError when a newer run has started, no
    check was run or the candidate lacks something, ConfigurationError when a published version of a scheme
    has been edited, and UnavailableError when the release cannot be written; the release that was current
    stays so.
    """
    moment = (published_at or datetime.now(UTC)).astimezone(UTC)
    with _reported_as_unavailable(), store.publish_lock(settings):
        _require_current(settings, token)
        store.settle(settings)
        previous = current_release(settings)
        versions = superseded(previous.scheme_versions if previous else {}, scheme_versions or {})
        with open_snapshot(settings, candidate_database) as snapshot:
            _fill_quality_results(snapshot, quality_results)
            digests = snapshot.digests(DIGEST_METHOD)
            if previous is not None and _is_same(previous, snapshot, digests):
                return dataclasses.replace(previous, is_unchanged=True)
            sequence_number = previous.sequence_number + 1 if previous else 1
            release = Release(
                release_id=release_name(sequence_number),
                sequence_number=sequence_number,
                previous_release_id=previous.release_id if previous else None,
                run_id=run_id,
                token=token,
                as_of_date=snapshot.as_of_date(),
                known_load_id=snapshot.known_load_id(),
                content_digest=content_of(digests),
                tables=digests,
                published_at=moment,
                directory=settings.published / "releases" / release_name(sequence_number),
                scheme_versions=versions,
            )
            building = store.start_building(settings, run_id)
            try:
                write_review_changes(
                    candidate_database,
                    [folder / store.CRM for folder in store.kept_folders(settings)],
                    building / store.CRM,
                    memory_limit=settings.memory_limit,
                )
                release = _build(settings, snapshot, release, previous, building, descriptions, render_report)
                _require_current(settings, token)
            except BaseException:
                shutil.rmtree(building, ignore_errors=True)
                raise
        store.commit(settings, building, release.release_id)
        failpoint(settings, "publish_committed")
        store.settle(settings)
    return release


def _build(
    settings: Settings,
    snapshot: Snapshot,
    release: Release,
    previous: Release | None,
    building: Path,
    descriptions: Mapping[str, TableDescription],
    render_report: RenderReport | None,
) -> Release:
    """Make every file of the release in ``building``; returns it with the digest of ``releases``."""
    failpoint(settings, "publish_started")
    database = building / store.DATABASE
    previous_database = previous.directory / store.DATABASE if previous else None
    this = {
        "release_id": release.release_id,
        "sequence_number": release.sequence_number,
        "run_id": release.run_id,
        "as_of_date": release.as_of_date,
        "known_load_id": release.known_load_id,
        "previous_release_id": release.previous_release_id,
        "content_digest": release.content_digest,
        "published_at": release.published_at.replace(tzinfo=None),
    }
    earlier = published_releases(previous_database) if previous_database else []
    snapshot.fill(RELEASES, [*earlier, this])
    snapshot.write_database(database, release.release_id, descriptions)
    failpoint(settings, "publish_database_written")
    snapshot.write_parquet(building / store.PARQUET, release.release_id)
    snapshot.close_database()
    failpoint(settings, "publish_parquet_written")
    write_changes(database, previous_database, building / store.CRM, memory_limit=settings.memory_limit)
    failpoint(settings, "publish_crm_written")
    (building / store.REPORT).mkdir()
    if render_report is not None:
        render_report(database, building / store.REPORT)
    failpoint(settings, "publish_report_written")
    complete = dataclasses.replace(
        release, tables={**release.tables, RELEASES: snapshot.digest(RELEASES, release.digest_method)}
    )
    write_durably(building / RECORD, to_json(complete))
    failpoint(settings, "publish_recorded")
    return complete


def _is_same(previous: Release, snapshot: Snapshot, digests: Mapping[str, TableDigest]) -> bool:
    """Whether ``previous`` says what the candidate says; digests made in another way are made so for it."""
    if previous.digest_method != DIGEST_METHOD:
        digests = snapshot.digests(previous.digest_method)
    return previous.content_digest == content_of(digests)


def _require_current(settings: Settings, token: int) -> None:
    if not is_current(settings, token):
        raise GateFailedError("a newer run has started", remedy="let that one publish")


def _fill_quality_results(
    snapshot: Snapshot, quality_results: Iterable[Mapping[str, object] | DataclassInstance]
) -> None:
    rows = list(quality_results)
    if not rows:
        raise GateFailedError("no check was run on the candidate", remedy="run the checks before publishing")
    snapshot.fill(QUALITY_RESULTS, rows)


@contextmanager
def _reported_as_unavailable() -> Iterator[None]:
    """Say in one line what the disk or the engine could not do."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnavailableError(
            f"the release could not be written: {reason}", remedy="nothing was published; run again"
        ) from error
