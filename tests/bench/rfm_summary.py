"""How fast sale lines become purchase summaries: the model's SQL, pandas, and lifetimes' own helper.

All get the same lines in memory, customers as text and times to the second, each in a process of its own, and
have to come to the same summaries. The best repetition counts. pandas is measured as it installs itself,
which is what lifetimes runs on, and again with Arrow's strings.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

LINES_PER_RECEIPT, LINES_PER_CUSTOMER = 4, 20
FIRST_DAY, DAYS = date(2024, 1, 1), 730
SECONDS_PER_DAY = 86_400
#: Factors that are aimed at.
TARGETS = {"pandas": 10, "lifetimes": 25}
Summary = dict[str, float]
Times = tuple[float, float]


def since(started: Times) -> Times:
    """Seconds on the clock and of processors since ``started``, which is a time of this very kind."""
    return time.perf_counter() - started[0], time.process_time() - started[1]


def write_lines(path: Path, lines: int) -> None:
    """Number of the customer, second and cents of every line; the same for the same number of lines."""
    random = np.random.default_rng(20)
    receipts = -(-lines // LINES_PER_RECEIPT)
    customer = random.integers(0, max(lines // LINES_PER_CUSTOMER, 1), receipts)
    second = random.integers(0, DAYS * SECONDS_PER_DAY, receipts)
    np.savez(
        path,
        customer=np.repeat(customer, LINES_PER_RECEIPT)[:lines],
        second=np.repeat(second, LINES_PER_RECEIPT)[:lines],
        cents=random.integers(1, 50_000, lines),
    )


def model_sql(folder: Path) -> str:
    """The model as dbt compiles it for a database called ``warehouse``."""
    import subprocess

    from clientele.settings import inherited_environment, load_settings
    from clientele.warehouse.build import dbt_command, dbt_environment

    settings = load_settings({"CLIENTELE_HOME": str(folder)})
    select = ["compile", "--select", "int_purchase_summaries"]
    subprocess.run(
        dbt_command(settings, select, folder / "target"),
        env=dbt_environment(settings, folder / "warehouse.duckdb", inherited_environment()),
        check=True,
        capture_output=True,
    )
    compiled = next((folder / "target" / "compiled").rglob("int_purchase_summaries.sql"))
    return compiled.read_text(encoding="utf-8")


def with_clientele(folder: Path) -> tuple[Times, Summary]:
    import duckdb

    lines = dict(np.load(folder / "lines.npz"))
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("create schema warehouse.intermediate")
        connection.execute(f"""
            create table warehouse.main.sale_lines as
            select printf('c%016x', customer::bigint) as customer_key,
                timestamp '{FIRST_DAY}' + to_seconds(second::bigint) as sold_at,
                (cents / 100)::decimal(18, 4) as net_amount
            from lines
        """)
        # Summing the lines up to days is part of what is measured.
        connection.execute("""
            create view warehouse.intermediate.int_customer_visits_summed as
            select customer_key, sold_at::date as business_date, true as is_purchase,
                net_amount as net_sales_amount
            from warehouse.main.sale_lines
        """)
        connection.execute(
            "create table warehouse.intermediate.int_as_of_dates as"
            f" select date '{FIRST_DAY + timedelta(days=DAYS)}' as as_of_date, true as is_recent"
        )
        sql = (folder / "model.sql").read_text(encoding="utf-8")
        started = since((0.0, 0.0))
        connection.execute(f"create table summaries as {sql}")
        seconds = since(started)
        row = connection.execute(
            "select count(*), sum(repeat_days_count), sum(first_to_last_days), sum(age_days),"
            " sum(mean_repeat_amount) from summaries"
        ).fetchone()
    del lines
    return seconds, dict(zip(CHECKED, map(float, row or ()), strict=True))


CHECKED = ("customers", "repeats", "recency_days", "age_days", "mean_amounts")


def frame(folder: Path) -> Any:
    import pandas as pd

    lines = np.load(folder / "lines.npz")
    names = np.array([f"c{number:016x}" for number in range(int(lines["customer"].max()) + 1)])
    return pd.DataFrame(
        {
            "customer": names[lines["customer"]],
            "sold_at": pd.Timestamp(FIRST_DAY) + pd.to_timedelta(lines["second"], unit="s"),
            "amount": lines["cents"] / 100,
        }
    )


def with_pandas(folder: Path) -> tuple[Times, Summary]:
    import pandas as pd

    lines = frame(folder)
    end = pd.Timestamp(FIRST_DAY + timedelta(days=DAYS))
    started = since((0.0, 0.0))
    lines = lines.assign(day=lines["sold_at"].dt.normalize())
    days = lines.groupby(["customer", "day"], as_index=False)["amount"].sum()
    summary = days.groupby("customer").agg(
        first=("day", "first"),
        last=("day", "last"),
        purchases=("day", "size"),
        total=("amount", "sum"),
        first_amount=("amount", "first"),
    )
    repeats = summary["purchases"] - 1
    recency = (summary["last"] - summary["first"]).dt.days
    age = (end - summary["first"]).dt.days
    mean = ((summary["total"] - summary["first_amount"]) / repeats.where(repeats > 0)).fillna(0.0)
    seconds = since(started)
    figures = (len(summary), repeats.sum(), recency.sum(), age.sum(), mean.sum())
    return seconds, dict(zip(CHECKED, map(float, figures), strict=True))


def with_lifetimes(folder: Path) -> tuple[Times, Summary]:
    from lifetimes.utils import summary_data_from_transaction_data

    lines = frame(folder)
    started = since((0.0, 0.0))
    summary = summary_data_from_transaction_data(
        lines, "customer", "sold_at", "amount", observation_period_end=FIRST_DAY + timedelta(days=DAYS)
    )
    seconds = since(started)
    sums = summary[["frequency", "recency", "T", "monetary_value"]].sum()
    return seconds, dict(zip(CHECKED, (float(len(summary)), *map(float, sums)), strict=True))


STEPS = {
    "clientele": with_clientele,
    "pandas": with_pandas,
    "lifetimes": with_lifetimes,
    "pandas with Arrow strings": with_pandas,
}


def run(lines: int, repetitions: int, home: Path) -> None:
    """Measure, compare the results, print a table and write it as JSON."""
    import sys

    from peers import peers_python, run_step
    from results import machine, print_table, write_measured

    before = machine()
    peers = peers_python(home)
    # Only this project's environment has Arrow; where pandas finds it, it keeps text in it.
    pythons = {step: peers if step in TARGETS else sys.executable for step in STEPS}
    found: dict[str, dict[str, Any] | str] = {}
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        folder = Path(name)
        write_lines(folder / "lines.npz", lines)
        (folder / "model.sql").write_text(model_sql(folder), encoding="utf-8")
        for step, python in pythons.items():
            outcomes = [
                run_step(python, __file__, ["--step", step, "--folder", name], timeout=1800)
                for _ in range(repetitions)
            ]
            measured = [outcome for outcome in outcomes if isinstance(outcome, dict)]
            found[step] = min(measured, key=lambda each: each["seconds"]) if measured else outcomes[0]
    ours = found["clientele"]
    if isinstance(ours, str):
        raise SystemExit(f"the summary failed: {ours}")
    for step, outcome in found.items():
        if isinstance(outcome, dict):
            require_equal(step, outcome["summary"], ours["summary"])
            outcome["times_ours"] = round(outcome["seconds"] / ours["seconds"], 1)
    write_measured(home / "rfm_summary.json", before, lines=lines, targets=TARGETS, results=found)
    customers = int(ours["summary"]["customers"])
    print_table(
        (f"{lines:,} lines, {customers:,} customers", "seconds", "processor seconds", "times ours", "aim"),
        (row_of(step, outcome) for step, outcome in found.items()),
    )


def require_equal(step: str, summary: Summary, ours: Summary) -> None:
    """End the measurement where a tool comes to other figures."""
    for figure, value in ours.items():
        if abs(summary[figure] - value) > 1e-6 * value:
            raise SystemExit(f"{step} comes to other {figure}: {summary[figure]}, not {value}")


def row_of(step: str, outcome: dict[str, Any] | str) -> tuple[object, ...]:
    if isinstance(outcome, str):
        return step, outcome, None, None, None
    figures = (round(outcome[key], 2) for key in ("seconds", "processor_seconds"))
    return step, *figures, outcome["times_ours"], TARGETS.get(step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--repetitions", type=int, default=2)
    parser.add_argument("--home", type=Path, default=Path(".clientele/bench"))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step is None:
        run(arguments.lines, arguments.repetitions, arguments.home)
        return
    (seconds, processor_seconds), summary = STEPS[arguments.step](arguments.folder)
    print(json.dumps({"seconds": seconds, "processor_seconds": processor_seconds, "summary": summary}))


if __name__ == "__main__":
    main()
