"""What the doctor says of settings and of releases."""

from __future__ import annotations

from dataclasses import replace

from candidates import Shop
from publishing import Publish

from clientele.doctor import examine


def test_settings_in_force_are_shown_and_secrets_are_not(settings):
    secretive = replace(settings, secret_key="not for any eye", business_time_zone="Europe/London")
    (said,) = [finding.message for finding in examine(secretive) if finding.subject == "settings"]
    assert "business_time_zone=Europe/London" in said
    assert "keep_releases=3" in said
    assert "secret_key=set" in said
    assert "eye" not in said


def test_a_stable_name_that_is_gone_is_found_and_the_next_publish_mends_it(settings, publish_shop: Publish):
    publish_shop(Shop())
    database = settings.published / "clientele.duckdb"
    database.unlink()
    (failed,) = [finding for finding in examine(settings) if finding.subject == "release"]
    assert (failed.state, str(database) in failed.message) == ("failed", True)
    assert publish_shop(Shop()).is_unchanged
    assert [finding.state for finding in examine(settings) if finding.subject == "release"] == ["ok"]
