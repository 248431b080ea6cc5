"""What a run says it came to, read from a release of the few columns it needs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from clientele.settings import Settings
from clientele.summary import CurrencySales, as_text, read_summary

_RELEASE = """
create table releases as
    select 'r000001' as release_id, date '2026-06-30' as as_of_date, 1 as sequence_number;
create table customer_values as select 'c1' as customer_key, 'CNY' as currency_code;
create table customer_accounts as select 'c1' as customer_key;
create table sales_totals (
    channel varchar, currency_code varchar, net_sales_amount decimal(38, 4),
    anonymous_net_sales_amount decimal(38, 4)
);
create table load_ledger (
    load_id bigint, source varchar, feed varchar, file_name varchar, status varchar, reason varchar,
    currency_code varchar, rows_in_count bigint, rows_loaded_count bigint, rows_duplicate_count bigint,
    rows_superseded_count bigint, rows_quarantined_count bigint, rows_after_date_count bigint,
    amount_in decimal(38, 4),
    amount_loaded decimal(38, 4)
);
create table tier_sizes (
    as_of_date date, scheme_id varchar, scheme_title_en varchar, tier_code varchar, tier_name_en varchar,
    tier_rank integer, customers_count bigint, customers_ratio decimal(9, 6),
    net_sales_12m_amount decimal(38, 4), net_sales_12m_ratio decimal(9, 6)
);
create table quality_results (
    table_name varchar, check_name varchar, severity varchar, is_successful boolean
);
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def publish(settings: Settings, sales: str) -> None:
    settings.published.mkdir()
    with duckdb.connect(str(settings.published / "clientele.duckdb")) as connection:
        connection.execute(f"{_RELEASE}; {sales}")


def test_sales_in_two_currencies_are_never_added(settings: Settings) -> None:
    publish(
        settings,
        "insert into sales_totals values ('pos', 'CNY', 100, 10), ('ecommerce', 'CNY', 5.5, 0),"
        " ('ecommerce', 'USD', 900, 30)",
    )
    summary = read_summary(settings)
    assert (summary.currency_code, summary.net_sales_amount) == ("CNY", Decimal("105.5"))
    assert summary.other_net_sales == [CurrencySales("USD", Decimal(900), Decimal(30))]
    text = as_text(summary)
    assert "Net sales 105.50 CNY, of which anonymous 10.00\n" in text
    assert "Net sales 900.00 USD, of which anonymous 30.00\n" in text


def test_without_sales_there_are_none(settings: Settings) -> None:
    publish(settings, "delete from customer_values")
    assert "Net sales 0.00, of which anonymous 0.00" in as_text(read_summary(settings))


def test_sales_dated_after_the_release_are_told_by_feed(settings: Settings) -> None:
    publish(
        settings,
        "insert into load_ledger by name select 'generic' as source, feed, 'accepted' as status,"
        " 'CNY' as currency_code, 5 as rows_in_count, 5 as rows_loaded_count,"
        " 0 as rows_duplicate_count, 0 as rows_superseded_count, 0 as rows_quarantined_count,"
        " 0 as amount_in, 0 as amount_loaded, later as rows_after_date_count"
        " from (values ('pos_sales', 2), ('pos_sales', 1), ('members', 0)) as loads(feed, later)",
    )
    told = [line for line in as_text(read_summary(settings)).splitlines() if "dated after" in line]
    assert told == ["  dated after 2026-06-30, to count from their day on: 3 rows of generic / pos_sales"]


def test_of_refused_files_those_are_named_that_no_accepted_file_has_settled(settings: Settings) -> None:
    loads = [
        (1, "settled.csv", "refused", "no column sku"),
        (2, "settled.csv", "accepted", None),
        (3, "twice.csv", "refused", "it has 0 bytes"),
        (4, "twice.csv", "refused", "no column sku"),
        (5, "spoilt.csv", "accepted", None),
        (6, "spoilt.csv", "refused", "no column sku"),
    ]
    rows = ", ".join(str((load_id, "generic", *said)) for load_id, *said in loads).replace("None", "null")
    publish(settings, f"insert into load_ledger (load_id, source, file_name, status, reason) values {rows}")
    summary = read_summary(settings)
    assert [(file.file_name, file.reason) for file in summary.refused_files] == [
        ("spoilt.csv", "no column sku"),
        ("twice.csv", "no column sku"),
    ]
