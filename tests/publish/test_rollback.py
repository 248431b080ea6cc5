"""A rollback is a release like any other that says what an earlier one said."""

from __future__ import annotations

import duckdb
import pytest
from candidates import Shop, Tier
from publishing import Publish

from clientele.errors import ConfigurationError, GateFailedError
from clientele.publish.record import Release
from clientele.publish.release import publish
from clientele.publish.rollback import earlier_state, kept_releases
from clientele.publish.store import current_release
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


def test_a_run_under_way_cannot_publish_over_a_rollback(settings, publish_shop: Publish):
    publish_shop(Shop())
    second = publish_shop(Shop().selling("c3", "1.0000"))
    go_back(settings)
    with pytest.raises(GateFailedError, match="a newer run has started"):
        publish_shop(Shop().selling("c3", "2.0000"), token=second.token)
