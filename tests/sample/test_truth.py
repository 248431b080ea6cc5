"""The truth folder against an independent reading of the files."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from plain_reading import Reading, read

from clientele.sample import generate

END = date(2026, 6, 30)
NO_FIGURES = ("person_id", "is_member", "joined_date")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,000 customers over 15 months: three of them lie before the twelve-month window."""
    home = tmp_path_factory.mktemp("shop")
    generate(home / "landing", home / "truth", customers=1_000, months=15, end=END, seed=5)
    return home


@pytest.fixture(scope="module")
def reading(shop: Path) -> Reading:
    return read(shop / "landing", END)


def differences(home: Path, reading: Reading) -> list[str]:
    """Every statement of the truth that the reading of the files contradicts, and the reverse."""
    truth = home / "truth"
    with (truth / "files.csv").open(encoding="utf-8", newline="") as file:
        files = list(csv.DictReader(file))
    found = [
        f"status of {row['file_name']}"
        for row in files
        if reading.statuses.get(row["file_name"]) != row["status"]
    ]
    accepted = {(row["file_name"], row["currency_code"]): row for row in files if row["status"] != "refused"}
    measured = {key: measures for key, measures in reading.measures.items() if measures["rows_in"]}
    for key in accepted.keys() | measured.keys():
        row, measures = accepted.get(key, {}), measured.get(key, {})
        for name in (column for column in row if column.startswith(("rows_", "amount_"))):
            if Decimal(row[name]) != measures.get(name, 0):
                found.append(f"{name} of {key}")
        if not row:
            found.append(f"rows of {key}")
    expected = true_customers(truth)
    found += [f"customer {sorted(accounts)}" for accounts in expected.keys() ^ reading.customers.keys()]
    for accounts in expected.keys() & reading.customers.keys():
        found += [
            f"{name} of {sorted(accounts)}"
            for name, value in expected[accounts].items()
            if reading.customers[accounts][name] != value
        ]
    return found + differences_of_service(truth, reading)


def differences_of_service(truth: Path, reading: Reading) -> list[str]:
    """The same for referrals, prospects and overrides."""
    accounts = pq.read_table(truth / "accounts.parquet").to_pylist()
    persons = {(row["account_type"], row["account_id"]): row["person_id"] for row in accounts}
    people = {row["person_id"]: row for row in pq.read_table(truth / "people.parquet").to_pylist()}
    referrers = {
        persons["member", card]: persons["member", other] for card, other in reading.referrals.items()
    }

    def comes_back(person: str) -> bool:
        above, seen = referrers.get(person), set()
        while above not in (None, person) and above not in seen:
            seen.add(above)
            above = referrers.get(above)
        return above == person

    expected = {
        "referrals": {
            row["person_id"]: (row["referrer_person_id"], row["is_converted"], row["is_in_loop"])
            for row in pq.read_table(truth / "referrals.parquet").to_pylist()
        },
        "prospects": {
            row["prospect_id"]: (row["person_id"], row["created_date"], row["expected_close_date"])
            for row in pq.read_table(truth / "prospects.parquet").to_pylist()
        },
        "overrides": {
            row.pop("override_id"): tuple(row.values())
            for row in pq.read_table(truth / "overrides.parquet").to_pylist()
        },
    }
    got = {
        "referrals": {
            person: (other, people[person]["visits_lifetime_count"] > 0, comes_back(person))
            for person, other in referrers.items()
        },
        "prospects": {
            key: ({persons[account] for account in shown}, *days)
            for key, (shown, *days) in reading.prospects.items()
        },
        "overrides": {
            key: (persons["member", card], *rest) for key, (card, *rest) in reading.overrides.items()
        },
    }
    got["prospects"] = {
        key: (next(iter(shown), None), *days)
        for key, (shown, *days) in got["prospects"].items()
        if len(shown) < 2
    }
    return [
        f"{name} {key}"
        for name in expected
        for key in expected[name].keys() | got[name].keys()
        if expected[name].get(key) != got[name].get(key)
    ]


