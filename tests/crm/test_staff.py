"""The staff edition: contact data of the newest kind, for its owner alone, and only when it was asked for."""

from __future__ import annotations

import csv
import stat
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from clientele.cli import main
from clientele.crm.changes import COLUMNS
from clientele.crm.staff import write_staff_edition
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.ingest import ingest
from clientele.settings import Settings

MEMBERS = "member_no,name,phone,email,joined_at,status\n"
ORDERS = "order_no,line_no,created_at,status,account_id,email,phone,sku,quantity,net_amount,currency_code\n"
ACCOUNTS = [
    ("generic", "member", "M1", "c1"),
    ("generic", "member", "M2", "c2"),
    ("generic", "ecommerce", "w1", "c1"),
    ("generic", "phone", "0" * 64, "c3"),
    ("other", "member", "M1", "c4"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A published shop of four customers, one of whom must not be contacted."""
    shop = Settings(home=tmp_path, settle_seconds=0, secret_key="a secret for tests only")
    deliver(shop, "members_1.csv", f"{MEMBERS}M1,=Ann,13900000001,ann@a.example,2025-01-01,active\n")
    deliver(
        shop,
        "members_2.csv",
        f"{MEMBERS} M1 ,Ann B,,,2025-01-01,active\nM2,Bob,13900000002,,2025-01-01,active\n",
    )
    publish(shop, {"c1": "true", "c2": "false", "c3": "null", "c4": "null"})
    return shop


def deliver(settings: Settings, name: str, content: str) -> None:
    path = settings.landing / "generic" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    ingest(settings)


def publish(settings: Settings, consents: dict[str, str]) -> None:
    (settings.published / "crm").mkdir(parents=True)
    with (settings.published / "crm" / "customer_tier_changes.csv").open("w", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", restval="")
        writer.writeheader()
        for key in consents:
            writer.writerow({"customer_key": key, "scheme_id": "s", "reason_en": '\'=x, "y"'})
    with duckdb.connect(str(settings.published / "clientele.duckdb")) as connection:
        connection.execute("create table customers (customer_key varchar, has_contact_consent boolean)")
        connection.execute(
            "create table customer_accounts"
            " (source varchar, account_type varchar, account_id varchar, customer_key varchar)"
        )
        connection.executemany("insert into customer_accounts values (?, ?, ?, ?)", ACCOUNTS)
        for key, consent in consents.items():
            connection.execute(f"insert into customers values ('{key}', {consent})")


def edition(settings: Settings) -> dict[str, tuple[str, str, str]]:
    with write_staff_edition(settings).file.open(encoding="utf-8", newline="") as file:
        return {
            row["customer_key"]: (row["contact_name"], row["contact_phone"], row["contact_email"])
            for row in csv.DictReader(file)
        }


def test_each_field_is_the_newest_that_is_given(settings: Settings) -> None:
    assert edition(settings)["c1"] == ("Ann B", "13900000001", "ann@a.example")
    deliver(settings, "members_3.csv", f"{MEMBERS}M1,=Ann C,+8613900000009,,2025-01-01,active\n")
    assert edition(settings)["c1"] == ("'=Ann C", "'+8613900000009", "ann@a.example")


def test_a_card_without_a_name_keeps_the_one_it_had(settings: Settings) -> None:
    deliver(settings, "members_3.csv", f"{MEMBERS}M1,,13900000009,,2025-01-01,active\n")
    assert edition(settings)["c1"] == ("Ann B", "13900000009", "ann@a.example")
    some = "M1,,13900000008,,2025-01-01,active\nM3,Cai,,,2025-01-01,active\n"
    deliver(settings, "members_4.csv", f"{MEMBERS}{some}")
    assert edition(settings)["c1"] == ("Ann B", "13900000008", "ann@a.example")


def test_an_old_list_that_comes_late_brings_nothing_old_back(settings: Settings) -> None:
    timed = MEMBERS.replace("\n", ",updated_at\n")
    deliver(
        settings,
        "members_june.csv",
        f"{timed}M1,,13900000006,,2025-01-01,active,2026-06-30T10:00:00+08:00\n"
        "M1,,13900000004,,2025-01-01,active,2026-04-30T10:00:00\n",
    )
    assert edition(settings)["c1"] == ("Ann B", "13900000006", "ann@a.example")
    deliver(
        settings,
        "members_may.csv",
        f"{timed}M1,Ann M,13900000005,may@a.example,2025-01-01,active,2026-05-31 10:00:00\n",
    )
    assert edition(settings)["c1"] == ("Ann M", "13900000006", "may@a.example")
    deliver(settings, "members_untimed.csv", f"{MEMBERS}M1,Ann U,13900000008,,2025-01-01,active\n")
    assert edition(settings)["c1"] == ("Ann M", "13900000006", "may@a.example")


def test_a_replaced_file_keeps_its_place(settings: Settings) -> None:
    deliver(settings, "members_1.csv", f"{MEMBERS}M1,Ann A,13900000007,a@a.example,2025-01-01,active\n")
    assert edition(settings)["c1"] == ("Ann B", "13900000007", "a@a.example")


def test_all_accounts_of_a_customer_count(settings: Settings) -> None:
    deliver(settings, "ecommerce_orders.csv", f"{ORDERS}O1,1,2025-01-01,paid,w1,new@a.example,,S,1,9,CNY\n")
    assert edition(settings)["c1"] == ("Ann B", "13900000001", "new@a.example")


def test_who_said_no_is_listed_without_contact_data(settings: Settings) -> None:
    said = edition(settings)
    assert said["c2"] == ("", "", "")
    assert (said["c3"], said["c4"]) == (("", "", ""), ("", "", ""))


def test_a_prospect_is_called_by_what_the_prospects_say(settings: Settings) -> None:
    with duckdb.connect(str(settings.published / "clientele.duckdb")) as connection:
        connection.execute("insert into customer_accounts values ('generic', 'prospect', 'P1', 'c3')")
    deliver(
        settings,
        "prospects.csv",
        "prospect_id,name,phone,email,created_at,owner\nP1,Cai,13900000003,cai@c.example,2025-01-01,Zhou\n",
    )
    deliver(
        settings,
        "service_events.csv",
        "event_id,member_no,happened_at,event_type,text\nE1,M1,2025-01-01,note,call 13900000009\n",
    )
    found = edition(settings)
    assert found["c3"] == ("Cai", "13900000003", "cai@c.example")
    assert found["c1"] == ("Ann B", "13900000001", "ann@a.example")


def test_a_replaced_file_counts_no_more(settings: Settings) -> None:
    deliver(settings, "members_1.csv", f"{MEMBERS}M9,Eve,,,2025-01-01,active\n")
    assert edition(settings)["c1"] == ("Ann B", "", "")


def test_the_rest_is_the_change_file_as_it_was_published(settings: Settings) -> None:
    written = write_staff_edition(settings)
    with written.file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[: len(COLUMNS)] == list(COLUMNS)
    assert [row["has_contact_consent"] for row in rows] == ["true", "false", "", ""]
    assert {row["reason_en"] for row in rows} == {'\'=x, "y"'}
    assert (written.rows, written.rows_with_contact) == (4, 1)


def test_it_is_for_its_owner_alone_and_never_among_what_is_published(settings: Settings) -> None:
    file = write_staff_edition(settings).file
    assert file.parent == settings.home / "staff"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    for path in settings.published.rglob("*"):
        assert path.is_dir() or b"13900000001" not in path.read_bytes()


def test_a_new_edition_takes_the_place_of_the_old(settings: Settings) -> None:
    first = write_staff_edition(settings).file
    assert write_staff_edition(settings).file == first
    assert list(first.parent.iterdir()) == [first]


def test_without_the_key_there_is_none(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="secret key is not the one"):
        write_staff_edition(replace(settings, secret_key="another secret for tests"))
    assert not (settings.home / "staff").exists()


def test_before_the_first_release_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="nothing is published"):
        write_staff_edition(Settings(home=tmp_path))


def test_the_command_writes_it_only_when_asked(settings: Settings, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CLIENTELE_HOME", str(settings.home))
    monkeypatch.setenv("CLIENTELE_SECRET_KEY", str(settings.secret_key))
    assert main(["crm", "export"]) == 0
    assert not (settings.home / "staff").exists()
    assert main(["crm", "export", "--staff", "--json"]) == 0
    said = capsys.readouterr()
    assert (settings.home / "staff" / "customer_tier_changes.csv").exists()
    assert "13900000001" not in said.out + said.err
