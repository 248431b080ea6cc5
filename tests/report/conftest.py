"""The hand-made release, as it is, changed, or without rows; and what a report says of it as plain text."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from published_shop import REVIEWS, ROWS, declarations, make_database


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every published table, without a row."""
    return make_database(tmp_path_factory.mktemp("empty") / "clientele.duckdb", declarations())


@pytest.fixture(scope="session")
def release(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made release before any review, not to be changed."""
    copy = Path(shutil.copy(empty, tmp_path_factory.mktemp("published") / "clientele.duckdb"))
    return make_database(copy, ROWS)


@pytest.fixture(scope="session")
def reviewed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made release with a sealed review, not to be changed."""
    copy = Path(shutil.copy(release, tmp_path_factory.mktemp("reviewed") / "clientele.duckdb"))
    return make_database(copy, REVIEWS)


@pytest.fixture
def changed(release: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Copies the hand-made release and changes the copy with SQL."""

    def change(statements: str) -> Path:
        return make_database(Path(shutil.copy(release, tmp_path / "clientele.duckdb")), statements)

    return change


@pytest.fixture
def bare(empty: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes the published tables without any row but those of the given SQL."""

    def make(statements: str) -> Path:
        return make_database(Path(shutil.copy(empty, tmp_path / "bare.duckdb")), statements)

    return make
