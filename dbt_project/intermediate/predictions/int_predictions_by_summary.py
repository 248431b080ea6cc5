"""What to expect of every history of purchases; what it means stands in docs/values.md."""

import numpy as np
import pyarrow as pa

from clientele.value.bgnbd import BgNbdParameters
from clientele.value.figures import BG_NBD
from clientele.value.horizon import DAYS_PER_WEEK, outlook

FITTED = ("r", "alpha", "a", "b")
COLUMNS = pa.schema(
    [
        ("as_of_date", pa.date32()),
        ("repeat_days_count", pa.int64()),
        ("first_to_last_days", pa.int32()),
        ("age_days", pa.int32()),
        ("purchases_12m_count", pa.float64()),
        ("discounted_purchases_12m_count", pa.float64()),
        ("alive_ratio", pa.float64()),
        ("repurchase_12m_ratio", pa.float64()),
    ]
)


def model(dbt, session):
    """One row per date with a fitted model, and history that a customer has at that date."""
    dbt.config(materialized="table")
    annual_discount_rate = float(dbt.config.meta_get("annual_discount_rate"))
    histories = dbt.ref("int_purchase_summaries").aggregate(
        "as_of_date, repeat_days_count, first_to_last_days, age_days"
    )
    # The errors on the holdout stand among them, also where the model of the date itself was not found.
    parameters = dbt.ref("int_prediction_models").filter(
        f"model = '{BG_NBD}' and reason is null and parameter in {FITTED}"
    )
    tables = [COLUMNS.empty_table()]
    for (as_of_date,) in parameters.project("as_of_date").distinct().order("as_of_date").fetchall():
        at_date = f"as_of_date = date '{as_of_date}'"
        values = dict(parameters.filter(at_date).project("parameter, value").fetchall())
        fitted = BgNbdParameters(**{name: values[name] for name in FITTED})
        columns = (
            histories.filter(at_date).order("repeat_days_count, first_to_last_days, age_days").fetchnumpy()
        )
        ahead = outlook(
            fitted,
            np.asarray(columns["repeat_days_count"], dtype=float),
            columns["first_to_last_days"] / DAYS_PER_WEEK,
            columns["age_days"] / DAYS_PER_WEEK,
            annual_discount_rate,
        )
        arrays = [
            pa.array([as_of_date] * len(columns["age_days"]), pa.date32()),
            *(pa.array(columns[name]) for name in ("repeat_days_count", "first_to_last_days", "age_days")),
            pa.array(ahead.purchases),
            pa.array(ahead.discounted_purchases),
            pa.array(ahead.alive_ratio),
            pa.array(ahead.repurchase_ratio),
        ]
        tables.append(pa.Table.from_arrays(arrays, schema=COLUMNS))
    return session.from_arrow(pa.concat_tables(tables))
