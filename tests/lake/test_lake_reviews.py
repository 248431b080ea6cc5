"""The chain of reviews: sealed once, in order, and not altered unseen."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.failpoints import KILLED_EXIT_CODE
from clientele.lake.reviews import (
    ReviewDraft,
    ReviewedScheme,
    find_review,
    last_sequence_number,
    read_reviews,
    review_folder,
    seal,
    verify_reviews,
)
from clientele.settings import Settings

MOMENT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home")


def draft(as_of_date: str = "2026-03-31", scheme_id: str = "spend", **changes: object) -> ReviewDraft:
    scheme = ReviewedScheme(
        scheme_id=scheme_id,
        scheme_version=1,
        content_hash="c0",
        decisions_count=2,
        digest="d1",
        outcomes={"new": 2},
    )
    plain: dict[str, object] = {
        "kind": "sealed",
        "as_of_date": date.fromisoformat(as_of_date),
        "known_load_id": 3,
        "known_sequence_number": 0,
        "proposed_at": MOMENT,
        "decided_at": MOMENT,
        "decided_by": "Wang",
        "decision_mode": "person",
        "reason": None,
        "schemes": (scheme,),
    }
    return ReviewDraft.model_validate({**plain, **changes})


def rejection(as_of_date: str = "2026-03-31", **changes: object) -> ReviewDraft:
    return draft(as_of_date, kind="rejected", reason="too many fall", **changes)


@pytest.fixture
def files(tmp_path) -> Path:
    """What a review seals, as a proposal left it."""
    folder = tmp_path / "proposal"
    (folder / "schemes").mkdir(parents=True)
    (folder / "decisions.parquet").write_bytes(b"decisions")
    (folder / "schemes" / "spend.yml").write_text("version: 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def chain(settings, files) -> Settings:
    """A chain of a sealed, a rejected and another sealed review."""
    seal(settings, draft(), files)
    seal(settings, rejection("2026-04-30", known_sequence_number=1))
    seal(settings, draft("2026-04-30", known_sequence_number=2), files)
    return settings


def record_path(settings: Settings, number: int) -> Path:
    return review_folder(settings, number) / "record.json"


def edit(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, **changes}), encoding="utf-8")


def test_a_sealed_review_is_read_as_it_was_written(settings, files):
    sealed = seal(settings, draft(), files)
    assert read_reviews(settings) == [sealed]
    assert (sealed.sequence_number, sealed.review_id, sealed.previous_hash) == (1, "2026-03-31", None)
    assert set(sealed.files) == {"decisions.parquet", "schemes/spend.yml"}
    assert (review_folder(settings, 1) / "schemes" / "spend.yml").read_text("utf-8") == "version: 1\n"
    assert verify_reviews(settings) == []


def test_each_review_holds_the_hash_of_the_one_before(chain):
    first, second, third = read_reviews(chain)
    assert (second.previous_hash, third.previous_hash) == (first.record_hash, second.record_hash)
    assert second.files == {}


def test_a_second_review_of_a_date_has_an_id_of_its_own(chain):
    assert [record.review_id for record in read_reviews(chain)] == [
        "2026-03-31",
        "2026-04-30",
        "2026-04-30.2",
    ]
    assert find_review(chain, "2026-04-30.2").kind == "sealed"
    with pytest.raises(ConfigurationError, match="there is no review 2026-05-31"):
        find_review(chain, "2026-05-31")


def test_a_prefix_of_the_chain_can_be_read(chain):
    assert [record.sequence_number for record in read_reviews(chain, 2)] == [1, 2]
    assert read_reviews(chain, 0) == []
    with pytest.raises(ConfigurationError, match="ends at 3"):
        read_reviews(chain, 4)


def test_an_empty_lake_has_no_reviews(settings):
    assert (read_reviews(settings), last_sequence_number(settings), verify_reviews(settings)) == ([], 0, [])


def test_the_same_draft_is_sealed_once(settings, files):
    first = seal(settings, draft(), files)
    again = seal(settings, draft(decided_by="Li", decided_at=MOMENT.replace(hour=9)), files)
    assert again == first
    assert last_sequence_number(settings) == 1


def test_the_same_proposal_with_other_files_is_another_review(settings, files):
    seal(settings, draft(), files)
    (files / "decisions.parquet").write_bytes(b"other decisions")
    with pytest.raises(GateFailedError, match="2026-03-31 was sealed after the proposal"):
        seal(settings, draft(), files)


def test_a_proposal_is_stale_once_one_of_its_schemes_was_sealed(settings, files):
    seal(settings, draft("2026-04-30"), files)
    with pytest.raises(GateFailedError, match="propose it again"):
        seal(settings, draft("2026-05-31"), files)
    assert last_sequence_number(settings) == 1


def test_a_review_of_other_schemes_or_a_rejection_makes_no_proposal_stale(settings, files):
    seal(settings, draft("2026-04-30", "another"), files)
    seal(settings, rejection("2026-04-30", known_sequence_number=1))
    assert seal(settings, draft("2026-05-31"), files).sequence_number == 3


def test_what_was_rejected_can_be_approved_after_all(settings, files):
    seal(settings, rejection())
    assert seal(settings, draft(), files).review_id == "2026-03-31.2"


def test_a_number_that_is_taken_is_not_taken_again(settings, files, monkeypatch):
    seal(settings, draft(), files)
    monkeypatch.setattr("clientele.lake.reviews.read_reviews", lambda settings: [])
    with pytest.raises(UnavailableError, match="approve it again"):
        seal(settings, draft("2026-04-30", known_sequence_number=1), files)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decided_by": "Zhang"}, "review number 2 is not as it was sealed"),
        ({"known_load_id": "three"}, "review number 2 is damaged"),
        ({"sequence_number": 7}, "review number 2 says that it is number 7"),
        ({"further": 1}, "review number 2 is damaged"),
    ],
)
def test_an_altered_record_is_noticed(chain, change, said):
    edit(record_path(chain, 2), **change)
    with pytest.raises(UnavailableError, match=said):
        read_reviews(chain)
    assert said in verify_reviews(chain)[0]


def test_a_review_taken_out_is_noticed(chain):
    shutil.rmtree(review_folder(chain, 2))
    with pytest.raises(UnavailableError, match="review number 2 is missing"):
        read_reviews(chain)


def test_a_review_exchanged_for_a_valid_one_is_noticed(chain, tmp_path):
    other = dataclasses.replace(chain, home=tmp_path / "other")
    seal(other, draft("2026-02-28"))
    shutil.copyfile(record_path(other, 1), record_path(chain, 1))
    with pytest.raises(UnavailableError, match="review number 2 does not follow"):
        read_reviews(chain)


def test_altered_missing_and_foreign_files_are_noticed(chain):
    folder = review_folder(chain, 3)
    (folder / "decisions.parquet").write_bytes(b"decisiont")
    (folder / "schemes" / "spend.yml").unlink()
    (folder / "notes.txt").write_text("", encoding="utf-8")
    assert verify_reviews(chain) == [
        "review 2026-04-30.2: decisions.parquet is not as it was sealed",
        "review 2026-04-30.2: notes.txt is not of this review",
        "review 2026-04-30.2: schemes/spend.yml is missing",
    ]


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_lake_reviews import draft
from clientele.lake.reviews import seal
from clientele.settings import Settings
seal(Settings(home=Path(sys.argv[2]), failpoint=sys.argv[4]), draft(), Path(sys.argv[3]))
"""


@pytest.mark.parametrize(
    ("failpoint", "sealed"),
    [("review_sealing_started", 0), ("review_files_written", 0), ("review_sealed", 1)],
)
def test_a_seal_that_was_killed_anywhere_is_sealed_once_by_the_next(settings, files, failpoint, sealed):
    arguments = [str(Path(__file__).parent), str(settings.home), str(files), failpoint]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert killed.returncode == KILLED_EXIT_CODE
    assert len(read_reviews(settings)) == sealed
    record = seal(settings, draft(), files)
    assert read_reviews(settings) == [record]
    assert verify_reviews(settings) == []
    assert [path.name for path in (settings.lake / "reviews").iterdir()] == ["00000001"]
