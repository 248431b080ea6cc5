"""The command: exit codes, one clear line for every wrong use, JSON on stdout and nothing else there."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from clientele.cli import main
from clientele.errors import ConfigurationError
from clientele.settings import load_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("CLIENTELE_HOME", str(folder))
    monkeypatch.setenv("CLIENTELE_SETTLE_SECONDS", "0")
    return folder


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["frobnicate"], "frobnicate"),
        (["run", "--as-of", "30.06.2026"], "30.06.2026"),
        (["run", "--frobnicate"], "--frobnicate"),
        (["sample", "--customers", "0"], "'0'"),
        (["sample", "--customers", "many"], "'many'"),
        (["ingest", "--source", "no_such_shop"], "no_such_shop"),
        (["deliver", "online_retail", "--from", "no/such/folder"], "no/such/folder"),
        ([], "COMMAND"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line_that_names_it(home, capsys, arguments, named):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert named in said.err.splitlines()[-1]
    assert len(said.err.splitlines()) == 1
    assert "Traceback" not in said.err


def test_a_run_without_exports_says_what_to_do(home, capsys):
    assert main(["run"]) == 3
    assert "landing" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["crm", "export"], ["crm", "export", "--staff"]])
def test_without_a_release_there_is_nothing_for_the_crm(home, capsys, arguments):
    assert main([*arguments, "--json"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "nothing is published yet" in said.err


def test_a_bad_setting_is_named(home, capsys, monkeypatch):
    monkeypatch.setenv("CLIENTELE_BUSINESS_TIME_ZONE", "Middle/Earth")
    assert main(["doctor"]) == 2
    assert "CLIENTELE_BUSINESS_TIME_ZONE='Middle/Earth'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["SETTLE_SECONDS", "KEEP_RELEASES", "KEEP_ORIGINALS_DAYS", "THREADS"])
@pytest.mark.parametrize("value", ["-1", "soon", "nan", "inf"])
def test_a_number_that_is_none_is_refused(name, value):
    with pytest.raises(ConfigurationError, match=f"CLIENTELE_{name}"):
        load_settings({f"CLIENTELE_{name}": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUSINESS_TIME_ZONE", "Asia"),
        ("BUSINESS_TIME_ZONE", "../Asia/Shanghai"),
        # Without a known country no number of it is read, and nobody is found by a phone.
        ("PHONE_REGION", "cn"),
        ("PHONE_REGION", "UK"),
        ("MEMORY_LIMIT", "lots"),
        ("MEMORY_LIMIT", "3"),
        ("MEMORY_LIMIT", "0GB"),
        ("MEMORY_LIMIT", "-1GB"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value):
    with pytest.raises(ConfigurationError, match=f"CLIENTELE_{name}='{value}'"):
        load_settings({f"CLIENTELE_{name}": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEEP_RELEASES", "2.7"),
        ("KEEP_RELEASES", "1_000"),
        ("KEEP_ORIGINALS_DAYS", "0.5"),
        ("THREADS", "1.5"),
        ("THREADS", "0"),
        # DuckDB takes it and ends without a word.
        ("THREADS", "1e9"),
        ("THREADS", "1000000000"),
    ],
)
def test_a_count_is_a_whole_number_that_can_be_meant(name, value):
    with pytest.raises(ConfigurationError, match=f"CLIENTELE_{name}='{value}' is not a whole number"):
        load_settings({f"CLIENTELE_{name}": value})


def test_other_countries_and_sizes_are_taken():
    settings = load_settings({"CLIENTELE_PHONE_REGION": "GB", "CLIENTELE_MEMORY_LIMIT": "1.5 GiB"})
    assert (settings.phone_region, settings.memory_limit) == ("GB", "1.5 GiB")


def test_the_doctor_shows_every_setting_and_no_secret(home, capsys, monkeypatch):
    monkeypatch.setenv("CLIENTELE_PHONE_REGION", "US")
    monkeypatch.setenv("CLIENTELE_SECRET_KEY", "a secret for tests only")
    monkeypatch.setenv("CLIENTELE_POSTGRES_URL", "postgresql://reader:password@127.0.0.1:9/shop")
    main(["doctor"])
    said = capsys.readouterr().err
    (line,) = [line for line in said.splitlines() if " settings: " in line]
    for shown in ("phone_region=US", "settle_seconds=0", "postgres_url=set", "secret_key=set"):
        assert shown in line
    assert "a secret" not in said
    assert "password" not in said


def test_help_tells_the_exit_codes_and_where_things_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "CLIENTELE_HOME" in said
    assert "1 a gate or check said no" in said


def test_json_goes_to_stdout_alone(home, capsys):
    arguments = ["sample", "--customers", "20", "--months", "2", "--end", "2026-03-31"]
    assert main(arguments) == 0
    assert main(["ingest", "--json"]) == 0
    said = capsys.readouterr()
    files = json.loads(said.out)["files"]
    assert {file["source"] for file in files} == {"generic"}
    assert sum(file["row_count"] for file in files) > 20
    assert said.err


def test_ingesting_again_finds_nothing_new(home, capsys):
    main(["sample", "--customers", "20", "--months", "2", "--end", "2026-03-31"])
    main(["ingest"])
    records = sorted((home / "lake" / "loads").iterdir())
    capsys.readouterr()
    assert main(["ingest", "--json"]) == 0
    said = capsys.readouterr()
    files = json.loads(said.out)["files"]
    assert said.err == f"nothing new: {len(files)} files are known\n"
    assert {file["status"] for file in files} == {"unchanged"}
    assert sorted((home / "lake" / "loads").iterdir()) == records


def test_a_home_that_is_a_file_is_one_line(tmp_path, capsys, monkeypatch):
    (tmp_path / "home").write_text("")
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path / "home"))
    assert main(["sample", "--customers", "5", "--months", "1"]) == 3
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert str(tmp_path / "home") in said.splitlines()[-1]


def test_settings_default_to_a_home_here():
    settings = load_settings({})
    assert settings.home == Path(".clientele").resolve()
    assert settings.business_time_zone == "Asia/Shanghai"


@pytest.mark.parametrize(
    "error",
    [duckdb.IOException("IO Error: cut short\nmore"), duckdb.OutOfMemoryException("Out of Memory Error")],
)
def test_what_the_engine_cannot_read_is_one_line_and_3(home, capsys, monkeypatch, error):
    def explain(*_: object) -> None:
        raise error

    monkeypatch.setattr("clientele.identity.evidence.explain_member", explain)
    assert main(["explain", "--member-no", "M1", "--json"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert str(error).splitlines()[0] in said.err
