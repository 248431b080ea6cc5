"""Schemes: classification systems as data, read and checked before dbt computes them.

Pure: nothing here imports Airflow, Great Expectations or a database driver.
"""

from clientele.tiers.files import InvalidSchemesError, Problem, load_schemes
from clientele.tiers.measures import (
    Measure,
    Measures,
    SchemeMeasures,
    measure_named,
    measures_in,
    measures_of,
)
from clientele.tiers.metrics import METRICS, Metric, Unit
from clientele.tiers.scheme import Scheme
from clientele.tiers.versions import SchemeVersions, superseded, versions_built, versions_in

__all__ = [
    "METRICS",
    "InvalidSchemesError",
    "Measure",
    "Measures",
    "Metric",
    "Problem",
    "Scheme",
    "SchemeMeasures",
    "SchemeVersions",
    "Unit",
    "load_schemes",
    "measure_named",
    "measures_in",
    "measures_of",
    "superseded",
    "versions_built",
    "versions_in",
]