def true_customers(truth: Path) -> dict[frozenset[tuple[str, str]], dict[str, object]]:
    accounts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in pq.read_table(truth / "accounts.parquet").to_pylist():
        accounts[row["person_id"]].add((row["account_type"], row["account_id"]))
    figures: dict[str, dict[str, object]] = {
        row["person_id"]: {name: value for name, value in row.items() if name not in NO_FIGURES}
        for row in pq.read_table(truth / "people.parquet").to_pylist()
    }
    for row in pq.read_table(truth / "expected_tiers.parquet").to_pylist():
        figures[row["person_id"]][row["scheme_id"]] = row["tier_code"]
    return {frozenset(accounts[person]): values for person, values in figures.items()}


def test_the_files_say_what_the_truth_says(shop: Path, reading: Reading) -> None:
    assert differences(shop, reading) == []


@pytest.mark.parametrize(
    ("customers", "months", "end"),
    [
        (300, 6, END),
        (150, 14, date(2024, 2, 29)),
        (150, 2, date(2026, 3, 5)),
        (60, 1, date(2026, 3, 3)),
        (1, 1, date(2026, 1, 1)),
    ],
)
def test_the_truth_holds_for_any_size_and_end(tmp_path: Path, customers: int, months: int, end: date) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", customers=customers, months=months, end=end)
    assert differences(tmp_path, read(tmp_path / "landing", end)) == []


def test_every_kind_of_dirt_is_in_a_small_shop(reading: Reading) -> None:
    assert {name for name, times in reading.situations.items() if times} >= {
        "correction of ecommerce_orders",
        "correction of members",
        "correction of pos_sales",
        "correction of service_events",
        "dispute",
        "dispute over an older version",
        "duplicate across files of ecommerce_orders",
        "duplicate across files of pos_sales",
        "duplicate within files of ecommerce_orders",
        "duplicate within files of members",
        "duplicate within files of pos_sales",
        "duplicate within files of service_events",
        "receipt of nobody",
        "return naming its receipt",
        "shared phones",
        "undated correction of pos_sales",
        "undated correction of tier_overrides",
        "undated dispute",
        "unreadable decimal",
        "unreadable fields",
        "unreadable key",
        "unreadable kind",
        "unreadable time",
    }
    assert sorted(set(reading.statuses.values())) == ["accepted", "duplicate_file", "refused"]


