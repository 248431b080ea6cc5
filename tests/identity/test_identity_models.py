"""What rows of exports come to as customers, and what links them."""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from identity_reference import Row, customers, resolved_by_hand

if TYPE_CHECKING:
    from conftest import Identity

SOURCES = ("east", "west", "north")
NUMBERS = st.sampled_from(["1", "2", "3"])
MAYBE_PHONE = st.sampled_from([None, "p", "q", "r"])
MAYBE_EMAIL = st.sampled_from([None, None, "e", "f"])
MAYBE_NUMBER = st.sampled_from([None, None, "1", "2"])


@st.composite
def logs(draw: st.DrawFn) -> list[list[Row]]:
    """Loads of rows of one kind, in any order of days: late rows, corrected ones, anonymous ones."""
    count = draw(st.integers(1, 14))
    rows = []
    for changed in draw(st.permutations(range(count))):
        kind = draw(st.sampled_from(["member", "member", "receipt", "receipt", "prospect"]))
        source = draw(st.sampled_from(SOURCES))
        row = Row(kind, source, draw(NUMBERS), changed, draw(MAYBE_PHONE), draw(MAYBE_EMAIL))
        if kind == "member":
            row = Row(**vars(row) | {"web": draw(MAYBE_NUMBER)})
        if kind == "receipt":
            owner = draw(st.sampled_from(["card", "web", None]))
            # A receipt is one row of one file: its number never comes again with another owner.
            row = Row(**vars(row) | {"number": f"R{changed}"} | ({owner: draw(NUMBERS)} if owner else {}))
        rows.append(row)
    return in_loads(rows, draw(st.lists(st.booleans(), min_size=count, max_size=count)))


def in_loads(rows: list[Row], begins: list[bool]) -> list[list[Row]]:
    """The rows in their order as files of one kind: one ends where the kind changes or the next begins."""
    numbered = []
    load = 0
    for place, row in enumerate(rows):
        load += place > 0 and (row.kind != rows[place - 1].kind or begins[place])
        numbered.append((load, row))
    return [[row for _, row in group] for _, group in groupby(numbered, key=lambda pair: pair[0])]


def key_of(source: str, reference: str) -> str:
    return "c" + hashlib.md5(f"{source}:{reference}".encode()).hexdigest()[:16]


@settings(max_examples=30, deadline=None)
@given(log=logs())
def test_any_log_gives_the_customers_links_and_keys_of_a_plain_reading(
    identity: Identity, log: list[list[Row]]
) -> None:
    found = identity.resolve(log)
    expected = resolved_by_hand([row for load in log for row in load])
    assert customers(found) == customers(expected)
    for account, row in found.items():
        linked_to = (
            (row["linked_to_source"], f"{row['linked_to_account_type']}:{row['linked_to_account_id']}")
            if row["linked_to_source"]
            else None
        )
        assert (row["customer_key"], linked_to, row["linked_by"]) == (
            expected[account].customer_key,
            expected[account].linked_to,
            expected[account].linked_by,
        )
    owned = identity.rows(
        "select count(*) as receipts, count(distinct (source, channel, receipt_no)) as different"
        " from int_receipts_identified join int_accounts_resolved using (source, account_reference)"
    )[0]
    named = [row for load in log for row in load if row.kind == "receipt" and row.account]
    assert owned == {"receipts": len(named), "different": len(named)}


@settings(max_examples=8, deadline=None)
@given(log=logs(), data=st.data())
def test_neither_files_nor_the_order_of_rows_change_who_belongs_together(
    identity: Identity, log: list[list[Row]], data: st.DataObject
) -> None:
    rows = [row for load in log for row in load]
    together = customers(identity.resolve(log))
    one_by_one = identity.resolve(in_loads(rows, [True] * len(rows)))
    assert {account: row["customer_key"] for account, row in identity.resolve(log).items()} == {
        account: row["customer_key"] for account, row in one_by_one.items()
    }
    shuffled = data.draw(st.permutations(rows))
    assert customers(identity.resolve(in_loads(shuffled, [False] * len(rows)))) == together


def test_a_corrected_phone_parts_two_cards_and_the_old_one_joins_them_again(identity: Identity) -> None:
    older = Row("receipt", "east", "R1", 1, card="1", phone="p")
    younger = Row("member", "east", "2", 2, phone="p")
    corrected = Row("member", "east", "2", 3, phone="q")
    restored = Row("member", "east", "2", 4, phone="p")

    def keys(*log: Row) -> list[str]:
        found = identity.resolve([[row] for row in log])
        return [found["east", "member:1"]["customer_key"], found["east", "member:2"]["customer_key"]]

    first, second = key_of("east", "member:1"), key_of("east", "member:2")
    assert keys(older, younger) == [first, first]
    assert keys(older, younger, corrected) == keys(older, corrected) == [first, second]
    assert keys(older, younger, corrected, restored) == keys(older, restored) == [first, first]
    assert keys(older, restored, corrected, younger) == [first, first]


