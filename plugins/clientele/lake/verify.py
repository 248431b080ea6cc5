"""Verify the lake: the log without a gap, its key, and of every load the files it speaks of,
its original among them for as long as it is kept."""

from __future__ import annotations

from clientele.errors import UnavailableError
from clientele.lake.log import LoadRecord, has_other_key, read_records
from clientele.lake.originals import original_fault
from clientele.lake.raw import has_malformed_rows, malformed_path, raw_path, vault_path
from clientele.privacy.keys import load_keys, secret_path
from clientele.settings import Settings


def verify_lake(settings: Settings) -> list[str]:
    """What is wrong with the lake, one line each; empty when nothing is."""
    try:
        records = read_records(settings)
    except UnavailableError as error:
        return [str(error)]
    return [
        *_key_faults(settings, records),
        *(fault for record in records for fault in _faults(settings, record)),
    ]


def _key_faults(settings: Settings, records: list[LoadRecord]) -> list[str]:
    """Whether new hashes would meet those of the lake, and its contact data can be read; makes no key."""
    if all(record.key_fingerprint is None for record in records):
        return []
    if settings.secret_key is None and not secret_path(settings).exists():
        return [f"the secret key {secret_path(settings)} is missing, and CLIENTELE_SECRET_KEY is not set"]
    if has_other_key(records, load_keys(settings)):
        return ["the secret key is not the one that this lake was written with"]
    return []


def _faults(settings: Settings, record: LoadRecord) -> list[str]:
    faults = []
    if record.status == "accepted":
        raw = raw_path(settings, record.source, record.feed or "", record.load_id)
        size = raw.stat().st_size if raw.exists() else None
        if size is None:
            faults.append(f"load {record.load_id}: {raw} is missing")
        elif size != record.raw_bytes:
            faults.append(f"load {record.load_id}: {raw} has {size} bytes instead of {record.raw_bytes}")
    malformed = malformed_path(settings, record.source, record.feed or "", record.load_id)
    if record.malformed_row_count and not malformed.exists():
        faults.append(f"load {record.load_id}: {malformed} is missing")
    elif record.malformed_row_count and not has_malformed_rows(malformed, record.malformed_row_count):
        faults.append(f"load {record.load_id}: {malformed} is damaged")
    if record.has_vault and not vault_path(settings, record.load_id).exists():
        faults.append(f"load {record.load_id}: its contact data is missing from the vault")
    original = original_fault(settings, record)
    return faults if original is None else [*faults, original]