def replace_in(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def one_cent_more(lines: list[str]) -> list[str]:
    fields = lines[1].split(",")
    fields[12] = str(Decimal(fields[12]) + Decimal("0.01"))
    return [lines[0], ",".join(fields), *lines[2:]]


def one_row_less(lines: list[str]) -> list[str]:
    return lines[:-1]


def one_card_without_contacts(lines: list[str]) -> list[str]:
    card = next(line for line in lines if ",web0" in line).split(",")[0]
    changed = []
    for line in lines:
        fields = line.split(",")
        if fields[0] == card:
            fields[2], fields[3], fields[15] = "", "", ""
        changed.append(",".join(fields))
    return changed


def one_minute_more(lines: list[str]) -> list[str]:
    fields = lines[-1].split(",")
    fields[6] = str(int(fields[6] or 0) + 1)
    return [*lines[:-1], ",".join(fields)]


@pytest.mark.parametrize(
    ("file_name", "change"),
    [
        ("pos_sales_2026-06-29.csv", one_cent_more),
        ("ecommerce_orders_2026-06-30.csv", one_row_less),
        ("members_2026-06-30.csv", one_card_without_contacts),
        ("service_events_2026-06-30.csv", one_minute_more),
        ("prospects_2026-06-30.csv", one_row_less),
        ("tier_overrides_2026-06-30.csv", one_row_less),
    ],
)
def test_a_single_change_of_a_file_is_noticed(
    tmp_path: Path, file_name: str, change: Callable[[list[str]], list[str]]
) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", customers=200, months=3, end=END)
    replace_in(tmp_path / "landing" / file_name, change)
    assert differences(tmp_path, read(tmp_path / "landing", END))


def test_totals_are_the_sums_of_the_files_and_balance(shop: Path) -> None:
    with (shop / "truth" / "files.csv").open(encoding="utf-8", newline="") as file:
        files = list(csv.DictReader(file))
    with (shop / "truth" / "totals.csv").open(encoding="utf-8", newline="") as file:
        totals = list(csv.DictReader(file))
    outcomes = ("loaded", "duplicate", "superseded", "quarantined")
    feeds = {(total["feed"], total["currency_code"]) for total in totals}
    assert feeds >= {
        ("pos_sales", "CNY"),
        ("pos_sales", "XXX"),
        ("ecommerce_orders", "CNY"),
        ("members", "XXX"),
    }
    for total in totals:
        parts = [row for row in files if all(row[name] == total[name] for name in ("feed", "currency_code"))]
        for measure in ("rows", "amount"):
            assert Decimal(total[f"{measure}_in"]) == sum(
                Decimal(total[f"{measure}_{name}"]) for name in outcomes
            )
            for name in ("in", *outcomes):
                column = f"{measure}_{name}"
                assert Decimal(total[column]) == sum(Decimal(row[column]) for row in parts)


def test_rows_lost_to_dirt_are_few(shop: Path) -> None:
    with (shop / "truth" / "totals.csv").open(encoding="utf-8", newline="") as file:
        totals = list(csv.DictReader(file))
    quarantined = sum(int(total["rows_quarantined"]) for total in totals)
    assert 0 < quarantined < sum(int(total["rows_in"]) for total in totals) / 100


def test_people_are_known_and_nobody_is_worth_less_than_nothing(shop: Path) -> None:
    people = pq.read_table(shop / "truth" / "people.parquet").to_pylist()
    assert len(people) == 1_000
    assert min(person["net_sales_12m_amount"] for person in people) >= 0
    assert all((person["joined_date"] is not None) == person["is_member"] for person in people)
    assert max(person["joined_date"] for person in people if person["is_member"]) <= END


def test_a_large_shop_has_somebody_for_every_tier_of_service(tmp_path: Path) -> None:
    """Twenty thousand customers are told of in the same numbers, a fifth of them at a time."""
    generate(tmp_path / "landing", tmp_path / "truth", customers=4_000, months=13, end=END)
    people = pq.read_table(tmp_path / "truth" / "people.parquet").to_pylist()

    def few(condition: Callable[[dict[str, object]], bool]) -> int:
        return sum(1 for person in people if condition(person))

    assert len({person["personality_tag"] for person in people}) == 11
    assert few(lambda person: person["open_complaints_count"] > 0) > 10
    assert few(lambda person: person["complaints_12m_count"] > 1) > 10
    assert few(lambda person: person["stored_value_balance_amount"] == 0) > 10
    assert {person["buyer_type"] for person in people} == {None, "personal", "business", "project"}
    for contacts in (0, 1, 4, 8, 12):
        assert few(lambda person, least=contacts: person["contacts_12m_count"] >= least) > 10, contacts
    prospects = pq.read_table(tmp_path / "truth" / "prospects.parquet").to_pylist()
    assert {prospect["person_id"] is None for prospect in prospects} == {True, False}
    close_dates = [row["expected_close_date"] for row in prospects if row["expected_close_date"]]
    for least, most in ((date(2026, 7, 1), date(2026, 7, 30)), (date(2026, 8, 1), date(2026, 9, 30))):
        assert sum(least <= day <= most for day in close_dates) > 5
    referrals = pq.read_table(tmp_path / "truth" / "referrals.parquet").to_pylist()
    assert sum(row["is_in_loop"] for row in referrals) == 6
    assert any(row["person_id"] == row["referrer_person_id"] for row in referrals)
    assert {row["is_converted"] for row in referrals} == {True, False}
    overrides = pq.read_table(tmp_path / "truth" / "overrides.parquet").to_pylist()
    assert {(row["kind"], row["is_in_force"]) for row in overrides} == {
        (kind, is_in_force) for kind in ("floor", "freeze") for is_in_force in (True, False)
    }
