"""The published tables of the sample shop against what its generator knows to be true."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from clientele.privacy.hashing import ContactHasher
from clientele.privacy.keys import load_keys
from clientele.settings import PROJECT, load_settings

LEDGER_COLUMNS = [
    f"{kind}_{outcome}{ending}"
    for kind, ending in (("rows", "_count"), ("amount", ""))
    for outcome in ("in", "loaded", "duplicate", "superseded", "quarantined")
]
TRUTH_COLUMNS = [column.removesuffix("_count") for column in LEDGER_COLUMNS]
EXACT_TRUTH_COLUMNS = [
    f"{column}::{'decimal(38, 4)' if column.startswith('amount') else 'bigint'}" for column in TRUTH_COLUMNS
]


@pytest.fixture(scope="module")
def connection(sample_shop) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, with the truth beside it and persons matched to customers by their accounts."""
    settings = load_settings({"CLIENTELE_HOME": str(sample_shop.home)})
    hasher = ContactHasher(load_keys(settings).hashing, settings.phone_region)
    plain_to_published = {"phone": hasher.phone, "email": hasher.email}
    with duckdb.connect(":memory:") as memory:
        memory.execute(f"attach '{sample_shop.database}' as shop (read_only)")
        memory.execute("use shop")
        for name in ("people", "accounts", "expected_tiers", "referrals", "prospects", "overrides"):
            memory.execute(
                f"create table memory.truth_{name} as from '{sample_shop.truth / f'{name}.parquet'}'"
            )
        for name in ("totals", "files"):
            memory.execute(
                f"create table memory.truth_{name} as"
                f" from read_csv('{sample_shop.truth / f'{name}.csv'}', all_varchar = true, nullstr = '')"
            )
        accounts = memory.execute(
            "select person_id, source, account_type, account_id from memory.truth_accounts"
        ).fetchall()
        published = [
            (person, source, kind, plain_to_published.get(kind, str)(account))
            for person, source, kind, account in accounts
        ]
        memory.execute(
            "create table memory.expected_accounts"
            " (person_id varchar, source varchar, account_type varchar, account_id varchar)"
        )
        memory.executemany("insert into memory.expected_accounts values (?, ?, ?, ?)", published)
        memory.execute(
            "create table memory.matched as select distinct person_id, customer_key"
            " from memory.expected_accounts join customer_accounts using (source, account_type, account_id)"
        )
        yield memory


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


def test_every_row_and_cent_of_every_feed_goes_where_the_truth_says(connection):
    truth = rows(
        connection,
        f"select source, feed, currency_code, {', '.join(EXACT_TRUTH_COLUMNS)}"
        " from memory.truth_totals order by all",
    )
    ledger = rows(
        connection,
        f"select source, feed, currency_code, {', '.join(f'sum({column})' for column in LEDGER_COLUMNS)}"
        " from load_ledger where status <> 'refused' group by all order by all",
    )
    assert len(truth) > 3
    assert ledger == truth


def test_every_file_ends_where_the_truth_says(connection):
    truth = rows(
        connection,
        "select feed, file_name, status, currency_code, rows_in::bigint, rows_loaded::bigint,"
        " rows_quarantined::bigint from memory.truth_files where status <> 'refused' order by all",
    )
    ledger = rows(
        connection,
        "select feed, file_name, status, currency_code, rows_in_count, rows_loaded_count,"
        " rows_quarantined_count from load_ledger where status <> 'refused' order by all",
    )
    assert ledger == truth
    refused = "select feed, file_name, reason_code from {} where status = 'refused' order by all"
    assert rows(connection, refused.format("load_ledger")) == rows(
        connection, refused.format("memory.truth_files")
    )
    assert {status for _, _, status, *_ in truth} == {"accepted", "duplicate_file"}


def test_every_person_is_one_customer_and_every_customer_one_person(connection):
    persons, pairs, customers = rows(
        connection,
        "select count(distinct person_id), count(*), count(distinct customer_key) from memory.matched",
    )[0]
    assert persons == pairs == customers
    assert persons == rows(connection, "select count(*) from memory.truth_people")[0][0]
    assert (
        customers
        == rows(
            connection,
            "select count(distinct customer_key) from customer_accounts semi join memory.expected_accounts"
            " using (source, account_type, account_id)",
        )[0][0]
    )


