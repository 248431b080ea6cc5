"""`clientele explain`: the links of a published customer, in words, without a contact."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from clientele.cli import main

PHONE_HASH = "0123456789abcdef" * 4
ACCOUNTS = [
    ("generic", "member", "M001", "c1", "2026-01-05", 1, "itself", None, None, None, None, None),
    ("generic", "ecommerce", "W9", "c1", "2026-01-02", 4, "ecommerce_account", "generic", "member", "M001",
     "2026-02-01", 5),
    ("generic", "phone", PHONE_HASH, "c1", "2026-01-03", 2, "phone", "generic", "ecommerce", "W9", None, 4),
    ("generic", "member", "M002", "c2", None, 1, "itself", None, None, None, None, None),
]  # fmt: skip


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    (tmp_path / "published").mkdir()
    with duckdb.connect(tmp_path / "published" / "clientele.duckdb") as connection:
        connection.execute("""
            create table releases as select 'r000001' as release_id, 1 as sequence_number,
                date '2026-06-30' as as_of_date;
            create table load_ledger as
            select load_id, 'file_' || load_id || '.csv' as file_name, currency_code
            from range(1, 6) as loads(load_id), (values ('CNY'), ('XXX')) as currencies(currency_code);
            create table customer_accounts (source varchar, account_type varchar, account_id varchar,
                customer_key varchar, known_from_date date, first_seen_load_id bigint, linked_by varchar,
                linked_to_source varchar, linked_to_account_type varchar, linked_to_account_id varchar,
                linked_on_date date, linked_by_load_id bigint);
        """)
        connection.executemany(
            f"insert into customer_accounts values ({', '.join('?' * len(ACCOUNTS[0]))})", ACCOUNTS
        )
    return tmp_path


def test_each_account_comes_after_the_one_it_is_linked_to(release: Path, capsys) -> None:
    assert main(["explain", "--customer-key", "c1"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    linked_since = "known of both since 2026-02-01, by load 5 (file_5.csv)"
    assert said.err.splitlines() == [
        "Customer c1, release r000001, as of 2026-06-30: 3 accounts",
        "  generic/member M001",
        "    the oldest account; the customer is named after it",
        "    known since 2026-01-05, first seen in load 1 (file_1.csv)",
        "  generic/ecommerce W9",
        f"    the same web account as generic/member M001, {linked_since}",
        "    known since 2026-01-02, first seen in load 4 (file_4.csv)",
        "  generic/phone 01234567…",
        "    the same phone as generic/ecommerce W9, known of both by load 4 (file_4.csv)",
        "    known since 2026-01-03, first seen in load 2 (file_2.csv)",
    ]


@pytest.mark.parametrize("number", ["M002", " 'M002", "Ｍ００２"])
def test_a_card_is_found_however_its_number_is_written(release: Path, capsys, number: str) -> None:
    assert main(["explain", "--member-no", number, "--language", "zh"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == "客户 c2，发布 r000001，截至 2026-06-30：1 个账户"


def test_json_says_the_same_and_no_whole_hash(release: Path, capsys) -> None:
    assert main(["explain", "--customer-key", "c1", "--json"]) == 0
    said = capsys.readouterr()
    accounts = json.loads(said.out)["accounts"]
    assert [account["account"]["account_id"] for account in accounts] == ["M001", "W9", "01234567…"]
    assert accounts[1]["link"]["on_date"] == "2026-02-01"
    assert PHONE_HASH not in said.out + said.err


@pytest.mark.parametrize(
    ("arguments", "exit_code", "named"),
    [
        (["--customer-key", "c3"], 2, "release r000001 knows no customer c3"),
        (["--member-no", "M001", "--source", "east"], 2, "release r000001 knows no card M001 of east"),
        (["--member-no", "M001", "--customer-key", "c1"], 2, "not allowed with"),
        ([], 2, "--customer-key"),
    ],
)
def test_who_is_not_there_is_named(release: Path, capsys, arguments, exit_code: int, named: str) -> None:
    assert main(["explain", *arguments]) == exit_code
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line


def test_without_a_release_it_says_what_to_do(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    assert main(["explain", "--customer-key", "c1"]) == 3
    assert "clientele run" in capsys.readouterr().err
