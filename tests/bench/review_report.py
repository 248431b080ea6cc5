"""How long the tier review of a large shop takes: each format of it, from tables of many customers.

The tables are declared as the models' contracts declare them and filled with figures of no meaning: values at
thirteen dates, tiers of every scheme, decisions of every month where a policy decides.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from results import machine, print_table, write_measured

from clientele.report import FORMATS, Limits, render
from clientele.settings import load_settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))
from published_shop import declarations

DATES = 13
POLICIES = 2
TIERS = 4

#: One key for the tables that are joined by it; months of which the last is the release's.
CUSTOMERS = """
create temp table numbers as
select i as number, 'c' || printf('%016x', hash(i)) as customer_key from range({customers}) as numbers (i);
create temp table dates as
select last_day(date '2026-06-30' - to_months(m::integer)) as as_of_date, m as months_ago
from range({dates}) as months (m);
create temp table schemes as
select
    case when s = 0 then 'value_pyramid' else 'scheme_' || lpad(s::varchar, 2, '0') end as scheme_id,
    s, s between 1 and {policies} as has_policy
from range({schemes}) as schemes (s);
create temp table tiers as
select 'T' || t as tier_code, t::integer as tier_rank from range(1, {tiers} + 1) as tiers (t);
"""

VALUES = """
insert into customer_values_monthly by name
select
    customer_key, as_of_date, 'CNY' as currency_code,
    round(exp(3 + hash(number, months_ago // 3) % 1000 / 170), 2) as net_sales_12m_amount,
    hash(number, months_ago) % 400 as net_sales_1m_amount, 1 + hash(number) % 20 as visits_12m_count,
    20 + hash(number) % 900 as average_visit_12m_amount, hash(number, 'alive')
    % 1000 / 1000 as predicted_alive_ratio,
    as_of_date - (hash(number) % 300)::integer as last_purchase_date
from dates cross join numbers;

insert into customer_values by name
select
    monthly.customer_key, as_of_date, currency_code, net_sales_12m_amount, visits_12m_count,
    last_purchase_date,
    hash(number, 'visits') % 3 as visits_3m_count, as_of_date - last_purchase_date as recency_days,
    case when number % 5 = 0 then hash(number, 'balance') % 3000 end as stored_value_balance_amount,
    hash(number, 'use') % 2 * 10 as stored_value_used_3m_amount, number % 3 > 0 as has_contact_consent,
    case when number % 40 = 0 then 1 + number % 4 else 0 end as referrals_made_count,
    0 as referrals_converted_count, hash(number) % 900 as referred_net_sales_12m_amount,
    case when number % 30 = 0 then 1 else 0 end as complaints_12m_count, 0 as open_complaints_count,
    hash(number) % 60 as service_minutes_12m_count
from customer_values_monthly as monthly
inner join numbers using (customer_key)
where as_of_date = date '2026-06-30';
"""

# Half of the customers have moved once, one in twenty-four in each month; the others are where they began.
HISTORY = """
insert into tier_history by name
with lives as (
    select
        numbers.customer_key, schemes.scheme_id, dates.as_of_date as moved_on_date,
        1 + (hash(number, s) % {tiers})::integer as first_rank,
        1 + (hash(number, s, 'moved') % {tiers})::integer as second_rank
    from numbers
    cross join schemes
    left join dates on dates.months_ago = hash(number, s, 'moves') % 24 and dates.months_ago < {dates} - 1
)
select
    customer_key, scheme_id, 1 as scheme_version, 'T' || first_rank as tier_code, first_rank as tier_rank,
    date '2025-06-30' as valid_from_date, moved_on_date as valid_to_date
from lives
union all
select customer_key, scheme_id, 1, 'T' || second_rank, second_rank, moved_on_date, null
from lives
where moved_on_date is not null;

insert into customer_tiers by name
select
    customer_key, scheme_id, scheme_version, tier_code, tier_rank, valid_from_date,
    date '2026-06-30' as as_of_date, '近12个月净消费额为 1234，达到 1000。' as reason_zh,
    'Net sales of 12 months are 1234, at least 1000.' as reason_en
from tier_history
where valid_to_date is null;

insert into tier_decisions by name
select
    customer_key, scheme_id, as_of_date as decided_on_date, 'kept' as outcome, true as is_review,
    'T' || (1 + hash(number, s) % {tiers}) as tier_code, 'T' || (1 + hash(number, s) % {tiers})
    as computed_tier_code,
    (1 + hash(number, s) % {tiers})::integer as computed_tier_rank, (1 + hash(number, s)
    % {tiers})::integer as tier_rank,
    'net_sales_12m_amount' as deciding_criterion, 1234 as deciding_value, 1000 as threshold_value,
    'net_sales_12m_amount' as change_metric, 1 + hash(number, s, 'change') % 9000 as change_value,
    'T' || (1 + (hash(number, s) + 1) % {tiers}) as change_tier_code
from numbers cross join schemes cross join dates
where has_policy or months_ago < 2;
"""

SUMS = """
insert into tier_sizes by name
select
    as_of_date, scheme_id, 1 as scheme_version, scheme_id as scheme_title_zh, scheme_id as scheme_title_en,
    tier_code, tier_rank, '等级' || tier_rank as tier_name_zh, 'Tier ' || tier_rank as tier_name_en,
    {customers} // {tiers} as customers_count, 1 / {tiers} as customers_ratio,
    1000 * tier_rank as net_sales_12m_amount, tier_rank / 10 as net_sales_12m_ratio
from dates cross join schemes cross join tiers;

insert into tier_movements by name
select
    as_of_date, last_day(as_of_date - interval 1 month) as previous_as_of_date, scheme_id,
    1 as scheme_version,
    one.tier_code as from_tier_code, one.tier_rank as from_tier_rank, other.tier_code as to_tier_code,
    other.tier_rank as to_tier_rank, 1000 as customers_count, 5000 as net_sales_12m_amount
from dates cross join schemes cross join tiers as one cross join tiers as other
where months_ago < {dates} - 1;

insert into tier_disagreements by name
select
    date '2026-06-30' as as_of_date, 'scheme_03' as scheme_id, one.tier_code, other_id as other_scheme_id,
    other.tier_code as other_tier_code, 100 as customers_count
from tiers as one cross join tiers as other
cross join (select unnest(['scheme_04', 'scheme_05', 'scheme_06']) as other_id) as others;

insert into concentration_curve by name
select as_of_date, pct as top_pct, 100 as customers_count, 1000 as net_sales_12m_amount,
    sqrt(pct / 100) as net_sales_12m_ratio
from dates cross join (select unnest([1, 2, 5, 10, 20]) as pct) as levels;

insert into relationship_monthly by name
select date_trunc('month', as_of_date)::date as month_date, true as is_complete, 5 as new_count,
    50 as new_net_sales_amount, 90 as kept_count, 900 as kept_net_sales_amount, 4 as won_back_count,
    40 as won_back_net_sales_amount, 3 as lost_count, 30 as lost_net_sales_amount, 0.7 as repeat_ratio,
    0.01 as churn_ratio
from dates;

insert into releases by name
select 'r000001' as release_id, 1 as sequence_number, 'bench' as run_id, date '2026-06-30' as as_of_date;
"""


def publish(database: Path, customers: int, schemes: int, limits: Limits) -> dict[str, int]:
    """Make the published tables; returns the rows of the large ones."""
    sizes = {"customers": customers, "schemes": schemes, "dates": DATES, "policies": POLICIES, "tiers": TIERS}
    with duckdb.connect(str(database), config=limits.config) as connection:
        connection.execute(declarations())
        for statements in (CUSTOMERS, VALUES, HISTORY, SUMS):
            connection.execute(statements.format(**sizes))
        large = ("customer_values_monthly", "customer_tiers", "tier_history", "tier_decisions")
        return {
            table: (connection.execute(f"select count(*) from {table}").fetchone() or (0,))[0]
            for table in large
        }


def measure(database: Path, folder: Path, form: str) -> dict[str, Any]:
    """Render both editions of a format in a process of its own: seconds,
    processor seconds and peak memory."""
    command = [sys.executable, __file__, "--render", str(database), str(folder), form]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"seconds": round(time.perf_counter() - started, 2), **json.loads(done.stdout)}


def render_once(database: Path, folder: Path, form: str) -> None:
    """What ``measure`` runs."""
    import resource

    settings = load_settings({})
    written = render(
        database,
        folder,
        formats=FORMATS if form == "all" else [form],  # type: ignore[list-item]
        limits=Limits(settings.memory_limit, settings.threads),
    )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
                "peak_memory_mib": usage.ru_maxrss // 1024,
                "written_kib": sum(file.stat().st_size for file in written) // 1024,
            }
        )
    )


def run(customers: int, schemes: int, output: Path) -> None:
    """Measure every format, write the results as JSON and print them as a table."""
    before = machine()
    settings = load_settings({})
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        database = Path(name) / "clientele.duckdb"
        rows = publish(database, customers, schemes, Limits(settings.memory_limit, settings.threads))
        size = database.stat().st_size >> 20
        results = {form: measure(database, Path(name) / form, form) for form in ("html", "all")}
    write_measured(
        output,
        before,
        customers=customers,
        schemes=schemes,
        rows=rows,
        database_mib=size,
        results=results,
    )
    print(f"{customers:,} customers, {schemes} schemes, {size:,} MiB; rows: {rows}")
    print_table(
        ("in both languages", "seconds", "processor seconds", "peak memory, MiB", "written, KiB"),
        ((form, *row.values()) for form, row in results.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--schemes", type=int, default=8)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/report.json"))
    parser.add_argument("--render", nargs=3, metavar=("DATABASE", "FOLDER", "FORMAT"), help="one measurement")
    arguments = parser.parse_args()
    if arguments.render:
        database, folder, form = arguments.render
        render_once(Path(database), Path(folder), form)
    else:
        run(arguments.customers, arguments.schemes, arguments.output)


if __name__ == "__main__":
    main()
