"""Two sides of a review by hand: whose tier differs, and which cause and rows are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import pytest

from clientele.reviews.restatements import ROWS_NAMED, find_restatements

SCHEME = "spend"
KNOWN_LOAD_ID = 1

_TABLES = {
    "accounts": "source varchar, account_reference varchar, customer_key varchar",
    "tiers": "customer_key varchar, scheme_id varchar, tier_code varchar, tier_rank integer",
    "figures": "customer_key varchar, scheme_id varchar, figures varchar",
    "records": "kind varchar, source varchar, record_key varchar, account_reference varchar,"
    " scheme_id varchar, is_return boolean, content varchar, load_id bigint, row_number bigint,"
    " is_in_time boolean",
    "links": "source varchar, account_reference varchar, load_id bigint",
}


@dataclass(frozen=True)
class Record:
    """A record in force about the account of ``member``."""

    member: str
    key: str
    kind: str = "line"
    content: str = "as first told"
    scheme_id: str | None = None
    is_return: bool = False
    load_id: int = 1
    row_number: int = 1
    is_in_time: bool = True

    def row(self) -> tuple[object, ...]:
        return (
            self.kind, "generic", self.key, self.member, self.scheme_id, self.is_return, self.content,
            self.load_id, self.row_number, self.is_in_time,
        )  # fmt: skip


@dataclass(frozen=True)
class Side:
    """``customers`` maps accounts to customers, ``tiers`` customers to their tier, 1 or 2."""

    customers: Mapping[str, str]
    tiers: Mapping[str, int]
    records: Sequence[Record] = ()
    figures: Mapping[str, str] | None = None
    links: Sequence[tuple[str, int]] = ()


THEN = Side({"m1": "c1", "m2": "c2"}, {"c1": 1, "c2": 1}, (Record("m1", "r1"), Record("m2", "r2")))


def restated(then: Side, now: Side, *edited: str) -> dict[str, tuple[object, ...]]:
    """What is found, by customer: tiers of then and now, cause, count of rows, loads and rows."""
    with duckdb.connect() as connection:
        for schema, side in (("known_then", then), ("known_now", now)):
            connection.execute(f"create schema {schema}")
            content = {
                "accounts": [("generic", account, key) for account, key in side.customers.items()],
                "tiers": [(key, SCHEME, f"tier {rank}", rank) for key, rank in side.tiers.items()],
                "figures": [(key, SCHEME, text) for key, text in (side.figures or {}).items()],
                "records": [record.row() for record in side.records],
                "links": [("generic", account, load_id) for account, load_id in side.links],
            }
            for table, declaration in _TABLES.items():
                connection.execute(f"create table {schema}.{table} ({declaration})")
                marks = ", ".join("?" * len(declaration.split(", ")))
                for row in content[table]:
                    connection.execute(f"insert into {schema}.{table} values ({marks})", row)
        table = find_restatements(connection, KNOWN_LOAD_ID, edited)
        rows = connection.execute(
            f"select customer_key, tier_rank_then, tier_rank_now, cause, rows_count, load_ids, row_numbers"
            f" from {table} where scheme_id = '{SCHEME}'"
        ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    assert len(found) == len(rows), "a customer is named twice"
    return found


def risen(*records: Record, **changes: object) -> Side:
    """What is known now when c1 has the higher tier, and these records have come in."""
    return replace(THEN, tiers={"c1": 2, "c2": 1}, records=(*THEN.records, *records), **changes)


def test_nothing_differs_when_nothing_came_in():
    assert restated(THEN, THEN) == {}


def test_a_record_that_moves_nobody_restates_nobody():
    assert restated(THEN, replace(THEN, records=(*THEN.records, Record("m1", "r3", load_id=2)))) == {}


@pytest.mark.parametrize(
    ("record", "cause"),
    [
        (Record("m1", "r3", load_id=2, row_number=7), "late_line"),
        (Record("m1", "r3", load_id=2, row_number=7, is_return=True), "return"),
        (Record("m1", "o1", "override", scheme_id=SCHEME, load_id=2, row_number=7), "override"),
        (Record("m1", "m1", "member", load_id=2, row_number=7), "late_record"),
        (Record("m1", "e1", "service_event", load_id=2, row_number=7), "late_record"),
    ],
)
def test_what_came_in_about_the_customer_is_the_cause_with_its_row(record, cause):
    assert restated(THEN, risen(record)) == {"c1": (1, 2, cause, 1, "2", "2:7")}


def test_a_line_that_replaced_an_earlier_version_is_a_correction():
    corrected = Record("m1", "r1", content="as corrected", load_id=3, row_number=4)
    now = replace(THEN, tiers={"c1": 2, "c2": 1}, records=(corrected, THEN.records[1]))
    assert restated(THEN, now) == {"c1": (1, 2, "correction", 1, "3", "3:4")}


def test_a_file_dropped_again_under_its_name_is_no_cause_for_lines_it_repeats():
    repeated = replace(THEN.records[0], load_id=2)
    now = replace(THEN, tiers={"c1": 2, "c2": 1}, records=(repeated, THEN.records[1]))
    assert restated(THEN, now) == {"c1": (1, 2, "place_among_others", 0, None, None)}


def test_a_line_that_moved_to_another_account_is_a_correction_for_both():
    moved = Record("m2", "r1", content="of m2", load_id=2, row_number=5)
    now = replace(THEN, tiers={"c1": 2, "c2": 2}, records=(moved, THEN.records[1]))
    assert restated(THEN, now) == dict.fromkeys(("c1", "c2"), (1, 2, "correction", 1, "2", "2:5"))


def test_a_line_that_is_gone_is_a_correction_and_names_its_own_row():
    now = replace(THEN, tiers={"c1": 2, "c2": 1}, records=THEN.records[1:])
    assert restated(THEN, now) == {"c1": (1, 2, "correction", 1, "1", "1:1")}


def test_an_override_of_another_scheme_is_no_cause():
    other = Record("m1", "o1", "override", scheme_id="another", load_id=2)
    assert restated(THEN, risen(other))["c1"][2] == "place_among_others"


def test_others_are_the_cause_where_the_figures_that_decide_are_the_same():
    record = Record("m1", "m1", "member", load_id=2)
    then = replace(THEN, figures={"c1": "[100]"})
    assert restated(then, risen(record, figures={"c1": "[100]"}))["c1"][2] == "place_among_others"
    assert restated(then, risen(record, figures={"c1": "[250]"}))["c1"][2] == "late_record"


def test_an_override_is_the_cause_though_the_figures_are_the_same():
    then = replace(THEN, figures={"c1": "[100]"})
    record = Record("m1", "o1", "override", scheme_id=SCHEME, load_id=2)
    assert restated(then, risen(record, figures={"c1": "[100]"}))["c1"][2] == "override"


def test_an_edited_scheme_is_the_cause_where_nothing_came_in_about_the_customer():
    assert restated(THEN, risen(), SCHEME) == {"c1": (1, 2, "scheme_edit", 0, None, None)}
    assert restated(THEN, risen(Record("m1", "r3", load_id=2)), SCHEME)["c1"][2] == "late_line"


def test_a_record_of_a_later_day_is_no_cause():
    later = Record("m1", "m1", "member", load_id=2, is_in_time=False)
    assert restated(THEN, risen(later))["c1"][2] == "place_among_others"


def test_two_customers_who_are_one_now_are_both_named_with_the_record_that_joined_them():
    joining = Record("m2", "m2", "member", load_id=2, row_number=3, is_in_time=False)
    now = Side({"m1": "c1", "m2": "c1"}, {"c1": 2}, (*THEN.records, joining), links=[("m2", 2)])
    expected = (1, 2, "merge", 1, "2", "2:3")
    assert restated(THEN, now) == {"c1": expected, "c2": expected}


def test_a_customer_who_is_two_now_is_named_under_the_old_key_and_the_new():
    then = Side({"m1": "c1", "m2": "c1"}, {"c1": 2})
    parting = Record("m2", "m2", "member", load_id=2, row_number=3, is_in_time=False)
    now = Side({"m1": "c1", "m2": "c2"}, {"c1": 1, "c2": 1}, (parting,))
    expected = (2, 1, "unmerge", 1, "2", "2:3")
    assert restated(then, now) == {"c1": expected, "c2": expected}


def test_a_customer_nobody_knows_any_more_was_erased():
    now = Side({"m2": "c2"}, {"c2": 1}, THEN.records)
    assert restated(THEN, now) == {"c1": (1, None, "erasure", 0, None, None)}


def test_a_customer_nobody_knew_then_has_no_tier_of_then():
    late = Record("m3", "r3", load_id=2)
    now = Side({**THEN.customers, "m3": "c3"}, {**THEN.tiers, "c3": 2}, (*THEN.records, late))
    assert restated(THEN, now) == {"c3": (None, 2, "late_line", 1, "2", "2:1")}


def test_all_rows_are_counted_and_the_first_are_named_in_order():
    late = [Record("m1", f"r{number}", load_id=12, row_number=number) for number in range(10, 40)]
    late.append(Record("m1", "r2b", load_id=2, row_number=9))
    _, _, cause, count, loads, rows = restated(THEN, risen(*reversed(late)))["c1"]
    assert (cause, count, loads) == ("late_line", 31, "2,12")
    assert rows.split(",") == ["2:9", *(f"12:{number}" for number in range(10, 9 + ROWS_NAMED))]
