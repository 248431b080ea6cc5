"""The chain of reviews: what was decided about tiers, by whom and on what knowledge, numbered from 1.

``lake/reviews/<8 digits>/record.json`` and, beside it, the files it names with their SHA-256. Each record
holds the hash of the one before, so that no review can be altered, exchanged or taken out unseen. A review is
made in a folder that no reader looks at and gets its name by one rename: that commits it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from clientele import __version__
from clientele.durable import make_folder, sync, sync_tree
from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.failpoints import failpoint
from clientele.lake.log import locked_lake
from clientele.settings import Settings

RECORD = "record.json"
_FOLDER_NAME = re.compile(r"^(\d{8})$")
_BUILDING = ".building-"

Kind = Literal["sealed", "rejected"]
DecisionMode = Literal["person", "unattended"]


class ReviewedScheme(BaseModel):
    """What a review says of one scheme. ``digest`` is that of its decisions, ``outcomes`` counts them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme_id: str
    scheme_version: int
    content_hash: str
    decisions_count: int
    digest: str
    outcomes: dict[str, int]


class ReviewDraft(BaseModel):
    """A decided review that has no place in the chain yet.

    ``known_load_id`` and ``known_sequence_number`` (0: none) are the last load and the last review that its
    proposal knew. ``asked_scheme_ids`` are the schemes that it was about, also those of which there was
    nothing to decide; None in reviews of earlier versions of this package. All times are aware.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    as_of_date: date
    known_load_id: int
    known_sequence_number: int
    proposed_at: AwareDatetime
    decided_at: AwareDatetime
    decided_by: str
    decision_mode: DecisionMode
    reason: str | None
    schemes: tuple[ReviewedScheme, ...]
    asked_scheme_ids: tuple[str, ...] | None = None

    @property
    def scheme_ids(self) -> frozenset[str]:
        return frozenset(scheme.scheme_id for scheme in self.schemes)


class ReviewRecord(ReviewDraft):
    """A review in its place. ``files`` maps names to SHA-256; a rejected review has none.

    ``record_hash`` is the SHA-256 of everything else as canonical JSON (sorted keys, no white space, UTF-8),
    ``previous_hash`` the one of the record before, null for the first.
    """

    sequence_number: int
    review_id: str
    files: dict[str, str]
    software_version: str
    previous_hash: str | None
    record_hash: str


def review_folder(settings: Settings, sequence_number: int) -> Path:
    """Where the review of this number lies."""
    return _chain(settings) / f"{sequence_number:08d}"


def last_sequence_number(settings: Settings) -> int:
    """Number of the newest review; 0 when there is none."""
    return max(_numbers(settings), default=0)


def read_reviews(settings: Settings, known_sequence_number: int | None = None) -> list[ReviewRecord]:
    """All reviews up to ``known_sequence_number`` (None: all), in order, rejected ones among them.

    Raises UnavailableError where a record is missing, damaged or not the one that was written,
    ConfigurationError for a number that the chain has not reached.
    """
    last = last_sequence_number(settings)
    wanted = last if known_sequence_number is None else known_sequence_number
    if not 0 <= wanted <= last:
        raise ConfigurationError(f"the chain of reviews ends at {last}; there is no review number {wanted}")
    records: list[ReviewRecord] = []
    for number in range(1, wanted + 1):
        record = _read(settings, number)
        if record.previous_hash != (records[-1].record_hash if records else None):
            raise _broken(settings, number, "does not follow the review before it")
        records.append(record)
    return records


def find_review(settings: Settings, review_id: str) -> ReviewRecord:
    """The review of this id. Raises ConfigurationError when there is none."""
    records = read_reviews(settings)
    for record in records:
        if record.review_id == review_id:
            return record
    known = ", ".join(record.review_id for record in records) or "none yet"
    raise ConfigurationError(f"there is no review {review_id}", remedy=f"reviews: {known}")


def seal(settings: Settings, draft: ReviewDraft, files: Path | None = None) -> ReviewRecord:
    """Put a decided review at the end of the chain, with everything in the folder ``files`` (None: nothing).

    The same draft with the same files is sealed once, however often this is called: afterwards its record is
    returned. Raises GateFailedError when a review sealed since the draft's proposal speaks of one of its
    schemes, UnavailableError when the lake cannot be written or is being written for too long.
    """
    sources = _files_in(files) if files is not None else {}
    with locked_lake(settings):
        chain = _chain(settings)
        make_folder(chain)
        for left in chain.glob(f"{_BUILDING}*"):
            shutil.rmtree(left)
        records = read_reviews(settings)
        hashes = file_hashes(files) if files is not None else {}
        for record in records[draft.known_sequence_number :]:
            if _is_same(record, draft, hashes):
                return record
        _refuse_stale(draft, records)
        failpoint(settings, "review_sealing_started")
        record = _place(draft, records, hashes)
        building = chain / f"{_BUILDING}{record.sequence_number:08d}"
        building.mkdir()
        for name, path in sources.items():
            (building / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, building / name)
        (building / RECORD).write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
        sync_tree(building)
        failpoint(settings, "review_files_written")
        _give_name(building, review_folder(settings, record.sequence_number))
        failpoint(settings, "review_sealed")
    return record


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below ``folder``, by its name there."""
    return {name: _sha256(path) for name, path in _files_in(folder).items()}


