"""The parameters of the models at every recent date; what they mean stands in docs/values.md."""

import dataclasses

import numpy as np
import pyarrow as pa

from clientele.value.bgnbd import fit_bgnbd
from clientele.value.figures import BG_NBD, HEURISTIC, bgnbd_figures, gamma_gamma_figures, holdout_figures
from clientele.value.gamma_gamma import fit_gamma_gamma, repeat_spending
from clientele.value.holdout import Holdout, errors_of_heuristic, errors_of_model
from clientele.value.horizon import DAYS_PER_WEEK
from clientele.value.statistics import compress

COLUMNS = pa.schema(
    [
        ("as_of_date", pa.date32()),
        ("currency_code", pa.string()),
        ("model", pa.string()),
        ("parameter", pa.string()),
        ("value", pa.float64()),
        ("customers_count", pa.int64()),
        ("repeaters_count", pa.int64()),
        ("reason", pa.string()),
    ]
)
# Sums of floating-point numbers hang on their order.
KINDS = "repeat_days_count, first_to_last_days, age_days, earlier_days_count, later_days_count"


def model(dbt, session):
    """One row per recent date, currency, model and parameter."""
    dbt.config(materialized="table")
    minimum_repeaters = int(dbt.config.meta_get("minimum_repeaters"))
    active_days = int(dbt.config.meta_get("active_days"))
    summaries = dbt.ref("int_purchase_summaries")
    currencies = dbt.ref("int_currency_chosen").fetchall()
    dates = (
        dbt.ref("int_as_of_dates").filter("is_recent").order("as_of_date").project("as_of_date, is_current")
    )
    rows = []
    for (currency_code,) in currencies:
        for as_of_date, is_current in dates.fetchall():
            of_date = summaries.filter(f"as_of_date = date '{as_of_date}'").fetchnumpy()
            figures = [*figures_of(of_date, minimum_repeaters)]
            if is_current:
                held_out = dbt.ref("int_holdout_purchases_counted").order(KINDS).fetchnumpy()
                figures += holdout_figures_of(held_out, minimum_repeaters, active_days)
            rows += [
                {"as_of_date": as_of_date, "currency_code": currency_code, **dataclasses.asdict(figure)}
                for figure in figures
            ]
    return session.from_arrow(pa.Table.from_pylist(rows, COLUMNS))


def figures_of(summaries, minimum_repeaters):
    """Both models fitted on the summaries of one date."""
    repeat_days = summaries["repeat_days_count"]
    weeks = [summaries[name] / DAYS_PER_WEEK for name in ("first_to_last_days", "age_days")]
    yield from bgnbd_figures(fit_bgnbd(compress(repeat_days, *weeks), minimum_repeaters))
    mean_amount = np.ma.filled(summaries["mean_repeat_amount"].astype(float), 0.0)
    spending = repeat_spending(repeat_days, mean_amount)
    yield from gamma_gamma_figures(fit_gamma_gamma(spending, minimum_repeaters), spending)


def holdout_figures_of(held_out, minimum_repeaters, active_days):
    """Errors of the model and of the heuristic on the same customers."""
    held_out = {
        name: np.asarray(column, dtype=float) for name, column in held_out.items() if name != "as_of_date"
    }
    holdout = Holdout(
        repeat_days=held_out["repeat_days_count"],
        recency=held_out["first_to_last_days"] / DAYS_PER_WEEK,
        age=held_out["age_days"] / DAYS_PER_WEEK,
        earlier_days=held_out["earlier_days_count"],
        later_days=held_out["later_days_count"],
        customers=held_out["customers_count"],
        span=held_out["holdout_days"].max(initial=0.0) / DAYS_PER_WEEK,
    )
    counts = (
        int(holdout.customers.sum()),
        int(holdout.customers[holdout.repeat_days > 0].sum()),
    )
    yield from holdout_figures(BG_NBD, errors_of_model(holdout, minimum_repeaters), *counts)
    yield from holdout_figures(HEURISTIC, errors_of_heuristic(holdout, active_days), *counts)
