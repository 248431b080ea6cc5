"""How long a million accounts take to resolve, in the SQL that dbt compiles.

    python tests/bench/identity.py --accounts 1000000

People hold two or three accounts; some share a phone with a household, and some phones are on too many cards
to link anybody. Measured is the way from keys of accounts in a database file to customers, links and shared
keys; the best repetition counts. A union-find in plain Python must find the same customers.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "identity"))

from identity_project import compiled_models

THREADS = 2
MEASURED = ("int_account_keys_guarded", "int_account_links", "int_accounts_resolved", "shared_keys")
MAXIMUM_CARDS = 5
#: Cards, web accounts that half of the cards have linked, and phones that tills have noted.
ACCOUNTS = """
create table int_accounts_seen as
select
    number + 1 as account_number,
    'generic' as source,
    ['phone', 'ecommerce', 'ecommerce', 'member', 'member'][hash(number) % 5 + 1] as account_type,
    hash(number)::varchar as account_id,
    account_type || ':' || account_id as account_reference,
    date '2024-01-01' + cast(number * 900 // {accounts} as integer) as known_from_date,
    number * 500 // {accounts} + 1 as first_seen_load_id,
    (number * 7919) % ({accounts} * 2 // 5) as person
from range({accounts}) as numbers(number)
"""
KEYS = """
create table int_account_keys_collected as
with keys as (
    select *, case account_type when 'member' then 'card' else 'ecommerce_account' end as key_type,
        'generic:' || account_id as key_value
    from int_accounts_seen where account_type <> 'phone'
    union all
    select *, 'ecommerce_account', 'generic:' || (
        select min(web.account_id) from int_accounts_seen as web
        where web.account_type = 'ecommerce' and web.person = accounts.person)
    from int_accounts_seen as accounts where account_type = 'member' and account_number % 2 = 0
    union all
    select *, 'phone', md5('p' || case
        when person % 500 = 0 then person // 50000 when person % 20 = 0 then person // 40 else person end)
    from int_accounts_seen where account_type <> 'ecommerce' or account_number % 3 = 0
    union all
    select *, 'email', md5('e' || person) from int_accounts_seen where account_number % 4 = 0
)
select account_number, account_type, key_type, key_value, known_from_date,
    first_seen_load_id as known_by_load_id
from keys where key_value is not null
"""


def seconds(work: Callable[[], object], repetitions: int) -> float:
    """Seconds of the best of some repetitions."""
    taken = []
    for _ in range(repetitions):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def union_find(connection: duckdb.DuckDBPyConnection, accounts: int) -> list[int]:
    """The number of the oldest account of each account's customer, by a loop in Python."""
    keys = connection.execute(
        "select account_number, account_type, key_type || ':' || key_value from int_account_keys_collected"
    ).fetchall()
    cards: dict[str, int] = {}
    for _, account_type, key in keys:
        cards[key] = cards.get(key, 0) + (account_type in ("member", "ecommerce"))
    parent = list(range(accounts + 1))

    def oldest(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first_holder: dict[str, int] = {}
    for number, _, key in keys:
        if cards[key] > MAXIMUM_CARDS:
            continue
        one, other = oldest(number), oldest(first_holder.setdefault(key, number))
        parent[max(one, other)] = min(one, other)
    return [oldest(number) for number in range(1, accounts + 1)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--output", type=Path, help="write the figures here as JSON too")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        models = compiled_models(Path(folder) / "project", {"shared_key_maximum_accounts": MAXIMUM_CARDS})
        connection = duckdb.connect(str(Path(folder) / "identity.duckdb"), config={"threads": THREADS})
        connection.execute(ACCOUNTS.format(accounts=arguments.accounts))
        connection.execute(KEYS)

        def resolve() -> None:
            for model in MEASURED:
                connection.execute(f"create or replace table {model} as {models[model]}")

        in_sql = seconds(resolve, arguments.repetitions)
        by_sql = connection.execute("""
            select coalesce(links.oldest_account_number, accounts.account_number)
            from int_accounts_seen as accounts left join int_account_links as links using (account_number)
            order by accounts.account_number
        """).fetchnumpy()
        if list(next(iter(by_sql.values()))) != union_find(connection, arguments.accounts):
            sys.exit("SQL and Python find different customers")
        figures = connection.execute("""
            select count(*), count(distinct customer_key), (select count(*) from shared_keys),
                (select count(*) from int_account_keys_collected)
            from int_accounts_resolved
        """).fetchone()
        connection.close()
    accounts, customers, shared, keys = figures or (0, 0, 0, 0)
    result = {
        "accounts": accounts,
        "keys": keys,
        "shared_keys": shared,
        "customers": customers,
        "seconds": round(in_sql, 2),
        "accounts_per_second": round(accounts / in_sql),
    }
    for name, value in result.items():
        print(f"{name:<26} {value:>12,}")
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
