"""How long the values of customers take at every date: seconds of each model over days of a made-up shop.

The queries are those that dbt compiles for the models, each written as a table. The shop is three years old,
its customers come twenty times in them on average, some of them much more often, and each holds a card.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
from results import machine, print_table, write_measured

from clientele.duck import connect
from clientele.settings import Settings, inherited_environment, load_settings
from clientele.warehouse.build import dbt_command, dbt_environment

TODAY = "2025-06-17"
DATABASE = "warehouse.duckdb"
DAYS = 1095
#: The models that make up the values, apart from those that are given here.
MODELS = "+int_customer_values_by_date"
GIVEN = (
    "int_customer_visits_summed",
    "int_account_categories_summed",
    "int_accounts_resolved",
    "int_as_of_dates",
    "int_currency_chosen",
    "int_customer_predictions",
    "int_member_versions_dated",
    "int_members_loaded",
    "int_prospects_loaded",
    "int_receipts_identified",
    "int_service_events_loaded",
)
NO_CARD_COLUMNS = """null::varchar as phone_hash, null::varchar as email_hash, 'f' as gender,
    1980 as birth_year, 'active' as member_status, null::varchar as card_tier, true as has_contact_consent,
    cast(5 as decimal(18, 4)) as points_balance, cast(5 as decimal(18, 4)) as stored_value_balance_amount,
    null::date as stored_value_opened_date, null::varchar as buyer_type,
    null::boolean as has_supply_agreement, null::boolean as is_platform_account,
    null::boolean as has_social_value, null::boolean as has_breached_agreement, null::integer as overdue_days,
    null::decimal(18, 4) as overdue_amount, null::timestamp as updated_at"""


def compile_models(settings: Settings, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The queries of the models in the order to run them, and the names of all relations."""
    target = folder / "target"
    subprocess.run(
        dbt_command(settings, ["compile", "--select", MODELS], target),
        env=dbt_environment(settings, Path(DATABASE), inherited_environment()),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    needed, queue = set(), ["model.clientele.int_customer_values_by_date"]
    while queue:
        key = queue.pop()
        if key in nodes and key not in needed and nodes[key]["name"] not in GIVEN:
            needed.add(key)
            queue += nodes[key]["depends_on"]["nodes"]
    order = TopologicalSorter({key: sorted(nodes[key]["depends_on"]["nodes"]) for key in needed})
    queries = {
        nodes[key]["name"]: nodes[key]["compiled_code"] for key in order.static_order() if key in needed
    }
    return queries, {node["name"]: node["relation_name"] for node in nodes.values()}


def make_tables(
    connection: duckdb.DuckDBPyConnection, names: dict[str, str], customers: int, visits: int
) -> None:
    """The days of ``customers`` who came ``visits`` times together, and who they are."""
    connection.execute("create schema intermediate")

    def create(name: str, query: str) -> None:
        connection.execute(f"create table {names[name]} as {query}")

    #: A square makes some customers come often and many seldom.
    share = "(hash(number) % 1000000) / 1000000.0"
    customer = f"cast({customers} * {share} * {share} as bigint)"
    amount = "cast(hash(number, 'amount') % 50000 / 100 as decimal(18, 4))"
    zero = "cast(0 as decimal(18, 4))"
    day = f"date '{TODAY}' - cast(hash(number, 'day') % {DAYS} as integer)"
    create(
        "int_customer_visits_summed",
        f"select md5(cast({customer} as varchar)) as customer_key, 'pos' as channel, {day} as business_date,"
        " 's' || number % 20 as visit_place, true as is_visit, true as is_purchase,"
        f" {amount} as net_sales_amount, {amount} as gross_sales_amount, {zero} as returned_amount,"
        f" {zero} as discount_amount, {amount} * 0.6 as cost_amount, {amount} as cost_known_net_sales_amount,"
        f" {zero} as stored_value_used_amount, {amount} as largest_unreturned_receipt_amount,"
        " 1 as sale_lines_count, 0 as returned_receipts_count"
        f" from range({visits}) as numbers (number)",
    )
    create(
        "int_account_categories_summed",
        f"select 'shop' as source, 'member:' || {customer} as account_reference, {day} as business_date,"
        f" 'c' || number % 15 as category, 'CNY' as currency_code, {amount} as net_sales_amount"
        f" from range({visits}) as numbers (number)",
    )
    create(
        "int_accounts_resolved",
        "select 'shop' as source, 'member' as account_type, cast(number as varchar) as account_id,"
        " 'member:' || number as account_reference, number as account_number,"
        f" md5(cast(number as varchar)) as customer_key, date '{TODAY}' - {DAYS} as known_from_date"
        f" from range({customers}) as numbers (number)",
    )
    cards = (
        "select 'shop' as source, 'member' as account_type, 'member:' || number as account_reference,"
        f" date '1900-01-01' as valid_from_date, null::date as valid_to_date, date '{TODAY}' - {DAYS}"
        " as joined_date, case when number % 10 = 0 then cast(number // 7 as varchar) end"
        f" as referrer_account_id, {NO_CARD_COLUMNS} from range({customers}) as numbers (number)"
    )
    create("int_member_versions_dated", cards)
    create("int_members_loaded", cards)
    create(
        "int_service_events_loaded",
        "select 'shop' as source, number as event_id, 'member:' || number % 1000 as account_reference,"
        f" {day} as business_date, 'contact' as event_type, 10 as minutes,"
        " null::decimal(9, 2) as score_expected, null::decimal(9, 2) as score_perceived,"
        " null::integer as recommend_score, null::varchar as tag"
        f" from range({customers // 10}) as numbers (number)",
    )
    create(
        "int_prospects_loaded",
        "select '' as source, '' as account_reference, null::varchar as phone_hash,"
        " null::varchar as email_hash, null::date as created_date, null::date as expected_close_date"
        " where false",
    )
    create(
        "int_receipts_identified",
        "select '' as source, '' as account_reference, null::date as business_date,"
        " null::varchar as phone_hash, null::varchar as email_hash where false",
    )
    create("int_currency_chosen", "select 'CNY' as currency_code")
    windows = ", ".join(
        f"cast(as_of_date - interval {months} month as date) as after_{months}m_date"
        for months in (1, 2, 3, 6, 9, 12, 24)
    )
    create(
        "int_as_of_dates",
        f"select *, {windows} from (select case back when 0 then date '{TODAY}'"
        f" else last_day(date '{TODAY}' - to_months(cast(back as integer))) end as as_of_date,"
        " back = 0 as is_current, back <= 12 as is_recent from range(36) as months (back))",
    )
    counts = ", ".join(
        f"null::{kind} as {name}"
        for name, kind in {
            "customer_key": "varchar",
            "as_of_date": "date",
            "predicted_purchases_12m_count": "decimal(18, 4)",
            "predicted_alive_ratio": "decimal(9, 6)",
            "predicted_repurchase_12m_ratio": "decimal(9, 6)",
            "predicted_visit_amount": "decimal(18, 4)",
            "predicted_sales_12m_amount": "decimal(18, 4)",
            "predicted_value_12m_amount": "decimal(18, 4)",
            "heuristic_sales_12m_amount": "decimal(18, 4)",
            "is_heuristically_active": "boolean",
            "predicted_reason": "varchar",
        }.items()
    )
    create("int_customer_predictions", f"select {counts} where false")


def run(customers: int, visits: int, output: Path) -> None:
    """Measure, write the results as JSON and print them as a table."""
    before = machine()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        folder = Path(name)
        settings = load_settings({**inherited_environment(), "CLIENTELE_HOME": name})
        queries, names = compile_models(settings, folder)
        with connect(folder / DATABASE, settings) as connection:
            make_tables(connection, names, customers, visits)
            for model, query in queries.items():
                started = time.perf_counter()
                connection.execute(f"create table {names[model]} as {query}")
                seconds = time.perf_counter() - started
                (rows,) = connection.execute(f"select count(*) from {names[model]}").fetchone() or (0,)
                results[model] = {"rows": rows, "seconds": round(seconds, 1)}
                print(f"{model}: {rows:,} rows in {seconds:.1f} s", flush=True)
    results["all"] = {
        "rows": results["int_customer_values_by_date"]["rows"],
        "seconds": round(sum(row["seconds"] for row in results.values()), 1),
    }
    write_measured(output, before, customers=customers, visits=visits, results=results)
    print_table(
        ("model", "rows", "seconds"),
        ((model, row["rows"], round(row["seconds"], 1)) for model, row in results.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--visits", type=int, default=20_000_000)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/values.json"))
    arguments = parser.parse_args()
    run(arguments.customers, arguments.visits, arguments.output)


if __name__ == "__main__":
    main()
