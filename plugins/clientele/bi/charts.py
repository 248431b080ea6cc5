"""Charts: what each shows, and the settings that Superset keeps for a chart of its kind (``params``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from clientele.bi.datasets import Dataset
from clientele.bi.texts import Language, Text

Kind = Literal["number", "pie", "bars", "months", "lines", "weeks", "table", "matrix", "flow"]

VIZ_TYPES: Mapping[Kind, str] = {
    "number": "big_number_total",
    "pie": "pie",
    "bars": "echarts_timeseries_bar",
    "months": "echarts_timeseries_bar",
    "lines": "echarts_timeseries_line",
    "weeks": "echarts_timeseries_line",
    "table": "table",
    "matrix": "heatmap_v2",
    "flow": "sankey_v2",
}


@dataclass(frozen=True)
class Field:
    """A column or an expression over columns, one per language, with its heading."""

    expression: Text
    heading: Text

    def in_(self, language: Language) -> dict[str, str]:
        return {
            "expressionType": "SQL",
            "label": self.heading.in_(language),
            "sqlExpression": self.expression.in_(language),
        }


@dataclass(frozen=True)
class Chart:
    """A chart of a dataset.

    ``x`` is what runs along the horizontal axis, ``by`` what the rest is split by: rows of a table, series,
    the vertical axis of a matrix; a flow goes from ``by[0]`` to ``by[1]``. ``where`` is a condition in SQL.
    """

    name: str
    title: Text
    kind: Kind
    dataset: Dataset
    metrics: Sequence[str] = ()
    x: str | Field | None = None
    by: Sequence[Field] = ()
    where: str | None = None
    stacked: bool = False
    further: Mapping[str, Any] = field(default_factory=dict)

    def params(self, language: Language) -> dict[str, Any]:
        """The chart's settings in one language."""
        metrics = [self.dataset.metric(name) for name in self.metrics]
        names = [metric.name_in(language) for metric in metrics]
        by = [split.in_(language) for split in self.by]
        common: dict[str, Any] = {
            "viz_type": VIZ_TYPES[self.kind],
            "adhoc_filters": [_condition(self.where)] if self.where else [],
            "time_range": "No filter",
            "row_limit": 1000,
            "color_scheme": "supersetColors",
            "extra_form_data": {},
        }
        if metrics:
            common["y_axis_format"] = common["number_format"] = metrics[0].number_format
        return common | _OF_KIND[self.kind](self, language, names, by) | dict(self.further)


def _condition(where: str) -> dict[str, str]:
    return {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": where}


def _number(_chart: Chart, _language: Language, names: list[str], _by: list[Any]) -> dict[str, Any]:
    return {"metric": names[0], "header_font_size": 0.5, "subheader_font_size": 0.15}


def _pie(_chart: Chart, _language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    return {
        "metric": names[0],
        "groupby": by,
        "sort_by_metric": True,
        "label_type": "percent",
        "show_labels": True,
        "labels_outside": True,
        "label_line": True,
        "show_labels_threshold": 1,
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "donut": True,
        "innerRadius": 35,
        "outerRadius": 65,
    }


def _axes(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    x = chart.x.in_(language) if isinstance(chart.x, Field) else chart.x
    is_split = bool(by) or len(names) > 1
    return {
        "x_axis": x,
        "metrics": names,
        "groupby": by,
        "order_desc": True,
        "sort_series_type": "name" if by else None,
        "sort_series_ascending": True,
        "truncate_metric": True,
        "show_empty_columns": True,
        "rich_tooltip": True,
        "show_legend": is_split,
        "legendType": "scroll",
        "legendOrientation": "top",
        "stack": "Stack" if chart.stacked else None,
        "y_axis_bounds": [None, None],
    }


def _bars(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    heading = chart.x.heading.in_(language) if isinstance(chart.x, Field) else chart.x
    return _axes(chart, language, names, by) | {
        "xAxisForceCategorical": True,
        "x_axis_sort": heading,
        "x_axis_sort_asc": True,
        "show_value": True,
    }


def _months(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    return _axes(chart, language, names, by) | {
        "time_grain_sqla": "P1M",
        "x_axis_time_format": "%Y-%m",
        "tooltipTimeFormat": "%Y-%m",
    }


def _lines(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    return _months(chart, language, names, by) | {"markerEnabled": True, "markerSize": 4}


def _weeks(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    return _axes(chart, language, names, by) | {
        "time_grain_sqla": "P1W",
        "x_axis_time_format": "%Y-%m-%d",
        "tooltipTimeFormat": "%Y-%m-%d",
    }


def _table(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    formats = {
        metric.name_in(language): {"d3NumberFormat": metric.number_format}
        for metric in map(chart.dataset.metric, chart.metrics)
    }
    return {
        "query_mode": "aggregate",
        "groupby": by,
        "metrics": names,
        "percent_metrics": [],
        "order_desc": True,
        "table_timestamp_format": "%Y-%m-%d",
        "show_cell_bars": False,
        "column_config": formats,
    }


def _matrix(chart: Chart, language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    return {
        "x_axis": chart.x.in_(language) if isinstance(chart.x, Field) else chart.x,
        "groupby": by[0],
        "metric": names[0],
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_desc",
        "normalize_across": "heatmap",
        "legend_type": "continuous",
        "linear_color_scheme": "schemeBlues",
        "show_legend": False,
        "show_percentage": False,
        "show_values": True,
        "xscale_interval": 1,
        "yscale_interval": 1,
        "left_margin": "auto",
        "bottom_margin": "auto",
        "value_bounds": [None, None],
    }


def _flow(_chart: Chart, _language: Language, names: list[str], by: list[Any]) -> dict[str, Any]:
    return {"source": by[0], "target": by[1], "metric": names[0]}


_OF_KIND = {
    "number": _number,
    "pie": _pie,
    "bars": _bars,
    "months": _months,
    "lines": _lines,
    "weeks": _weeks,
    "table": _table,
    "matrix": _matrix,
    "flow": _flow,
}
