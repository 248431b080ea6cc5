"""dbt compiles the models once, DuckDB runs them in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from clubs import CLUBS, SHIPPED, scheme_file
from living import GIVEN, OF_THE_FILES, Movement, run_dbt
from ruamel.yaml import YAML

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
SHARED_FOLDERS = (
    "macros/tiers",
    "macros/materializations",
    "intermediate/tiers",
    "marts/tiers",
    "tests/generic",
)
#: Models that stand for the rest of the project, the same as where single schemes are tested.
STAND_INS = Path(__file__).resolve().parents[1] / "tiers" / "project" / "models"
SHARED_STAND_INS = (
    "customer_values",
    "int_accounts_resolved",
    "int_members_loaded",
    "int_referrals",
    "int_tier_overrides_loaded",
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dbt project of the tiers alone."""
    folder = tmp_path_factory.mktemp("dbt") / "project"
    shutil.copytree(Path(__file__).parent / "project", folder)
    for name in SHARED_FOLDERS:
        shutil.copytree(DBT_PROJECT / name, folder / name, dirs_exist_ok=True)
    shutil.copy(DBT_PROJECT / "staging" / "_lake__sources.yml", folder / "models")
    for name in SHARED_STAND_INS:
        shutil.copy(STAND_INS / f"{name}.sql", folder / "models")
    (folder / "tiers").mkdir()
    yaml = YAML(typ="safe")
    for club in CLUBS:
        (folder / "tiers" / f"{club}.sql").write_text(
            "{{ assign_tiers(model.config.meta.scheme) }}\n", encoding="utf-8"
        )
        with (folder / "tiers" / f"{club}.yml").open("w", encoding="utf-8") as file:
            yaml.dump(scheme_file(club), file)
    for scheme_id in SHIPPED:
        for ending in ("sql", "yml"):
            shutil.copy(DBT_PROJECT / "tiers" / f"{scheme_id}.{ending}", folder / "tiers")
    project = yaml.load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
    project["vars"]["schemes"] = [*CLUBS, *SHIPPED]
    with (folder / "dbt_project.yml").open("w", encoding="utf-8") as file:
        yaml.dump(project, file)
    return folder


@pytest.fixture(scope="session")
def compiled(project: Path) -> dict[str, str]:
    """The SQL of every model as dbt compiles it."""
    run_dbt(project, "compile", "--select", "+tier_history", "int_scheme_rules")
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in (project / "target" / "compiled").rglob("*.sql")
        if path.parent.suffix != ".yml"
    }


@pytest.fixture(scope="session")
def shared_movement(compiled: dict[str, str]) -> Iterator[Movement]:
    movement = Movement(compiled)
    yield movement
    movement.connection.close()


@pytest.fixture
def movement(shared_movement: Movement) -> Movement:
    shared_movement.forget_reviews()
    shared_movement.make(*GIVEN, *OF_THE_FILES)
    return shared_movement
