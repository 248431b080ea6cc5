"""Rules of the project that no linter knows."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "plugins" / "clientele"
MODULES = sorted(PACKAGE.rglob("*.py"))
MODELS = sorted((PROJECT / "dbt_project").rglob("*.sql"))
LOCKS = sorted((PROJECT / "requirements").glob("*.lock"))

ENVIRONMENT_READERS = {"environ", "environb", "getenv", "getenvb", "expandvars"}
CLOCKS = re.compile(
    r"\b(current_date|current_timestamp|current_time|localtimestamp|getdate|sysdate|today|run_started_at)\b"
    r"|\bnow\s*\(|\bmodules\.datetime\b",
    re.IGNORECASE,
)
TELEMETRY_SWITCHES = (
    "DO_NOT_TRACK",
    "SCARF_ANALYTICS",
    "DBT_SEND_ANONYMOUS_USAGE_STATS",
    "GX_ANALYTICS_ENABLED",
)


def environment_reads(code: str) -> list[int]:
    """Lines that read the environment; `os.environ.update(...)`, which only writes, is none."""
    tree = ast.parse(code)
    writes = {
        node.func.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    }
    names = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT_READERS and node not in writes)
        or (isinstance(node, ast.alias) and node.name in ENVIRONMENT_READERS)
    ]
    return [node.lineno for node in names]


def without_comments(sql: str) -> str:
    return re.sub(r"\{#.*?#\}|--[^\n]*|/\*.*?\*/", "", sql, flags=re.DOTALL)


def test_the_rule_for_the_environment_sees_what_it_looks_for():
    assert environment_reads("import os\nhome = os.environ['HOME']\n") == [2]
    assert environment_reads("from os import getenv\n") == [1]
    assert environment_reads("import os\nos.environ.update({})\n") == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_settings_read_the_environment(path):
    if path != PACKAGE / "settings.py":
        assert environment_reads(path.read_text(encoding="utf-8")) == []
    else:
        assert environment_reads(path.read_text(encoding="utf-8"))


def test_the_rule_for_clocks_sees_what_it_looks_for():
    for sql in ("select current_date", "where sold_at < now()", "{{ run_started_at }}", "select today()"):
        assert CLOCKS.search(sql), sql
    assert not CLOCKS.search("select as_of_date, updated_at, is_known from known")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_no_model_reads_the_clock(path):
    assert CLOCKS.findall(without_comments(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_with_hashes_and_names_no_index(path):
    text = path.read_text(encoding="ascii")
    requirements = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(requirements) >= 1
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+==[^ ]+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert not re.search(r"://|--index-url|--find-links|--trusted-host|@ file", text)


def test_what_runs_is_what_is_tested():
    development = pinned("dev.lock")
    assert pinned("runtime.lock") <= development
    assert {"setuptools", "clientele"} & {name for name, _ in pinned("runtime.lock")} == {"setuptools"}


def pinned(name: str) -> set[tuple[str, str]]:
    text = (PROJECT / "requirements" / name).read_text(encoding="ascii")
    return set(re.findall(r"(?m)^([a-z0-9._-]+)==([^ ]+)", text))


@pytest.mark.parametrize("switch", TELEMETRY_SWITCHES)
@pytest.mark.parametrize(
    "place", ["Makefile", "Dockerfile", "plugins/clientele/orchestration/environment.py"]
)
def test_telemetry_is_off_wherever_something_is_started(place, switch):
    text = (PROJECT / place).read_text(encoding="utf-8")
    assert re.search(rf'{switch}"?\s*(:=|=|:)\s*"?(1|false)\b', text)


def test_the_build_server_runs_what_people_run():
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert script.rstrip().endswith("make check test")


def test_python_keeps_what_it_compiles_whatever_the_environment_says():
    shown = subprocess.run(
        ["make", "--silent", "--eval", 'shown: ; @echo "[$$PYTHONDONTWRITEBYTECODE]"', "shown"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "[]\n"
