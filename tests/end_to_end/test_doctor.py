"""The doctor on a shop in order, and on one that something happened to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from clientele import doctor
from clientele.settings import PROJECT, Settings


@pytest.fixture
def lake_only(sample_shop, tmp_path: Path) -> Path:
    """A copy of the sample shop's lake that may be damaged."""
    home = tmp_path / "home"
    shutil.copytree(sample_shop.home / "lake", home / "lake")
    return home


def examine(sample_shop, home: Path) -> tuple[int, dict[str, str]]:
    done = sample_shop.clientele("doctor", "--json", CLIENTELE_HOME=str(home))
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {finding["subject"]: finding["state"] for finding in findings}


def test_a_shop_in_order_is_in_order(sample_shop):
    code, states = examine(sample_shop, sample_shop.home)
    assert code == 0
    assert set(states.values()) == {"ok"}
    assert set(states) == {"python", "home", "settings", "sources", "schemes", "lake", "release"}


def test_a_lost_file_of_the_lake_is_found(sample_shop, lake_only):
    next((lake_only / "lake" / "raw").rglob("*.parquet")).unlink()
    code, states = examine(sample_shop, lake_only)
    assert code == 1
    assert states["lake"] == "failed"
    assert states["release"] == "warning"


def test_a_gap_in_the_log_is_found(sample_shop, lake_only):
    sorted((lake_only / "lake" / "loads").iterdir())[2].unlink()
    code, states = examine(sample_shop, lake_only)
    assert code == 1
    assert states["lake"] == "failed"


def test_a_cut_file_of_the_lake_is_found(sample_shop, lake_only):
    raw = next((lake_only / "lake" / "raw").rglob("*.parquet"))
    raw.write_bytes(raw.read_bytes()[:-10])
    code, states = examine(sample_shop, lake_only)
    assert (code, states["lake"]) == (1, "failed")


def test_scheme_files_and_the_list_of_schemes_in_use_are_held_against_each_other(tmp_path):
    project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT / "dbt_project" / "tiers", project / "tiers")
    listed = (PROJECT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8")
    changed = listed.replace("    - value_pyramid\n", "    - vip_ladder\n", 1)
    (project / "dbt_project.yml").write_text(changed, encoding="utf-8")
    findings = doctor.examine(Settings(home=tmp_path, dbt_project=project))
    said = {finding.state: finding.message for finding in findings if finding.subject == "schemes"}
    assert said["warning"] == (
        "value_pyramid has a file and is not in vars.schemes of dbt_project.yml: no table will have it"
    )
    assert said["failed"] == (
        f"vip_ladder is in vars.schemes of dbt_project.yml and has no file in {project / 'tiers'}"
    )
