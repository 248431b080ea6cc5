"""What the doctor says of a lake that something happened to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lake_exports import drop, members_file, pos_file, pos_line, query

from clientele.errors import UnavailableError
from clientele.lake.ingest import ingest
from clientele.lake.raw import malformed_path, raw_path, vault_path
from clientele.lake.verify import verify_lake
from clientele.settings import Settings


@pytest.fixture
def shop(settings: Settings) -> Settings:
    """A lake with a row that could not be split and with a key of its own."""
    own = replace(settings, secret_key=None)
    drop(own, "pos_sales.csv", pos_file(pos_line(1), "R2,1"))
    drop(own, "members.csv", members_file("M1,Zhang Wei,13912345678,,,2025-01-01,active"))
    ingest(own)
    assert verify_lake(own) == []
    return own


def test_every_file_of_a_load_is_missed(shop: Settings) -> None:
    of_sales = (shop, "generic", "pos_sales", 2)
    lost = [raw_path(*of_sales), malformed_path(*of_sales), vault_path(shop, 1), shop.lake / "secret.key"]
    for path in lost:
        content = path.read_bytes()
        path.unlink()
        (said,) = verify_lake(shop)
        assert "missing" in said
        assert not path.exists()
        path.write_bytes(content)
    assert verify_lake(shop) == []


@pytest.mark.parametrize("what_is_left", [0, 200])
def test_a_cut_file_of_malformed_rows_is_said_and_ends_no_run_in_a_traceback(
    shop: Settings, what_is_left: int
) -> None:
    path = malformed_path(shop, "generic", "pos_sales", 2)
    path.write_bytes(path.read_bytes()[:what_is_left])
    (said,) = verify_lake(shop)
    assert said == f"load 2: {path} is damaged"
    with pytest.raises(UnavailableError, match=r"load 2 \(pos_sales.csv\)") as error:
        query(shop, "select 1")
    assert error.value.remedy == f"restore {path.parent} from a backup"


def test_another_key_than_the_lakes_is_said(shop: Settings, tmp_path: Path) -> None:
    key = (shop.lake / "secret.key").read_text(encoding="ascii").strip()
    assert verify_lake(replace(shop, secret_key=key)) == []
    (said,) = verify_lake(replace(shop, secret_key="another secret for tests"))
    assert "not the one that this lake was written with" in said
    assert key not in said
    assert verify_lake(Settings(home=tmp_path / "nothing")) == []
    assert not (tmp_path / "nothing").exists()
