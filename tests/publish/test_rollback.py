"""A rollback is a release like any other that says what an earlier one said."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from candidates import Shop, Tier
from publishing import Publish

from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.publish.record import Release
from clientele.publish.release import publish
from clientele.publish.rollback import earlier_state, kept_releases
from clientele.publish.store import current_release, way_back
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.publish.verify import verify_release
from clientele.settings import Settings


def go_back(settings: Settings, release_id: str | None = None) -> Release:
    state = earlier_state(settings, release_id)
    return publish(
        settings,
        state.database,
        run_id=state.run_id,
        token=state.token,
        quality_results=state.quality_results,
        descriptions=state.descriptions,
    )


def test_a_rollback_says_what_the_earlier_release_said(settings, publish_shop: Publish):
    first = publish_shop(Shop())
    publish_shop(Shop(tiers=(Tier("c1", "B", 2), Tier("c2")), known_load_id=2))
    back = go_back(settings)
    assert (back.release_id, back.previous_release_id) == ("r000003", "r000002")
    assert (back.content_digest, back.known_load_id) == (first.content_digest, first.known_load_id)
    assert current_release(settings) == back
    assert verify_release(back.directory) == []
    with (
        duckdb.connect(str(first.directory / "clientele.duckdb"), read_only=True) as was,
        duckdb.connect(str(back.directory / "clientele.duckdb"), read_only=True) as now,
    ):
        described = "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns()"
        assert now.execute(described).fetchall() == was.execute(described).fetchall()
        for table in PUBLISHED_TABLES:
            rows = f"select * exclude (release_id) from {table} order by all"
            if table != "releases":
                assert now.execute(rows).fetchall() == was.execute(rows).fetchall()
            assert now.execute(f"select distinct release_id from {table}").fetchall() != []
        assert now.execute("select count(*) from releases").fetchone() == (3,)


def test_the_crm_hears_of_the_way_back(settings, publish_shop: Publish):
    publish_shop(Shop())
    publish_shop(Shop(tiers=(Tier("c1", "B", 2), Tier("c2"))))
    changes = (go_back(settings).directory / "crm").glob("*.csv*")
    assert any(path.stat().st_size for path in changes)


def test_any_kept_release_can_be_named(settings, publish_shop: Publish):
    first = publish_shop(Shop())
    publish_shop(Shop().selling("c3", "1.0000"))
    publish_shop(Shop().selling("c3", "2.0000"))
    assert [release.release_id for release in kept_releases(settings)] == ["r000003", "r000002", "r000001"]
    assert go_back(settings, "r000001").content_digest == first.content_digest


@pytest.mark.parametrize(
    ("release_id", "message"),
    [("r000002", "r000002 is the current release"), ("r000009", "no release r000009.*kept are r000001")],
)
def test_a_release_that_cannot_be_gone_back_to_is_refused(settings, publish_shop, release_id, message):
    publish_shop(Shop())
    publish_shop(Shop().selling("c3", "1.0000"))
    with pytest.raises(ConfigurationError, match=message):
        earlier_state(settings, release_id)


def test_without_an_earlier_release_there_is_nothing_to_go_back_to(settings, publish_shop: Publish):
    with pytest.raises(ConfigurationError, match="no release to go back to"):
        earlier_state(settings, None)
    publish_shop(Shop())
    with pytest.raises(ConfigurationError, match="no earlier release is kept"):
        earlier_state(settings, None)


def test_a_damaged_release_is_not_gone_back_to_and_the_others_are_named(settings, publish_shop: Publish):
    publish_shop(Shop())
    damaged = publish_shop(Shop().selling("c3", "1.0000"))
    publish_shop(Shop().selling("c3", "2.0000"))
    cut(damaged.directory / "clientele.duckdb", to=100)
    with pytest.raises(
        UnavailableError, match=r"r000002 cannot be gone back to: .*kept are r000002, r000001"
    ):
        earlier_state(settings, None)
    assert go_back(settings, "r000001").release_id == "r000004"


def test_a_release_without_a_table_of_today_is_not_gone_back_to(settings, publish_shop: Publish):
    earlier = publish_shop(Shop()).directory / "clientele.duckdb"
    publish_shop(Shop().selling("c3", "1.0000"))
    earlier.chmod(0o644)
    with duckdb.connect(str(earlier)) as connection:
        connection.execute("drop table feed_days")
    with pytest.raises(UnavailableError, match=r"r000001 cannot be gone back to: .*feed_days"):
        earlier_state(settings, None)


def test_an_earlier_release_without_a_record_is_named_and_may_be_removed(settings, publish_shop: Publish):
    first = publish_shop(Shop())
    publish_shop(Shop().selling("c3", "1.0000"))
    cut(first.directory / "release.json", to=0)
    with pytest.raises(UnavailableError, match=f"remove {first.directory}"):
        kept_releases(settings)
    shutil.rmtree(first.directory)
    assert [release.release_id for release in kept_releases(settings)] == ["r000002"]


@pytest.mark.parametrize("name", ["clientele.duckdb", "release.json"])
def test_after_damage_to_the_current_release_the_way_back_leads_to_a_new_one(
    settings, publish_shop: Publish, name
):
    first = publish_shop(Shop())
    current = publish_shop(Shop().selling("c3", "1.0000"))
    cut(current.directory / name, to=100)
    with pytest.raises(UnavailableError):
        publish_shop(Shop().selling("c3", "2.0000"))
    link = settings.published / "current"
    assert f"ln -sfn releases/r000001 {link} " in way_back(settings, "r000002")
    subprocess.run(["ln", "-sfn", "releases/r000001", str(link)], check=True)
    again = publish_shop(Shop().selling("c3", "2.0000"))
    assert (again.release_id, again.previous_release_id) == ("r000002", first.release_id)
    assert verify_release(again.directory) == []


def test_damage_to_the_only_release_is_mended_by_starting_anew(settings, publish_shop: Publish):
    only = publish_shop(Shop())
    cut(only.directory / "release.json", to=0)
    with pytest.raises(UnavailableError, match=f"remove {settings.published} and then `clientele run`"):
        current_release(settings)
    shutil.rmtree(settings.published)
    assert publish_shop(Shop()).content_digest == only.content_digest


def cut(file: Path, to: int) -> None:
    """Leave of a file what a disk may leave of it."""
    file.chmod(0o644)
    with file.open("r+b") as opened:
        opened.truncate(to)


def test_a_run_under_way_cannot_publish_over_a_rollback(settings, publish_shop: Publish):
    publish_shop(Shop())
    second = publish_shop(Shop().selling("c3", "1.0000"))
    go_back(settings)
    with pytest.raises(GateFailedError, match="a newer run has started"):
        publish_shop(Shop().selling("c3", "2.0000"), token=second.token)
