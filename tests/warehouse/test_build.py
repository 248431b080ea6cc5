"""How a dbt process is started, and what its outcome is taken for."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from clientele.errors import GateFailedError, UnavailableError
from clientele.settings import Settings, load_settings
from clientele.warehouse import build
from clientele.warehouse.build import dbt_environment, raise_on_failure
from clientele.warehouse.candidate import Candidate


def artifacts(folder: Path, *results: dict[str, str]) -> Path:
    (folder / "run_results.json").write_text(json.dumps({"results": list(results)}), encoding="utf-8")
    return folder


def test_a_build_in_which_all_passed_is_fine(tmp_path):
    raise_on_failure(artifacts(tmp_path, {"unique_id": "model.a", "status": "success"}), 0, "Completed")


def test_the_first_failure_is_named_and_the_others_are_counted(tmp_path):
    target = artifacts(
        tmp_path,
        {"unique_id": "model.a", "status": "success"},
        {"unique_id": "test.grain", "status": "fail", "message": "Got 2 results,\n  configured to fail"},
        {"unique_id": "model.b", "status": "error", "message": "Binder Error"},
    )
    with pytest.raises(GateFailedError, match=r"test\.grain and 1 more: Got 2 results, configured to fail"):
        raise_on_failure(target, 1, "Done")


def test_a_warning_does_not_stop_a_build(tmp_path):
    raise_on_failure(artifacts(tmp_path, {"unique_id": "test.a", "status": "warn"}), 0, "Completed")


@pytest.mark.parametrize("return_code", [2, -9])
def test_a_process_that_could_not_work_is_no_verdict(tmp_path, return_code):
    with pytest.raises(UnavailableError, match="no profile"):
        raise_on_failure(artifacts(tmp_path), return_code, "no profile")


def test_a_process_without_results_is_no_verdict(tmp_path):
    with pytest.raises(UnavailableError):
        raise_on_failure(tmp_path, 0, "")


@pytest.mark.parametrize(
    "message",
    [
        "Runtime Error in model b (b.sql)\n  Out of Memory Error: could not allocate block of size 30.5 MiB",
        "Runtime Error in model b (b.sql)\n  IO Error: Could not write file",
        "Failed to create checkpoint because of error: Could not write file: No space left on device.",
    ],
)
def test_a_model_without_room_is_no_verdict_on_the_data(tmp_path, message):
    target = artifacts(tmp_path, {"unique_id": "model.b", "status": "error", "message": message})
    with pytest.raises(UnavailableError, match=r"could not go on at model\.b: "):
        raise_on_failure(target, 1, "Done")


#: In place of dbt on a full disk: its log cannot be written, which Python's logging tells at length.
RUN_OUT_OF_ROOM = """
import sys
print("OSError: [Errno 28] No space left on device")
print("Message: 'Completed with errors'")
print("Arguments: ()")
sys.exit(1)
"""


@pytest.mark.parametrize("results", [None, '{"results": [{"unique_id'])
def test_a_full_disk_is_said_whatever_dbt_says_after_it(tmp_path, monkeypatch, results):
    monkeypatch.setattr(build, "dbt_command", lambda *_: [sys.executable, "-c", RUN_OUT_OF_ROOM])
    monkeypatch.setattr(build.staged, "keep", lambda *_: frozenset())
    settings = Settings(home=tmp_path)
    candidate = Candidate("run_000001", 1, settings.warehouse / "runs" / "run_000001", None, 1)
    candidate.target.mkdir(parents=True)
    if results is not None:
        (candidate.target / "run_results.json").write_text(results, encoding="utf-8")
    with pytest.raises(UnavailableError, match="No space left on device"):
        build.build(settings, candidate, lambda _: None)


@pytest.fixture
def built(tmp_path, monkeypatch) -> Candidate:
    """A candidate whose build ends with a failing test; members have come and no sale."""
    monkeypatch.setattr(build, "dbt_command", lambda *_: [sys.executable, "-c", "raise SystemExit(1)"])
    monkeypatch.setattr(build.staged, "keep", lambda *_: frozenset())
    directory = tmp_path / "warehouse" / "runs" / "run_000001"
    candidate = Candidate("run_000001", 1, directory, None, 1)
    candidate.target.mkdir(parents=True)
    artifacts(candidate.target, {"unique_id": "test.grain", "status": "fail", "message": "Got 28 results"})
    with duckdb.connect(candidate.database) as connection:
        connection.execute(
            "create schema intermediate; create schema lake;"
            " create table intermediate.int_sale_days_bounded (first_date date, last_date date);"
            " insert into intermediate.int_sale_days_bounded values (null, null);"
            " create table lake.loads as select 'generic' as source, 'members' as feed, 1200 as row_count,"
            " 'accepted' as status, null::bigint as superseded_by_load_id"
        )
    return candidate


def test_without_sales_it_is_said_what_came_and_what_to_drop_where(tmp_path, built):
    with pytest.raises(GateFailedError) as error:
        build.build(Settings(home=tmp_path), built, lambda _: None)
    assert error.value.message == (
        "there is no sale to compute values from; loaded are: generic/members (1,200 rows)"
    )
    assert f"pos_sales*.csv or ecommerce_orders*.csv into {tmp_path}/landing/generic/" in str(error.value)


def test_sales_that_are_all_dated_later_than_they_came_give_no_date_but_count_as_of_one(tmp_path, built):
    with duckdb.connect(built.database) as connection:
        connection.execute("update intermediate.int_sale_days_bounded set first_date = date '2062-06-30'")
    with pytest.raises(GateFailedError, match="dated later than its file came, the first 2062-06-30"):
        build.build(Settings(home=tmp_path), built, lambda _: None)
    asked = dataclasses.replace(built, as_of_date=date(2062, 7, 1))
    with pytest.raises(GateFailedError, match=r"test\.grain: Got 28 results"):
        build.build(Settings(home=tmp_path), asked, lambda _: None)


def test_an_exit_code_alone_stops_the_build(tmp_path):
    with pytest.raises(GateFailedError):
        raise_on_failure(artifacts(tmp_path, {"unique_id": "model.a", "status": "success"}), 1, "Done")


def test_dbt_is_told_the_database_not_the_secret_and_reports_to_nobody(tmp_path):
    base = {"PATH": "here", "CLIENTELE_SECRET_KEY": "not for dbt to know"}
    environment = dbt_environment(load_settings({}), tmp_path / "warehouse.duckdb", base)
    assert environment["CLIENTELE_DBT_DATABASE"] == str(tmp_path / "warehouse.duckdb")
    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert environment["PATH"] == "here"
    assert "CLIENTELE_SECRET_KEY" not in environment


#: Starts a build and says which process dbt is.
BUILD = """
import sys
from pathlib import Path
from clientele.settings import Settings
from clientele.warehouse import build
folder = Path(sys.argv[1])
with build.dbt_process(
    Settings(home=folder), folder / "warehouse.duckdb", folder / "target", ["parse", "--no-partial-parse"]
) as dbt:
    print(dbt.pid, flush=True)
    for line in dbt.stdout:
        pass
