"""A day's file on a lake of two years, beside the full build, on a lake twice as long, and a late file.

    python tests/bench/daily_run.py --lines 20000000 --customers 1000000 --months 24
    python tests/bench/daily_run.py --lines 20000000 --customers 1000000 --months 24 --sealed-months 24

The longer lake has as many sales a month and ends on the same day; no late file comes to it. A late file has
as many lines as a day's, sold in a month long ago. With ``--sealed-months`` the reviews of so many last
months are sealed, as ``clientele review --from --to`` does it, before any day's file comes.

What dbt and Airflow add is measured on a small lake: of dbt the seconds of its process in which no node was
executed, of Airflow what ``clientele run --via-airflow`` takes beyond ``clientele run``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from full_build import RUN_STEPS, home_environment, measure, step_rows
from made_up_shop import Shop, write_day, write_late, write_shop
from processes import HEADINGS, Figures, cells, measured, together
from results import machine, print_table, ratio, write_measured

#: What the ratios may be at most, and the seconds of dbt and Airflow together.
AIMS = {"day_to_full_build": 0.1, "longer_to_day": 1.15, "late_to_day": 2}
AIM_SECONDS = 15
#: The runs on each lake, in their order, and how the table calls them.
RUNS = {
    "full_build": "the full build",
    "reviews": "sealing the reviews",
    "reviewed_build": "the first run after them",
    "day": "a day's file",
    "late": "a late file",
}
Run = dict[str, Figures]


@dataclass(frozen=True)
class Lake:
    """An installation of its own, and the shop whose exports lie in it."""

    home: Path
    shop: Shop

    @property
    def landing(self) -> Path:
        return self.home / "landing" / "generic"

    @property
    def environment(self) -> dict[str, str]:
        return home_environment(self.home)


@contextmanager
def lake_of(shop: Shop) -> Iterator[Lake]:
    """A lake that has the shop's exports before it, and is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        lake = Lake(Path(name), shop)
        write_shop(lake.landing, shop)
        yield lake


def by_steps(lake: Lake, name: str) -> Run:
    """A run with each of its steps in a process of its own."""
    print(f"lake of {lake.shop.months} months: {RUNS[name]}", file=sys.stderr, flush=True)
    return {step: measure(step, lake.environment) for step in RUN_STEPS}


def by_command(lake: Lake, *arguments: str) -> Figures:
    """What a command takes, from Python's start to its end."""
    return measured(arguments[0], [sys.executable, "-m", "clientele.cli", *arguments], lake.environment)[0]


def seal(lake: Lake, months: int) -> Run:
    """Seal the reviews of the last months of the shop."""
    shop = lake.shop
    first = shop.month_start(max(shop.months - months, 0) + 1) - timedelta(days=1)
    dates = ("--from", f"{first}", "--to", f"{shop.last_day}")
    return {"reviews": by_command(lake, "review", *dates, "--approve", "bench")}


def seconds(run: Run) -> float:
    return float(together([*run.values()])["seconds"])


def measure_lake(
    shop: Shop, sealed_months: int, repetitions: int, late_months_ago: int | None
) -> dict[str, Run]:
    """Every run on a lake; of days and late files, each another one, the quickest counts."""
    with lake_of(shop) as lake:
        runs = {"full_build": by_steps(lake, "full_build")}
        if sealed_months:
            runs["reviews"] = seal(lake, sealed_months)
            runs["reviewed_build"] = by_steps(lake, "reviewed_build")
        days, late = [], []
        for number in range(1, repetitions + 1):
            write_day(lake.landing, shop, number)
            days.append(by_steps(lake, "day"))
            if late_months_ago is not None:
                write_late(lake.landing, shop, max(shop.months - late_months_ago, 0), number)
                late.append(by_steps(lake, "late"))
    runs["day"] = min(days, key=seconds)
    return {**runs, "late": min(late, key=seconds)} if late else runs


def measure_shares(shop: Shop, repetitions: int) -> dict[str, Figures]:
    """What dbt and Airflow add to a day's run, the least of some repetitions; and the runs themselves."""
    by_hand, via_airflow, builds = [], [], []
    with lake_of(shop) as lake:
        # The first run makes Airflow's database and has dbt parse the project: no day's run does.
        by_command(lake, "run", "--via-airflow")
        for number in range(1, repetitions + 1):
            write_day(lake.landing, shop, 3 * number - 2)
            by_hand.append(by_command(lake, "run"))
            write_day(lake.landing, shop, 3 * number - 1)
            via_airflow.append(by_command(lake, "run", "--via-airflow"))
            write_day(lake.landing, shop, 3 * number)
            builds.append(by_steps(lake, "day")["build"])
    hand, airflow = (min(runs, key=lambda run: run["seconds"]) for runs in (by_hand, via_airflow))
    dbt = min(build["dbt_seconds"] - build["dbt_node_seconds"] for build in builds)
    over = {key: round(airflow[key] - hand[key], 2) for key in ("seconds", "processor_seconds")}
    return {
        "by_hand": hand,
        "via_airflow": airflow,
        "dbt_share": {"seconds": round(dbt, 2)},
        "airflow_share": over,
        "both_shares": {"seconds": round(dbt + over["seconds"], 2), "aim_seconds": AIM_SECONDS},
    }


