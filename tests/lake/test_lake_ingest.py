"""Ingest again, renamed, changed, half-written: the lake ends up as if each file had come once."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from lake_exports import drop, lake_state, pos_file, pos_line, query

from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake import ingest as ingest_module
from clientele.lake import landing
from clientele.lake.ingest import ingest
from clientele.lake.log import last_load_id, locked_lake
from clientele.settings import Settings

LOADS = (
    "select load_id, status, superseded_by_load_id, duplicate_of_load_id, position_id"
    " from lake.loads order by load_id"
)


def statuses(settings: Settings) -> list[str]:
    return [file.status for file in ingest(settings).files]


def receipts(settings: Settings, known_load_id: int | None = None) -> list[object]:
    rows = query(settings, "select receipt_no from lake.generic__pos_sales order by 1", known_load_id)
    return [receipt for (receipt,) in rows]


def test_ingesting_twice_changes_nothing(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    drop(settings, "pos_sales_bad.csv", b"x\n")
    assert statuses(settings) == ["accepted", "refused"]
    before = lake_state(settings)
    assert statuses(settings) == ["unchanged", "unchanged"]
    assert lake_state(settings) == before


def test_a_file_dropped_again_is_known_by_its_content(settings: Settings) -> None:
    path = drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    os.utime(path, ns=(1, 1))
    assert statuses(settings) == ["unchanged"]
    assert last_load_id(settings) == 1


def test_a_known_file_is_not_read_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    monkeypatch.setattr(ingest_module, "_sha256", lambda path: pytest.fail(f"read {path.name}"))
    assert statuses(settings) == ["unchanged"]


def test_a_renamed_copy_is_recorded_once_and_loads_nothing(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    drop(settings, "pos_sales_copy.csv", pos_file(pos_line(1)))
    assert statuses(settings) == ["unchanged", "duplicate_file"]
    assert statuses(settings) == ["unchanged", "unchanged"]
    assert query(settings, LOADS) == [(1, "accepted", None, None, 1), (2, "duplicate_file", None, 1, 2)]
    assert receipts(settings) == ["R1"]


def test_a_changed_file_takes_the_place_of_what_its_name_held(settings: Settings) -> None:
    drop(settings, "pos_sales_a.csv", pos_file(pos_line(1)))
    drop(settings, "pos_sales_b.csv", pos_file(pos_line(2)))
    ingest(settings)
    drop(settings, "pos_sales_a.csv", pos_file(pos_line(1), pos_line(3)))
    ingest(settings)
    assert query(settings, LOADS) == [
        (1, "accepted", 3, None, 1),
        (2, "accepted", None, None, 2),
        (3, "accepted", None, None, 1),
    ]
    assert receipts(settings) == ["R1", "R2", "R3"]
    positions = query(
        settings, "select distinct _load_id, _position_id from lake.generic__pos_sales order by 1"
    )
    assert positions == [(2, 2), (3, 1)]


def test_what_was_replaced_under_its_name_is_no_duplicate_under_another(settings: Settings) -> None:
    """A till that writes one file and has it renamed when the month is over."""
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    drop(settings, "pos_sales.csv", pos_file(pos_line(2)))
    drop(settings, "pos_sales_2025-01.csv", pos_file(pos_line(1)))
    assert statuses(settings) == ["accepted", "accepted"]
    assert receipts(settings) == ["R1", "R2"]
    drop(settings, "pos_sales_copy.csv", pos_file(pos_line(1)))
    assert statuses(settings) == ["unchanged", "unchanged", "duplicate_file"]
    assert query(settings, LOADS) == [
        (1, "accepted", 2, None, 1),
        (2, "accepted", None, None, 1),
        (3, "accepted", None, None, 3),
        (4, "duplicate_file", None, 3, 4),
    ]


def test_an_earlier_state_can_still_be_mounted(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    drop(settings, "pos_sales.csv", pos_file(pos_line(2)))
    ingest(settings)
    assert receipts(settings, known_load_id=1) == ["R1"]
    assert receipts(settings, known_load_id=2) == ["R2"]
    assert receipts(settings, known_load_id=0) == []
    with pytest.raises(ConfigurationError, match="the log ends at load 2"):
        receipts(settings, known_load_id=3)


def test_a_file_put_back_as_it_was_counts_as_it_was(settings: Settings) -> None:
    for content in (pos_file(pos_line(1)), pos_file(pos_line(2)), pos_file(pos_line(1))):
        drop(settings, "pos_sales.csv", content)
        ingest(settings)
    assert receipts(settings) == ["R1"]
    assert query(settings, LOADS)[-1] == (3, "accepted", None, None, 1)


def test_a_refused_file_leaves_what_its_name_held_before(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    drop(settings, "pos_sales.csv", pos_file(pos_line(2))[:-1])
    assert statuses(settings) == ["refused"]
    assert receipts(settings) == ["R1"]
    drop(settings, "pos_sales.csv", pos_file(pos_line(2)))
    assert statuses(settings) == ["accepted"]
    assert receipts(settings) == ["R2"]


def test_a_refused_file_is_looked_at_again_under_a_new_description(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(settings, "sales.csv", pos_file(pos_line(1)))
    assert statuses(settings) == ["refused"]
    descriptions = ingest_module.load_descriptions(settings.dbt_project)
    generic = descriptions["generic"]
    pos_sales = generic.feeds["pos_sales"].model_copy(update={"files": ("sales*.csv",)})
    changed = generic.model_copy(update={"feeds": {**generic.feeds, "pos_sales": pos_sales}})
    monkeypatch.setattr(ingest_module, "load_descriptions", lambda _: {"generic": changed})
    assert statuses(settings) == ["accepted"]


def test_a_file_that_grows_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    drop(settings, "pos_sales_still.csv", pos_file(pos_line(2)))

    def grow(_: float) -> None:
        with path.open("ab") as file:
            file.write(pos_file(pos_line(3)))

    patient = Settings(home=settings.home, settle_seconds=5, secret_key=settings.secret_key)
    monkeypatch.setattr(landing.unsettled, "__defaults__", (grow,))
    assert statuses(patient) == ["waiting", "accepted"]
    assert query(settings, "select file_name from lake.loads") == [("pos_sales_still.csv",)]


@pytest.mark.parametrize("growth", [b"R2,1\n", b"R2"], ids=["a line", "half a line"])
def test_a_file_that_changes_while_it_is_read_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, growth: bytes
) -> None:
    path = drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    read = ingest_module.open_reader

    def grow_and_read(*arguments: object) -> object:
        with path.open("ab") as file:
            file.write(growth)
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest_module, "open_reader", grow_and_read)
    assert statuses(settings) == ["waiting"]
    assert query(settings, "select * from lake.loads") == []
    assert [entry.name for entry in settings.lake.rglob("*.parquet*")] == []


def test_a_file_declared_done_is_not_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    drop(settings, "pos_sales.csv.done", b"")
    patient = Settings(home=settings.home, settle_seconds=5, secret_key=settings.secret_key)
    monkeypatch.setattr(landing.unsettled, "__defaults__", (lambda _: pytest.fail("waited"),))
    assert statuses(patient) == ["accepted"]


@pytest.mark.parametrize(
    "name", ["pos_sales.csv.part", "pos_sales.TMP", ".pos_sales.csv", "pos_sales.csv.done"]
)
def test_what_is_never_an_export_is_passed_over(settings: Settings, name: str) -> None:
    drop(settings, name, pos_file(pos_line(1)))
    assert statuses(settings) == []


def test_files_in_folders_of_a_source_are_known_by_their_path(settings: Settings) -> None:
    drop(settings, "2025/pos_sales.csv", pos_file(pos_line(1)))
    drop(settings, "2026/pos_sales.csv", pos_file(pos_line(2)))
    ingest(settings)
    assert query(settings, "select file_name from lake.loads") == [
        ("2025/pos_sales.csv",),
        ("2026/pos_sales.csv",),
    ]
    assert receipts(settings) == ["R1", "R2"]


@pytest.mark.parametrize("folder", ["generic", "generic/2026"])
def test_a_folder_that_cannot_be_listed_is_an_error_and_no_lack_of_files(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)), source="online_retail")
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)), source=folder)
    (settings.landing / "online_retail" / "lost+found").mkdir()
    closed, scandir = str(settings.landing / folder), os.scandir

    def refuse(path: str) -> object:
        if str(path) == closed or str(path).endswith("lost+found"):
            raise PermissionError(errno.EACCES, "Permission denied", closed)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UnavailableError, match=f"the folder {closed} cannot be listed") as caught:
        ingest(settings)
    assert caught.value.exit_code == 3
    assert query(settings, "select source from lake.loads") == [("online_retail",)]


def test_columns_are_found_by_name_in_any_order_and_case(settings: Settings) -> None:
    header = "KIND, Receipt_No ,line_no,store_id,sold_at,sku,quantity,net_amount,currency_code"
    drop(settings, "pos_sales.csv", pos_file("sale,R1,1,S1,2025-01-01,SKU1,1,2.00,CNY", header=header))
    ingest(settings)
    row = query(settings, "select receipt_no, kind, net_amount, member_no from lake.generic__pos_sales")
    assert row == [("R1", "sale", "2.00", None)]


def test_one_source_alone_can_be_ingested(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    assert ingest(settings, "online_retail").files == []
    assert len(ingest(settings, "generic").files) == 1
    with pytest.raises(ConfigurationError, match="no source 'nothing'"):
        ingest(settings, "nothing")


def test_a_missing_landing_folder_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="there is no landing folder") as caught:
        ingest(Settings(home=tmp_path / "nowhere"))
    assert "\n" not in str(caught.value)


def test_a_lake_is_never_mixed_from_two_secrets(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", pos_file(pos_line(1)))
    ingest(settings)
    with pytest.raises(ConfigurationError, match="secret key is not the one"):
        ingest(Settings(home=settings.home, settle_seconds=0, secret_key="another secret for tests"))


def test_only_one_process_writes_to_the_lake(settings: Settings) -> None:
    with locked_lake(settings), pytest.raises(UnavailableError, match="another process"):  # noqa: SIM117
        with locked_lake(settings, timeout_seconds=0.05):
            pass


def test_two_ingests_at_once_load_each_file_once(settings: Settings) -> None:
    for number in range(8):
        drop(settings, f"pos_sales_{number}.csv", pos_file(pos_line(number)))
    threads = [threading.Thread(target=ingest, args=(settings,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert last_load_id(settings) == 8
    assert receipts(settings) == [f"R{number}" for number in range(8)]
