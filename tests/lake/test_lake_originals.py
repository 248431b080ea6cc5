"""Original files are kept encrypted for a time, then removed; the lake says which of them should be there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lake_exports import NAME, PHONE, drop, members_file, pos_file, pos_line

from clientele.errors import ConfigurationError, UnavailableError
from clientele.failpoints import KILLED_EXIT_CODE
from clientele.lake import originals
from clientele.lake.ingest import ingest
from clientele.lake.log import read_records
from clientele.lake.originals import original_path, read_original
from clientele.lake.verify import verify_lake
from clientele.privacy.keys import load_keys
from clientele.settings import Settings

MEMBERS = members_file(f"M1,{NAME},{PHONE},,,2025-01-01,active")
KILLED = """
import sys
from datetime import timedelta
from pathlib import Path
from clientele.lake.ingest import ingest
from clientele.lake.log import read_records
from clientele.settings import Settings

settings = Settings(
    home=Path(sys.argv[1]), settle_seconds=0, secret_key="a secret for tests only", failpoint=sys.argv[2]
)
last = max((record.loaded_at for record in read_records(settings)), default=None)
ingest(settings, now=last and last + timedelta(days=36))
"""


def opened(settings: Settings, load_id: int) -> bytes:
    record = read_records(settings)[load_id - 1]
    return b"".join(read_original(settings, record, load_keys(settings).vault))


def kept(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.lake / "originals").glob("*"))


def later(settings: Settings, days: float):
    return read_records(settings)[-1].loaded_at + timedelta(days=days)


def test_accepted_and_refused_files_can_be_had_back_byte_for_byte(settings: Settings) -> None:
    accepted = drop(settings, "members.csv", MEMBERS)
    refused = drop(settings, "pos_sales.csv", pos_file(pos_line(1, phone=PHONE))[:-1])
    unknown = drop(settings, "whatever.csv", b"\x00\xff any bytes")
    ingest(settings)
    assert [record.status for record in read_records(settings)] == ["accepted", "refused", "refused"]
    assert [opened(settings, number) for number in (1, 2, 3)] == [
        path.read_bytes() for path in (accepted, refused, unknown)
    ]


def test_a_large_original_is_kept_in_pieces(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "_CHUNK_BYTES", 7)
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    record = read_records(settings)[0]
    pieces = list(read_original(settings, record, load_keys(settings).vault))
    assert len(pieces) > 10
    assert b"".join(pieces) == MEMBERS


def test_an_original_tells_nothing_without_the_key(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    content = original_path(settings, 1).read_bytes()
    assert PHONE.encode() not in content
    assert NAME.encode() not in content
    with pytest.raises(UnavailableError, match="secret key"):
        list(read_original(settings, read_records(settings)[0], bytes(32)))


def test_the_same_bytes_again_are_kept_once(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    drop(settings, "members_copy.csv", MEMBERS)
    ingest(settings)
    assert [record.status for record in read_records(settings)] == ["accepted", "duplicate_file"]
    assert kept(settings) == ["00000001.enc"]


def test_originals_are_removed_after_their_time_and_the_log_keeps_the_hash(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    ingest(settings, now=later(settings, 34.9))
    assert kept(settings) == ["00000001.enc"]
    ingest(settings, now=later(settings, 35))
    assert kept(settings) == ["kept_since"]
    assert verify_lake(settings) == []
    with pytest.raises(ConfigurationError, match="not kept") as caught:
        opened(settings, 1)
    assert str(read_records(settings)[0].file_sha256) in str(caught.value)


def test_without_a_time_the_newest_load_says_how_old_an_original_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    ingest(settings)
    assert kept(settings) == ["00000001.enc"]
    after = later(settings, 36)
    monkeypatch.setattr("clientele.lake.ingest._now", lambda: after)
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    assert kept(settings) == ["00000002.enc", "kept_since"]


def test_none_are_kept_where_none_are_wanted(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(replace(settings, keep_originals_days=0))
    assert not (settings.lake / "originals").exists()
    assert verify_lake(settings) == []


def test_keeping_none_from_now_on_removes_those_kept_before(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    ingest(replace(settings, keep_originals_days=0))
    assert kept(settings) == ["kept_since"]


def test_a_longer_time_does_not_ask_for_what_is_gone(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    ingest(settings, now=later(settings, 36))
    since = (settings.lake / "originals" / "kept_since").read_text()
    ingest(replace(settings, keep_originals_days=365), now=later(settings, 37))
    assert (settings.lake / "originals" / "kept_since").read_text() == since
    assert verify_lake(settings) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (Path.unlink, "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes instead of"),
    ],
    ids=["missing", "cut off"],
)
def test_a_lost_original_is_found_within_its_time(settings: Settings, spoil, fault: str) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    assert verify_lake(settings) == []
    spoil(original_path(settings, 1))
    (said,) = verify_lake(settings)
    assert "load 1: its original" in said
    assert fault in said


def test_a_file_that_changed_since_its_hash_was_taken_is_not_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(settings, "members.csv", MEMBERS)
    monkeypatch.setattr("clientele.lake.ingest._sha256", lambda _: "0" * 64)
    assert [file.status for file in ingest(settings).files] == ["waiting"]
    assert read_records(settings) == []
    assert kept(settings) == []


@pytest.mark.parametrize("name", ["ingest_original_written", "ingest_original_kept"])
def test_a_run_killed_while_it_keeps_one_is_made_good_by_the_next(settings: Settings, name: str) -> None:
    drop(settings, "members.csv", MEMBERS)
    drop(settings, "pos_sales.csv", pos_file(pos_line(1))[:-1])
    assert killed(settings, name)
    assert read_records(settings) == []
    assert verify_lake(settings) == []
    ingest(settings)
    assert kept(settings) == ["00000001.enc", "00000002.enc"]
    assert verify_lake(settings) == []
    assert opened(settings, 1) == MEMBERS


@pytest.mark.parametrize("name", ["ingest_originals_expired", "ingest_original_removed"])
def test_a_run_killed_while_it_removes_them_is_made_good_by_the_next(settings: Settings, name: str) -> None:
    drop(settings, "members.csv", MEMBERS)
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    assert killed(settings, name)
    assert any("past its time" in fault for fault in verify_lake(settings))
    ingest(settings)
    assert kept(settings) == ["kept_since"]
    assert verify_lake(settings) == []


def test_drafts_and_originals_without_a_record_are_cleared_away(settings: Settings) -> None:
    drop(settings, "members.csv", MEMBERS)
    ingest(settings)
    for name in ("00000009.enc", "00000002.enc.tmp"):
        (settings.lake / "originals" / name).write_bytes(b"half")
    ingest(settings)
    assert kept(settings) == ["00000001.enc"]


def killed(settings: Settings, failpoint: str) -> bool:
    command = [sys.executable, "-c", KILLED, str(settings.home), failpoint]
    return subprocess.run(command, check=False).returncode == KILLED_EXIT_CODE
