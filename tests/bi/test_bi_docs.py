"""What docs/bi.md tells people to run is there and runs."""

from __future__ import annotations

import os
import re
from contextlib import chdir
from pathlib import Path

import duckdb
import pytest
import yaml

from clientele.bi.dashboards import DASHBOARDS
from clientele.bi.pages import slug
from clientele.cli import build_parser
from clientele.publish.postgres import CRM, READER
from clientele.publish.tables import PUBLISHED_TABLES

PROJECT = Path(__file__).resolve().parents[2]
DOC = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?ms)^ *```{language}\n(.*?)^ *```", DOC)


@pytest.fixture
def published(empty: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published folder of a release without a row."""
    folder = tmp_path / "published"
    (folder / "parquet").mkdir(parents=True)
    with chdir(folder), duckdb.connect("clientele.duckdb") as release:
        for table in PUBLISHED_TABLES:
            columns = empty.execute(f"describe clientele.{table}").fetchall()
            release.execute(f"create table {table} ({', '.join(f'{row[0]} {row[1]}' for row in columns)})")
            release.execute(f"copy {table} to 'parquet/{table}.parquet' (format parquet)")
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    return folder


def test_every_query_runs(published, empty):
    queries = re.findall(r'"(select [^"]+)"', DOC)
    assert len(queries) == 5
    with duckdb.connect(str(published / "clientele.duckdb"), read_only=True) as release:
        for query in queries:
            connection = empty if "clientele.releases" in query else release
            connection.execute(os.path.expandvars(query))


def test_the_python_runs(published, capsys):
    (code,) = blocks("python")
    exec(compile(code, "docs/bi.md", "exec"), {})
    assert "scheme_id" in capsys.readouterr().out


def test_every_command_is_there():
    commands = "\n".join(blocks("sh"))
    targets = set(re.findall(r"`?make ([a-z-]+)", DOC))
    assert targets == {"superset", "superset-import"}
    assert all(re.search(rf"(?m)^{target}:.*##", MAKEFILE) for target in targets)
    (bundle,) = re.findall(r"(?m)^clientele (bi bundle .*)$", commands)
    assert build_parser().parse_args(bundle.split()).output == Path("clientele_superset.zip")
    for path in re.findall(r"\b(?:bi|dbt_project|plugins)/[\w/.]+\.(?:sql|py|yml)\b", DOC):
        assert (PROJECT / path).exists(), path
    (profile,) = re.findall(r"--profile (\w+)", commands)
    compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert profile in compose["services"]["superset"]["profiles"]
    roles = (PROJECT / "bi" / "postgres" / "roles.sql").read_text(encoding="utf-8")
    variables = set(re.findall(r":'(\w+)'", roles))
    assert (
        set(re.findall(r"--set (\w+)=", commands))
        == variables
        == {
            "owner_password",
            "analyst_password",
            "superset_password",
        }
    )


def test_what_is_named_exists():
    assert {READER, CRM} <= set(re.findall(r"`(clientele_\w+)`", DOC))
    roles = (PROJECT / "bi" / "postgres" / "roles.sql").read_text(encoding="utf-8")
    assert READER in roles
    assert CRM in roles
    for dashboard in DASHBOARDS:
        assert slug(dashboard, "zh").removesuffix("zh") in DOC
    settings = set(re.findall(r"\b((?:CLIENTELE|SUPERSET|ANALYST)_[A-Z_]+)\b", DOC))
    known = MAKEFILE + (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert all(setting in known for setting in settings)


def test_superset_is_installed_by_its_lock_in_the_version_that_is_named():
    lock = (PROJECT / "requirements" / "superset.lock").read_text(encoding="ascii")
    (version,) = re.findall(r"(?m)^apache-superset==(\S+)", lock)
    assert f"Superset {version}" in DOC
    dockerfile = (PROJECT / "bi" / "superset" / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes --requirement requirements/superset.lock" in dockerfile
    assert [line for line in dockerfile.splitlines() if line.startswith("USER ")] == ["USER superset"]
