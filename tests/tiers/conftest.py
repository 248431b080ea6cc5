"""One dbt build of the tier models over figures of our own, in a project that holds nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DBT_PROJECT = REPOSITORY / "dbt_project"
SHARED_FOLDERS = ("macros/tiers", "tiers", "intermediate/tiers", "marts/tiers", "tests/generic")

#: The figures the schemes read; a customer in an example has bought nothing unless it says so.
COLUMNS = {
    "customer_key": ("varchar", None),
    "as_of_date": ("date", "2025-04-15"),
    "net_sales_1m_amount": ("decimal(18, 4)", 0),
    "net_sales_12m_amount": ("decimal(18, 4)", 0),
    "net_sales_24m_amount": ("decimal(18, 4)", 0),
    "visits_12m_count": ("bigint", 0),
    "visits_24m_count": ("bigint", 0),
    "recency_days": ("integer", None),
    "last_visit_amount": ("decimal(18, 4)", None),
    "visits_12m_per_month": ("decimal(9, 4)", 0),
    "consecutive_weeks_count": ("integer", 0),
}


@dataclass(frozen=True)
class TierProject:
    """The built project: its database and what dbt printed."""

    folder: Path
    output: str

    @property
    def database(self) -> Path:
        return self.folder / "tiers.duckdb"

    def compiled(self, model: str) -> str:
        """The SQL of a model or test as dbt compiled it."""
        return next((self.folder / "target" / "compiled").rglob(f"{model}.sql")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def tier_project(tmp_path_factory: pytest.TempPathFactory) -> TierProject:
    folder = tmp_path_factory.mktemp("dbt") / "project"
    shutil.copytree(Path(__file__).parent / "project", folder)
    for name in SHARED_FOLDERS:
        shutil.copytree(DBT_PROJECT / name, folder / name, dirs_exist_ok=True)
    finished = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build", "--profiles-dir", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return TierProject(folder, finished.stdout)


@pytest.fixture(scope="session")
def assign(tier_project: TierProject) -> Iterator[Callable[..., dict[Any, dict[str, Any]]]]:
    """``assign(scheme_id, rows)``: the result by customer key, or by key and date where there are several."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as tiers")
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    places = ", ".join("?" for _ in COLUMNS)

    def run(scheme_id: str, rows: Iterable[Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
        values = "tiers.main.int_customer_values_by_date"
        filled = [[row.get(name, default) for name, (_, default) in COLUMNS.items()] for row in rows]
        connection.execute(f"create or replace table {values} ({columns})")
        connection.execute(
            f"insert into {values} values {', '.join([f'({places})'] * len(filled))}",
            [figure for row in filled for figure in row],
        )
        result = connection.execute(tier_project.compiled(scheme_id))
        names = [column[0] for column in result.description]
        found = [dict(zip(names, figures, strict=True)) for figures in result.fetchall()]
        several = len({row["as_of_date"] for row in found}) > 1
        keyed = {
            (row["customer_key"], row["as_of_date"]) if several else row["customer_key"]: row for row in found
        }
        assert len(keyed) == len(found), "a customer has two tiers"
        return keyed

    yield run
    connection.close()
