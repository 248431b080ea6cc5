from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from quarantine_shop import NAME, PHONE, POS, deliver

from clientele.cli import main
from clientele.errors import ConfigurationError, UnavailableError
from clientele.quarantine.rows import export_original, export_rows, show_row
from clientele.settings import Settings


def test_a_row_is_shown_with_contact_data_masked(settings: Settings) -> None:
    row = show_row(settings, 1, 1, reveals=False)
    assert (row.source, row.feed, row.file_name) == ("generic", "pos_sales", "pos_sales.csv")
    assert (row.cells["receipt_no"], row.cells["net_amount"], row.cells["phone"]) == ("R1", "nine", "***")
    assert row.cells["category"] is None
    assert "till" not in row.cells
    assert not ({PHONE, NAME} & {part for cell in row.cells.values() if cell for part in cell.split(" ", 1)})


@pytest.mark.parametrize("contact", [PHONE, f"+86 {PHONE}", "+1 (415) 555-0123", "zhang.wei@shop.example"])
def test_contact_data_in_the_wrong_column_is_masked_as_well(settings: Settings, contact: str) -> None:
    """As in the text of the row that is published: the till has moved its cells by one."""
    deliver(settings, POS.replace("R1,1,S1,2025-01-01T10:00:00", f"R1,1,{contact},2025-01-01T10:00:00"))
    row = show_row(settings, 2, 1, reveals=False)
    assert row.cells["store_id"] == "***"
    assert (row.cells["receipt_no"], row.cells["sold_at"]) == ("R1", "2025-01-01T10:00:00")
    assert show_row(settings, 2, 1, reveals=True).cells["store_id"] == contact


def test_the_key_reveals_contact_data_and_columns_nobody_described(settings: Settings) -> None:
    row = show_row(settings, 1, 1, reveals=True)
    assert (row.cells["phone"], row.cells["till"]) == (PHONE, f"T1 {NAME}")
    with pytest.raises(UnavailableError, match="secret key"):
        show_row(replace(settings, secret_key="another secret for tests"), 1, 1, reveals=True)


def test_a_row_that_could_not_be_split_shows_its_text_to_the_key_alone(settings: Settings) -> None:
    masked = show_row(settings, 1, 3, reveals=False)
    assert (masked.cells, masked.text) == ({}, "***")
    assert masked.reason == "5 fields where the header has 12"
    assert show_row(settings, 1, 3, reveals=True).text == f"R3,1,S1,{PHONE},too few\n"


@pytest.mark.parametrize(("load_id", "row"), [(1, 5), (1, 0), (2, 1)])
def test_a_row_that_there_is_not_is_said_so(settings: Settings, load_id: int, row: int) -> None:
    with pytest.raises(ConfigurationError, match=r"no row|no load"):
        show_row(settings, load_id, row, reveals=False)


def test_an_export_has_every_cell_that_no_spreadsheet_runs(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "repair" / "rows.csv"
    assert export_rows(settings, 1, file) == 3
    first, second, third = csv.DictReader(file.open(encoding="utf-8", newline=""))
    assert (first["_load_id"], first["_row_number"], first["phone"]) == ("1", "1", PHONE)
    assert (first["product_name"], second["product_name"], second["net_amount"]) == (
        "'=1+1",
        "''=x",
        "'-9.90",
    )
    assert (third["_text"], third["receipt_no"]) == (f"R3,1,S1,{PHONE},too few", "")


def test_files_with_contact_data_are_for_their_owner_alone(settings: Settings, tmp_path: Path) -> None:
    export_rows(settings, 1, tmp_path / "rows.csv")
    export_original(settings, 1, tmp_path / "original.csv")
    assert (tmp_path / "original.csv").read_text(encoding="utf-8") == POS
    for name in ("rows.csv", "original.csv"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_nothing_is_left_of_an_export_that_fails(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        export_rows(
            replace(settings, secret_key="another secret for tests"), 1, tmp_path / "repair" / "rows.csv"
        )
    assert list((tmp_path / "repair").iterdir()) == []


def test_a_load_without_rows_in_quarantine_exports_nothing(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no load 2"):
        export_rows(settings, 2, tmp_path / "rows.csv")


@pytest.fixture
def as_installed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CLIENTELE_HOME", str(settings.home))
    monkeypatch.setenv("CLIENTELE_SECRET_KEY", str(settings.secret_key))
    return settings


def test_the_command_shows_no_contact_data_unasked(as_installed: Settings, capsys) -> None:
    for arguments in (["list"], ["show", "--load", "1", "--row", "1"], ["show", "--load", "1", "--row", "3"]):
        assert main(["quarantine", *arguments, "--json"]) == 0
        said = capsys.readouterr()
        json.loads(said.out)
        assert "load 1" in said.err
        assert PHONE not in said.out + said.err
        assert NAME not in said.out + said.err
    assert main(["quarantine", "show", "--load", "1", "--row", "1", "--reveal"]) == 0
    assert PHONE in capsys.readouterr().err


def test_a_choice_that_finds_nothing_does_not_say_that_nothing_is_in_quarantine(as_installed, capsys) -> None:
    for choice in (["--source", "other"], ["--reason", "no_such_reason"], ["--load", "2"]):
        assert main(["quarantine", "list", *choice, "--json"]) == 0
        said = capsys.readouterr()
        assert json.loads(said.out) == {"groups": []}
        assert said.err == f"no row in quarantine is of {' '.join(choice)}\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [([], "ACTION"), (["show", "--load", "1"], "--row"), (["show", "--load", "1", "--row", "0"], "'0'")],
)
def test_wrong_use_is_one_line(as_installed: Settings, capsys, arguments: list[str], named: str) -> None:
    assert main(["quarantine", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line
