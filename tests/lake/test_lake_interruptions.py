"""A process killed at any step of ingest leaves a lake that the next run makes whole by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lake_exports import drop, lake_state, members_file, pos_file, pos_line, query

from clientele.errors import UnavailableError
from clientele.failpoints import KILLED_EXIT_CODE
from clientele.lake.ingest import ingest
from clientele.lake.log import last_load_id, read_records
from clientele.settings import Settings

FAILPOINTS = [
    "ingest_drafts_begun",
    "ingest_drafts_written",
    "ingest_raw_kept",
    "ingest_malformed_kept",
    "ingest_vault_kept",
    "ingest_record_due",
    "ingest_record_written",
]
#: Imports once, pandas for pyarrow as well, then forks a process per run: imports take longer than runs.
INGEST_EACH = """
import os, sys
from pathlib import Path
import pandas
from clientele.lake.ingest import ingest
from clientele.settings import Settings

for name in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        home = Path(sys.argv[1]) / name
        secret = "a secret for tests only"
        ingest(Settings(home=home, settle_seconds=0, secret_key=secret, failpoint=name))
        os._exit(0)
    print(name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def at_home(home: Path) -> Settings:
    return Settings(home=home, settle_seconds=0, secret_key="a secret for tests only")


def prepare(settings: Settings) -> None:
    drop(settings, "pos_sales_1.csv", pos_file(pos_line(1, phone="13912345678")))
    ingest(settings)
    drop(settings, "members.csv", members_file("M1,A,13912345678,,,2025-01-01,active", "M2,too,few"))
    drop(settings, "pos_sales_1.csv", pos_file(pos_line(1), pos_line(2)))
    drop(settings, "pos_sales_2.csv", pos_file(pos_line(3))[:-1])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> object:
    settings = at_home(tmp_path_factory.mktemp("undisturbed"))
    prepare(settings)
    ingest(settings)
    return lake_state(settings)


@pytest.fixture(scope="module")
def killed_homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home per failpoint, in each of which ingest was killed there."""
    homes = tmp_path_factory.mktemp("killed")
    for name in FAILPOINTS:
        prepare(at_home(homes / name))
    command = [sys.executable, "-c", INGEST_EACH, str(homes), *FAILPOINTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == [f"{name} {KILLED_EXIT_CODE}" for name in FAILPOINTS]
    return homes


@pytest.mark.parametrize("name", FAILPOINTS)
def test_a_run_killed_at_any_step_is_made_good_by_the_next(
    killed_homes: Path, undisturbed: object, name: str
) -> None:
    settings = at_home(killed_homes / name)
    assert last_load_id(settings) == (2 if name == "ingest_record_written" else 1)
    ingest(settings)
    assert lake_state(settings) == undisturbed


def test_drafts_and_files_without_a_record_are_cleared_away(settings: Settings) -> None:
    prepare(settings)
    left = [
        settings.lake / "loads" / "00000002.json.tmp",
        settings.lake / "raw" / "generic" / "pos_sales" / "00000009.parquet",
        settings.lake / "raw" / "generic" / "pos_sales" / "00000002.parquet.tmp",
        settings.lake / "vault" / "00000009.enc",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    ingest(settings)
    assert not [path for path in left if path.exists()]
    assert query(settings, "select count(*) from lake.generic__pos_sales") == [(2,)]


def test_a_record_that_is_missing_or_damaged_stops_everything(settings: Settings) -> None:
    prepare(settings)
    ingest(settings)
    record = settings.lake / "loads" / "00000002.json"
    content = record.read_bytes()
    record.write_bytes(content[: len(content) // 2])
    with pytest.raises(UnavailableError, match="record of load 2"):
        ingest(settings)
    record.unlink()
    with pytest.raises(UnavailableError, match="record of load 2"):
        read_records(settings)


def test_rows_that_are_missing_from_the_lake_are_never_passed_over(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    raw = next(settings.lake.glob("raw/*/*/*.parquet"))
    raw.write_bytes(raw.read_bytes()[:-1])
    with pytest.raises(UnavailableError, match="rows of load 1"):
        query(settings, "select 1")


def test_a_full_disk_says_so_and_leaves_the_log_as_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("clientele.lake.raw.keep_draft", full)
        with pytest.raises(UnavailableError, match="No space left on device"):
            ingest(settings)
    assert last_load_id(settings) == 0
    assert [file.status for file in ingest(settings).files] == ["accepted"]