def test_identity_is_found_in_every_way_there_is(connection):
    ways = rows(connection, "select distinct linked_by from customer_accounts order by 1")
    assert [way for (way,) in ways] == ["ecommerce_account", "email", "itself", "phone"]


def test_values_of_every_customer_are_those_of_the_person(connection):
    different = rows(
        connection,
        """
        select person_id from memory.truth_people as truth
        join memory.matched using (person_id)
        join customer_values as got using (customer_key)
        where (truth.net_sales_12m_amount, truth.net_sales_lifetime_amount, truth.visits_12m_count,
               truth.visits_lifetime_count)
            is distinct from (got.net_sales_12m_amount, got.net_sales_lifetime_amount, got.visits_12m_count,
               got.visits_lifetime_count)
        """,
    )
    assert different == []


SERVICE_COLUMNS = (
    "points_balance",
    "stored_value_balance_amount",
    "buyer_type",
    "has_contact_consent",
    "contacts_12m_count",
    "complaints_12m_count",
    "surveys_12m_count",
    "service_minutes_12m_count",
    "open_complaints_count",
    "personality_tag",
)


@pytest.mark.parametrize("column", SERVICE_COLUMNS)
def test_cards_and_service_of_every_customer_are_those_of_the_person(connection, column):
    known, different = rows(
        connection,
        f"""
        select count(truth.{column}), count(*) filter (where truth.{column} is distinct from got.{column})
        from memory.truth_people as truth
        join memory.matched using (person_id)
        join customer_values as got using (customer_key)
        """,
    )[0]
    assert known > 0
    assert different == 0


def test_everybody_is_told_whom_they_brought(connection):
    """Whoever is brought in a loop has no first; how that is counted is no matter of this shop."""
    compared, different = rows(
        connection,
        """
        with brought as (
            select referrer_person_id as person_id, count(*) as made, countif(is_converted) as converted
            from memory.truth_referrals group by all
        )
        select
            count(made),
            count(*) filter (where
                coalesce(made, 0) <> got.referrals_made_count
                or coalesce(converted, 0) <> got.referrals_converted_count)
        from memory.matched
        join customer_values as got using (customer_key)
        left join brought using (person_id)
        where person_id not in (select referrer_person_id from memory.truth_referrals where is_in_loop)
        """,
    )[0]
    assert compared > 10
    assert different == 0


def test_prospects_are_their_customers_or_new_ones(connection):
    found = rows(
        connection,
        """
        select
            truth.person_id is not null,
            account.customer_key is not distinct from matched.customer_key,
            value.is_prospect_only,
            count(*)
        from memory.truth_prospects as truth
        left join memory.matched using (person_id)
        left join customer_accounts as account
            on account.account_type = 'prospect' and account.account_id = truth.prospect_id
        left join customer_values as value on account.customer_key = value.customer_key
        group by all order by all
        """,
    )
    assert [row[:3] for row in found] == [(False, False, True), (True, True, False)]
    assert min(row[3] for row in found) > 5


def test_an_override_in_force_is_kept_to(connection):
    wrong, kinds = rows(
        connection,
        """
        with tiers as (select distinct scheme_id, tier_code, tier_rank from tier_sizes)
        select
            count(*) filter (where
                got.tier_rank is null
                or got.tier_rank < tiers.tier_rank
                or (truth.kind = 'freeze' and got.tier_rank > tiers.tier_rank)),
            count(distinct truth.kind)
        from memory.truth_overrides as truth
        join memory.matched using (person_id)
        join tiers using (scheme_id, tier_code)
        left join customer_tiers as got using (customer_key, scheme_id)
        where truth.is_in_force
        """,
    )[0]
    assert wrong == 0
    assert kinds == 2


