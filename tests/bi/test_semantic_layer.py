"""Exposures, semantic models and metrics as dbt's manifests hold them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from clientele.bi.dashboards import DASHBOARDS
from clientele.bi.pages import slug
from clientele.bi.texts import LANGUAGES
from clientele.publish.tables import PUBLISHED_TABLES


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory, parsed) -> Path:
    return parsed(tmp_path_factory.mktemp("manifests"))


@pytest.fixture(scope="module")
def exposures(manifests: Path) -> dict[str, dict]:
    manifest = json.loads((manifests / "manifest.json").read_text(encoding="utf-8"))
    return {exposure["name"]: exposure for exposure in manifest["exposures"].values()}


@pytest.fixture(scope="module")
def semantics(manifests: Path) -> dict[str, list[dict]]:
    return json.loads((manifests / "semantic_manifest.json").read_text(encoding="utf-8"))


def reads(exposure: dict) -> set[str]:
    return {node.removeprefix("model.clientele.") for node in exposure["depends_on"]["nodes"]}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.name)
def test_a_dashboard_is_an_exposure_of_what_it_reads(exposures, dashboard):
    exposure = exposures[f"{dashboard.name}_dashboard"]
    assert reads(exposure) == set(dashboard.tables)
    assert exposure["label"] == f"{dashboard.title.zh} / {dashboard.title.en}"
    assert exposure["url"].endswith(f"/superset/dashboard/{slug(dashboard, 'zh')}/")
    assert all(slug(dashboard, language) in exposure["description"] for language in LANGUAGES)


def test_every_exposure_has_an_owner_and_reads_published_tables_alone(exposures):
    assert set(exposures) == {f"{dashboard.name}_dashboard" for dashboard in DASHBOARDS} | {
        "monthly_tier_review"
    }
    for exposure in exposures.values():
        assert exposure["owner"]["name"]
        assert reads(exposure) <= PUBLISHED_TABLES.keys()


def test_semantic_models_are_of_published_tables_and_their_expressions_can_be_computed(empty, semantics):
    assert len(semantics["semantic_models"]) == 5
    for model in semantics["semantic_models"]:
        table = model["node_relation"]["alias"]
        assert table in PUBLISHED_TABLES
        parts = [*model["entities"], *model["dimensions"], *model["measures"]]
        expressions = ", ".join(part["expr"] or part["name"] for part in parts)
        empty.execute(f"select {expressions} from clientele.{table}")
        assert all(part["description"] for part in [*model["dimensions"], *model["measures"]])


def test_every_metric_says_its_unit_in_its_description_and_is_named_in_both_languages(semantics):
    metrics = {metric["name"]: metric for metric in semantics["metrics"]}
    wanted = {
        "customers",
        "net_sales",
        "tier_customers",
        "upgraded_customers",
        "retained_share",
        "churn_share",
    }
    assert wanted <= metrics.keys()
    for name, metric in metrics.items():
        unit = re.search(r"\. Unit: ([^.]+)\.$", metric["description"])
        assert unit, name
        assert name.endswith("_share") is (unit[1] == "ratio, 0 to 1"), name
        assert re.fullmatch(r".*[\u4e00-\u9fff].* / [A-Z][\w ,]+", metric["label"]), name


def test_every_measure_has_a_metric(semantics):
    measures = {measure["name"] for model in semantics["semantic_models"] for measure in model["measures"]}
    simple = [metric for metric in semantics["metrics"] if metric["type"] == "simple"]
    assert {metric["type_params"]["measure"]["name"] for metric in simple} == measures


def test_days_are_laid_out_by_a_time_spine(semantics):
    spines = semantics["project_configuration"]["time_spines"]
    assert [spine["node_relation"]["alias"] for spine in spines] == ["int_calendar_days"]
    assert spines[0]["primary_column"] == {"name": "calendar_date", "time_granularity": "day"}
