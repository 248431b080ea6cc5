"""The same shop, exported by several tools, has the same customers, values and tiers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from same_shop import FORMATS, Format, Receipt, email_of, sample_receipts

from clientele.lake.ingest import ingest
from clientele.privacy.hashing import ContactHasher
from clientele.privacy.keys import load_keys
from clientele.publish.digest import TableDigest, table_digest
from clientele.settings import Settings, inherited_environment
from clientele.warehouse.build import dbt_command, dbt_environment
from clientele.warehouse.candidate import begin

CUSTOMERS, MONTHS = 150, 3
#: Tables with a row per customer, and tables of the shop as a whole.
BY_CUSTOMER = ("customer_values", "customer_tiers", "tier_history")
OF_THE_SHOP = ("tier_sizes", "tier_movements")
MODELS = [f"+{name}" for name in (*BY_CUSTOMER, *OF_THE_SHOP, "customer_accounts")]
#: Each tool numbers customers in its own way, and one that names no currency has that of its description.
UNCOMPARED = {"customer_key", "currency_code"}


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> list[Receipt]:
    return sample_receipts(tmp_path_factory.mktemp("sample"), CUSTOMERS, MONTHS)


@pytest.fixture(scope="module")
def shops(
    tmp_path_factory: pytest.TempPathFactory, receipts: list[Receipt]
) -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """The warehouse of each format, by source, with table ``named``: who the customers are to the shop."""
    folder = tmp_path_factory.mktemp("same_shop")
    opened = {}
    for shop in FORMATS:
        # One place for all: dbt parses the project once as long as the place of its database stays.
        settings = Settings(home=folder / "home", settle_seconds=0, secret_key="the same for all")
        kept = folder / f"{shop.source}.duckdb"
        _build(settings, shop, receipts, folder / "target").rename(kept)
        opened[shop.source] = duckdb.connect(kept)
        _name_customers(opened[shop.source], settings, shop, receipts)
        shutil.rmtree(settings.home)
    yield opened
    for connection in opened.values():
        connection.close()


def _build(settings: Settings, shop: Format, receipts: list[Receipt], target: Path) -> Path:
    shop.write(settings.landing, receipts)
    result = ingest(settings, shop.source)
    assert [file.status for file in result.files] == ["accepted"], result.files
    candidate = begin(settings, None)
    finished = subprocess.run(
        dbt_command(
            settings,
            ["build", "--resource-type", "model", "--resource-type", "seed", "--select", *MODELS],
            target,
        ),
        env=dbt_environment(settings, candidate.database, inherited_environment()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-2000:]
    return candidate.database


def _name_customers(
    connection: duckdb.DuckDBPyConnection, settings: Settings, shop: Format, receipts: list[Receipt]
) -> None:
    hasher = ContactHasher(load_keys(settings).hashing, settings.phone_region)
    customers = {line.customer for receipt in receipts for line in receipt}
    by_email = shop.knows_customers_by == "email"
    ids = [(name, hasher.email(email_of(name)) if by_email else name) for name in sorted(customers)]
    connection.execute("create table ids (customer varchar, account_id varchar)")
    connection.executemany("insert into ids values (?, ?)", ids)
    connection.execute(
        "create table named as select ids.customer, accounts.customer_key from ids"
        " join main.customer_accounts as accounts using (account_id) where accounts.account_type = ?",
        [shop.knows_customers_by],
    )


def _digest(connection: duckdb.DuckDBPyConnection, table: str, uncompared: set[str]) -> TableDigest:
    if table in OF_THE_SHOP:
        return table_digest(connection, f"main.{table}")
    columns = [name for name, *_ in connection.execute(f"describe main.{table}").fetchall()]
    compared = ", ".join(f"data.{name}" for name in columns if name not in uncompared)
    return table_digest(
        connection,
        f"(select named.customer, {compared} from main.{table} as data left join named using (customer_key))",
    )


def test_the_shop_is_worth_comparing(receipts):
    customers = {line.customer for receipt in receipts for line in receipt}
    assert len(customers) > 50
    assert sum(line.is_taken_back for receipt in receipts for line in receipt) > 10
    assert len({line.store_id for receipt in receipts for line in receipt}) > 1


@pytest.mark.parametrize("source", [shop.source for shop in FORMATS])
def test_every_customer_of_the_shop_is_one_customer(shops, receipts, source):
    customers = {line.customer for receipt in receipts for line in receipt}
    found = shops[source].execute("select customer, customer_key from named order by all").fetchall()
    assert [customer for customer, _ in found] == sorted(customers)
    assert len({key for _, key in found}) == len(customers)


@pytest.mark.parametrize("shop", FORMATS[1:], ids=lambda shop: shop.source)
@pytest.mark.parametrize("table", [*BY_CUSTOMER, *OF_THE_SHOP])
def test_the_published_table_is_the_same_as_from_the_exchange_format(shops, table, shop):
    uncompared = UNCOMPARED if shop.has_returns else {*UNCOMPARED, "return_12m_ratio"}
    expected = _digest(shops["generic"], table, uncompared)
    assert expected.rows > 5
    assert _digest(shops[shop.source], table, uncompared) == expected


def test_returns_are_seen_where_the_format_has_them(shops):
    ratio = "select count(*) filter (return_12m_ratio > 0) from main.customer_values"
    seen = {shop.source: shops[shop.source].execute(ratio).fetchall()[0][0] > 0 for shop in FORMATS}
    assert seen == {shop.source: shop.has_returns for shop in FORMATS}
