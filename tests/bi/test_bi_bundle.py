"""The bundle: whole, in both languages, and of nothing but published columns."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clientele.bi.catalogue import datasets
from clientele.bi.contracts import read_contracts
from clientele.bi.dashboards import DASHBOARDS
from clientele.bi.layout import FIRST_SCHEME, FIRST_SCHEME_TITLE
from clientele.bi.superset import bundle, columns_of, documents
from clientele.bi.texts import LANGUAGES, Text
from clientele.cli import main
from clientele.errors import ConfigurationError
from clientele.publish.postgres import NOT_FOR_READERS
from clientele.publish.tables import PUBLISHED_TABLES

PROJECT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
CHARTS = [(dashboard, chart) for dashboard in DASHBOARDS for chart in dashboard.charts]


def source_of(dataset) -> str:
    return f"({dataset.query}) as taken" if dataset.is_query else f"clientele.{dataset.name}"


@pytest.mark.parametrize("dataset", datasets(), ids=lambda dataset: dataset.name)
def test_a_dataset_has_the_columns_and_types_that_it_says(empty, contracts, dataset):
    described = empty.execute(f"describe select * from {source_of(dataset)}").fetchall()
    declared = columns_of(dataset, contracts)
    types = {name: column.data_type.upper().replace(", ", ",") for name, column in declared.items()}
    assert {row[0]: row[1] for row in described} == types
    assert all(column.description for column in declared.values())


@pytest.mark.parametrize("dataset", datasets(), ids=lambda dataset: dataset.name)
def test_every_metric_can_be_computed_and_says_its_unit(empty, dataset):
    for metric in dataset.metrics:
        empty.execute(f"select {metric.expression} from {source_of(dataset)}")
        assert re.search(r"\. Unit: .+\.$", metric.description_in("en")), metric.name
        assert re.search(r"。单位：.+。$", metric.description_in("zh")), metric.name
        is_share = metric.number_format.endswith("%")
        assert is_share is metric.name.endswith("_ratio") is ("0 to 1" in metric.unit.en), metric.name
        assert ("currency" in metric.unit.en) is metric.name.endswith("_amount"), metric.name


def test_every_table_that_readers_may_read_is_a_dataset_or_part_of_one():
    read = {table for dataset in datasets() for table in dataset.reads}
    assert read == PUBLISHED_TABLES.keys() - NOT_FOR_READERS
    names = [dataset.name for dataset in datasets()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("dashboard", "chart"), CHARTS, ids=[chart.name for _, chart in CHARTS])
def test_a_chart_asks_for_what_its_dataset_has(empty, dashboard, chart, language):
    fields = [field.expression.in_(language) for field in chart.by]
    if chart.x is not None:
        fields.append(chart.x if isinstance(chart.x, str) else chart.x.expression.in_(language))
    figures = [chart.dataset.metric(name).expression for name in chart.metrics]
    grouped = ", ".join(str(place) for place in range(1, len(fields) + 1))
    empty.execute(
        f"select {', '.join(fields + figures)} from {source_of(chart.dataset)}"
        + (f" where {chart.where}" if chart.where else "")
        + (f" group by {grouped}" if grouped else "")
    )


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.name)
def test_a_dashboard_fills_its_grid_and_filters_what_its_charts_have(contracts, dashboard):
    for row in dashboard.rows:
        assert sum(width for width, _chart in row.charts) == 12
    names = [chart.name for chart in dashboard.charts]
    for choice in dashboard.filters:
        assert set(choice.not_for) <= set(names)
        for language in LANGUAGES:
            column = choice.column.in_(language)
            assert column in columns_of(choice.dataset, contracts)
            assert any(
                column in columns_of(chart.dataset, contracts)
                for chart in dashboard.charts
                if chart.name not in choice.not_for
            )


def test_dashboards_open_with_a_scheme_that_there_is():
    path = PROJECT / "dbt_project" / "tiers" / f"{FIRST_SCHEME}.yml"
    scheme = YAML(typ="safe", pure=True).load(path)["models"][0]["config"]["meta"]["scheme"]
    assert Text(**scheme["title"]) == FIRST_SCHEME_TITLE
    assert "needs" not in scheme


def test_each_language_is_written_in_its_own_script(contracts):
    for path, document in documents(contracts).items():
        shown = []
        if path.startswith("charts/"):
            labels = re.findall(r"'label': '([^']*)'", str(document["params"]))
            shown = [document["slice_name"], *labels]
        elif path.startswith("dashboards/"):
            filters = [choice["name"] for choice in document["metadata"]["native_filter_configuration"]]
            shown = [document["dashboard_title"], document["description"], *filters]
        for text in shown:
            assert bool(HAN.search(text)) is path.endswith("_zh.yaml"), (path, text)


def test_what_the_bundle_refers_to_is_in_it(contracts):
    with zipfile.ZipFile(io.BytesIO(bundle(contracts))) as archive:
        reader = YAML(typ="safe", pure=True)
        files = {name: reader.load(archive.read(name).decode()) for name in archive.namelist()}
    assert {name.partition("/")[0] for name in files} == {"clientele"}

    def uuids(kind: str) -> set[str]:
        found = [document["uuid"] for name, document in files.items() if f"/{kind}/" in name]
        assert len(found) == len(set(found))
        return set(found)

    for name, document in files.items():
        if "/datasets/" in name:
            assert document["database_uuid"] in uuids("databases")
        elif "/charts/" in name:
            assert document["dataset_uuid"] in uuids("datasets")
        elif "/dashboards/" in name:
            charts = [part for key, part in document["position"].items() if key.startswith("CHART-")]
            assert {chart["meta"]["uuid"] for chart in charts} <= uuids("charts")
    assert len(uuids("dashboards")) == 8
    assert len(uuids("charts")) == 2 * len(CHARTS)


def test_no_password_and_no_host_of_anybody_is_in_the_bundle(contracts):
    uri = documents(contracts)["databases/clientele.yaml"]["sqlalchemy_uri"]
    assert uri == "postgresql+psycopg2://analyst:XXXXXXXXXX@localhost:5432/clientele"


def test_the_same_contracts_give_the_same_bundle(contracts, tmp_path):
    output = tmp_path / "bundle" / "superset.zip"
    assert main(["bi", "bundle", "--output", str(output)]) == 0
    assert output.read_bytes() == bundle(contracts)


def test_a_published_table_without_a_contract_is_named(tmp_path):
    for path in (PROJECT / "dbt_project" / "marts").rglob("*.yml"):
        if path.stem != "tier_sizes":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ConfigurationError, match=r"no contract below .*: tier_sizes"):
        read_contracts(tmp_path)


@pytest.mark.parametrize("text", ["models: [", "- one", "models: [{name: customers, columns: [{}]}]"])
def test_a_file_that_describes_no_models_is_named(tmp_path, text):
    (tmp_path / "customers.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"customers\.yml does not describe models"):
        read_contracts(tmp_path)
