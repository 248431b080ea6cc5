"""From CSV exports to published tables with every scheme, beside one aggregation of the same CSV.

    python tests/bench/full_build.py --lines 20000000 --customers 1000000 --months 24

Every step of a run is a process of its own, as under Airflow, so that its processor seconds and its highest
memory are known, those of dbt among them. The comparison is what DuckDB takes, with as many threads, to read
the receipt lines as their types and sum them by card.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest_throughput import MEBIBYTE, machine
from made_up_shop import TYPED_COLUMNS, Shop, write_cards, write_sales

from clientele import pipeline
from clientele.duck import connect, path_literal
from clientele.settings import Settings, inherited_environment, load_settings

SLOWEST_MODELS = 15


def scan(settings: Settings) -> None:
    """What a user would ask of the exports first."""
    folder = path_literal(settings.landing / "generic")[1:-1]
    with connect(None, settings) as connection:
        connection.execute(
            "select member_no, count(*), sum(net_amount), max(sold_at)"
            f" from read_csv('{folder}/pos_sales_*.csv', header = true, columns = ?) group by 1",
            [TYPED_COLUMNS],
        ).fetchall()


def take_in(settings: Settings) -> None:
    """Every export into the lake; one that is refused ends the measurement."""
    result = pipeline.ingest(settings, "generic", print)
    if result.count("accepted") != len(result.files):
        raise SystemExit("an export was not taken in")


def candidate(settings: Settings) -> str:
    """The one candidate that the step before has left."""
    (directory,) = (settings.warehouse / "runs").iterdir()
    return directory.name


STEPS: dict[str, Callable[[Settings], object]] = {
    "scan": scan,
    "ingest": take_in,
    "prepare": lambda settings: pipeline.prepare(settings, None),
    "check_sources": lambda settings: pipeline.check(settings, candidate(settings), "sources"),
    "build": lambda settings: pipeline.build(settings, candidate(settings), print),
    "check_built": lambda settings: pipeline.check(settings, candidate(settings), "built"),
    "publish": lambda settings: pipeline.publish(settings, candidate(settings)),
}


def measure(step: str, environment: dict[str, str]) -> dict[str, Any]:
    """Seconds of a step in a process of its own, and its highest memory; of all processes that it started."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, __file__, "--step", step], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{step} failed")
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_memory_bytes": usage.ru_maxrss * 1024,
    }


def slowest(settings: Settings) -> list[dict[str, Any]]:
    """Where dbt's seconds went, of models and tests alike; two of them run side by side."""
    target = settings.warehouse / "runs" / candidate(settings) / "target"
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    longest = sorted(results, key=lambda result: -result["execution_time"])[:SLOWEST_MODELS]
    return [
        {"node": result["unique_id"].split(".", 2)[2], "seconds": round(result["execution_time"], 1)}
        for result in longest
    ]


def ratios(steps: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """All steps of the build together, and how many times the comparison they took."""
    built = [figures for step, figures in steps.items() if step != "scan"]
    together: dict[str, Any] = {
        key: round(sum(figures[key] for figures in built), 1) for key in ("seconds", "processor_seconds")
    }
    return {
        **together,
        "peak_memory_bytes": max(figures["peak_memory_bytes"] for figures in built),
        "ratio_to_scan": round(together["seconds"] / steps["scan"]["seconds"], 1),
        "processor_ratio_to_scan": round(
            together["processor_seconds"] / steps["scan"]["processor_seconds"], 1
        ),
    }


def run(shop: Shop, output: Path) -> None:
    """Measure, write the results as JSON and print them as tables."""
    before = machine()
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        environment = {**inherited_environment(), "CLIENTELE_HOME": name, "CLIENTELE_SETTLE_SECONDS": "0"}
        settings = load_settings(environment)
        exports = [*write_sales(settings.landing / "generic", shop)]
        write_cards(settings.landing / "generic", shop)
        size = sum(file.stat().st_size for file in exports)
        steps = {}
        for step in STEPS:
            steps[step] = measure(step, environment)
            print(f"{step}: {steps[step]['seconds']} s", file=sys.stderr, flush=True)
        nodes = slowest(settings)
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "lines": shop.lines,
        "customers": shop.customers,
        "months": shop.months,
        "file_bytes": size,
        "machine": before,
        "steps": steps,
        "together": ratios(steps),
        "slowest_nodes": nodes,
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"{before['processor']}, {before['processors']} processors, load {before['load_average_1m']}")
    print(
        f"{shop.lines:,} lines, {shop.customers:,} customers, {shop.months} months, {size / MEBIBYTE:.0f} MiB"
    )
    print("\n| step | seconds | processor seconds | peak memory, MiB |\n|---|---|---|---|")
    for step, figures in {**steps, "all but scan": report["together"]}.items():
        print(
            f"| {step} | {figures['seconds']:,} | {figures['processor_seconds']:,}"
            f" | {figures['peak_memory_bytes'] / MEBIBYTE:,.0f} |"
        )
    print("\n| node of dbt | seconds |\n|---|---|")
    for node in nodes:
        print(f"| {node['node']} | {node['seconds']} |")
    together = report["together"]
    print(
        f"\n{together['ratio_to_scan']} times the scan, {together['processor_ratio_to_scan']} in processor"
        f" seconds; written to {output}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/full_build.json"))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step is not None:
        STEPS[arguments.step](load_settings())
        return
    run(Shop(arguments.lines, arguments.customers, arguments.months), arguments.output)


if __name__ == "__main__":
    main()