@pytest.mark.parametrize("scheme_id", ["abc_sales_70_20_10", "abc_sales_75_20_5"])
def test_abc_tiers_of_every_customer_are_those_expected(connection, scheme_id):
    counted, wrong = rows(
        connection,
        f"""
        select count(*), count(*) filter (where truth.tier_code is distinct from got.tier_code)
        from memory.truth_expected_tiers as truth
        join memory.matched using (person_id)
        left join customer_tiers as got using (customer_key, scheme_id)
        where scheme_id = '{scheme_id}'
        """,
    )[0]
    assert counted == rows(connection, "select count(*) from memory.truth_people")[0][0]
    assert wrong == 0


def test_sales_of_customers_and_of_nobody_make_the_whole(connection):
    values, known, whole, anonymous = rows(
        connection,
        """
        select
            (select sum(net_sales_lifetime_amount) from customer_values),
            sum(net_sales_amount - anonymous_net_sales_amount),
            sum(net_sales_amount),
            sum(anonymous_net_sales_amount)
        from sales_totals
        """,
    )[0]
    assert values == known
    assert anonymous > 0
    by_line = dict(
        rows(connection, "select has_customer, sum(net_sales_amount) from sales_line_totals group by all")
    )
    assert by_line[False] > 0
    assert by_line[True] + by_line[False] == whole


def contact_data(connection: duckdb.DuckDBPyConnection) -> tuple[set[str], set[str]]:
    """National phone numbers and e-mail addresses of everybody in the truth."""
    plain = rows(connection, "select account_type, account_id from memory.truth_accounts")
    phones = {account.removeprefix("+86") for kind, account in plain if kind == "phone"}
    emails = {account for kind, account in plain if kind == "email"}
    assert phones
    assert emails
    return phones, emails


def test_no_table_holds_contact_data(sample_shop, connection):
    """Every text column of the release and of the candidates; the bytes of a DuckDB file are compressed."""
    phones, emails = contact_data(connection)
    candidates = sorted((sample_shop.home / "warehouse").rglob("warehouse.duckdb"))
    assert candidates
    for database in [sample_shop.database, *candidates]:
        with duckdb.connect(database, read_only=True) as other:
            columns = rows(
                other,
                "select table_schema, table_name, column_name from information_schema.columns"
                " where data_type = 'VARCHAR' and table_catalog = current_database()",
            )
            assert len(columns) > 50
            for schema, table, column in columns:
                seen = rows(
                    other,
                    f"""
                    select distinct lower(trim("{column}")) from "{schema}"."{table}"
                    where "{column}" like '%@%'
                        or length(regexp_replace("{column}", '[^0-9]', '', 'g')) in (11, 13)
                    """,
                )
                digits = {"".join(filter(str.isdigit, text)).removeprefix("86") for (text,) in seen}
                assert not digits & phones, (table, column)
                assert not {text for (text,) in seen} & emails, (table, column)


def test_rows_in_quarantine_are_told_without_contact_data(sample_shop, connection):
    phones, emails = contact_data(connection)
    seed = (PROJECT / "dbt_project" / "seeds" / "rejection_reasons.csv").read_text(encoding="utf-8")
    of_split_rows = {line.partition(",")[0] for line in seed.splitlines()[1:]}
    told = rows(connection, "select reason_code, row_text from quarantined_rows")
    assert len(told) > 5
    for reason_code, text in told:
        assert (text is not None) == (reason_code in of_split_rows)
        digits = "".join(filter(str.isdigit, text or ""))
        assert not {phone for phone in phones if phone in digits}
        assert not {email for email in emails if email in (text or "").lower()}


def test_no_file_for_people_or_machines_holds_contact_data(sample_shop, connection):
    phones, emails = contact_data(connection)
    readable = {".csv", ".html", ".json", ".log", ".sql", ".txt", ".xml", ".yml"}
    folders = ("airflow", "published", "reports", "warehouse")
    files = [
        path
        for folder in folders
        for path in (sample_shop.home / folder).rglob("*")
        if path.is_file() and path.suffix in readable
    ]
    assert {path.suffix for path in files} >= {".csv", ".html", ".json", ".log", ".sql"}
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not set(re.findall(r"(?<![0-9])1[0-9]{10}(?![0-9])", text)) & phones, path.name
        assert not set(re.findall(r"[\w.+-]+@[\w.-]+", text.lower())) & emails, path.name
