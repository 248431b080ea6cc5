"""The record of a release, as ``release.json`` keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from clientele.errors import UnavailableError
from clientele.publish.digest import DIGEST_METHODS, DigestMethod, TableDigest
from clientele.tiers import SchemeVersions

RECORD: Final = "release.json"
#: How the digests of a release are made; those of earlier versions of this package name no method.
DIGEST_METHOD: Final[DigestMethod] = "summed_md5"
_UNNAMED_DIGEST_METHOD: Final[DigestMethod] = "sorted_sha256"


@dataclass(frozen=True)
class Release:
    """One published state: which run made it, what it knew and what it holds.

    ``content_digest`` covers every table but ``releases``; ``digest_method`` says how all digests were made.
    ``published_at`` is UTC. ``scheme_versions`` is the content of every version of a scheme that was
    published up to now. ``is_unchanged`` is True when a publish found nothing new and this is the release
    that was there before.
    """

    release_id: str
    sequence_number: int
    previous_release_id: str | None
    run_id: str
    token: int
    as_of_date: date
    known_load_id: int
    content_digest: str
    tables: Mapping[str, TableDigest]
    published_at: datetime
    directory: Path
    scheme_versions: SchemeVersions = field(default_factory=dict)
    digest_method: DigestMethod = DIGEST_METHOD
    is_unchanged: bool = False


def release_name(sequence_number: int) -> str:
    """``r000001`` for 1."""
    return f"r{sequence_number:06d}"


def to_json(release: Release) -> str:
    """The text of ``release.json``."""
    record = {
        "release_id": release.release_id,
        "sequence_number": release.sequence_number,
        "previous_release_id": release.previous_release_id,
        "run_id": release.run_id,
        "token": release.token,
        "as_of_date": release.as_of_date.isoformat(),
        "known_load_id": release.known_load_id,
        "digest_method": release.digest_method,
        "content_digest": release.content_digest,
        "published_at": release.published_at.astimezone(UTC).isoformat(),
        "tables": {
            name: {"rows": table.rows, "digest": table.digest} for name, table in release.tables.items()
        },
        "scheme_versions": release.scheme_versions,
    }
    return json.dumps(record, indent=1) + "\n"


def read_release(directory: Path) -> Release:
    """The release that lies in ``directory``. Raises UnavailableError when its record cannot be read."""
    path = directory / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Release(
            release_id=record["release_id"],
            sequence_number=record["sequence_number"],
            previous_release_id=record["previous_release_id"],
            run_id=record["run_id"],
            token=record["token"],
            as_of_date=date.fromisoformat(record["as_of_date"]),
            known_load_id=record["known_load_id"],
            content_digest=record["content_digest"],
            tables={name: TableDigest(**table) for name, table in record["tables"].items()},
            published_at=datetime.fromisoformat(record["published_at"]),
            directory=directory,
            # Releases of earlier versions of this package kept none.
            scheme_versions=record.get("scheme_versions", {}),
            digest_method=_digest_method(record),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(f"{path} is not the record of a release") from error


def _digest_method(record: Mapping[str, object]) -> DigestMethod:
    """Raises ValueError for a method that this version does not know."""
    named = record.get("digest_method", _UNNAMED_DIGEST_METHOD)
    for method in DIGEST_METHODS:
        if named == method:
            return method
    raise ValueError(f"digests made as {named}")
