"""Resolve the accounts of sample shops of several seeds and compare them with who their people are.

    python tests/prove/identity_truth.py --seeds 2 3 4 --customers 2000

Counted are pairs of accounts: precision is the share of the linked ones that are one person's, recall the
share of one person's that are linked. An account that nobody owns is a person of its own; a phone that only
a card names is no account. Only the models up to the accounts are built.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from clientele import pipeline
from clientele.duck import connect, path_literal
from clientele.privacy.hashing import ContactHasher
from clientele.privacy.keys import load_keys
from clientele.sample import generate
from clientele.settings import Settings, inherited_environment, load_settings
from clientele.warehouse.build import dbt_command, dbt_environment
from clientele.warehouse.candidate import open_candidate

LEAST_RECALL = 0.99
SELECTION = ["--select", "+int_accounts_resolved"]
WITHOUT_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
PAIRS = """
with accounts as (
    select
        coalesce(truth.person_id, 'nobody: ' || resolved.source || resolved.account_reference) as person_id,
        resolved.customer_key
    from intermediate.int_accounts_resolved as resolved
    left join truth using (source, account_reference)
),
sizes as (
    select person_id, customer_key, count(*) as accounts_count
    from accounts
    group by grouping sets ((person_id), (customer_key), (person_id, customer_key))
),
pairs as (
    select
        sum(accounts_count * (accounts_count - 1)) filter (where customer_key is null) as of_persons,
        sum(accounts_count * (accounts_count - 1)) filter (where person_id is null) as of_customers,
        sum(accounts_count * (accounts_count - 1)) filter (
            where person_id is not null and customer_key is not null
        ) as of_both
    from sizes
)
select
    (select count(*) from intermediate.int_accounts_resolved),
    (select count(distinct customer_key) from intermediate.int_accounts_resolved),
    of_both / of_customers,
    of_both / of_persons
from pairs
"""


def resolved_shop(folder: Path, seed: int, customers: int, months: int) -> tuple[Settings, Path]:
    """A sample shop with its accounts resolved: its settings and its warehouse."""
    settings = load_settings({"CLIENTELE_HOME": str(folder), "CLIENTELE_SETTLE_SECONDS": "0"})
    generate(
        settings.landing / "generic", settings.home / "truth", customers=customers, months=months, seed=seed
    )
    pipeline.ingest(settings, None, lambda _line: None)
    candidate = open_candidate(settings, pipeline.prepare(settings, None))
    finished = subprocess.run(
        dbt_command(settings, ["build", *WITHOUT_TESTS, *SELECTION], candidate.target),
        env=dbt_environment(settings, candidate.database, inherited_environment()),
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        sys.exit(finished.stdout)
    return settings, candidate.database


def owners(settings: Settings) -> list[tuple[str, str, str]]:
    """Person, source and reference of every account that the truth names."""
    hasher = ContactHasher(load_keys(settings).hashing, settings.phone_region)
    published: dict[str, Callable[[str], str | None]] = {"phone": hasher.phone, "email": hasher.email}
    truth = settings.home / "truth"
    with connect(None, settings) as connection:
        accounts = connection.execute(
            "select person_id, source, account_type, account_id"
            f" from {path_literal(truth / 'accounts.parquet')}"
            " union all select person_id, 'generic', 'prospect', prospect_id"
            f" from {path_literal(truth / 'prospects.parquet')} where person_id is not null"
        ).fetchall()
    return [
        (person, source, f"{kind}:{published.get(kind, str)(number)}")
        for person, source, kind, number in accounts
    ]


def measured(settings: Settings, warehouse: Path) -> tuple[int, int, float, float]:
    """Accounts, customers, precision and recall of pairs of accounts."""
    with connect(warehouse, settings, read_only=True) as connection:
        connection.execute("create temp table truth (person_id text, source text, account_reference text)")
        connection.executemany("insert into truth values (?, ?, ?)", owners(settings))
        found = connection.execute(PAIRS).fetchone()
    assert found is not None
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--months", type=int, default=12)
    arguments = parser.parse_args()
    failed = False
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            shop = resolved_shop(Path(folder), seed, arguments.customers, arguments.months)
            accounts, customers, precision, recall = measured(*shop)
        print(
            f"seed {seed}: {accounts:,} accounts of {customers:,} customers,"
            f" precision {precision:.6f}, recall {recall:.6f}",
            flush=True,
        )
        failed |= precision < 1 or recall < LEAST_RECALL
    if failed:
        sys.exit(f"precision is 1 and recall at least {LEAST_RECALL} where identity is right")


if __name__ == "__main__":
    main()
