"""`clientele identity propose`: pairs to look at, never a link."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from clientele.cli import main


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """200 customers, one card each. c000 and c001 are alike and share a phone that was corrected since; so do
    c002 and c003, who differ in everything else; c004 and c005 are alike and have no contact in common."""
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    warehouse = tmp_path / "warehouse" / "runs" / "run1" / "warehouse.duckdb"
    warehouse.parent.mkdir(parents=True)
    with duckdb.connect(warehouse) as connection:
        connection.execute("""
            create table people as select 'c' || lpad(i::varchar, 3, '0') as customer_key,
                case when i < 6 then i // 2 else i end as look from range(200) as people(i);
            create table customers as select customer_key,
                case when look % 2 = 0 then 'f' else 'm' end as gender, 1950 + look % 50 as birth_year,
                's' || look % 7 as home_store_id from people;
            update customers set gender = 'f', birth_year = 1999, home_store_id = 's6'
                where customer_key = 'c003';
            create table customer_accounts as
                select 's' as source, 'member' as account_type, customer_key as account_id, customer_key
                from customers;
            create schema intermediate;
            create table intermediate.int_accounts_resolved as
                select 's' as source, 'member:' || customer_key as account_reference, customer_key
                from customers;
            create table intermediate.int_member_versions_dated as
                select source, account_reference, customer_key as phone_hash, null::varchar as email_hash
                from intermediate.int_accounts_resolved
                union all
                select source, account_reference, case when customer_key <= 'c001' then 'p' else 'q' end, null
                from intermediate.int_accounts_resolved where customer_key <= 'c003';
            create table intermediate.int_receipts_identified as
                from intermediate.int_member_versions_dated limit 0;
            create table intermediate.int_prospects_loaded as
                from intermediate.int_member_versions_dated limit 0;
        """)
    (tmp_path / "published").mkdir()
    with duckdb.connect(tmp_path / "published" / "clientele.duckdb") as connection:
        connection.execute("create table releases as select 'run1' as run_id, 1 as sequence_number")
        connection.execute(f"attach '{warehouse}' as built (read_only)")
        for table in ("customers", "customer_accounts"):
            connection.execute(
                f"create table {table} as select 'r000001' as release_id, * from built.{table}"
            )
    return tmp_path


def test_the_warehouse_of_a_run_that_found_nothing_new_is_read(release: Path) -> None:
    runs = release / "warehouse" / "runs"
    (runs / "run1").rename(runs / "run2")
    assert main(["identity", "propose"]) == 0


def test_a_warehouse_of_other_customers_or_built_in_part_is_not_read(release: Path, capsys) -> None:
    runs = release / "warehouse" / "runs"
    for run, statement in [
        ("run2", "drop table intermediate.int_prospects_loaded"),
        ("run3", "delete from customers where customer_key = 'c199'"),
        ("run4", "insert into customer_accounts values ('s', 'member', 'another', 'c000')"),
    ]:
        shutil.copytree(runs / "run1", runs / run)
        with duckdb.connect(runs / run / "warehouse.duckdb") as connection:
            connection.execute(statement)
    (runs / "run5").mkdir()
    (runs / "run5" / "warehouse.duckdb").write_bytes(b"cut")
    assert main(["identity", "propose"]) == 0
    shutil.rmtree(runs / "run1")
    assert main(["identity", "propose"]) == 3
    assert "is gone" in capsys.readouterr().err


def test_who_shares_a_contact_and_is_alike_is_proposed(release: Path, capsys) -> None:
    assert main(["identity", "propose"]) == 0
    assert "1 pairs of customers to look at" in capsys.readouterr().err
    with (release / "reports" / "identity_proposals.csv").open(encoding="utf-8") as file:
        (pair,) = csv.DictReader(file)
    assert (pair["customer_key"], pair["other_customer_key"]) == ("c000", "c001")
    assert float(pair["match_probability"]) > 0.9
    assert (pair["shares_phone"], pair["shares_birth_year"]) == ("true", "true")


def test_without_splink_it_says_how_to_get_it(release: Path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    assert main(["identity", "propose"]) == 2
    assert "install" in capsys.readouterr().err


def test_without_a_release_it_says_what_to_do(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    assert main(["identity", "propose"]) == 3
    assert "clientele run" in capsys.readouterr().err
