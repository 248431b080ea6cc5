from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from candidates import Shop
from publishing import Publish, publisher

from clientele.publish.record import Release
from clientele.publish.store import current_release
from clientele.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", keep_releases=3, threads=1)


@pytest.fixture
def publish_shop(settings: Settings) -> Publish:
    return publisher(settings)


@pytest.fixture(scope="session")
def home_of_first_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("first_release") / "home"
    publisher(Settings(home=home, threads=1))(Shop())
    return home


@pytest.fixture
def first_release(settings: Settings, home_of_first_release: Path) -> Release:
    """``Shop()``, already published into the home of this test."""
    shutil.copytree(home_of_first_release, settings.home, symlinks=True)
    release = current_release(settings)
    assert release is not None
    return release
