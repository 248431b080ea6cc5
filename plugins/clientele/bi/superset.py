"""The bundle: datasets and dashboards as the YAML files that Superset exports and imports."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from clientele.bi.catalogue import datasets
from clientele.bi.charts import Chart
from clientele.bi.contracts import Column, Contract, read_contracts
from clientele.bi.dashboards import DASHBOARDS
from clientele.bi.datasets import Dataset
from clientele.bi.pages import VERSION, Document, dashboard_document, uuid_of
from clientele.bi.texts import LANGUAGES, Language
from clientele.errors import UnavailableError
from clientele.publish.postgres import SCHEMA
from clientele.settings import Settings

#: Stands for a connection that is named on import; Superset asks for a password where this mask stands.
DATABASE_URI: Final = "postgresql+psycopg2://analyst:XXXXXXXXXX@localhost:5432/clientele"
#: Zip files carry a time; one for all keeps the bundle a function of its content.
_TIME: Final = (2020, 1, 1, 0, 0, 0)
_TEMPORAL: Final = frozenset({"date", "timestamp"})


def documents(contracts: Mapping[str, Contract]) -> dict[str, Document]:
    """Every file of the bundle by its path within it. ``contracts`` describe the published tables."""
    catalogue = datasets()
    files: dict[str, Document] = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": "2020-01-01T00:00:00+00:00"},
        "databases/clientele.yaml": _database(),
    }
    for dataset in catalogue:
        files[f"datasets/clientele/{dataset.name}.yaml"] = _dataset(dataset, contracts)
    for dashboard in DASHBOARDS:
        for language in LANGUAGES:
            for chart in dashboard.charts:
                files[f"charts/{chart.name}_{language}.yaml"] = _chart(chart, language)
            files[f"dashboards/{dashboard.name}_{language}.yaml"] = dashboard_document(dashboard, language)
    return files


def bundle(contracts: Mapping[str, Contract]) -> bytes:
    """The bundle as a zip file; the same contracts give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, document in documents(contracts).items():
            entry = zipfile.ZipInfo(f"clientele/{path}", _TIME)
            archive.writestr(entry, _as_yaml(document), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def write_bundle(settings: Settings, output: Path | None) -> Path:
    """Write the bundle for the project's contracts to ``output``, by default below the home; returns where.

    Raises ConfigurationError for a published table without a contract, UnavailableError when the file cannot
    be written.
    """
    path = output or settings.home / "bi" / "superset.zip"
    content = bundle(read_contracts(settings.dbt_project / "marts"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UnavailableError(
            f"{path} cannot be written", remedy="name another file with --output"
        ) from error
    return path


def _as_yaml(document: Document) -> str:
    # Through JSON, so that what is shared between parts of a document is written out in each.
    text = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.dump(json.loads(json.dumps(document)), text)
    return text.getvalue()


def _database() -> Document:
    return {
        "database_name": "clientele",
        "sqlalchemy_uri": DATABASE_URI,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "cache_timeout": None,
        "extra": {"allows_virtual_table_explore": True, "metadata_params": {}, "engine_params": {}},
        "uuid": uuid_of("database", "clientele"),
        "version": VERSION,
    }


def columns_of(dataset: Dataset, contracts: Mapping[str, Contract]) -> dict[str, Column]:
    """The dataset's columns: those of its tables, or of a query those that it takes, then those it computes.

    Raises KeyError when a query takes a column that no contract of its tables has.
    """
    known = {
        name: column for table in reversed(dataset.reads) for name, column in contracts[table].columns.items()
    }
    if dataset.is_query:
        known = {name: known[name] for name in dataset.takes}
    return {**known, **dataset.computed}


def _dataset(dataset: Dataset, contracts: Mapping[str, Contract]) -> Document:
    columns = columns_of(dataset, contracts)
    return {
        "table_name": dataset.name,
        "description": contracts[dataset.reads[0]].description,
        "main_dttm_col": dataset.time_column,
        "schema": SCHEMA,
        "sql": dataset.query,
        "filter_select_enabled": True,
        "columns": [
            {
                "column_name": name,
                "type": column.data_type.upper(),
                "is_dttm": column.data_type in _TEMPORAL,
                "is_active": True,
                "groupby": True,
                "filterable": True,
                "description": column.description,
            }
            for name, column in columns.items()
        ],
        "metrics": [
            {
                "metric_name": metric.name_in(language),
                "verbose_name": metric.title.in_(language),
                "expression": metric.expression,
                "description": metric.description_in(language),
                "d3format": metric.number_format,
            }
            for metric in dataset.metrics
            for language in LANGUAGES
        ],
        "uuid": uuid_of("dataset", dataset.name),
        "database_uuid": uuid_of("database", "clientele"),
        "version": VERSION,
    }


def _chart(chart: Chart, language: Language) -> Document:
    return {
        "slice_name": chart.title.in_(language),
        "description": None,
        "viz_type": chart.params(language)["viz_type"],
        "params": chart.params(language),
        "cache_timeout": None,
        "uuid": uuid_of("chart", f"{chart.name}_{language}"),
        "dataset_uuid": uuid_of("dataset", chart.dataset.name),
        "version": VERSION,
    }