def ratios(lake: dict[str, Run], longer: dict[str, Run] | None) -> dict[str, Any]:
    """The ratios that are aimed at, of seconds and of processor seconds."""
    pairs = {
        "day_to_full_build": (lake["day"], lake["full_build"]),
        "late_to_day": (lake["late"], lake["day"]),
    }
    if longer:
        pairs["longer_to_day"] = (longer["day"], lake["day"])
    found = {}
    for name, (run, other) in pairs.items():
        ours, theirs = together([*run.values()]), together([*other.values()])
        found[name] = {key: ratio(ours[key], theirs[key]) for key in ("seconds", "processor_seconds")}
        found[name]["aim"] = AIMS[name]
    return found


def print_runs(lakes: dict[int, dict[str, Run]], found: dict[str, Any]) -> None:
    """The tables of all runs, of their ratios and of the steps of a daily run."""
    print_table(
        ("run", "months in the lake", *HEADINGS),
        (
            (RUNS[name], months, *cells(together([*runs[name].values()])))
            for months, runs in lakes.items()
            for name in RUNS
            if name in runs
        ),
    )
    labels = {
        "day_to_full_build": "a day's file, of the full build",
        "longer_to_day": "a day's file on the longer lake, of the same on the shorter",
        "late_to_day": "a late file, of a day's file",
    }
    print_table(
        ("ratio", "seconds", "processor seconds", "aim, at most"),
        ((label, *found[name].values()) for name, label in labels.items() if name in found),
    )
    months, runs = next(iter(lakes.items()))
    print_table((f"step of a day's file, {months} months", *HEADINGS), step_rows(runs["day"]))


def print_shares(shares: dict[str, Figures]) -> None:
    labels = {
        "by_hand": "`clientele run`",
        "via_airflow": "`clientele run --via-airflow`",
        "dbt_share": "dbt's share: no node is executed",
        "airflow_share": "Airflow's share: the second less the first",
        "both_shares": "both shares",
    }
    print_table(
        ("a day's file, small lake", "seconds", "processor seconds", "aim, at most"),
        (
            (label, *(shares[name].get(key) for key in ("seconds", "processor_seconds", "aim_seconds")))
            for name, label in labels.items()
        ),
    )


def run(arguments: argparse.Namespace) -> None:
    """Measure, write the results as JSON and print them as tables."""
    before = machine()
    shop = Shop(arguments.lines, arguments.customers, arguments.months)
    sealed_months, repetitions = arguments.sealed_months, arguments.repetitions
    lakes = {shop.months: measure_lake(shop, sealed_months, repetitions, arguments.late_months_ago)}
    if not arguments.shorter_only:
        longer = shop.opened_earlier(shop.months)
        lakes[longer.months] = measure_lake(longer, sealed_months, repetitions, None)
    found = ratios(lakes[shop.months], lakes.get(2 * shop.months))
    small = Shop(arguments.small_lines, arguments.small_lines // 20, shop.months)
    shares = measure_shares(small, repetitions) if small.lines else None
    write_measured(
        arguments.output,
        before,
        lines=shop.lines,
        customers=shop.customers,
        months=shop.months,
        lines_a_day=shop.lines_a_day,
        sealed_months=sealed_months,
        late_months_ago=arguments.late_months_ago,
        repetitions=repetitions,
        lakes=lakes,
        ratios=found,
        small_lines=small.lines,
        shares=shares,
    )
    print(
        f"{shop.lines:,} lines and {shop.customers:,} customers in {shop.months} months,"
        f" {shop.lines_a_day:,} lines a day; reviews of {sealed_months} months sealed before"
    )
    print_runs(lakes, found)
    if shares:
        print_shares(shares)
        print(
            f"\nThe small lake: {small.lines:,} lines, {small.customers:,} customers, {small.months} months"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="of all months")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--sealed-months", type=int, default=0, help="reviewed before (default: none)")
    parser.add_argument("--late-months-ago", type=int, default=12)
    parser.add_argument("--shorter-only", action="store_true", help="no lake twice as long")
    parser.add_argument("--small-lines", type=int, default=20_000, help="where shares are measured; 0: not")
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/daily_run.json"))
    run(parser.parse_args())


if __name__ == "__main__":
    main()
