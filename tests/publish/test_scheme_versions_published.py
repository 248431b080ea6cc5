"""A release keeps what every published version of a scheme said."""

from __future__ import annotations

import pytest
from candidates import Shop
from publishing import Publish

from clientele.errors import ConfigurationError
from clientele.publish.record import read_release
from clientele.publish.store import current_release
from clientele.settings import Settings


def test_versions_stay_in_the_record_of_every_later_release(
    settings: Settings, publish_shop: Publish
) -> None:
    publish_shop(Shop(), scheme_versions={"abc": {"1": "first"}})
    later = publish_shop(
        Shop().selling("c1", "2"), scheme_versions={"abc": {"2": "second"}, "new": {"1": "x"}}
    )
    assert read_release(later.directory).scheme_versions == {
        "abc": {"1": "first", "2": "second"},
        "new": {"1": "x"},
    }


def test_a_candidate_with_an_edited_version_is_not_published(
    settings: Settings, publish_shop: Publish
) -> None:
    first = publish_shop(Shop(), scheme_versions={"abc": {"1": "first"}})
    with pytest.raises(ConfigurationError, match=r"tiers/abc\.yml has been edited"):
        publish_shop(Shop().selling("c1", "2"), scheme_versions={"abc": {"1": "edited"}})
    current = current_release(settings)
    assert current is not None
    assert current.release_id == first.release_id
