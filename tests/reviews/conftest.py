"""One small shop for the folder, and a build that takes no time."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from review_builds import Builds
from review_shop import REVIEWED_ON, at, opened_shop

from clientele.reviews.proposal import propose_review
from clientele.settings import Settings

FEW = ("appliance_spend", "value_pyramid", "buyer_type")


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return opened_shop(tmp_path_factory.mktemp("reviews"), FEW)


@pytest.fixture(scope="session")
def opened_and_proposed(opened: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shop with a proposal that waits."""
    settings = _copied(opened, tmp_path_factory.mktemp("proposed") / "home")
    with pytest.MonkeyPatch.context() as patched:
        _stand_in(patched)
        propose_review(settings, REVIEWED_ON, None, lambda line: None, now=at("2026-04-01"))
    return settings


@pytest.fixture
def settings(opened: Settings, tmp_path: Path) -> Settings:
    """The shop of this test alone, nothing of it reviewed."""
    return _copied(opened, tmp_path / "home")


@pytest.fixture
def waiting(opened_and_proposed: Settings, tmp_path: Path) -> Settings:
    """The shop of this test alone, with a proposal that waits."""
    return _copied(opened_and_proposed, tmp_path / "home")


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Builds:
    """What is built and checked in this test."""
    return _stand_in(monkeypatch)


def _copied(settings: Settings, home: Path) -> Settings:
    shutil.copytree(settings.home, home)
    return dataclasses.replace(settings, home=home, dbt_project=home / settings.dbt_project.name)


def _stand_in(patched: pytest.MonkeyPatch) -> Builds:
    builds = Builds()
    patched.setattr("clientele.reviews.proposal.build_and_check", builds)
    patched.setattr("clientele.reviews.backfill.build_and_check", builds)
    patched.setattr("clientele.reviews.proposal.restate", lambda *arguments: None)
    return builds
