"""What a dashboard is: rows of charts, and filters above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clientele.bi.charts import Chart
from clientele.bi.datasets import Dataset
from clientele.bi.texts import Text

#: The scheme that dashboards open with: it needs nothing but sales.
FIRST_SCHEME: Final = "abc_sales_70_20_10"
FIRST_SCHEME_TITLE: Final = Text("ABC分析法（销售额 70/20/10）", "ABC analysis of sales (70/20/10)")


@dataclass(frozen=True)
class Filter:
    """One value at a time of a column, for every chart whose dataset has it but those named in ``not_for``.

    ``first`` is the value chosen at first; None for the largest.
    """

    name: str
    title: Text
    dataset: Dataset
    column: Text
    first: Text | None = None
    not_for: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """Charts side by side, each with its width of 12 columns; the height is in units of 8 px."""

    height: int
    charts: Sequence[tuple[int, Chart]]


@dataclass(frozen=True)
class Dashboard:
    """A dashboard; ``summary`` is what it is for."""

    name: str
    title: Text
    summary: Text
    rows: Sequence[Row]
    filters: Sequence[Filter] = ()

    @property
    def charts(self) -> list[Chart]:
        return [chart for row in self.rows for _width, chart in row.charts]

    @property
    def tables(self) -> list[str]:
        """The published tables that it reads, sorted."""
        return sorted({table for chart in self.charts for table in chart.dataset.reads})


def scheme_filter(dataset: Dataset, not_for: Sequence[str] = ()) -> Filter:
    """The filter for one scheme by its title."""
    column = Text("scheme_title_zh", "scheme_title_en")
    return Filter("scheme", Text("分层方案", "Scheme"), dataset, column, FIRST_SCHEME_TITLE, not_for)


def number(name: str, dataset: Dataset, metric: str, where: str | None = None) -> tuple[int, Chart]:
    """One figure of four in a row, under the title of its metric."""
    return 3, Chart(name, dataset.metric(metric).title, "number", dataset, [metric], where=where)