def test_a_merge_keeps_the_key_of_the_older_account(identity: Identity) -> None:
    apart = [[Row("member", "north", "1", 1, phone="p")], [Row("member", "north", "2", 2, phone="q")]]
    joined = [*apart, [Row("member", "north", "1", 3, phone="q")]]
    before, after = identity.resolve(apart), identity.resolve(joined)
    kept = key_of("north", "member:1")
    assert {row["customer_key"] for row in before.values()} == {kept, key_of("north", "member:2")}
    assert {row["customer_key"] for row in after.values()} == {kept}


def test_a_link_says_by_what_to_which_since_when_and_by_which_load(identity: Identity) -> None:
    found = identity.resolve(
        [
            [Row("member", "north", "1", 10, phone="p")],
            [Row("receipt", "north", "R1", 20, web="7", email="e")],
            [Row("member", "north", "1", 30, phone="p", web="7")],
            [Row("receipt", "north", "R2", 5, phone="p")],
        ]
    )
    web, phone = found["north", "ecommerce:7"], found["north", "phone:p"]
    assert (web["linked_by"], web["linked_to_account_id"]) == ("ecommerce_account", "1")
    assert (web["linked_on_date"], web["linked_by_load_id"]) == (date(2026, 1, 31), 3)
    assert (phone["linked_by"], phone["linked_to_account_id"]) == ("phone", "1")
    assert (phone["linked_on_date"], phone["linked_by_load_id"]) == (date(2026, 1, 11), 4)
    oldest = found["north", "member:1"]
    assert (oldest["linked_by"], oldest["linked_to_source"], oldest["linked_on_date"]) == (
        "itself",
        None,
        None,
    )


def test_sources_share_numbers_only_where_the_shop_says_so(identity: Identity) -> None:
    found = identity.resolve(
        [[Row("member", source, "1", day, web="5") for day, source in enumerate(("east", "west", "north"))]]
    )
    assert customers(found) == {
        frozenset({("east", "member:1"), ("west", "member:1")}),
        frozenset({("north", "member:1")}),
    }
    assert found["west", "member:1"]["linked_by"] == "card"


def test_a_prospect_is_linked_by_contact_and_is_no_card_to_the_guard(identity: Identity) -> None:
    cards = [Row("member", "north", number, day, phone="p") for day, number in enumerate(("1", "2"))]
    prospects = [Row("prospect", "north", number, 5, phone="p") for number in ("1", "7", "8")]
    alone = Row("prospect", "north", "9", 5, email="e")
    found = identity.resolve([cards, [*prospects, alone]])
    assert len(customers(found)) == 2
    assert found["north", "prospect:7"]["linked_by"] == "phone"
    assert found["north", "prospect:9"]["linked_by"] == "itself"
    assert identity.rows("from shared_keys") == []


def test_the_guard_lists_the_keys_that_it_took_out(identity: Identity) -> None:
    cards = [Row("member", source, "1", day, phone="p") for day, source in enumerate(("east", "north"))]
    third = [
        Row("receipt", "north", "R1", 3, web="1", phone="p"),
        Row("receipt", "north", "R2", 4, phone="p"),
    ]
    found = identity.resolve([cards, third, [Row("prospect", "east", "1", 5, phone="p")]])
    assert len(customers(found)) == 5
    listed = identity.rows(
        "select key_type, key_value, accounts_count, cards_count, sources from shared_keys"
    )
    assert [tuple(row.values()) for row in listed] == [("phone", "p", 5, 3, "east, north")]


def test_an_account_number_has_one_spelling_and_keeps_its_zeros(identity: Identity) -> None:
    spellings = ["007M", " 007M\t", "'007M", "''007M", "００７Ｍ", "　＇007Ｍ "]
    other = ["7M", "007m", "00 7M", "贵宾７", "'", " ", None]
    identity.connection.execute(
        "create or replace table lake.numbers_written as select unnest($1) as written", [spellings + other]
    )
    cleaned = [row["account_id"] for row in identity.rows(identity.models["numbers_cleaned"])]
    assert cleaned == ["007M"] * len(spellings) + ["7M", "007m", "00 7M", "贵宾7", None, None, None]


def test_a_chain_of_five_thousand_accounts_is_one_customer(identity: Identity) -> None:
    length = 5_000
    # Every second number is smaller than both beside it: labels spread from neighbour to neighbour are slow.
    middle = length // 2
    numbers = [(place - middle) * 7919 % length + 1 for place in range(length)]
    keys = [(number, "phone", f"p{(place + 1) // 2}") for place, number in enumerate(numbers)]
    keys += [(number, "email", f"e{place // 2}") for place, number in enumerate(numbers)]
    place_of = {number: place for place, number in enumerate(numbers)}
    links = identity.links(keys)
    assert set(links) == set(range(2, length + 1))
    assert {link["oldest_account_number"] for link in links.values()} == {1}
    for number, link in links.items():
        towards_the_oldest = 1 if place_of[number] < middle else -1
        assert place_of[link["linked_to_account_number"]] == place_of[number] + towards_the_oldest