"""


def test_dbt_ends_with_its_caller_also_when_that_is_killed(tmp_path):
    started = [sys.executable, "-c", BUILD, str(tmp_path)]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as caller:
        dbt = int(caller.stdout.readline())
        # It has begun its work, which takes seconds more.
        wait_until((tmp_path / "target" / "dbt.log").exists)
        caller.kill()
    wait_until(lambda: not is_alive(dbt), seconds=1)


def wait_until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.02)


def is_alive(process):
    """Whether the process still runs; one that has ended may wait for its parent to take notice."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


#: In place of dbt: says what it finds parsed and where it works, and leaves what it parsed.
PARSE = """
import os, pathlib, sys
parsed = pathlib.Path(sys.argv[1], "partial_parse.msgpack")
found = parsed.read_text() if parsed.exists() else "nothing"
print(found, os.environ["CLIENTELE_DBT_DATABASE"], pathlib.Path.cwd().name)
parsed.write_text(sys.argv[2])
sys.exit(int(sys.argv[3]))
"""


def test_what_dbt_parsed_goes_from_run_to_run_unless_it_broke_down(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path)

    def dbt(run: str, return_code: int) -> str:
        folder = settings.warehouse / "runs" / run
        folder.mkdir(parents=True)
        monkeypatch.setattr(
            build,
            "dbt_command",
            lambda _, arguments, target, module: [sys.executable, "-c", PARSE, target, run, str(return_code)],
        )
        with build.dbt_process(
            settings, folder / "warehouse.duckdb", folder / "target", ["parse"]
        ) as process:
            said, _ = process.communicate()
        return said.strip()

    assert dbt("first", 0) == "nothing warehouse.duckdb first"
    assert dbt("second", 2) == "first warehouse.duckdb second"
    assert dbt("third", 1) == "first warehouse.duckdb third"
    assert dbt("fourth", 0) == "third warehouse.duckdb fourth"
