"""How long every scheme takes on a million customers at one date, beside reading all of their values once.

The queries are those that dbt compiles for the models. Each is measured twice: computed, with every column of
its result aggregated and nothing written, beside the same over every column of the values (a full scan); and
written as a table, beside a copy of the values. The best repetition counts; the ratios are of the processors'
seconds, which other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from results import machine, print_table, write_measured

from clientele.duck import connect
from clientele.settings import Settings, inherited_environment, load_settings
from clientele.tiers import METRICS, Metric
from clientele.warehouse.build import dbt_command, dbt_environment

TODAY = "2025-06-30"
DATABASE = "warehouse.duckdb"
TEXTS = {
    "buyer_type": ("personal", "business", "project"),
    "gender": ("female", "male"),
    "member_status": ("active", "closed"),
}


def figure_sql(metric: Metric) -> str:
    """A figure for each customer: two in five have no sales, a third lack what is not always known."""
    chance = f"hash(number, '{metric.name}')"
    texts = ", ".join(f"'{text}'" for text in TEXTS.get(metric.name, ("a", "b", "c", "d")))
    value = {
        "flag": f"{chance} % 3 > 0",
        "text": f"list_value({texts})[cast(1 + {chance} % {len(TEXTS.get(metric.name, 'abcd'))} as integer)]",
        "ratio": f"{chance} % 1000001 / 1000000",
        "money": f"round(exp(4 + {chance} % 1000000 / 150000), 2)",
        "points": f"{chance} % 100000",
        "multiple": f"{chance} % 3000000 / 1000000",
        "days": f"{chance} % 700",
    }.get(metric.unit, f"1 + {chance} % 30")
    if metric.name == "is_prospect_only":
        value = "false"
    elif metric.known_after_visit_in:
        value = f"case when has_sales then {value} end"
    elif not metric.is_always_known:
        value = f"case when {chance} % 7 < 5 then {value} end"
    elif metric.is_additive:
        value = f"case when has_sales then {value} else 0 end"
    return f"cast({value} as {metric.data_type}) as {metric.name}"


def compile_schemes(settings: Settings, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The query of every scheme in use by its id, and the names of the relations they read."""
    target = folder / "target"
    arguments = ["compile", "--select", "path:tiers"]
    subprocess.run(
        dbt_command(settings, arguments, target),
        env=dbt_environment(settings, Path(DATABASE), inherited_environment()),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    queries = {node["name"]: node["compiled_code"] for node in models if node["path"].count("/") == 0}
    return queries, {node["name"]: node["relation_name"] for node in models}


def make_tables(connection: duckdb.DuckDBPyConnection, names: dict[str, str], customers: int) -> None:
    """The values of the customers at one date, and what else the schemes read."""
    connection.execute("create schema intermediate")
    figures = ",\n".join(figure_sql(metric) for metric in METRICS.values())
    connection.execute(
        f"create table {names['int_customer_values_by_date']} as"
        f" select md5(cast(number as varchar)) as customer_key, date '{TODAY}' as as_of_date, {figures}"
        " from (select number, hash(number) % 5 > 1 as has_sales"
        f" from range({customers}) as numbers (number))"
    )
    connection.execute(
        f"create table {names['int_customer_visits_summed']} as"
        f" select md5(cast(number % {customers} as varchar)) as customer_key,"
        f" date '{TODAY}' - cast(hash(number) % 700 as integer) as business_date, true as is_visit,"
        " cast(hash(number, 'amount') % 50000 / 100 as decimal(18, 4)) as net_sales_amount"
        f" from range({5 * customers}) as numbers (number) where hash(number % {customers}) % 5 > 1"
    )
    connection.execute(
        f"create table {names['int_referrals']} as"
        f" select md5(cast(hash(number) % {customers} as varchar)) as customer_key,"
        " md5(cast(number as varchar)) as referred_customer_key, date '2024-01-01' as joined_date"
        f" from range(0, {customers}, 10) as numbers (number)"
    )
    connection.execute(
        f"create table {names['int_as_of_dates']} as"
        f" select date '{TODAY}' as as_of_date, true as is_current, true as is_recent"
    )
    # No review has been sealed.
    connection.execute(
        f"create table {names['int_scheme_dates']} (scheme_id varchar, as_of_date date, is_open boolean)"
    )
    connection.execute(
        f"create table {names['int_feeds_present']} as"
        " select unnest(['members', 'buyer_types', 'birth_years', 'genders', 'stored_values', 'referrals',"
        " 'overdue_amounts', 'agreements', 'service_events', 'complaints', 'surveys', 'personality_tags',"
        " 'prospects', 'costs', 'categories', 'discounts', 'predictions', 'vip_tiers']) as need,"
        " true as is_present"
    )


def best_of(repetitions: int, step: Callable[[], object]) -> tuple[float, float]:
    """The shortest times of a step: seconds, and seconds of all processors together."""
    seconds, processor = [], []
    for _ in range(repetitions):
        started, used = time.perf_counter(), time.process_time()
        step()
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - used)
    return min(seconds), min(processor)


