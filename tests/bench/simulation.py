"""How long a simulation takes for each month that it computes, and whether that is linear in the months.

The sample shop is run once through the whole pipeline. A scheme without a policy is simulated over more and
more months, and one with a policy, which is followed through all months of the data whatever is asked for.
Every repetition starts dbt anew, which parses the copied project: that is the part that does not grow.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from results import machine, print_table, write_measured

from clientele import pipeline
from clientele.sample import generate
from clientele.settings import Settings, inherited_environment, load_settings
from clientele.simulation import simulate

END = date(2026, 6, 30)
WITHOUT_POLICY = "abc_sales_70_20_10"
WITH_POLICY = "membership_tier"


def silent(_line: str) -> None:
    """No progress: lines would be measured too."""


def make_shop(settings: Settings, customers: int, months: int) -> None:
    """The sample shop, published."""
    generate(
        settings.landing / "generic",
        settings.home / "truth",
        customers=customers,
        months=months,
        end=END,
        seed=1,
        progress=silent,
    )
    pipeline.ingest(settings, None, silent)
    pipeline.run(settings, None, silent)


def processor_seconds() -> float:
    """What this process and those that it started have used of the processors."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure(settings: Settings, scheme_id: str, months: int, repetitions: int) -> dict[str, Any]:
    """The best of some simulations over so many month ends."""
    text = (settings.dbt_project / "tiers" / f"{scheme_id}.yml").read_text(encoding="utf-8")
    index = 12 * END.year + END.month - months
    first = date(index // 12, index % 12 + 1, 1)
    seconds, processor, computed = [], [], 0
    for _ in range(repetitions):
        started, used = time.perf_counter(), processor_seconds()
        computed = len(simulate(settings, text, first, END, silent).dates)
        seconds.append(time.perf_counter() - started)
        processor.append(processor_seconds() - used)
    return {
        "scheme_id": scheme_id,
        "months": computed,
        "seconds": round(min(seconds), 2),
        "processor_seconds": round(min(processor), 2),
    }


def line_through(rows: list[dict[str, Any]], key: str) -> dict[str, float]:
    """The straight line through the measurements: per month, without any, and the share that it explains."""
    months = np.array([row["months"] for row in rows], dtype=float)
    values = np.array([row[key] for row in rows], dtype=float)
    slope, start = np.polyfit(months, values, 1)
    unexplained = float(((values - (slope * months + start)) ** 2).sum())
    spread = float(((values - values.mean()) ** 2).sum())
    return {
        "per_month": round(float(slope), 3),
        "without_months": round(float(start), 2),
        "explained_ratio": round(1 - unexplained / spread, 3) if spread else 1.0,
    }


def run(customers: int, months: int, repetitions: int, output: Path) -> None:
    """Measure, write the results as JSON and print them as a table."""
    before = machine()
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        settings = load_settings(
            {**inherited_environment(), "CLIENTELE_HOME": name, "CLIENTELE_SETTLE_SECONDS": "0"}
        )
        make_shop(settings, customers, months)
        spans = sorted({max(months * part // 4, 1) for part in (0, 1, 2, 3, 4)})
        rows = [measure(settings, WITHOUT_POLICY, span, repetitions) for span in spans]
        with_policy = measure(settings, WITH_POLICY, months, repetitions)
    lines = {key: line_through(rows, key) for key in ("seconds", "processor_seconds")}
    results = [*rows, with_policy]
    write_measured(
        output,
        before,
        customers=customers,
        months=months,
        repetitions=repetitions,
        results=results,
        lines=lines,
    )
    print_table(
        ("scheme", "months", "seconds", "processor seconds"),
        (
            (f"`{row['scheme_id']}`", row["months"], row["seconds"], row["processor_seconds"])
            for row in results
        ),
    )
    for key, line in lines.items():
        print(
            f"\n{key}: {line['per_month']} a month and {line['without_months']} beside;"
            f" the line explains {line['explained_ratio']:.1%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--repetitions", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/simulation.json"))
    arguments = parser.parse_args()
    run(arguments.customers, arguments.months, arguments.repetitions, arguments.output)


if __name__ == "__main__":
    main()
