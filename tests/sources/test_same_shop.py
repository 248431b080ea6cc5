"""The same shop, exported by several tools, has the same customers, values and tiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from compiled_models import run_models
from same_shop import FORMATS, Format, Receipt, email_of, sample_receipts

from clientele.lake.ingest import ingest
from clientele.privacy.hashing import ContactHasher
from clientele.privacy.keys import load_keys
from clientele.publish.digest import TableDigest, table_digest
from clientele.settings import Settings
from clientele.warehouse.build import dbt_process
from clientele.warehouse.candidate import Candidate, begin

CUSTOMERS, MONTHS = 150, 3
#: Tables with a row per customer, and tables of the shop as a whole.
BY_CUSTOMER = ("customer_values", "customer_tiers", "tier_history")
OF_THE_SHOP = ("tier_sizes", "tier_movements")
MODELS = [f"+{name}" for name in (*BY_CUSTOMER, *OF_THE_SHOP, "customer_accounts")]
#: Columns that are not compared, and why; of all formats.
UNCOMPARED = {
    "customer_key": "each tool numbers its customers in its own way",
    "currency_code": "a tool that names no currency has that of its description",
}
#: The same for web shops, whose exports tell orders and no receipts of a till.
UNCOMPARED_OF_ORDERS = {
    **dict.fromkeys(
        (
            "largest_unreturned_receipt_amount",
            "returned_12m_amount",
            "returns_12m_count",
            "return_12m_ratio",
        ),
        "a refund lowers what the order came to, and not every tool says by how much",
    ),
    **dict.fromkeys(
        (
            "pos_visits_12m_count",
            "ecommerce_visits_12m_count",
            "pos_net_sales_12m_amount",
            "ecommerce_net_sales_12m_amount",
            "ecommerce_sales_12m_ratio",
        ),
        "its orders are e-commerce",
    ),
    **dict.fromkeys(("stores_12m_count", "preferred_store_id"), "it has no stores"),
    **dict.fromkeys(
        (
            "categories_12m_count",
            "preferred_category",
            "preferred_category_12m_ratio",
            "new_categories_12m_count",
        ),
        "its items have no category",
    ),
    "is_reachable": "it may know an e-mail address",
}
#: Schemes that judge by one of those columns, so that tiers cannot be the same.
UNCOMPARED_SCHEMES_OF_ORDERS = ("category_preference",)


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> list[Receipt]:
    return sample_receipts(tmp_path_factory.mktemp("sample"), CUSTOMERS, MONTHS)


@pytest.fixture(scope="module")
def shops(
    tmp_path_factory: pytest.TempPathFactory, receipts: list[Receipt], parsed: Callable[[Path], None]
) -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """The warehouse of each format, by source, with table ``named``: who the customers are to the shop.

    dbt builds the first; the others are made by what it compiled, which is the same for all.
    """
    folder = tmp_path_factory.mktemp("same_shop")
    candidates: dict[str, Candidate] = {}
    for shop in FORMATS:
        settings = Settings(home=folder / shop.source, settle_seconds=0, secret_key="the same for all")
        parsed(settings.home)
        shop.write(settings.landing, receipts)
        result = ingest(settings, shop.source)
        assert [file.status for file in result.files] == ["accepted"], result.files
        candidate = begin(settings, None)
        if candidates:
            first = candidates[FORMATS[0].source]
            with duckdb.connect(candidate.database) as connection:
                run_models(connection, first.database, first.target / "run_results.json")
        else:
            _build(settings, candidate)
        with duckdb.connect(candidate.database) as connection:
            _name_customers(connection, settings, shop, receipts)
        candidates[shop.source] = candidate
    opened = {source: duckdb.connect(candidate.database) for source, candidate in candidates.items()}
    yield opened
    for connection in opened.values():
        connection.close()


def _build(settings: Settings, candidate: Candidate) -> None:
    arguments = ["build", "--resource-type", "model", "--resource-type", "seed", "--select", *MODELS]
    with dbt_process(settings, candidate.database, candidate.target, arguments) as dbt:
        said, _ = dbt.communicate()
    assert dbt.returncode == 0, said[-2000:]


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


def _uncompared(shop: Format) -> set[str]:
    return {*UNCOMPARED, *(UNCOMPARED_OF_ORDERS if not shop.has_returns else ())}


def _digest(connection: duckdb.DuckDBPyConnection, table: str, shop: Format) -> TableDigest:
    """Of the whole table as far as ``shop`` can have it, with its customers by their names."""
    columns = [name for name, *_ in connection.execute(f"describe main.{table}").fetchall()]
    compared = ["named.customer"] if table in BY_CUSTOMER else []
    compared += [f"data.{name}" for name in columns if name not in _uncompared(shop)]
    names = "left join named using (customer_key)" if table in BY_CUSTOMER else ""
    excluded = ", ".join(f"'{scheme}'" for scheme in UNCOMPARED_SCHEMES_OF_ORDERS)
    is_by_scheme = "scheme_id" in columns and not shop.has_returns
    condition = f"scheme_id not in ({excluded})" if is_by_scheme else "true"
    return table_digest(
        connection, f"(select {', '.join(compared)} from main.{table} as data {names} where {condition})"
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
    expected = _digest(shops["generic"], table, shop)
    assert expected.rows > 5
    assert _digest(shops[shop.source], table, shop) == expected


def test_no_column_is_left_out_that_all_formats_agree_on(shops):
    different = set()
    for name, *_ in shops["generic"].execute("describe main.customer_values").fetchall():
        query = (
            f"select customer, data.{name} from main.customer_values as data join named using (customer_key)"
        )
        answers = {str(shops[shop.source].execute(f"{query} order by all").fetchall()) for shop in FORMATS}
        different |= {name} if len(answers) > 1 else set()
    assert different == {*UNCOMPARED, *UNCOMPARED_OF_ORDERS}


def test_returns_are_seen_where_the_format_has_them(shops):
    ratio = "select count(*) filter (return_12m_ratio > 0) from main.customer_values"
    seen = {shop.source: shops[shop.source].execute(ratio).fetchall()[0][0] > 0 for shop in FORMATS}
    assert seen == {shop.source: shop.has_returns or shop.has_refunds for shop in FORMATS}
