"""Examine an installation: settings, descriptions, scheme files, the lake's log and the current release."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Literal

from clientele.errors import ClienteleError
from clientele.lake import log
from clientele.lake.descriptions import load_descriptions
from clientele.lake.reviews import read_reviews, verify_reviews
from clientele.lake.verify import verify_lake
from clientele.publish.reviews import published_review
from clientele.publish.store import current_release, missing_names, way_back
from clientele.publish.verify import verify_release
from clientele.reviews.schemes import schemes_in_use
from clientele.settings import Settings
from clientele.tiers import load_schemes

State = Literal["ok", "warning", "failed"]

_OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``failed`` makes the command end with 1."""

    subject: str
    state: State
    message: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; an error in one part never hides the others."""
    parts: list[tuple[str, Callable[[Settings], Iterator[Finding]]]] = [
        ("python", _python),
        ("home", _home),
        ("settings", _settings),
        ("sources", _sources),
        ("schemes", _schemes),
        ("lake", _lake),
        ("reviews", _reviews),
        ("release", _release),
        ("postgresql", _postgresql),
    ]
    findings: list[Finding] = []
    for subject, part in parts:
        try:
            findings.extend(part(settings))
        except (ClienteleError, OSError) as error:
            findings.append(Finding(subject, "failed", str(error)))
    return findings


def _python(settings: Settings) -> Iterator[Finding]:
    del settings
    version = ".".join(str(part) for part in sys.version_info[:3])
    new_enough = sys.version_info[:2] >= _OLDEST_PYTHON
    yield Finding("python", "ok" if new_enough else "failed", version)


def _home(settings: Settings) -> Iterator[Finding]:
    if not settings.home.is_dir():
        message = f"{settings.home} does not exist: put exports into landing/<source>/ below it"
        yield Finding("home", "failed", message)
    elif not os.access(settings.home, os.W_OK):
        yield Finding("home", "failed", f"{settings.home} cannot be written")
    else:
        yield Finding("home", "ok", str(settings.home))


def _settings(settings: Settings) -> Iterator[Finding]:
    """What is in force; of a secret, whether it is set."""
    shown = []
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if setting.name != "home" and value is not None:
            shown.append(f"{setting.name}={value if setting.repr else 'set'}")
    yield Finding("settings", "ok", ", ".join(shown))


def _sources(settings: Settings) -> Iterator[Finding]:
    sources = load_descriptions(settings.dbt_project)
    yield Finding("sources", "ok", f"{len(sources)} described: {', '.join(sorted(sources))}")
    if not settings.landing.is_dir():
        return
    for folder in sorted(path for path in settings.landing.iterdir() if path.is_dir()):
        if folder.name not in sources:
            yield Finding("sources", "warning", f"{folder} is of no described source; its files are not read")


def _schemes(settings: Settings) -> Iterator[Finding]:
    folder = settings.dbt_project / "tiers"
    schemes = load_schemes(folder)
    yield Finding("schemes", "ok", f"{len(schemes)} valid: {', '.join(sorted(schemes))}")
    listing = "vars.schemes of dbt_project.yml"
    in_use = schemes_in_use(settings)
    for scheme_id in sorted(set(schemes) - set(in_use)):
        message = f"{scheme_id} has a file and is not in {listing}: no table will have it"
        yield Finding("schemes", "warning", message)
    for scheme_id in in_use:
        if scheme_id not in schemes:
            yield Finding("schemes", "failed", f"{scheme_id} is in {listing} and has no file in {folder}")


def _lake(settings: Settings) -> Iterator[Finding]:
    if log.last_load_id(settings) == 0:
        yield Finding("lake", "warning", "no load yet")
        return
    faults = verify_lake(settings)
    for fault in faults:
        yield Finding("lake", "failed", fault)
    if not faults:
        yield Finding("lake", "ok", f"{log.last_load_id(settings)} loads without a gap, every file there")


def _reviews(settings: Settings) -> Iterator[Finding]:
    faults = verify_reviews(settings)
    for fault in faults:
        yield Finding("reviews", "failed", fault)
    if faults:
        return
    records = {record.sequence_number: record for record in read_reviews(settings)}
    shown = published_review(settings)
    if shown is not None and (
        shown.sequence_number not in records
        or records[shown.sequence_number].record_hash != shown.record_hash
    ):
        yield Finding(
            "reviews", "failed", f"the current release shows review {shown.review_id}, the lake has lost it"
        )
    elif records:
        yield Finding("reviews", "ok", f"{len(records)} in the chain, every file as it was sealed")


def _release(settings: Settings) -> Iterator[Finding]:
    release = current_release(settings)
    if release is None:
        yield Finding("release", "warning", "nothing is published yet; run `clientele run`")
        return
    faults = verify_release(release.directory)
    for fault in faults:
        yield Finding("release", "failed", fault)
    if faults:
        yield Finding("release", "failed", way_back(settings, release.release_id))
    lost = [str(settings.published / name) for name in missing_names(settings)]
    if lost:
        message = f"{', '.join(lost)} does not lead to the current release; `clientele run` mends it"
        yield Finding("release", "failed", message)
    if not faults and not lost:
        said = f"{release.release_id} as of {release.as_of_date}, digests as recorded"
        yield Finding("release", "ok", said)


def _postgresql(settings: Settings) -> Iterator[Finding]:
    if settings.postgres_url is None:
        return
    from clientele.publish import postgres

    shown = postgres.shown_release_id(settings)
    release = current_release(settings)
    if release is not None and shown == release.release_id:
        yield Finding("postgresql", "ok", f"shows {shown}")
    else:
        current = release.release_id if release else "nothing published"
        yield Finding(
            "postgresql",
            "failed",
            f"shows {shown or 'no release'}, current is {current}; `clientele release push` brings it there",
        )
