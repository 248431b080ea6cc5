"""The same RFM and ABC from the same exports: ours, pandas, and a plain dbt project of views.

    python tests/bench/comparisons.py --sizes 1000000 5000000 20000000

A shop where every customer holds a card, so that whose a receipt is needs no finding out. Every way begins
with the CSV exports, works in processes of its own, and has to come to as many customers in each tier as are
published. Ours is measured twice: the whole run, with every scheme at every month's end, every check and
release; and ingest with the models of the two schemes alone, at one date. A way that fails says so, and the
others go on; what mostly fails it is memory.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from full_build import RUN_STEPS, home_environment, measure, silent, take_in
from made_up_shop import Shop, write_shop
from processes import HEADINGS, Figures, ProcessFailedError, cells, measured, together
from results import MEBIBYTE, machine, print_machine, print_table, ratio, write_report

from clientele import pipeline
from clientele.duck import connect
from clientele.settings import Settings, inherited_environment, load_settings
from clientele.warehouse.build import build
from clientele.warehouse.candidate import open_candidate

HERE = Path(__file__).resolve().parent
PLAIN_PROJECT = HERE / "plain_project"
LINES_PER_CUSTOMER = 20
SCHEMES = ("rfm_quintile", "abc_sales_70_20_10")
WAYS = {
    "whole_run": "ours, the whole run",
    "two_schemes": "ours, the two schemes at one date",
    "pandas": "pandas",
    "pandas_arrow": "pandas, CSV read by Arrow",
    "dbt_views": "dbt, views",
    "dbt_tables": "dbt, the same as tables",
}
#: How many customers are in each tier of each scheme.
Tiers = dict[str, dict[str, int]]


def counted(database: Path, settings: Settings, query: str) -> Tiers:
    """The tiers that a query for scheme, tier and customers finds."""
    tiers: Tiers = {}
    with connect(database, settings, read_only=True) as connection:
        for scheme_id, tier_code, customers in connection.execute(f"{query} order by all").fetchall():
            tiers.setdefault(scheme_id, {})[tier_code] = customers
    return tiers


def published(settings: Settings) -> Tiers:
    return counted(
        settings.published / "clientele.duckdb",
        settings,
        "select scheme_id, tier_code, count(*) from customer_tiers"
        f" where scheme_id in {SCHEMES} group by all",
    )


def build_two_schemes(settings: Settings) -> Tiers:
    """From the exports to the models of the two schemes, at the last date and without a check."""
    take_in(settings)
    candidate = open_candidate(settings, pipeline.prepare(settings, None))
    build(
        settings,
        candidate,
        silent,
        select=[*(f"+{scheme_id}" for scheme_id in SCHEMES), "int_scheme_tiers"],
        with_tests=False,
        variables={"review_months": 0, "recent_months": 0},
    )
    placed = " union all ".join(
        f"select scheme_id, tier_rank from tiers.{scheme_id}" for scheme_id in SCHEMES
    )
    return counted(
        candidate.database,
        settings,
        f"select scheme_id, tier_code, count(*) from ({placed})"
        " inner join intermediate.int_scheme_tiers using (scheme_id, tier_rank) group by all",
    )


def whole_run(settings: Settings) -> tuple[Figures, Tiers]:
    environment = home_environment(settings.home)
    figures = together([measure(step, environment) for step in RUN_STEPS])
    return figures, published(settings)


def two_schemes(settings: Settings) -> tuple[Figures, Tiers]:
    """From the same exports as the whole run, whose lake and warehouse are gone then."""
    for folder in (settings.lake, settings.warehouse, settings.published):
        shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, __file__, "--two-schemes"]
    figures, output = measured("two_schemes", command, home_environment(settings.home))
    return figures, json.loads(output.splitlines()[-1])


def with_pandas(settings: Settings, engine: str) -> tuple[Figures, Tiers]:
    command = [sys.executable, str(HERE / "plain_pandas.py"), str(exports(settings)), "--engine", engine]
    figures, output = measured("pandas", command)
    return figures, json.loads(output)


def with_dbt(settings: Settings, kept_as: str) -> tuple[Figures, Tiers]:
    """dbt from its start, nothing parsed before, with as many threads and as much memory as ours."""
    folder = settings.home / f"plain_{kept_as}"
    folder.mkdir()
    project = ("--project-dir", str(PLAIN_PROJECT), "--profiles-dir", str(PLAIN_PROJECT))
    output = ("--target-path", str(folder / "target"), "--log-path", str(folder))
    command = [str(Path(sys.executable).with_name("dbt")), "build", *project, *output]
    database = folder / "plain.duckdb"
    figures, _ = measured(
        f"dbt with steps as {kept_as}",
        [*command, "--vars", json.dumps({"steps_kept_as": kept_as})],
        {
            **inherited_environment(),
            "PLAIN_DATABASE": str(database),
            "PLAIN_EXPORTS": str(exports(settings)),
            "PLAIN_THREADS": str(settings.threads),
            "PLAIN_MEMORY_LIMIT": settings.memory_limit,
            "DO_NOT_TRACK": "1",
        },
    )
    query = "select scheme_id, tier_code, count(*) from customer_tiers group by all"
    return figures, counted(database, settings, query)


def exports(settings: Settings) -> Path:
    return settings.landing / "generic"


def way(name: str, settings: Settings) -> tuple[Figures, Tiers]:
    """What one way takes, and the tiers it comes to."""
    match name:
        case "whole_run":
            return whole_run(settings)
        case "two_schemes":
            return two_schemes(settings)
        case "pandas" | "pandas_arrow":
            return with_pandas(settings, "c" if name == "pandas" else "pyarrow")
        case _:
            return with_dbt(settings, name.removeprefix("dbt_").removesuffix("s"))


def measure_size(lines: int, months: int, ways: Sequence[str]) -> dict[str, Any]:
    """Every way on a shop of that size; all have to come to the same tiers."""
    shop = Shop(lines, max(lines // LINES_PER_CUSTOMER, 1), months, members_only=True)
    found: dict[str, Figures | str] = {}
    expected: Tiers = {}
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        settings = load_settings(home_environment(name))
        size = write_shop(exports(settings), shop)
        for each in ways:
            try:
                found[each], tiers = way(each, settings)
            except ProcessFailedError as failure:
                found[each] = str(failure)
                continue
            print(f"{each}: {found[each]}", file=sys.stderr, flush=True)
            expected = expected or tiers
            require_equal(each, tiers, expected)
    return {
        "lines": lines,
        "customers": shop.customers,
        "file_bytes": size,
        "tiers": expected,
        "ways": found,
    }


def require_equal(name: str, tiers: Mapping[str, Mapping[str, int]], expected: Tiers) -> None:
    """End the measurement where a way comes to other tiers."""
    if tiers != expected:
        raise SystemExit(f"{name} comes to other tiers: {tiers}, not {expected}")


def rows_of(result: dict[str, Any]) -> list[tuple[object, ...]]:
    ours = next(iter(result["ways"].values()))
    return [
        (WAYS[name], figures, *[None] * 3)
        if isinstance(figures, str)
        else (WAYS[name], *cells(figures), ratio(figures["seconds"], ours["seconds"]))
        for name, figures in result["ways"].items()
    ]


def run(arguments: argparse.Namespace) -> None:
    """Measure the sizes, write the results as JSON and print a table of each."""
    before = machine()
    ways = [name for name in WAYS if name not in arguments.without]
    results: list[dict[str, Any]] = []
    for lines in sorted(arguments.sizes):
        results.append(measure_size(lines, arguments.months, ways))
        write_report(arguments.output, before, months=arguments.months, results=results)
    print_machine(before)
    for result in results:
        size = f"{result['lines']:,} lines, {result['customers']:,} customers"
        print(f"\n{size}, {result['file_bytes'] / MEBIBYTE:.0f} MiB; customers in tiers: {result['tiers']}")
        print_table((size, *HEADINGS, "times the first"), rows_of(result))
    print(f"\nwritten to {arguments.output}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000_000], metavar="LINES")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--without", nargs="+", default=[], choices=WAYS, help="ways that are left out")
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/comparisons.json"))
    parser.add_argument("--two-schemes", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.two_schemes:
        print(json.dumps(build_two_schemes(load_settings())))
    else:
        run(arguments)


if __name__ == "__main__":
    main()
