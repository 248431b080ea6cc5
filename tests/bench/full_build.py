"""From CSV exports to published tables with every scheme, beside one aggregation of the same CSV.

    python tests/bench/full_build.py --lines 20000000 --customers 1000000 --months 24

Every step of a run is a process of its own, as under Airflow, so that its processor seconds and its highest
memory are known, those of dbt among them. The comparison is what DuckDB takes, with as many threads, to read
the receipt lines as their types and sum them by card.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from made_up_shop import TYPED_COLUMNS, Shop, write_shop
from processes import HEADINGS, Figures, cells, measured, together
from results import MEBIBYTE, machine, print_table, ratio, write_measured

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
    """Every new export into the lake; one that is refused ends the measurement."""
    result = pipeline.ingest(settings, "generic", silent)
    if result.count("accepted") + result.count("unchanged") != len(result.files):
        raise SystemExit("an export was not taken in")


def candidate(settings: Settings) -> str:
    """The one candidate that the step before has left."""
    (directory,) = (settings.warehouse / "runs").iterdir()
    return directory.name


def build(settings: Settings) -> dict[str, float]:
    """Build the candidate; the seconds of dbt's process, and those in which any node was executed."""
    started = time.perf_counter()
    pipeline.build(settings, candidate(settings), silent)
    seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "dbt_seconds": round(seconds, 2),
        "dbt_processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "dbt_node_seconds": round(busy_seconds(executions(run_results(settings))), 2),
    }


def silent(_line: str) -> None:
    """No progress: it would stand among the figures."""


#: What a step returns goes beside its figures.
STEPS: dict[str, Callable[[Settings], object]] = {
    "scan": scan,
    "ingest": take_in,
    "prepare": lambda settings: pipeline.prepare(settings, None),
    "check_sources": lambda settings: pipeline.check(settings, candidate(settings), "sources"),
    "build": build,
    "check_built": lambda settings: pipeline.check(settings, candidate(settings), "built"),
    "publish": lambda settings: pipeline.publish(settings, candidate(settings)),
}
#: The steps of a run, which the scan is not.
RUN_STEPS = tuple(step for step in STEPS if step != "scan")
#: How tables call steps, where their names do not say it.
LABELS = {
    "scan": "the scan, with Python's start",
    "build": "build and test with dbt",
    "check_built": "check built tables",
}


def measure(step: str, environment: dict[str, str]) -> Figures:
    """Seconds of a step in a process of its own, and its highest memory; of all processes that it started."""
    figures, output = measured(step, [sys.executable, __file__, "--step", step], environment)
    print(f"{step}: {figures['seconds']} s", file=sys.stderr, flush=True)
    return {**figures, **json.loads(output.splitlines()[-1])}


def step_rows(steps: dict[str, Figures]) -> list[tuple[object, ...]]:
    """The rows of a table below ``step`` and ``HEADINGS``."""
    return [(LABELS.get(step, step.replace("_", " ")), *cells(figures)) for step, figures in steps.items()]


def run_results(settings: Settings) -> list[dict[str, Any]]:
    """What dbt keeps of each model and test of the candidate."""
    target = settings.warehouse / "runs" / candidate(settings) / "target"
    results: list[dict[str, Any]] = json.loads((target / "run_results.json").read_text(encoding="utf-8"))[
        "results"
    ]
    return results


def executions(results: Iterable[dict[str, Any]]) -> list[tuple[float, float]]:
    """When each node was executed, from and until, in seconds."""
    return [
        (seconds_of(timing["started_at"]), seconds_of(timing["completed_at"]))
        for result in results
        for timing in result["timing"]
        if timing["name"] == "execute"
    ]


def seconds_of(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def busy_seconds(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds that lie in any of the spans; those in which two overlap count once."""
    seconds = until = 0.0
    for begin, end in sorted(spans):
        seconds += max(end - max(begin, until), 0.0)
        until = max(until, end)
    return seconds


def slowest(settings: Settings) -> list[dict[str, Any]]:
    """Where dbt's seconds went, of models and tests alike; two of them run side by side."""
    longest = sorted(run_results(settings), key=lambda result: -result["execution_time"])[:SLOWEST_MODELS]
    return [
        {"node": result["unique_id"].split(".", 2)[2], "seconds": round(result["execution_time"], 1)}
        for result in longest
    ]


def all_but_scan(steps: dict[str, Figures]) -> Figures:
    """All steps of the build together, and how many times the comparison they took."""
    built = together([figures for step, figures in steps.items() if step != "scan"])
    scanned = steps["scan"]
    return {
        **built,
        "ratio_to_scan": ratio(built["seconds"], scanned["seconds"]),
        "processor_ratio_to_scan": ratio(built["processor_seconds"], scanned["processor_seconds"]),
    }


def home_environment(home: Path | str) -> dict[str, str]:
    """The environment of an installation below ``home``."""
    return {**inherited_environment(), "CLIENTELE_HOME": str(home), "CLIENTELE_SETTLE_SECONDS": "0"}


def run(shop: Shop, output: Path) -> None:
    """Measure, write the results as JSON and print them as tables."""
    before = machine()
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        environment = home_environment(name)
        settings = load_settings(environment)
        size = write_shop(settings.landing / "generic", shop)
        steps = {step: measure(step, environment) for step in STEPS}
        nodes = slowest(settings)
    built = all_but_scan(steps)
    write_measured(
        output,
        before,
        lines=shop.lines,
        customers=shop.customers,
        months=shop.months,
        file_bytes=size,
        steps=steps,
        together=built,
        slowest_nodes=nodes,
    )
    print(
        f"{shop.lines:,} lines, {shop.customers:,} customers, {shop.months} months, {size / MEBIBYTE:.0f} MiB"
    )
    print_table(("step", *HEADINGS), step_rows({**steps, "all but the scan": built}))
    print_table(("longest in dbt", "seconds"), ((f"`{node['node']}`", node["seconds"]) for node in nodes))
    print(
        f"\n{built['ratio_to_scan']} times the scan, {built['processor_ratio_to_scan']} in processor seconds"
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
        outcome = STEPS[arguments.step](load_settings())
        print(json.dumps(outcome if isinstance(outcome, dict) else {}))
        return
    run(Shop(arguments.lines, arguments.customers, arguments.months), arguments.output)


if __name__ == "__main__":
    main()
