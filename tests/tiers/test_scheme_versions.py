"""A version of a scheme that was published is superseded, never edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clientele.errors import ConfigurationError
from clientele.tiers import superseded, versions_built, versions_in

TIERS = Path(__file__).resolve().parents[2] / "dbt_project" / "tiers"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiers"
    folder.mkdir()
    for name in ("appliance_spend.yml", "appliance_spend.sql", "value_pyramid.yml", "value_pyramid.sql"):
        shutil.copy(TIERS / name, folder)
    return folder


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "appliance_spend.yml"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")


def test_an_edit_under_a_published_version_is_refused(folder: Path) -> None:
    published = superseded({}, versions_in(folder))
    change(folder, "20000", "25000")
    with pytest.raises(ConfigurationError) as raised:
        superseded(published, versions_in(folder))
    assert str(raised.value) == (
        "tiers/appliance_spend.yml has been edited since it was published as version 1"
        " (raise the version of the scheme, or undo the edit)"
    )


def test_an_edit_with_a_version_of_its_own_supersedes_the_published_one(folder: Path) -> None:
    published = superseded({}, versions_in(folder))
    change(folder, "20000", "25000")
    change(folder, "version: 1", "version: 2")
    both = superseded(published, versions_in(folder))
    assert list(both["appliance_spend"]) == ["1", "2"]
    assert both["value_pyramid"] == published["value_pyramid"]
    # Both are published now, and neither may be edited.
    change(folder, "version: 2", "version: 1")
    with pytest.raises(ConfigurationError, match="published as version 1"):
        superseded(both, versions_in(folder))


def test_comments_and_layout_are_no_edit(folder: Path) -> None:
    published = superseded({}, versions_in(folder))
    change(folder, "rank: 3", "rank:   3  # the best")
    change(folder, "One row per", "A row per")
    assert superseded(published, versions_in(folder)) == published


def test_a_scheme_that_is_gone_keeps_its_versions(folder: Path) -> None:
    published = superseded({}, versions_in(folder))
    for file in folder.glob("appliance_spend.*"):
        file.unlink()
    assert superseded(published, versions_in(folder)) == published


def test_what_dbt_built_is_what_the_files_say(tier_project) -> None:
    built = versions_built(tier_project.folder / "target" / "manifest.json")
    assert built == versions_in(tier_project.folder / "tiers")
