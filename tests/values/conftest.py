"""The models of values, compiled once by dbt and run in this process over tables of our own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from values_warehouse import CompiledModel, Warehouse
from worlds import INPUTS, World, account, sale

REPOSITORY = Path(__file__).resolve().parents[2]
DBT_PROJECT = REPOSITORY / "dbt_project"
SHARED_MODELS = (
    "intermediate/sales/int_receipts_identified.sql",
    "intermediate/sales/int_sale_lines_attributed.sql",
    "intermediate/sales/int_receipts_summed.sql",
    "intermediate/sales/int_account_days_summed.sql",
    "intermediate/sales/int_account_categories_summed.sql",
    "intermediate/values/*.sql",
    "marts/values/retention_monthly.sql",
    "marts/values/relationship_monthly.sql",
    "marts/values/concentration_curve.sql",
    "marts/customers/customer_values*",
    "macros/values/*.sql",
    "macros/round_ratio.sql",
    "macros/account_reference.sql",
    "macros/contract_columns.sql",
    "macros/materializations/*.sql",
    "tests/generic/grain.sql",
)


@pytest.fixture(scope="session")
def compiled_models(tmp_path_factory: pytest.TempPathFactory) -> Sequence[CompiledModel]:
    """The models in an order in which each follows those it reads."""
    folder = tmp_path_factory.mktemp("values") / "project"
    shutil.copytree(Path(__file__).parent / "project", folder)
    for pattern in SHARED_MODELS:
        found = sorted(DBT_PROJECT.glob(pattern))
        assert found, pattern
        for path in found:
            target = folder / path.relative_to(DBT_PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    finished = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "compile", "--profiles-dir", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    nodes = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    models = {
        node["name"]: CompiledModel(
            node["name"],
            (folder / node["compiled_path"]).read_text(encoding="utf-8"),
            frozenset(name.rsplit(".", 1)[-1] for name in node["depends_on"]["nodes"]),
        )
        for node in nodes.values()
        if node["resource_type"] == "model"
    }
    order = TopologicalSorter({name: sorted(model.inputs) for name, model in models.items()}).static_order()
    given = {*INPUTS, "int_members_loaded", "run_parameters"}
    return [models[name] for name in order if name not in given]


@pytest.fixture(scope="session")
def warehouse(compiled_models: Sequence[CompiledModel]) -> Iterator[Warehouse]:
    opened = Warehouse(compiled_models)
    yield opened
    opened.close()


Measure = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def measure(warehouse: Warehouse) -> Measure:
    """``measure(world, table)``: the rows of a table of values built from a world."""

    def run(world: World, table: str = "int_customer_values_by_date") -> list[dict[str, Any]]:
        warehouse.fill(world)
        warehouse.build(table)
        return warehouse.rows(table)

    return run


@pytest.fixture(scope="session")
def customer(measure: Measure) -> Callable[..., dict[str, Any]]:
    """``customer(world, key)``: the row of ``customer_values`` of one customer."""

    def run(world: World, key: str = "c1") -> dict[str, Any]:
        return next(row for row in measure(world, "customer_values") if row["customer_key"] == key)

    return run


@pytest.fixture(scope="session")
def hand_world() -> World:
    """One customer, one sale, on the date itself."""
    day = date(2026, 6, 30)
    return World(day, [sale(day, Decimal(10))], [account(1, "c1", day)])
