"""What does not fit into the memory that DuckDB may use goes to disk, and the build goes on."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import duckdb

from clientele.settings import Settings
from clientele.warehouse.build import dbt_command, dbt_environment

ROWS = 3_000_000
PROJECT = """
name: spilling
profile: clientele
model-paths: [models]
models:
  +materialized: table
"""
#: More bytes than may be held, in an order that nothing can be left out of.
LARGE = f"select number, md5(number::varchar) as text from range({ROWS}) as numbers (number) order by text"
AFTER_IT = "select count(*) as rows_count, count(distinct text) as texts_count from {{ ref('large') }}"


def test_a_build_goes_on_after_it_has_spilled(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (project / "models" / "large.sql").write_text(LARGE, encoding="utf-8")
    (project / "models" / "after_it.sql").write_text(AFTER_IT, encoding="utf-8")
    settings = Settings(home=tmp_path, memory_limit="100MB")
    database = tmp_path / "warehouse.duckdb"
    command = dbt_command(replace(settings, dbt_project=project), ["build"], tmp_path / "target")
    command[command.index("--profiles-dir") + 1] = str(settings.dbt_project)
    finished = subprocess.run(
        command,
        env=dbt_environment(settings, database, os.environ),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("from after_it").fetchone() == (ROWS, ROWS)
