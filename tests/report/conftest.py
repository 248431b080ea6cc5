"""A small published release made by hand: ten customers, two schemes, three month ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

TABLES = """
create table customer_values (
    release_id varchar, customer_key varchar, as_of_date date, currency_code varchar,
    net_sales_12m_amount decimal(18, 4), visits_1m_count bigint, visits_12m_count bigint
);
create table customer_tiers (
    release_id varchar, customer_key varchar, as_of_date date, scheme_id varchar, scheme_version integer,
    tier_code varchar, tier_rank integer, tier_name_zh varchar, tier_name_en varchar, valid_from_date date,
    previous_tier_code varchar, previous_tier_rank integer, deciding_criterion varchar,
    deciding_value decimal(28, 6), threshold_value decimal(28, 6), reason_zh varchar, reason_en varchar
);
create table tier_sizes (
    release_id varchar, as_of_date date, scheme_id varchar, scheme_version integer, scheme_title_zh varchar,
    scheme_title_en varchar, tier_code varchar, tier_rank integer, tier_name_zh varchar, tier_name_en varchar,
    customers_count bigint, customers_ratio decimal(9, 6), net_sales_12m_amount decimal(38, 4),
    net_sales_12m_ratio decimal(9, 6)
);
create table tier_movements (
    release_id varchar, as_of_date date, previous_as_of_date date, scheme_id varchar, scheme_version integer,
    from_tier_code varchar, from_tier_rank integer, to_tier_code varchar, to_tier_rank integer,
    customers_count bigint, net_sales_12m_amount decimal(38, 4)
);
create table load_ledger (
    release_id varchar, load_id bigint, source varchar, feed varchar, file_name varchar, file_sha256 varchar,
    status varchar, reason_code varchar, reason varchar, superseded_by_load_id bigint,
    duplicate_of_load_id bigint, currency_code varchar, rows_in_count bigint, rows_loaded_count bigint,
    rows_duplicate_count bigint, rows_superseded_count bigint, rows_quarantined_count bigint,
    amount_in decimal(38, 4), amount_loaded decimal(38, 4), amount_duplicate decimal(38, 4),
    amount_superseded decimal(38, 4), amount_quarantined decimal(38, 4), loaded_at timestamp
);
create table quarantined_rows (
    release_id varchar, load_id bigint, row_number bigint, source varchar, feed varchar, file_name varchar,
    column_name varchar, reason_code varchar, reason varchar, currency_code varchar, amount decimal(18, 4)
);
create table quality_results (
    release_id varchar, boundary varchar, suite_name varchar, check_id varchar, check_name varchar,
    table_name varchar, column_name varchar, severity varchar, is_successful boolean, checked_count bigint,
    failed_count bigint, details varchar
);
create table releases (
    release_id varchar, sequence_number integer, run_id varchar, as_of_date date, known_load_id bigint,
    previous_release_id varchar, content_digest varchar, published_at timestamp
);
"""

ROWS = """
insert into releases values
    ('r000001', 1, 'run-a', '2026-02-28', 5, null, 'sha256:aa', '2026-03-01 01:00:00'),
    ('r000002', 2, 'run-b', '2026-03-31', 9, 'r000001', 'sha256:bb', '2026-04-01 02:11:12');

insert into customer_values values
    ('r000002', 'c-01', '2026-03-31', 'CNY', 6400.50, 2, 14),
    ('r000002', 'c-02', '2026-03-31', 'CNY', 1600.25, 1, 9),
    ('r000002', 'c-03', '2026-03-31', 'CNY', 1000.25, 1, 4),
    ('r000002', 'c-04', '2026-03-31', 'CNY', 900.00, 0, 3),
    ('r000002', 'c-05', '2026-03-31', 'CNY', 99.00, 0, 1),
    ('r000002', 'c-06', '2026-03-31', 'CNY', 0, 0, 0);

insert into tier_sizes
select
    'r000002', as_of_date::date, 'value_pyramid', 1, '客户数量金字塔', 'Customer pyramid',
    tier_code, tier_rank, tier_name_zh, tier_name_en, customers_count,
    customers_count / 6.0, net_sales, net_sales / 10000.0
from (values
    ('2026-01-31', 'angel', 3, '天使', 'Angel', 1, 6000),
    ('2026-01-31', 'major', 2, '主要', 'Major', 1, 1000),
    ('2026-01-31', 'small', 1, '小客户', 'Small', 3, 500),
    ('2026-02-28', 'angel', 3, '天使', 'Angel', 1, 6100),
    ('2026-02-28', 'major', 2, '主要', 'Major', 1, 1300),
    ('2026-02-28', 'small', 1, '小客户', 'Small', 3, 600),
    ('2026-03-31', 'angel', 3, '天使', 'Angel', 1, 6400.5),
    ('2026-03-31', 'major', 2, '主要', 'Major', 1, 1600.25),
    ('2026-03-31', 'small', 1, '小客户', 'Small', 4, 1999.25)
) as sizes (as_of_date, tier_code, tier_rank, tier_name_zh, tier_name_en, customers_count, net_sales);

