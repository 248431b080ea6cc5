"""What a dataset is: a published table or a query over such, with metrics that say their unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from clientele.bi.contracts import Column
from clientele.bi.texts import Language, Text

#: Formats of numbers in D3's words: whole numbers, money, shares, averages.
WHOLE = ",d"
MONEY = ",.0f"
SHARE = ".1%"
AVERAGE = ",.1f"


@dataclass(frozen=True)
class Metric:
    """A figure computed over rows: an aggregate in SQL that PostgreSQL and DuckDB both read.

    Each metric appears twice in Superset, as ``name`` with an English title and as ``name_zh`` with a Chinese
    one, so that a chart's legend is in the language of its dashboard.
    """

    name: str
    expression: str
    title: Text
    meaning: Text
    unit: Text
    number_format: str = WHOLE

    def name_in(self, language: Language) -> str:
        return self.name if language == "en" else f"{self.name}_{language}"

    def description_in(self, language: Language) -> str:
        if language == "zh":
            return f"{self.meaning.zh}。单位：{self.unit.zh}。"
        return f"{self.meaning.en}. Unit: {self.unit.en}."


@dataclass(frozen=True)
class Dataset:
    """A dataset: the published table of its name, or the query of that name in ``queries``.

    A query reads ``tables``, takes the columns ``takes`` from them and adds those that are ``computed``,
    which no contract describes.
    """

    name: str
    metrics: Sequence[Metric] = ()
    is_query: bool = False
    tables: Sequence[str] = ()
    takes: Sequence[str] = ()
    computed: Mapping[str, Column] = field(default_factory=dict)
    time_column: str | None = None

    @property
    def query(self) -> str | None:
        """The SQL, which PostgreSQL and DuckDB both read; None for a table as it is."""
        if not self.is_query:
            return None
        return resources.files("clientele.bi").joinpath("queries", f"{self.name}.sql").read_text("utf-8")

    @property
    def reads(self) -> Sequence[str]:
        """The published tables that the dataset reads."""
        return self.tables or (self.name,)

    def metric(self, name: str) -> Metric:
        """The metric of that name; KeyError when there is none."""
        return {metric.name: metric for metric in self.metrics}[name]