def verify_reviews(settings: Settings) -> list[str]:
    """What is wrong with the chain and the files of its reviews, one line each; empty when nothing is."""
    try:
        records = read_reviews(settings)
    except UnavailableError as error:
        return [str(error)]
    return [fault for record in records for fault in _file_faults(settings, record)]


def _file_faults(settings: Settings, record: ReviewRecord) -> Iterator[str]:
    present = file_hashes(review_folder(settings, record.sequence_number))
    present.pop(RECORD, None)
    for name in sorted(record.files.keys() | present.keys()):
        if name not in present:
            yield f"review {record.review_id}: {name} is missing"
        elif name not in record.files:
            yield f"review {record.review_id}: {name} is not of this review"
        elif present[name] != record.files[name]:
            yield f"review {record.review_id}: {name} is not as it was sealed"


def _place(draft: ReviewDraft, records: list[ReviewRecord], hashes: Mapping[str, str]) -> ReviewRecord:
    """The draft as the next record of the chain."""
    earlier = sum(record.as_of_date == draft.as_of_date for record in records)
    content = {
        **draft.model_dump(mode="json"),
        "sequence_number": len(records) + 1,
        "review_id": f"{draft.as_of_date}.{earlier + 1}" if earlier else f"{draft.as_of_date}",
        "files": dict(sorted(hashes.items())),
        "software_version": __version__,
        "previous_hash": records[-1].record_hash if records else None,
    }
    return ReviewRecord.model_validate({**content, "record_hash": _record_hash(content)})


def _is_same(record: ReviewRecord, draft: ReviewDraft, hashes: Mapping[str, str]) -> bool:
    """Whether ``record`` is what became of this draft; a second decision on one proposal is none."""
    fields = ("kind", "as_of_date", "known_load_id", "known_sequence_number", "proposed_at", "schemes")
    same_content = all(getattr(record, field) == getattr(draft, field) for field in fields)
    return same_content and record.files == dict(hashes)


def _refuse_stale(draft: ReviewDraft, records: list[ReviewRecord]) -> None:
    for record in records[draft.known_sequence_number :]:
        if record.kind == "sealed" and record.scheme_ids & draft.scheme_ids:
            raise GateFailedError(
                f"review {record.review_id} was sealed after the proposal as of {draft.as_of_date} was made",
                remedy="propose it again",
            )


def _read(settings: Settings, number: int) -> ReviewRecord:
    try:
        content = json.loads((review_folder(settings, number) / RECORD).read_text(encoding="utf-8"))
        record = ReviewRecord.model_validate(content)
    except FileNotFoundError as error:
        raise _broken(settings, number, "is missing") from error
    except (OSError, ValueError, ValidationError) as error:
        raise _broken(settings, number, "is damaged") from error
    if record.sequence_number != number:
        raise _broken(settings, number, f"says that it is number {record.sequence_number}")
    if record.record_hash != _record_hash(content):
        raise _broken(settings, number, "is not as it was sealed")
    return record


def _broken(settings: Settings, number: int, what: str) -> UnavailableError:
    return UnavailableError(
        f"the record of review number {number} {what}",
        remedy=f"restore {_chain(settings)} from a backup",
    )


def _record_hash(content: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in content.items() if name != "record_hash"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _give_name(building: Path, folder: Path) -> None:
    try:
        building.rename(folder)
    except OSError as error:
        raise UnavailableError(
            f"{folder} could not be made: {error.strerror or error}",
            remedy="the review was not sealed; approve it again",
        ) from error
    sync(folder.parent)


def _files_in(folder: Path) -> dict[str, Path]:
    """Every file below ``folder`` by its name there, in order."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _chain(settings: Settings) -> Path:
    return settings.lake / "reviews"


def _numbers(settings: Settings) -> list[int]:
    if not _chain(settings).is_dir():
        return []
    matches = (_FOLDER_NAME.match(path.name) for path in _chain(settings).iterdir())
    return [int(match[1]) for match in matches if match]
