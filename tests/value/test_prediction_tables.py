"""The two dbt models in Python, run on small tables as dbt runs them."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from simulated_purchases import repeat_times

from clientele.settings import PROJECT
from clientele.tiers.metrics import METRICS

FOLDER = PROJECT / "dbt_project" / "intermediate" / "predictions"
META = {"minimum_repeaters": "30", "active_days": "180", "annual_discount_rate": "0.1"}
PARAMETERS = {
    "bg_nbd": {"r", "alpha", "a", "b", "log_likelihood"},
    "gamma_gamma": {"p", "q", "v", "log_likelihood", "mean_repeat_amount"},
}
ERRORS = {
    "holdout_mean_absolute_error",
    "holdout_root_mean_squared_error",
    "holdout_total_deviation_ratio",
    "holdout_activity_error_ratio",
}
#: As the models before them make them, from days of purchase in 2024.
TABLES = """
    create table int_currency_chosen as select 'CNY' as currency_code;
    create table int_as_of_dates as
    from (values (date '2024-01-31', false, true), (date '2024-06-30', false, true),
        (date '2024-12-31', true, true), (date '2023-12-31', false, false))
        as dates (as_of_date, is_current, is_recent);
    create table int_purchase_summaries as
    select customer_key, as_of_date, count(*) - 1 as repeat_days_count,
        (max(day) - min(day))::integer as first_to_last_days, (as_of_date - min(day))::integer as age_days,
        case when count(*) > 1 then avg(amount)::decimal(18, 4) end as mean_repeat_amount
    from days join int_as_of_dates on day <= as_of_date and is_recent
    group by customer_key, as_of_date;
    create table int_holdout_purchases_counted as
    select date '2024-12-31' as as_of_date, 184 as holdout_days,
        repeat_days_count, first_to_last_days, age_days,
        repeat_days_count as earlier_days_count, repeat_days_count // 2 as later_days_count,
        count(*) as customers_count
    from int_purchase_summaries where as_of_date = date '2024-06-30'
    group by all;
"""
#: Days after 2023-12-31 until the last date.
DAYS = 366


@functools.cache
def purchase_days() -> pa.Table:
    """400 customers who came in January 2024, a row for each day on which one bought."""
    random = np.random.default_rng(11)
    first = random.integers(1, 31, 400)
    times = np.ceil(repeat_times(random, (DAYS - first) / 7) * 7)
    rows = {(who, int(first[who])) for who in range(400)}
    rows |= {(who, int(first[who] + times[who, n])) for who, n in np.argwhere(~np.isnan(times))}
    spends = random.gamma(6.0, size=len(rows)) * (5 + np.array([who % 13 for who, _ in sorted(rows)]))
    return pa.table(
        {
            "customer_key": [f"c{who:03}" for who, _ in sorted(rows)],
            "day": [date(2023, 12, 31) + timedelta(days=day) for _, day in sorted(rows)],
            "amount": [Decimal(round(spend * 100)) / 100 for spend in spends],
        }
    )


def write_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.register("days", purchase_days())
    connection.execute(TABLES)


class Dbt:
    """What dbt hands to a model in Python."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.ref = connection.table
        self.config = lambda **_: None
        self.config.meta_get = META.__getitem__


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        write_tables(connection)
        yield connection


