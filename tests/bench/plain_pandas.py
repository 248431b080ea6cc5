"""RFM by quintiles and ABC 70/20/10 as pandas computes them from the exports, for comparisons.py.

    python tests/bench/plain_pandas.py FOLDER --engine pyarrow

Prints how many customers are in each tier of both, as JSON. Sums are of whole cents: nothing is rounded.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

COLUMNS = ["receipt_no", "store_id", "sold_at", "member_no", "net_amount", "kind", "original_receipt_no"]
TIME_ZONE = "Asia/Shanghai"
Engine = Literal["c", "pyarrow"]


def read_lines(folder: Path, engine: Engine) -> pd.DataFrame:
    """The receipt lines; a return takes off the receipt it names, where that is known."""
    files = sorted(folder.glob("pos_sales_*.csv"))
    lines = pd.concat(
        [pd.read_csv(file, engine=engine, usecols=COLUMNS) for file in files], ignore_index=True
    )
    cents = (lines.pop("net_amount") * 100).round().astype("int64")
    is_return = lines["kind"] == "return"
    names_receipt = is_return & lines["original_receipt_no"].isin(lines["receipt_no"])
    lines["cents"] = cents.where(~is_return, -cents)
    lines["counted_receipt_no"] = lines["receipt_no"].mask(names_receipt, lines["original_receipt_no"])
    return lines


def receipts_of(lines: pd.DataFrame) -> pd.DataFrame:
    """A row for each receipt: whose it is, its store and day, and what it comes to."""
    receipts = lines.drop_duplicates("receipt_no").set_index("receipt_no")[
        ["store_id", "member_no", "sold_at"]
    ]
    times = pd.to_datetime(receipts.pop("sold_at"), utc=True).dt.tz_convert(TIME_ZONE)
    receipts["day"] = times.dt.tz_localize(None).dt.normalize()
    return receipts.join(lines.groupby("counted_receipt_no", sort=False)["cents"].sum(), how="inner")


def visits_of(receipts: pd.DataFrame) -> pd.DataFrame:
    """A row for each customer, day and store."""
    known = receipts.dropna(subset=["member_no"])
    known = known.assign(is_visit=known["cents"] > 0)
    return known.groupby(["member_no", "day", "store_id"], as_index=False, sort=False).agg(
        cents=("cents", "sum"), is_visit=("is_visit", "any")
    )


def after(visits: pd.DataFrame, as_of: pd.Timestamp, months: int) -> pd.DataFrame:
    return visits[visits["day"] > as_of - pd.DateOffset(months=months)]


def rfm(visits: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series[Any]:
    """The group of each customer with a visit in 24 months."""
    sums = after(visits, as_of, 24).groupby("member_no").agg(f=("is_visit", "sum"), m=("cents", "sum"))
    last = visits[visits["is_visit"]].groupby("member_no")["day"].max()
    figures = sums[sums["f"] >= 1].assign(r=last)
    scores = (figures.rank(method="min").astype("int64") - 1) * 5 // len(figures) + 1
    r, f, m = scores["r"], scores["f"], scores["m"]
    groups = {
        "champions": (r >= 4) & (f >= 4) & (m >= 4),
        "loyal": (r >= 3) & ((f >= 4) | ((f == 3) & (m >= 3))),
        "potential_loyalists": (r >= 4) & f.between(2, 3),
        "new_customers": (r == 5) & (f == 1),
        "promising": (r == 4) & (f == 1),
        "need_attention": (r == 3) & f.between(2, 3),
        "about_to_sleep": ((r == 3) & (f == 1)) | ((r == 2) & (f == 2)),
        "cant_lose_them": (r == 1) & (f >= 4) & (m >= 4),
        "at_risk": (r <= 2) & (f >= 3),
        "lost": (r == 1) & (f == 1) & (m <= 2),
    }
    chosen = np.select(list(groups.values()), list(groups), "hibernating")
    return pd.Series(chosen, index=scores.index)


def abc(visits: pd.DataFrame, members: pd.Series[Any], as_of: pd.Timestamp) -> pd.Series[Any]:
    """The class of each customer; those with equal sales stand together."""
    sold = after(visits, as_of, 12).groupby("member_no")["cents"].sum()
    sales = members.map(sold).fillna(0).astype("int64")
    blocks = sales.groupby(sales).sum().sort_index(ascending=False)
    before = sales.map(blocks.cumsum() - blocks)
    total = int(sales.sum())
    if total <= 0:
        return pd.Series("C", index=members.index)
    return pd.Series(np.select([before * 100 < total * 70, before * 100 < total * 90], ["A", "B"], "C"))


def tiers(folder: Path, engine: Engine) -> dict[str, dict[str, int]]:
    """How many customers are in each tier."""
    receipts = receipts_of(read_lines(folder, engine))
    as_of = receipts["day"].max()
    visits = visits_of(receipts)
    members = pd.read_csv(folder / "members_bench.csv", engine=engine, usecols=["member_no"])["member_no"]
    found = {
        "rfm_quintile": rfm(visits, as_of),
        "abc_sales_70_20_10": abc(visits, members, as_of),
    }
    return {
        scheme_id: {str(tier): int(count) for tier, count in chosen.value_counts().items()}
        for scheme_id, chosen in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=["c", "pyarrow"], default="c")
    arguments = parser.parse_args()
    print(json.dumps(tiers(arguments.folder, arguments.engine)))


if __name__ == "__main__":
    main()
