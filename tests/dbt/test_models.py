"""The models on a shop that has delivered nothing: all of them build, all their tests and unit tests pass."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from clientele.duck import connect
from clientele.lake.mount import mount
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import PROJECT, Settings, load_settings
from clientele.warehouse.build import dbt_process

#: What a sale line that is not set aside always has; the sources' contracts ask for more where they can.
ALWAYS_KNOWN = ("receipt_no", "line_no", "business_date", "net_sales_amount", "line_kind")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def results(home: Path, parsed) -> dict[str, dict]:
    """Outcome of every node of one dbt build over an empty lake, unit tests included, by unique id."""
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


def test_a_kept_sale_line_without_what_it_needs_gets_into_no_table(results, home):
    """Constraints of the tables, not tests after the fact; the shop's own exports are typed elsewhere."""
    project = YAML(typ="safe").load(PROJECT / "dbt_project" / "dbt_project.yml")
    models = {name for name in project["vars"]["sale_line_models"] if not name.startswith("stg_generic__")}
    assert len(models) > 10
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        guarded = connection.execute(
            "select table_name, expression from duckdb_constraints() where constraint_type = 'CHECK'"
        ).fetchall()
        for model, column in product(sorted(models), ALWAYS_KNOWN):
            assert (model, f"((rejected_reason_code IS NOT NULL) OR ({column} IS NOT NULL))") in guarded or (
                (model, column) == ("stg_complete_journey__transactions", "line_kind")
            )
        line = (
            "insert into staging.stg_cdnow__purchases by name select 'cdnow' as source, 'purchases' as feed,"
            " 1 as load_id, 1 as row_number, 1 as position_id, 'pos' as channel, '1' as line_no,"
            " date '1997-01-01' as business_date, 'piece' as quantity_unit, 1 as amount,"
            " 1 as net_sales_amount,"
            " 'USD' as currency_code, 'sale' as line_kind, 'product' as line_type, '' as payload_hash, "
        )
        with pytest.raises(duckdb.ConstraintException, match="receipt_no IS NOT NULL"):
            connection.execute(f"{line} null as receipt_no")
        connection.execute(f"{line} null as receipt_no, 'receipt_missing' as rejected_reason_code")
        connection.execute(f"{line} '1' as receipt_no")


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