def measure(connection: duckdb.DuckDBPyConnection, query: str, repetitions: int) -> dict[str, Any]:
    """Rows of a query, and the times to compute it and to write it as a table."""
    columns = [column[0] for column in connection.execute(f"from ({query}) limit 0").description or ()]
    aggregates = ", ".join(f"max({column})" for column in columns)

    def compute() -> object:
        return connection.execute(f"select count(*), {aggregates} from ({query})").fetchone()

    def write() -> object:
        return connection.execute(f"create or replace table measured as {query}")

    computed, computing = best_of(repetitions, compute)
    written, writing = best_of(repetitions, write)
    (rows,) = connection.execute("select count(*) from measured").fetchone() or (0,)
    return {
        "rows": rows,
        "computed_seconds": round(computed, 3),
        "computed_processor_seconds": round(computing, 3),
        "written_seconds": round(written, 3),
        "written_processor_seconds": round(writing, 3),
    }


def run(customers: int, repetitions: int, output: Path) -> None:
    """Measure, write the results as JSON and print them as a table."""
    before = machine()
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        folder = Path(name)
        settings = load_settings({**inherited_environment(), "CLIENTELE_HOME": name})
        queries, names = compile_schemes(settings, folder)
        with connect(folder / DATABASE, settings) as connection:
            make_tables(connection, names, customers)
            columns = ", ".join(["customer_key", "as_of_date", *METRICS])
            values = measure(
                connection, f"select {columns} from {names['int_customer_values_by_date']}", repetitions
            )
            schemes = {
                scheme_id: measure(connection, query, repetitions)
                for scheme_id, query in sorted(queries.items())
            }
    together = {key: round(sum(scheme[key] for scheme in schemes.values()), 3) for key in values}
    rows = {"all values": values, **schemes, f"all {len(schemes)} schemes": together}
    for row in rows.values():
        for ratio, key in (("ratio_to_scan", "computed"), ("ratio_to_copy", "written")):
            seconds = f"{key}_processor_seconds"
            row[ratio] = round(row[seconds] / values[seconds], 2)
    write_measured(output, before, customers=customers, repetitions=repetitions, results=rows)
    headings = {
        "rows": "rows",
        "computed_seconds": "computed, s",
        "computed_processor_seconds": "processor, s",
        "ratio_to_scan": "of a scan",
        "written_seconds": "written, s",
        "written_processor_seconds": "processor, s",
        "ratio_to_copy": "of a copy",
    }
    print_table(
        ("of", *headings.values()),
        ((label, *(row[key] for key in headings)) for label, row in rows.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/schemes.json"))
    arguments = parser.parse_args()
    run(arguments.customers, arguments.repetitions, arguments.output)


if __name__ == "__main__":
    main()