insert into tier_sizes
select
    'r000002', as_of_date::date, 'appliance_spend', 2, '家电高中低消费者', 'Appliance spend',
    tier_code, tier_rank, tier_name_zh, tier_name_en, customers_count, customers_count / 2.0, 0, null
from (values
    ('2026-03-31', 'high', 2, '高', 'High', 0),
    ('2026-03-31', 'low', 1, '低', 'Low', 2)
) as sizes (as_of_date, tier_code, tier_rank, tier_name_zh, tier_name_en, customers_count);

insert into tier_movements values
    ('r000002', '2026-02-28', '2026-01-31', 'value_pyramid', 1, 'small', 1, 'major', 2, 777, 1),
    ('r000002', '2026-03-31', '2026-02-28', 'value_pyramid', 1, 'angel', 3, 'angel', 3, 1, 6400.5),
    ('r000002', '2026-03-31', '2026-02-28', 'value_pyramid', 1, 'small', 1, 'major', 2, 1, 1600.25),
    ('r000002', '2026-03-31', '2026-02-28', 'value_pyramid', 1, 'major', 2, 'small', 1, 1, 1000.25),
    ('r000002', '2026-03-31', '2026-02-28', 'value_pyramid', 1, 'small', 1, 'small', 1, 2, 999),
    ('r000002', '2026-03-31', '2026-02-28', 'value_pyramid', 1, '(new)', null, 'small', 1, 1, 0);

insert into customer_tiers
select
    'r000002', customer_key, '2026-03-31', 'value_pyramid', 1, tier_code, tier_rank, tier_code, tier_code,
    valid_from_date::date, previous_tier_code, previous_tier_rank, 'rank_ratio', 0.1, 0.2,
    reason_zh, reason_en
from (values
    ('c-01', 'angel', 3, '2026-01-31', 'major', 2, '早先升级', 'rose long ago'),
    ('c-02', 'major', 2, '2026-03-31', 'small', 1, '名次上升', 'rank rose to the first 20%'),
    ('c-03', 'small', 1, '2026-03-31', 'major', 2, '名次下降', 'rank fell below the first 20%'),
    ('c-04', 'small', 1, '2026-01-31', null, null, '', '')
) as tiers (
    customer_key, tier_code, tier_rank, valid_from_date, previous_tier_code, previous_tier_rank,
    reason_zh, reason_en
);

insert into load_ledger values
    ('r000002', 1, 'generic', 'pos_sales', 'pos_sales_1.csv', 'aa', 'accepted', null, null, null, null, 'CNY',
     1200, 1100, 60, 30, 10, 9747747.934, 9700000.934, 40000, 7000, 747, '2026-04-01'),
    ('r000002', 1, 'generic', 'pos_sales', 'pos_sales_1.csv', 'aa', 'accepted', null, null, null, null, 'XXX',
     3, 0, 0, 0, 3, 0, 0, 0, 0, 0, '2026-04-01'),
    ('r000002', 2, 'generic', 'members', 'members.csv', 'bb', 'accepted', null, null, null, null, 'XXX',
     6, 6, 0, 0, 0, 0, 0, 0, 0, 0, '2026-04-01'),
    ('r000002', 3, 'generic', 'pos_sales', 'pos_sales_cut.csv', 'cc', 'refused', 'truncated_file',
     'the last line has no line break', null, null, 'XXX', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-04-01'),
    ('r000002', 4, 'generic', 'pos_sales', 'pos_sales_again.csv', 'aa', 'duplicate_file', 'duplicate_file',
     'same bytes as load 1', null, 1, 'XXX', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-04-01');

insert into quarantined_rows values
    ('r000002', 1, 7, 'generic', 'pos_sales', 'pos_sales_1.csv', 'net_amount', 'not_a_number', 'x',
     'CNY', 700),
    ('r000002', 1, 8, 'generic', 'pos_sales', 'pos_sales_1.csv', 'net_amount', 'not_a_number', 'x',
     'CNY', 47);

insert into quality_results values
    ('r000002', 'sources', 's', '1', 'rows are there', 'pos_sales', null, 'blocking', true, 10, 0, null),
    ('r000002', 'built', 'b', '2', 'one tier per customer', 'customer_tiers', null, 'blocking', true,
     6, 0, null),
    ('r000002', 'built', 'b', '3', 'share with e-mail', 'customers', 'email_hash', 'warning', false, 6, 2,
     'observed 0.66, expected at least 0.8');
"""


def make_database(database: Path, statements: str) -> Path:
    with duckdb.connect(str(database)) as connection:
        connection.execute(statements)
    return database


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made release, not to be changed."""
    return make_database(tmp_path_factory.mktemp("published") / "clientele.duckdb", TABLES + ROWS)


@pytest.fixture
def changed(release: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Copies the hand-made release and changes the copy with SQL."""

    def change(statements: str) -> Path:
        return make_database(Path(shutil.copy(release, tmp_path / "clientele.duckdb")), statements)

    return change


@pytest.fixture
def bare(tmp_path: Path) -> Callable[[str], Path]:
    """Makes the published tables without any row but those of the given SQL."""

    def make(statements: str) -> Path:
        return make_database(tmp_path / "bare.duckdb", TABLES + statements)

    return make
