"""The sample of CDNOW, raw text to table, gives the figures that were published of it, to the printed digit.

Fader, Hardie, Lee (2005), and Fader, Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), of the
purchases up to 1997-09-30.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from clientele import pipeline
from clientele.real_data import REAL_DATA, deliver
from clientele.settings import PROJECT, Settings
from clientele.value.bgnbd import BgNbdParameters, expected_purchases
from clientele.warehouse.build import dbt_process

BESIDE_THE_PROJECT = PROJECT.parent / "shared" / "data" / "cdnow"
AS_OF = date(1997, 9, 30)
#: Model, parameter, the figure as printed and its digits, customers.
PUBLISHED = [
    ("bg_nbd", "r", 0.243, 3, 2_357),
    ("bg_nbd", "alpha", 4.414, 3, 2_357),
    ("bg_nbd", "a", 0.793, 3, 2_357),
    ("bg_nbd", "b", 2.426, 3, 2_357),
    ("bg_nbd", "log_likelihood", -9582.4, 1, 2_357),
    ("gamma_gamma", "p", 6.25, 2, 946),
    ("gamma_gamma", "q", 3.74, 2, 946),
    ("gamma_gamma", "v", 15.44, 2, 946),
    ("gamma_gamma", "mean_repeat_amount", 35.08, 2, 946),
]


@pytest.fixture(scope="module")
def cdnow(
    tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], None]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """What is built of the sample, as far as predictions need it."""
    data = REAL_DATA["cdnow"]
    folder = BESIDE_THE_PROJECT if BESIDE_THE_PROJECT.is_dir() else None
    if folder is None and not (data.package and find_spec(data.package)):
        pytest.skip("the data of CDNOW is not here")
    home = tmp_path_factory.mktemp("cdnow")
    settings = Settings(home=home, business_time_zone=data.business_time_zone, settle_seconds=0)
    parsed(home)
    delivered = deliver("cdnow", settings.landing, folder)
    assert [path.name for path in delivered] == ["CDNOW_sample.txt"]
    pipeline.ingest(settings, None, lambda _: None)
    candidate = pipeline.open_candidate(settings, pipeline.prepare(settings, AS_OF))
    arguments = [
        "build",
        "--resource-type",
        "model",
        "--resource-type",
        "seed",
        "--select",
        "+prediction_models",
    ]
    with dbt_process(settings, candidate.database, candidate.target, arguments) as dbt:
        said, _ = dbt.communicate()
    assert dbt.returncode == 0, said[-3000:]
    with duckdb.connect(str(candidate.database), read_only=True) as built:
        yield built


@pytest.mark.parametrize(("model", "parameter", "printed", "digits", "customers"), PUBLISHED)
def test_the_table_has_the_published_figure(cdnow, model, parameter, printed, digits, customers):
    found = cdnow.execute(
        "select as_of_date, currency_code, round(value, ?)::double, customers_count, repeaters_count, reason"
        " from prediction_models where model = ? and parameter = ?",
        [digits, model, parameter],
    ).fetchall()
    assert found == [(AS_OF, "USD", printed, customers, 946, None)]


def test_the_published_expectation_follows_from_the_parameters_of_the_table(cdnow):
    values = dict(
        cdnow.execute(
            "select parameter, value::double from prediction_models where model = 'bg_nbd'"
        ).fetchall()
    )
    parameters = BgNbdParameters(**{name: values[name] for name in ("r", "alpha", "a", "b")})
    assert round(float(expected_purchases(parameters, 2, 30.43, 38.86, 39)), 3) == 1.226


def test_every_customer_has_the_published_history(cdnow):
    path = BESIDE_THE_PROJECT / "cdnow_customers_summary.csv"
    if not path.is_file():
        pytest.skip("the published summary is not here")
    with path.open(encoding="utf-8") as file:
        published = Counter(
            (int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in csv.DictReader(file)
        )
    found = cdnow.execute(
        "select repeat_days_count, round(first_to_last_days / 7, 2), round(age_days / 7, 2)"
        " from intermediate.int_purchase_summaries where as_of_date = ?",
        [AS_OF],
    ).fetchall()
    assert Counter(found) == published


def test_the_sum_of_what_is_expected_is_near_what_came(cdnow):
    """The heuristic's errors stand beside the model's; both are about what the customers then did."""
    errors = {
        (model, parameter): value
        for model, parameter, value in cdnow.execute(
            "select model, parameter, value::double from prediction_models where parameter like 'holdout%'"
        ).fetchall()
    }
    assert len(errors) == 8
    assert abs(errors["bg_nbd", "holdout_total_deviation_ratio"]) < 0.15
    assert (
        errors["bg_nbd", "holdout_mean_absolute_error"] < errors["heuristic", "holdout_mean_absolute_error"]
    )
