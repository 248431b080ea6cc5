"""Original files: the bytes as they were dropped, encrypted, while somebody may have to look at them.

``originals/<load_id>.enc`` holds the file of an accepted or refused load. What was loaded up to the time in
``originals/kept_since`` has been removed for good; its hash stays in the log. That time only moves forward
and is written before anything is removed: a missing file is either past its time or lost, never in doubt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from clientele.durable import DRAFT_SUFFIX, draft_of, keep_draft, make_folder, open_draft, write_durably
from clientele.errors import ConfigurationError, UnavailableError
from clientele.failpoints import failpoint
from clientele.lake.log import LoadRecord
from clientele.privacy.vault import VaultWriter, read_vault
from clientele.settings import Settings

_KIND = "original"
_CHUNK_BYTES = 1024 * 1024
#: A hundred years: more is "for ever" as well, and less than a date can hold.
_LONGEST_DAYS = 36_500


class OriginalChangedError(Exception):
    """The file is not the one whose hash was taken."""


def original_path(settings: Settings, load_id: int) -> Path:
    return settings.lake / "originals" / f"{load_id:08d}.enc"


def keep_original(settings: Settings, file: Path, sha256: str, load_id: int, vault_key: bytes) -> int:
    """Keep a copy of ``file`` for the load about to be recorded; returns its size in bytes, encrypted.

    0 when originals are not kept here. Without a record in the log the copy means nothing. Raises
    OriginalChangedError when the bytes are not those of ``sha256``, and OSError.
    """
    with original_draft(settings, file, sha256, load_id, vault_key) as keep:
        return keep()


@contextmanager
def original_draft(
    settings: Settings, file: Path, sha256: str, load_id: int, vault_key: bytes
) -> Iterator[Callable[[], int]]:
    """Begin to copy ``file``, beside whatever the block does; what it is given keeps the copy.

    See ``keep_original``. Of a copy that was not kept nothing is left.
    """
    if not settings.keep_originals_days:
        yield lambda: 0
        return
    path = original_path(settings, load_id)
    make_folder(path.parent, 0o700)
    with ThreadPoolExecutor(1) as copier:
        written = copier.submit(_write_draft, path, file, sha256, load_id, vault_key)

        def keep() -> int:
            written.result()
            failpoint(settings, "ingest_original_written")
            keep_draft(path)
            failpoint(settings, "ingest_original_kept")
            return path.stat().st_size

        try:
            yield keep
        finally:
            wait([written])
            draft_of(path).unlink(missing_ok=True)


def _write_draft(path: Path, file: Path, sha256: str, load_id: int, vault_key: bytes) -> None:
    digest = hashlib.sha256()
    with file.open("rb") as original, open_draft(path) as draft:
        vault = VaultWriter(draft, vault_key, load_id)
        while chunk := original.read(_CHUNK_BYTES):
            digest.update(chunk)
            vault.write(_KIND, pa.record_batch({"bytes": pa.array([chunk], pa.binary())}))
        vault.finish()
    if digest.hexdigest() != sha256:
        raise OriginalChangedError


def read_original(settings: Settings, record: LoadRecord, vault_key: bytes) -> Iterator[bytes]:
    """The bytes of a load's file, piece by piece.

    Raises ConfigurationError when it is not kept (any more), UnavailableError when the copy is damaged, the
    key is another or, after the last piece, when the bytes are not those that the log names.
    """
    path = original_path(settings, record.load_id)
    if not record.original_bytes or not path.exists():
        raise ConfigurationError(
            f"the original file of load {record.load_id} is not kept",
            remedy=f"its sha256 is {record.file_sha256 or 'not known'}",
        )
    digest = hashlib.sha256()
    for kind, batch in read_vault(path, vault_key, record.load_id):
        for chunk in batch.column("bytes").to_pylist() if kind == _KIND else []:
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != record.file_sha256:
        raise UnavailableError(f"the original of load {record.load_id} is not the file that the log names")


def remove_expired_originals(settings: Settings, records: Iterable[LoadRecord], now: datetime) -> int:
    """Remove originals older than ``settings.keep_originals_days`` at ``now``; returns how many."""
    kept_since = now - timedelta(days=min(settings.keep_originals_days, _LONGEST_DAYS))
    before = read_kept_since(settings)
    if before is not None:
        kept_since = max(kept_since, before)
    expired = [
        path
        for record in records
        if record.loaded_at <= kept_since and (path := original_path(settings, record.load_id)).exists()
    ]
    if expired:
        write_durably(_kept_since_path(settings), f"{kept_since.isoformat()}\n")
        failpoint(settings, "ingest_originals_expired")
    for path in expired:
        path.unlink()
        failpoint(settings, "ingest_original_removed")
    return len(expired)


def remove_orphaned_originals(settings: Settings, records: Iterable[LoadRecord]) -> None:
    """Remove what a killed run left behind: drafts, and originals that no record speaks of."""
    kept = {record.load_id for record in records if record.original_bytes}
    for path in (settings.lake / "originals").glob("*"):
        number = path.name.partition(".")[0]
        if path.name.endswith(DRAFT_SUFFIX) or (number.isdecimal() and int(number) not in kept):
            path.unlink()


def original_fault(settings: Settings, record: LoadRecord) -> str | None:
    """What is wrong with the original of a load; None when it is whole, or rightly gone."""
    if not record.original_bytes:
        return None
    path = original_path(settings, record.load_id)
    kept_since = read_kept_since(settings)
    is_expired = kept_since is not None and record.loaded_at <= kept_since
    size = path.stat().st_size if path.exists() else None
    if is_expired:
        return (
            None
            if size is None
            else f"load {record.load_id}: its original is past its time; ingest removes it"
        )
    if size is None:
        return f"load {record.load_id}: its original {path} is missing"
    if size != record.original_bytes:
        return f"load {record.load_id}: its original has {size} bytes instead of {record.original_bytes}"
    return None


def read_kept_since(settings: Settings) -> datetime | None:
    """Loads up to this time have no original any more; None when none was ever removed."""
    path = _kept_since_path(settings)
    try:
        return datetime.fromisoformat(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UnavailableError(f"{path} cannot be read", remedy="restore it from a backup") from error


def _kept_since_path(settings: Settings) -> Path:
    return settings.lake / "originals" / "kept_since"
