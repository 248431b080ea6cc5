"""One good shop and one import of Great Expectations for all tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import quality_shop

from clientele.settings import Settings


@pytest.fixture(scope="session")
def good_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DuckDB file of a shop on which every expectation holds; not to be written to."""
    return quality_shop.build(tmp_path_factory.mktemp("shop") / "warehouse.duckdb")


@pytest.fixture
def shop(good_shop: Path, tmp_path: Path) -> Callable[..., Path]:
    """``shop(*sql)``: a copy of the good shop after the statements."""

    def spoiled(*statements: str) -> Path:
        copy = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good_shop, copy)
        return quality_shop.spoil(copy, *statements)

    return spoiled


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")
