"""One dbt build of the tier models over figures of our own, in a project that holds nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from clientele.lake.sealed import mount_sealed
from clientele.settings import load_settings
from clientele.tiers import METRICS, Metric

REPOSITORY = Path(__file__).resolve().parents[2]
DBT_PROJECT = REPOSITORY / "dbt_project"
SHARED_FOLDERS = (
    "macros/tiers",
    "macros/materializations",
    "tiers",
    "intermediate/tiers",
    "marts/tiers",
    "tests/generic",
)
TODAY = date(2025, 4, 15)


def column_default(metric: Metric) -> str:
    """What stands for a customer of whom nothing else is said: no purchase, no membership, nothing known."""
    if metric.known_after_visit_in or not metric.is_always_known:
        return "null"
    return "false" if metric.unit == "flag" else "0"


def values_model(folder: Path) -> str:
    """The model of customer values: the figures of the project, and the default of every other metric."""
    figures = (folder / "models" / "customer_figures.sql").read_text(encoding="utf-8")
    defaults = "".join(
        f",\n    cast({column_default(metric)} as {metric.data_type}) as {name}"
        for name, metric in METRICS.items()
        if f"as {name}" not in figures
    )
    return f"select\n    figures.*{defaults}\nfrom {{{{ ref('customer_figures') }}}} as figures\n"


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
        found = (self.folder / "target" / "compiled").rglob(f"{model}.sql")
        # What unit tests give in its place lies deeper, under the same name.
        return min(found, key=lambda path: len(path.parts)).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def tier_project(tmp_path_factory: pytest.TempPathFactory) -> TierProject:
    folder = tmp_path_factory.mktemp("dbt") / "project"
    shutil.copytree(Path(__file__).parent / "project", folder)
    for name in SHARED_FOLDERS:
        shutil.copytree(DBT_PROJECT / name, folder / name, dirs_exist_ok=True)
    shutil.copy(DBT_PROJECT / "staging" / "_lake__sources.yml", folder / "models")
    with duckdb.connect(str(folder / "tiers.duckdb")) as connection:
        mount_sealed(connection, load_settings({}))
    (folder / "models" / "int_customer_values_by_date.sql").write_text(values_model(folder), encoding="utf-8")
    project = YAML(typ="safe").load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
    project["vars"]["schemes"] = sorted(file.stem for file in (folder / "tiers").glob("*.yml"))
    with (folder / "dbt_project.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(project, file)
    finished = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build", "--profiles-dir", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return TierProject(folder, finished.stdout)


class SchemeRunner:
    """The compiled query of any scheme, over rows of our own."""

    def __init__(self, project: TierProject) -> None:
        self._project = project
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("attach ':memory:' as tiers")
        self._connection.execute("use tiers.main")
        mount_sealed(self._connection, load_settings({}))
        columns = "".join(
            f", {name} {metric.data_type} default {column_default(metric)}"
            for name, metric in METRICS.items()
        )
        self._connection.execute(
            f"create table int_customer_values_by_date (customer_key varchar, as_of_date date{columns})"
        )
        for model in (
            "int_scheme_rules",
            "int_scheme_changes",
            "int_customer_visits_summed",
            "int_referrals",
        ):
            self._connection.execute(f"create table {model} as {project.compiled(model)}")

    def __call__(
        self,
        scheme_id: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        visits: Iterable[Mapping[str, Any]] = (),
        referrals: Iterable[Mapping[str, Any]] = (),
        absent_needs: Iterable[str] = (),
        recent_since: str = "",
    ) -> dict[Any, dict[str, Any]]:
        """What the scheme decides, by customer key, or by key and date where there are several dates.

        ``rows`` are figures of customers (a metric left out has its default); ``visits`` have customer_key,
        business_date and net_sales_amount; ``referrals`` customer_key (who referred), referred_customer_key.
        Dates before ``recent_since`` are those at which not every figure is known.
        """
        rows = [{"as_of_date": TODAY, **row} for row in rows]
        self._fill("int_customer_values_by_date", rows)
        self._fill("int_customer_visits_summed", [{"is_visit": True, **visit} for visit in visits])
        self._fill("int_referrals", [{"joined_date": date(2024, 1, 1), **referral} for referral in referrals])
        self._dates(sorted({str(row["as_of_date"]) for row in rows}), recent_since)
        self._feeds(absent_needs)
        self._connection.execute(
            f"create or replace table two_of_three as {self._project.compiled(scheme_id)}"
        )
        result = self._connection.execute(self._project.compiled("tiers_explained"))
        names = [column[0] for column in result.description]
        found = [dict(zip(names, figures, strict=True)) for figures in result.fetchall()]
        (placed,) = self._connection.execute("select count(*) from two_of_three").fetchone()
        assert placed == len(found), "a customer is placed by no rule"
        several = len({row["as_of_date"] for row in found}) > 1
        keyed = {
            (row["customer_key"], row["as_of_date"]) if several else row["customer_key"]: row for row in found
        }
        assert len(keyed) == len(found), "a customer has two tiers"
        return keyed

    def close(self) -> None:
        self._connection.close()

    def _fill(self, table: str, rows: list[dict[str, Any]]) -> None:
        self._connection.execute(f"delete from {table}")
        names = sorted({name for row in rows for name in row})
        for given in {tuple(name for name in names if name in row) for row in rows}:
            alike = [row for row in rows if tuple(name for name in names if name in row) == given]
            places = ", ".join([f"({', '.join('?' * len(given))})"] * len(alike))
            self._connection.execute(
                f"insert into {table} ({', '.join(given)}) values {places}",
                [row[name] for row in alike for name in given],
            )

    def _dates(self, days: list[str], recent_since: str) -> None:
        windows = ", ".join(
            f"cast(day - interval {months} month as date) as after_{months}m_date"
            for months in (1, 2, 3, 6, 9, 12, 24)
        )
        self._connection.execute(
            "create or replace table int_as_of_dates as"
            " select day as as_of_date, day = max(day) over () as is_current,"
            f" cast(day as varchar) >= ? as is_recent, {windows}"
            " from (select cast(unnest(?) as date) as day)",
            [recent_since, days],
        )
        # No review has been sealed.
        self._connection.execute(
            "create or replace table int_scheme_dates (scheme_id varchar, as_of_date date, is_open boolean)"
        )

    def _feeds(self, absent_needs: Iterable[str]) -> None:
        self._connection.execute(
            f"create or replace table int_feeds_present as {self._project.compiled('int_feeds_present')}"
        )
        for need in absent_needs:
            self._connection.execute("update int_feeds_present set is_present = false where need = ?", [need])


@pytest.fixture(scope="session")
def assign(tier_project: TierProject) -> Iterator[Callable[..., dict[Any, dict[str, Any]]]]:
    """``assign(scheme_id, rows)``: what the scheme decides about customers with these figures."""
    runner = SchemeRunner(tier_project)
    yield runner
    runner.close()
