"""The models on a shop that has delivered nothing: all of them build, all their tests and unit tests pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clientele.duck import connect
from clientele.lake.mount import mount
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import PROJECT, Settings, load_settings
from clientele.warehouse.build import dbt_process


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, parsed) -> dict[str, dict]:
    """Outcome of every node of one dbt build over an empty lake, unit tests included, by unique id."""
    home = tmp_path_factory.mktemp("empty")
    settings = load_settings({"CLIENTELE_HOME": str(home)})
    database = home / "warehouse.duckdb"
    make_empty_lake(settings, database)
    parsed(home)
    target = home / "target"
    with dbt_process(settings, database, target, ["build"]) as dbt:
        said, _ = dbt.communicate()
    outcome = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    assert outcome, said[-3000:]
    return {result["unique_id"]: result for result in outcome}


def make_empty_lake(settings: Settings, database: Path) -> None:
    with connect(database, settings) as connection:
        mount(connection, settings)
        connection.execute(
            "create table lake.run_parameters as select null::date as as_of_date,"
            " 'Asia/Shanghai' as business_time_zone, 0::bigint as known_load_id"
        )


def of_kind(results: dict[str, dict], kind: str) -> dict[str, str]:
    return {name: result["status"] for name, result in results.items() if name.startswith(f"{kind}.")}


def test_every_model_builds_without_any_export(results):
    models = of_kind(results, "model")
    assert len(models) > 35
    assert {name for name, status in models.items() if status != "success"} == set()


def test_every_unit_test_passes(results):
    unit_tests = of_kind(results, "unit_test")
    assert len(unit_tests) > 12
    assert {name for name, status in unit_tests.items() if status != "pass"} == set()


def test_every_data_test_passes(results):
    assert {name for name, status in of_kind(results, "test").items() if status != "pass"} == set()


def test_every_published_table_has_a_contract_a_grain_and_described_columns(results):
    models = {}
    for path in (PROJECT / "dbt_project" / "marts").rglob("*.yml"):
        for model in YAML(typ="safe").load(path).get("models", []):
            models[model["name"]] = model
    assert set(PUBLISHED_TABLES) == set(models)
    for name, key in PUBLISHED_TABLES.items():
        model = models[name]
        assert model["config"]["contract"]["enforced"] is True, name
        assert model["description"].startswith("One row per"), name
        grains = [test["grain"]["arguments"]["columns"] for test in model["data_tests"] if "grain" in test]
        assert grains == [list(key)], name
        assert all(column.get("description") and column.get("data_type") for column in model["columns"]), name
