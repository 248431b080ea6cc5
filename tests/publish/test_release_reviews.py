"""A release holds the signed set of every review it shows, and keeps it from release to release."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from candidates import Shop, quality_row, write_candidate
from publishing import DESCRIPTIONS, PUBLISHED_AT, render_page

from clientele.publish.record import Release
from clientele.publish.release import publish
from clientele.publish.reviews import PublishedReview, published_review
from clientele.publish.rollback import earlier_state
from clientele.settings import Settings
from clientele.warehouse.fence import next_token

SEALED = """
create table lake.sealed_reviews as
    from (values (1, '2024-05-31', date '2024-05-31', 'club'), (2, '2024-06-30', date '2024-06-30', 'club'))
        as reviews (sequence_number, review_id, as_of_date, scheme_id);
create table lake.sealed_decisions as
    select unnest([1, 2]) as sequence_number, 'club' as scheme_id, 1 as scheme_version,
        'c1' as customer_key, unnest([date '2024-05-31', date '2024-06-30']) as decided_on_date,
        unnest([1, 2]) as tier_rank, unnest(['new', 'upgraded']) as outcome;
create table lake.sealed_scheme_tiers as
    select unnest([1, 1, 2, 2]) as sequence_number, 'club' as scheme_id, 1 as scheme_version,
        unnest([1, 2, 1, 2]) as tier_rank, unnest(['B', 'A', 'B', 'A']) as tier_code,
        '级' as tier_name_zh, 'tier' as tier_name_en
"""


@pytest.fixture
def publish_reviewed(settings: Settings):
    """Publishes a shop whose lake holds two sealed reviews, of which its date shows the first ``shown``."""

    def run(shop: Shop, shown: int) -> Release:
        token = next_token(settings)
        database = settings.warehouse / "runs" / f"run_{token:06d}" / "warehouse.duckdb"
        write_candidate(database, shop)
        with duckdb.connect(str(database)) as connection:
            connection.execute(SEALED)
            connection.execute("delete from tier_reviews")
            connection.execute(
                "insert into tier_reviews (review_id, sequence_number, as_of_date, scheme_id, record_hash)"
                " select review_id, sequence_number, as_of_date, scheme_id, 'hash ' || sequence_number"
                " from lake.sealed_reviews where sequence_number <= ?",
                [shown],
            )
        return _published(settings, database, token)

    return run


def _published(settings: Settings, database: Path, token: int) -> Release:
    return publish(
        settings,
        database,
        run_id=f"run_{token:06d}",
        token=token,
        quality_results=[quality_row()],
        descriptions=DESCRIPTIONS,
        render_report=render_page,
        published_at=PUBLISHED_AT,
    )


def signed_sets(release: Release) -> list[str]:
    return sorted(path.name for path in (release.directory / "crm" / "reviews").iterdir())


def test_the_signed_sets_of_all_reviews_are_published(settings, publish_reviewed):
    release = publish_reviewed(Shop(), 2)
    assert signed_sets(release) == ["2024-05-31.csv", "2024-06-30.csv"]
    lines = (settings.published / "crm" / "reviews" / "2024-06-30.csv").read_text("utf-8").splitlines()
    assert lines[1:] == ["2024-06-30,2024-06-30,c1,club,1,A,级,tier,B,upgraded,upgraded"]


def test_the_next_release_keeps_the_signed_sets_and_adds_its_own(publish_reviewed):
    first = publish_reviewed(Shop(), 1)
    second = publish_reviewed(Shop(known_load_id=2), 2)
    assert (signed_sets(first), len(signed_sets(second))) == (["2024-05-31.csv"], 2)
    kept = [release.directory / "crm" / "reviews" / "2024-05-31.csv" for release in (first, second)]
    assert kept[0].samefile(kept[1])


def test_a_rollback_shows_the_signed_sets_of_the_reviews_it_shows(settings, publish_reviewed):
    publish_reviewed(Shop(), 1)
    publish_reviewed(Shop(known_load_id=2), 2)
    state = earlier_state(settings, None)
    back = _published(settings, state.database, state.token)
    assert signed_sets(back) == ["2024-05-31.csv"]


def test_a_release_as_of_an_earlier_date_withdraws_the_signed_sets_after_it(settings, publish_reviewed):
    """What the CRM finds beside a release is what its tables say; going on, it finds the same file again."""
    first = publish_reviewed(Shop(), 2)
    earlier = publish_reviewed(Shop(known_load_id=2), 1)
    assert signed_sets(earlier) == ["2024-05-31.csv"]
    state = earlier_state(settings, first.release_id)
    back = _published(settings, state.database, state.token)
    assert signed_sets(back) == signed_sets(first)


def test_the_newest_review_shown_is_known_by_its_hash(settings, publish_reviewed, publish_shop):
    assert published_review(settings) is None
    publish_shop(Shop())
    publish_reviewed(Shop(known_load_id=2), 2)
    assert published_review(settings) == PublishedReview(2, "2024-06-30", "hash 2")
