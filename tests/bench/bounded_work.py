"""Work that must not grow with history, counted in rows and files, never in seconds.

    make bench-smoke

Two shops with as many customers and sales a month, one open for twice as long, are taken in, and the SQL that
dbt compiles runs over them with the engine's counts. What still grows with history is not claimed here:
docs/performance.md says what does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from made_up_shop import Shop, write_cards, write_month

from clientele import pipeline
from clientele.duck import connect, path_literal
from clientele.settings import Settings, inherited_environment, load_settings
from clientele.warehouse.build import dbt_command, dbt_environment, parsed_project
from clientele.warehouse.candidate import open_candidate

#: Longer than the dates at which values are computed and their windows; the other shop is open twice as long.
MONTHS = 64
LINES_A_MONTH = 200
CUSTOMERS = 100
#: Both shops end with it, in the past: a sale dated after its file came moves no date.
LAST_YEARS = Shop(24 * LINES_A_MONTH, CUSTOMERS, 24)
LAST_MODELS = ("int_customer_windows_summed", "int_customer_years_summed", "int_customer_preferences_ranked")
#: How often lines are read after they were staged, up to the values of customers: by five models, two of them
#: again for the returns that name a receipt. The half is for what need not be read again.
PASSES_OVER_THE_LINES = 7.5


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it."""

    name: str
    relation: str
    sql: str
    is_view: bool = False


@dataclass(frozen=True)
class Built:
    """A shop's models, made: the rows that each read and the widest step it took on the way."""

    lines: int
    rows: dict[str, int]
    scanned: dict[str, dict[str, int]]
    widest: dict[str, dict[str, int]]


def settings_in(home: Path) -> Settings:
    return load_settings(
        {**inherited_environment(), "CLIENTELE_HOME": str(home), "CLIENTELE_SETTLE_SECONDS": "0"}
    )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], Path]) -> Sequence[Model]:
    """Everything that the last models need, in an order in which each follows those it reads."""
    folder = tmp_path_factory.mktemp("compiled")
    settings = settings_in(folder)
    parsed(folder)
    shutil.copy(parsed_project(settings), folder)
    select = ["compile", "--select", *(f"+{name}" for name in LAST_MODELS), "--exclude", "resource_type:test"]
    subprocess.run(
        dbt_command(settings, select, folder),
        env=dbt_environment(settings, Path("warehouse.duckdb"), inherited_environment()),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    seeds = [
        Model(
            node["name"],
            node["relation_name"],
            f"from read_csv({path_literal(settings.dbt_project / node['original_file_path'])})",
        )
        for node in nodes.values()
        if node["resource_type"] == "seed"
    ]
    chosen = {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] == "model" and node.get("compiled_code")
    }
    order = TopologicalSorter({key: node["depends_on"]["nodes"] for key, node in chosen.items()})
    return seeds + [
        Model(
            chosen[key]["name"],
            chosen[key]["relation_name"],
            chosen[key]["compiled_code"],
            is_view=chosen[key]["config"]["materialized"] == "view",
        )
        for key in order.static_order()
        if key in chosen
    ]


def operators(profile: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operator of a query, from its profile."""
    for child in profile["children"]:
        yield child
        yield from operators(child)


def make(connection: duckdb.DuckDBPyConnection, model: Model) -> tuple[dict[str, int], dict[str, int]]:
    """Make a model; returns the rows it read by table, and its largest operator of each kind."""
    schema = model.relation.rpartition(".")[0]
    connection.execute(f"create schema if not exists {schema}")
    if model.is_view:
        connection.execute(f"create view {model.relation} as {model.sql}")
        return {}, {}
    connection.execute("pragma enable_profiling = 'no_output'")
    connection.execute(f"create table {model.relation} as {model.sql}")
    profile = json.loads(connection.get_profiling_information(format="json"))
    connection.execute("pragma disable_profiling")
    scanned: dict[str, int] = {}
    widest: dict[str, int] = {}
    for operator in operators(profile):
        kind = str(operator["operator_name"]).strip()
        widest[kind] = max(widest.get(kind, 0), operator["operator_cardinality"])
        table = str(operator["extra_info"].get("Table", "")).rpartition(".")[2]
        if table:
            scanned[table] = scanned.get(table, 0) + operator["operator_rows_scanned"]
    return scanned, widest


def build(home: Path, months: int, models: Sequence[Model]) -> Built:
    """Take a shop in and make its models."""
    settings = settings_in(home)
    shop = LAST_YEARS.opened_earlier(months - LAST_YEARS.months)
    for month in range(months):
        write_month(settings.landing / "generic", shop, month)
    write_cards(settings.landing / "generic", shop)
    pipeline.ingest(settings, "generic", lambda _line: None)
    candidate = open_candidate(settings, pipeline.prepare(settings, None))
    scanned, widest, rows = {}, {}, {}
    with connect(candidate.database, settings) as connection:
        connection.execute("set preserve_insertion_order = false")
        for model in models:
            scanned[model.name], widest[model.name] = make(connection, model)
            if not model.is_view:
                (rows[model.name],) = connection.execute(
                    f"select count(*) from {model.relation}"
                ).fetchone() or (0,)
    return Built(shop.lines, rows, scanned, widest)


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory, models: Sequence[Model]) -> Built:
    return build(tmp_path_factory.mktemp("young"), MONTHS, models)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, models: Sequence[Model]) -> Built:
    return build(tmp_path_factory.mktemp("old"), 2 * MONTHS, models)


def passes(built: Built) -> float:
    read = sum(tables.get("stg_generic__pos_sales", 0) for tables in built.scanned.values())
    return read / built.lines


def test_a_new_file_is_taken_in_without_any_older_one(tmp_path):
    settings = settings_in(tmp_path)
    shop = Shop(3 * LINES_A_MONTH, CUSTOMERS, 3)
    for month in range(2):
        write_month(settings.landing / "generic", shop, month)
    pipeline.ingest(settings, "generic", lambda _line: None)
    older = [file for folder in ("raw", "originals") for file in (settings.lake / folder).rglob("*.*")]
    older = [file for file in older if file.is_file()]
    assert len(older) >= 4
    for file in older:
        os.truncate(file, 0)
    write_month(settings.landing / "generic", shop, 2)
    result = pipeline.ingest(settings, "generic", lambda _line: None)
    assert result.count("accepted") == 1
    assert result.row_count == LINES_A_MONTH


def test_values_are_computed_at_as_many_dates_however_long_the_shop_is_open(young, old):
    assert young.rows["int_as_of_dates"] == old.rows["int_as_of_dates"] == 37
    assert old.rows["int_customer_windows_summed"] <= 37 * 2 * CUSTOMERS


def test_lines_are_read_as_often_however_many_there_are(young, old):
    assert passes(young) <= PASSES_OVER_THE_LINES
    assert passes(old) <= PASSES_OVER_THE_LINES


def test_lines_that_came_once_are_never_sorted(old):
    assert old.rows["stg_generic__pos_sales"] == old.lines
    assert old.widest["int_sale_line_versions_resolved"].get("WINDOW", 0) == 0


@pytest.mark.parametrize("model", LAST_MODELS)
def test_dates_meet_the_days_of_their_windows_only(young, old, model):
    def met(built: Built) -> int:
        return built.widest[model]["PIECEWISE_MERGE_JOIN"]

    assert met(old) <= 1.1 * met(young)
