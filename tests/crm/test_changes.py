from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientele.crm.changes import COLUMNS, CrmExport, write_changes


@dataclass(frozen=True)
class Tier:
    """A row of the published ``customer_tiers``, as far as the export reads it."""

    customer_key: str
    tier_code: str = "A"
    tier_rank: int = 3
    scheme_id: str = "value_pyramid"
    scheme_version: int = 1
    tier_name_zh: str = "重要"
    tier_name_en: str = "top"
    reason_zh: str = "排名第 1"
    reason_en: str = "ranked 1st"
    valid_from_date: str = "2024-02-29"


def write_published(database: Path, number: int, tiers: Iterable[Tier]) -> Path:
    """Write the two tables of release ``number`` that the export reads."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table releases (release_id varchar, sequence_number integer, as_of_date date)"
        )
        for earlier in range(1, number + 1):
            connection.execute(
                "insert into releases values (?, ?, ?)",
                [f"r{earlier:06d}", earlier, f"2024-0{earlier + 1}-28"],
            )
        connection.execute(
            "create table customer_tiers (customer_key varchar, tier_code varchar, tier_rank integer,"
            " scheme_id varchar, scheme_version integer, tier_name_zh varchar, tier_name_en varchar,"
            " reason_zh varchar, reason_en varchar, valid_from_date date)"
        )
        for tier in tiers:
            connection.execute(
                "insert into customer_tiers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(tier)
            )
    return database


@pytest.fixture
def export(tmp_path: Path):
    """Export the change from the tiers of one release (None: there was none) to those of the next."""

    def run(before: Iterable[Tier] | None, after: Iterable[Tier]) -> CrmExport:
        previous = None if before is None else write_published(tmp_path / "previous.duckdb", 1, before)
        number = 1 if before is None else 2
        latest = write_published(tmp_path / "latest.duckdb", number, after)
        return write_changes(latest, previous, tmp_path / "crm")

    return run


def rows_of(export: CrmExport) -> list[dict[str, str]]:
    with export.file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_in_the_first_release_everyone_is_new(export):
    written = export(None, [Tier("c2", "B", 2), Tier("c1")])
    assert rows_of(written)[0] == {
        "release_id": "r000001",
        "customer_key": "c1",
        "scheme_id": "value_pyramid",
        "scheme_version": "1",
        "tier_code": "A",
        "tier_name_zh": "重要",
        "tier_name_en": "top",
        "previous_tier_code": "",
        "change": "new",
        "reason_zh": "排名第 1",
        "reason_en": "ranked 1st",
        "valid_from_date": "2024-02-29",
    }
    assert [row["customer_key"] for row in rows_of(written)] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Tier("c1", "B", 2), Tier("c1", "A", 3), "upgraded"),
        (Tier("c1", "A", 3), Tier("c1", "B", 2), "downgraded"),
        (Tier("c1", "A", 3), Tier("c1", "A2", 3), "changed"),
        (Tier("c1", "B", 2), Tier("c1", "A", 3, scheme_version=2), "changed"),
        (Tier("c1", "A", 3), Tier("c1", "A", 3, scheme_version=2), "changed"),
    ],
    ids=["higher rank", "lower rank", "same rank", "other version", "other version, same tier"],
)
def test_a_change_is_named_by_rank_within_one_version(export, before, after, change):
    (row,) = rows_of(export([before], [after]))
    assert (row["change"], row["previous_tier_code"], row["tier_code"]) == (
        change,
        before.tier_code,
        after.tier_code,
    )


def test_who_stays_is_not_listed_even_when_the_reason_differs(export):
    written = export([Tier("c1")], [Tier("c1", reason_en="ranked 2nd", valid_from_date="2024-03-28")])
    assert written.rows == 0
    assert written.file.read_text(encoding="utf-8") == ",".join(COLUMNS) + "\n"


def test_who_is_no_longer_in_the_scheme_has_left_as_of_the_release(export):
    (row,) = rows_of(export([Tier("c1"), Tier("c2")], [Tier("c1")]))
    assert (row["customer_key"], row["change"], row["previous_tier_code"]) == ("c2", "left", "A")
    assert (row["tier_code"], row["tier_name_zh"], row["tier_name_en"]) == ("", "", "")
    assert (row["reason_zh"], row["reason_en"]) == ("不再属于该方案", "No longer in this scheme")
    assert (row["scheme_version"], row["valid_from_date"], row["release_id"]) == (
        "1",
        "2024-03-28",
        "r000002",
    )


def test_schemes_of_one_customer_change_apart(export):
    rfm = Tier("c1", scheme_id="rfm_quintile")
    written = export([Tier("c1"), rfm], [Tier("c1", "B", 2), rfm])
    assert [(row["scheme_id"], row["change"]) for row in rows_of(written)] == [
        ("value_pyramid", "downgraded")
    ]


def test_rows_are_ordered_by_customer_and_scheme_and_repeat_to_the_byte(tmp_path):
    tiers = [Tier(f"c{number % 7}", scheme_id=f"s{number // 7}") for number in range(35)]
    one = write_changes(write_published(tmp_path / "1.duckdb", 1, tiers), None, tmp_path / "1")
    other = write_changes(write_published(tmp_path / "2.duckdb", 1, reversed(tiers)), None, tmp_path / "2")
    keys = [(row["customer_key"], row["scheme_id"]) for row in rows_of(one)]
    assert keys == sorted(keys)
    assert one.file.read_bytes() == other.file.read_bytes()
    assert one.sha256 == other.sha256


@pytest.mark.parametrize(
    "hostile",
    [
        '=HYPERLINK("http://x","a")',
        "+1+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\tx",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "﹦1",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\u3000＝1",
    ],
)
def test_no_cell_starts_a_formula(export, hostile):
    tier = Tier(hostile, hostile, 3, hostile, 1, hostile, hostile, hostile, hostile)
    (row,) = rows_of(export(None, [tier]))
    texts = (
        "customer_key",
        "scheme_id",
        "tier_code",
        "tier_name_zh",
        "tier_name_en",
        "reason_zh",
        "reason_en",
    )
    assert {row[name] for name in texts} == {f"'{hostile}"}


def test_a_previous_tier_starts_no_formula_either(export):
    (row,) = rows_of(export([Tier("c1", "=1+1", 1)], [Tier("c1")]))
    assert row["previous_tier_code"] == "'=1+1"


@pytest.mark.parametrize(
    "harmless", ["1-1", "a=b", "12.5", "", " plain", "O'Neil", '"quoted", yes', "两行\r\n文字", "NULL"]
)
def test_any_other_text_is_kept_as_it_is(export, harmless):
    (row,) = rows_of(export(None, [Tier("c1", reason_zh=harmless)]))
    assert row["reason_zh"] == harmless


TIERS = st.dictionaries(
    st.sampled_from(["c1", "c2", "c3"]), st.sampled_from([("A", 3, 1), ("B", 2, 1), ("A", 3, 2)]), max_size=3
)


@settings(max_examples=15, deadline=None)
@given(before=TIERS, after=TIERS)
def test_whoever_applies_the_changes_arrives_at_the_new_tiers(tmp_path_factory, before, after):
    directory = tmp_path_factory.mktemp("applied")

    def tiers(state):
        return [Tier(key, code, rank, scheme_version=version) for key, (code, rank, version) in state.items()]

    written = write_changes(
        write_published(directory / "latest.duckdb", 2, tiers(after)),
        write_published(directory / "previous.duckdb", 1, tiers(before)),
        directory / "crm",
    )
    applied = {key: (code, version) for key, (code, _, version) in before.items()}
    for row in rows_of(written):
        if row["change"] == "left":
            del applied[row["customer_key"]]
        else:
            applied[row["customer_key"]] = (row["tier_code"], int(row["scheme_version"]))
    assert applied == {key: (code, version) for key, (code, _, version) in after.items()}


def test_the_manifest_lets_the_receiver_check_the_file(export):
    written = export(
        [Tier("c1", "B", 2), Tier("c2"), Tier("c3"), Tier("c4")],
        [Tier("c1"), Tier("c2", "B", 2), Tier("c4"), Tier("c5"), Tier("c6")],
    )
    manifest = json.loads(written.manifest.read_text(encoding="utf-8"))
    assert manifest == {
        "file": "customer_tier_changes.csv",
        "rows": 5,
        "sha256": hashlib.sha256(written.file.read_bytes()).hexdigest(),
        "release_id": "r000002",
        "previous_release_id": "r000001",
        "columns": list(COLUMNS),
        "changes": {"new": 2, "upgraded": 1, "downgraded": 1, "changed": 0, "left": 1},
    }
    assert manifest["rows"] == len(rows_of(written)) == written.rows
    assert written.file.read_text(encoding="utf-8").splitlines()[0].split(",") == manifest["columns"]


def test_nothing_else_is_left_beside_the_two_files(export):
    written = export(None, [Tier("c1")])
    assert {path.name for path in written.file.parent.iterdir()} == {written.file.name, written.manifest.name}


def test_an_export_that_fails_leaves_the_file_before_untouched(export, tmp_path):
    written = export(None, [Tier("c1")])
    before = (written.file.read_bytes(), written.manifest.read_bytes())
    empty = write_published(tmp_path / "empty.duckdb", 0, [])
    with pytest.raises(duckdb.DataError, match="names no release"):
        write_changes(empty, None, written.file.parent)
    assert (written.file.read_bytes(), written.manifest.read_bytes()) == before
