"""Repaired rows come back as a load that names what it repairs: once, whole, and replaced with it."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quarantine_shop import NAME, PHONE, POS, deliver

from clientele.duck import connect
from clientele.errors import ConfigurationError, UnavailableError
from clientele.failpoints import KILLED_EXIT_CODE
from clientele.lake.ingest import ingest
from clientele.lake.log import read_records
from clientele.lake.mount import mount
from clientele.lake.redrive import guarded, unguarded
from clientele.lake.verify import verify_lake
from clientele.quarantine.rows import export_rows, redrive_rows, show_row
from clientele.settings import Settings

KILLED = """
import sys
from pathlib import Path
from clientele.quarantine.rows import redrive_rows
from clientele.settings import Settings

secret = "a secret for tests only"
settings = Settings(home=Path(sys.argv[1]), secret_key=secret, failpoint=sys.argv[2])
redrive_rows(settings, Path(sys.argv[3]))
"""
REPAIRS = {
    1: {"net_amount": "9.00"},
    2: {"net_amount": "9.90"},
    3: {
        "receipt_no": "R3",
        "line_no": "1",
        "sold_at": "2025-01-01",
        "sku": "S",
        "kind": "sale",
        "store_id": "S1",
    },
}


@pytest.fixture
def repaired(settings: Settings, tmp_path: Path) -> Path:
    """All rows in quarantine, exported and repaired."""
    return repair(settings, tmp_path / "repaired.csv", REPAIRS)


def repair(settings: Settings, file: Path, repairs: Mapping[int, Mapping[str, str]]) -> Path:
    """Export the rows of load 1, change those named and leave the others out."""
    export_rows(settings, 1, file)
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        for row in rows:
            if (number := int(row["_row_number"])) in repairs:
                writer.writerow({**row, **repairs[number]})
    return file


def query(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with connect(None, settings) as connection:
        mount(connection, settings)
        return connection.execute(sql).fetchall()


REDRIVEN = "from lake.redriven_rows order by row_number"


def test_repaired_rows_are_a_load_that_names_them(settings: Settings, repaired: Path) -> None:
    outcome = redrive_rows(settings, repaired)
    assert (outcome.status, outcome.source, outcome.feed, outcome.row_count) == (
        "accepted",
        "generic",
        "pos_sales",
        3,
    )
    record = read_records(settings)[-1]
    assert (record.redrives_load_id, record.redriven_rows, record.row_count) == (1, (1, 2, 3), 3)
    assert record.file_name.startswith("redrive/00000001/")
    assert query(settings, REDRIVEN) == [(1, 1, 2), (1, 2, 2), (1, 3, 2)]
    assert query(
        settings,
        "select receipt_no, net_amount, product_name from lake.generic__pos_sales"
        " where _load_id = 2 order by 1",
    ) == [("R1", "9.00", "=1+1"), ("R2", "9.90", "'=x"), ("R3", None, None)]


def test_rows_and_amounts_of_both_loads_are_counted_apart(settings: Settings, repaired: Path) -> None:
    redrive_rows(settings, repaired)
    totals = query(
        settings, "select load_id, currency_code, row_count, amount from lake.load_totals order by all"
    )
    assert [(load, currency, rows, str(amount)) for load, currency, rows, amount in totals] == [
        (1, "CNY", 3, "0.0000"),
        (1, "XXX", 1, "0.0000"),
        (2, "CNY", 2, "18.9000"),
        (2, "XXX", 1, "0.0000"),
    ]


def test_contact_data_of_repaired_rows_goes_to_the_vault_again(settings: Settings, repaired: Path) -> None:
    redrive_rows(settings, repaired)
    row = show_row(settings, 2, 1, reveals=True)
    assert row.cells["phone"] == PHONE
    hashes = query(
        settings, "select distinct phone_hash from lake.generic__pos_sales where receipt_no = 'R1'"
    )
    assert len(hashes) == 1
    for path in (settings.lake / "raw").rglob("*.parquet"):
        assert PHONE.encode() not in path.read_bytes()


def test_columns_that_nobody_described_come_back(settings: Settings, repaired: Path) -> None:
    header, *rows = csv.reader(repaired.open(encoding="utf-8", newline=""))
    assert header[-2:] == ["extra: till", "_text"]
    assert [row[-2] for row in rows] == [f"T1 {NAME}", "T2", ""]
    redrive_rows(settings, repaired)
    assert [show_row(settings, 2, row, reveals=True).cells["till"] for row in (1, 2, 3)] == [
        f"T1 {NAME}",
        "T2",
        None,
    ]
    assert "till" not in show_row(settings, 2, 1, reveals=False).cells


def test_nothing_is_redriven_before_a_run_has_said_what_is_in_quarantine(
    settings: Settings, repaired: Path
) -> None:
    next(settings.warehouse.rglob("*.duckdb")).unlink()
    with pytest.raises(UnavailableError, match="no run has built"):
        redrive_rows(settings, repaired)
    assert len(read_records(settings)) == 1


def test_the_same_repair_again_changes_nothing(settings: Settings, repaired: Path) -> None:
    redrive_rows(settings, repaired)
    assert redrive_rows(settings, repaired).status == "unchanged"
    assert ingest(settings).count("accepted") == 0
    assert len(read_records(settings)) == 2
    assert verify_lake(settings) == []


def test_a_row_is_repaired_once(settings: Settings, repaired: Path, tmp_path: Path) -> None:
    redrive_rows(settings, repaired)
    other = repair(settings, tmp_path / "other.csv", {2: {"net_amount": "8.00"}})
    with pytest.raises(ConfigurationError, match="row 2 was redriven by load 2"):
        redrive_rows(settings, other)
    assert len(read_records(settings)) == 2


def test_some_rows_now_and_others_later(settings: Settings, tmp_path: Path) -> None:
    redrive_rows(settings, repair(settings, tmp_path / "first.csv", {1: REPAIRS[1]}))
    redrive_rows(settings, repair(settings, tmp_path / "second.csv", {2: REPAIRS[2]}))
    assert query(settings, REDRIVEN) == [(1, 1, 2), (1, 2, 3)]


def test_a_corrected_file_takes_the_place_of_the_repair_too(settings: Settings, repaired: Path) -> None:
    redrive_rows(settings, repaired)
    deliver(settings, POS.replace("nine", "9.00"))
    loads = query(settings, "select load_id, superseded_by_load_id from lake.loads order by 1")
    assert loads == [(1, 3), (2, 3), (3, None)]
    assert query(settings, REDRIVEN) == []
    assert query(settings, "select distinct _load_id from lake.generic__pos_sales") == [(3,)]
    with pytest.raises(ConfigurationError, match="load 1 was replaced by load 3"):
        redrive_rows(settings, rewritten(repaired, "9.00", "9.01"))


def rewritten(path: Path, old: str, new: str) -> Path:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("_row_number", "number", "no column _row_number"),
        ("_load_id", "load", "does not say in _load_id"),
        ("\n1,2,", "\n1,,", "row 2 does not say which row it repairs"),
        ("\n1,2,", "\n1,two,", "row 2 does not say which row it repairs"),
        ("\n1,2,", "\n2,2,", "row 2 repairs another load"),
        ("\n1,2,", "\n1,1,", "row 2 repairs the same row as one before it"),
        ("\n1,2,", "\n1,5,", "load 1 has no row 5"),
        ("\n1,2,", "\n1,4,", "row 4 of load 1 does not stand in quarantine"),
        ("\n1,", "\n7,", "there is no load 7"),
        (",receipt_no,", ",receipt,", "no column receipt_no"),
        ("\n1,2,", "\n1,2,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", "row 2: "),
    ],
)
def test_what_is_no_repair_is_refused_with_nothing_recorded(
    settings: Settings, repaired: Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        redrive_rows(settings, rewritten(repaired, old, new))
    assert PHONE not in str(caught.value)
    assert NAME not in str(caught.value)
    assert len(read_records(settings)) == 1
    assert sorted(path.name for path in settings.lake.rglob("0*")) == [
        "00000001.enc",
        "00000001.enc",
        "00000001.json",
        "00000001.malformed.parquet",
        "00000001.parquet",
    ]


def test_text_of_another_encoding_is_refused(settings: Settings, repaired: Path) -> None:
    repaired.write_bytes(repaired.read_text(encoding="utf-8").replace("Tea", "茶").encode("utf-16"))
    with pytest.raises(ConfigurationError, match="not CSV text in UTF-8"):
        redrive_rows(settings, repaired)


@pytest.mark.parametrize("name", ["ingest_drafts_written", "ingest_original_kept", "ingest_record_due"])
def test_a_redrive_killed_before_its_record_can_be_given_again(
    settings: Settings, repaired: Path, name: str
) -> None:
    command = [sys.executable, "-c", KILLED, str(settings.home), name, str(repaired)]
    assert subprocess.run(command, check=False).returncode == KILLED_EXIT_CODE
    assert len(read_records(settings)) == 1
    assert redrive_rows(settings, repaired).status == "accepted"
    assert query(settings, REDRIVEN) == [(1, 1, 2), (1, 2, 2), (1, 3, 2)]
    assert verify_lake(settings) == []


@given(st.text(alphabet="'=+-@ \tＡ＝x", max_size=6))
def test_guarding_a_cell_loses_nothing(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).lstrip(" ").startswith(("=", "+", "-", "@", "＝"))