def run(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """Build the model as a table; its rows."""
    found = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    module.model(Dbt(connection), connection).create(name)
    result = connection.table(name)
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


def by_date(rows: list[dict[str, Any]]) -> dict[date, dict[tuple[str, str], SimpleNamespace]]:
    found: dict[date, dict[tuple[str, str], SimpleNamespace]] = {}
    for row in rows:
        found.setdefault(row["as_of_date"], {})[row["model"], row["parameter"]] = SimpleNamespace(**row)
    return found


def test_every_recent_date_has_every_parameter_or_its_reason(connection):
    rows = run(connection, "int_prediction_models")
    dates = by_date(rows)
    assert list(dates) == [date(2024, 1, 31), date(2024, 6, 30), date(2024, 12, 31)]
    fitted = {(model, name) for model, names in PARAMETERS.items() for name in names}
    held_out = {(model, name) for model in ("bg_nbd", "heuristic") for name in ERRORS}
    assert set(dates[date(2024, 6, 30)]) == fitted
    assert set(dates[date(2024, 12, 31)]) == fitted | held_out
    assert sum(map(len, dates.values())) == len(rows)
    for figure in dates[date(2024, 12, 31)].values():
        assert (figure.value is None) == (figure.reason is not None), figure
        assert (figure.currency_code, figure.customers_count >= figure.repeaters_count) == ("CNY", True)
    assert dates[date(2024, 12, 31)]["bg_nbd", "r"].value > 0
    assert dates[date(2024, 12, 31)]["bg_nbd", "r"].customers_count == 400


def test_a_date_with_too_few_repeaters_says_so_and_predicts_nothing(connection):
    connection.execute(
        "delete from int_purchase_summaries"
        " where as_of_date = date '2024-01-31' and repeat_days_count > 0 and customer_key > 'c040'"
    )
    first = by_date(run(connection, "int_prediction_models"))[date(2024, 1, 31)]
    assert {figure.reason for figure in first.values() if figure.parameter != "mean_repeat_amount"} == {
        "too_few_repeaters"
    }
    assert {figure.value for figure in first.values() if figure.parameter != "mean_repeat_amount"} == {None}
    dates = {row["as_of_date"] for row in run(connection, "int_predictions_by_summary")}
    assert date(2024, 1, 31) not in dates
    assert date(2024, 12, 31) in dates


def test_a_date_whose_model_was_not_found_predicts_nothing_though_an_earlier_one_has_errors(connection):
    run(connection, "int_prediction_models")
    connection.execute(
        "update int_prediction_models set value = null, reason = 'no_convergence'"
        " where as_of_date = date '2024-12-31' and model = 'bg_nbd' and parameter not like 'holdout_%'"
    )
    dates = {row["as_of_date"] for row in run(connection, "int_predictions_by_summary")}
    assert dates == {date(2024, 1, 31), date(2024, 6, 30)}


def test_predictions_are_there_once_for_every_history(connection):
    run(connection, "int_prediction_models")
    rows = run(connection, "int_predictions_by_summary")
    keys = [
        (row["as_of_date"], row["repeat_days_count"], row["first_to_last_days"], row["age_days"])
        for row in rows
    ]
    fitted_dates = {row[0] for row in keys}
    expected = connection.execute(
        "select distinct as_of_date, repeat_days_count, first_to_last_days, age_days"
        " from int_purchase_summaries"
    ).fetchall()
    assert sorted(keys) == sorted(row for row in expected if row[0] in fitted_dates)
    for row in rows:
        assert 0 <= row["repurchase_12m_ratio"] <= row["alive_ratio"] <= 1
        assert 0 <= row["discounted_purchases_12m_count"] <= row["purchases_12m_count"]
        assert row["alive_ratio"] == 1 or row["repeat_days_count"]


def shuffled(connection: duckdb.DuckDBPyConnection) -> None:
    for table in ("int_purchase_summaries", "int_holdout_purchases_counted"):
        connection.execute(
            f"create or replace table {table} as select * from {table} order by hash(age_days)"
        )


def on_one_thread(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set threads = 1")


def without_other_dates(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("delete from int_as_of_dates where not is_current")


@pytest.mark.parametrize("change", [shuffled, on_one_thread, without_other_dates])
def test_figures_are_the_same_to_the_last_bit(connection, change: Callable[[Any], None]):
    with duckdb.connect() as other:
        write_tables(other)
        change(other)
        for name in ("int_prediction_models", "int_predictions_by_summary"):
            figures = [row for row in run(connection, name) if row["as_of_date"] == date(2024, 12, 31)]
            assert figures == [row for row in run(other, name) if row["as_of_date"] == date(2024, 12, 31)]
            assert figures


def test_a_shop_without_sales_has_no_figures(connection):
    for table in ("int_currency_chosen", "int_as_of_dates", "int_purchase_summaries"):
        connection.execute(f"delete from {table}")
    assert run(connection, "int_prediction_models") == []
    assert run(connection, "int_predictions_by_summary") == []


def test_a_shop_whose_customers_are_unknown_says_so(connection):
    connection.execute("delete from int_purchase_summaries")
    connection.execute("delete from int_holdout_purchases_counted")
    rows = run(connection, "int_prediction_models")
    assert {row["value"] for row in rows} == {None}
    assert {row["reason"] for row in rows} <= {"no_customers", "no_span"}


def test_no_tier_can_be_decided_by_the_probability_to_be_alive():
    assert "predicted_alive_ratio" not in METRICS
    assert "predicted_sales_12m_amount" in METRICS
