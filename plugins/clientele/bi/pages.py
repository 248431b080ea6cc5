"""A dashboard as Superset keeps it: its grid of charts, its filters, and names that stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from clientele.bi.layout import Dashboard, Filter
from clientele.bi.texts import Language

VERSION: Final = "1.0.0"
#: Superset knows an object by its UUID; these never change, so that an import replaces the one before.
_NAMESPACE: Final = UUID("6d2f4b1e-6d0b-5a53-9d0c-2f1f9c4a7e10")

Document = Mapping[str, Any]


def uuid_of(kind: str, name: str) -> str:
    """The UUID of a chart, dashboard, dataset or database of the bundle."""
    return str(uuid5(_NAMESPACE, f"{kind}/{name}"))


def slug(dashboard: Dashboard, language: Language) -> str:
    """The last part of the dashboard's address: /superset/dashboard/<slug>/."""
    return f"clientele-{dashboard.name}-{language}"


def dashboard_document(dashboard: Dashboard, language: Language) -> Document:
    """The dashboard's file, in one language."""
    # On import Superset puts its own numbers in the place of these.
    numbers = {chart.name: number for number, chart in enumerate(dashboard.charts, start=1)}
    return {
        "dashboard_title": dashboard.title.in_(language),
        "description": dashboard.summary.in_(language),
        "slug": slug(dashboard, language),
        "css": "",
        "published": True,
        "position": _position(dashboard, language, numbers),
        "metadata": {
            "color_scheme": "supersetColors",
            "cross_filters_enabled": False,
            "refresh_frequency": 0,
            "native_filter_configuration": [
                _filter(dashboard, choice, language, numbers) for choice in dashboard.filters
            ],
        },
        "uuid": uuid_of("dashboard", f"{dashboard.name}_{language}"),
        "version": VERSION,
    }


def _position(dashboard: Dashboard, language: Language, numbers: Mapping[str, int]) -> Document:
    rows = [f"ROW-{number}" for number in range(1, len(dashboard.rows) + 1)]
    position: dict[str, Any] = {
        "DASHBOARDVERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": dashboard.title.in_(language)}},
    }
    for row_id, row in zip(rows, dashboard.rows, strict=True):
        position[row_id] = {
            "id": row_id,
            "type": "ROW",
            "children": [f"CHART-{chart.name}" for _width, chart in row.charts],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for width, chart in row.charts:
            position[f"CHART-{chart.name}"] = {
                "id": f"CHART-{chart.name}",
                "type": "CHART",
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", row_id],
                "meta": {
                    "chartId": numbers[chart.name],
                    "uuid": uuid_of("chart", f"{chart.name}_{language}"),
                    "sliceName": chart.title.in_(language),
                    "width": width,
                    "height": row.height,
                },
            }
    return position


def _filter(dashboard: Dashboard, choice: Filter, language: Language, numbers: Mapping[str, int]) -> Document:
    column = choice.column.in_(language)
    first: Document = {"extraFormData": {}, "filterState": {}}
    if choice.first:
        value = [choice.first.in_(language)]
        first = {
            "extraFormData": {"filters": [{"col": column, "op": "IN", "val": value}]},
            "filterState": {"value": value, "label": value[0]},
        }
    return {
        "id": f"NATIVE_FILTER-{dashboard.name}-{choice.name}",
        "name": choice.title.in_(language),
        "description": "",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [
            {"datasetUuid": uuid_of("dataset", choice.dataset.name), "column": {"name": column}},
        ],
        "controlValues": {
            "enableEmptyFilter": True,
            "defaultToFirstItem": choice.first is None,
            "multiSelect": False,
            "searchAllOptions": False,
            "inverseSelection": False,
            "sortAscending": choice.first is not None,
        },
        "defaultDataMask": first,
        "requiredFirst": choice.first is None,
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": [numbers[name] for name in choice.not_for]},
        "chartsInScope": [number for name, number in numbers.items() if name not in choice.not_for],
        "tabsInScope": [],
    }
