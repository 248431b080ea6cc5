"""The newest review that the current release shows: what the lake must not have lost."""

from __future__ import annotations

from dataclasses import dataclass

from clientele.duck import connect
from clientele.publish import store
from clientele.settings import Settings

_NEWEST = """
select sequence_number, review_id, record_hash
from tier_reviews
order by sequence_number desc
limit 1
"""


@dataclass(frozen=True)
class PublishedReview:
    """A review as a release tells of it."""

    sequence_number: int
    review_id: str
    record_hash: str


def published_review(settings: Settings) -> PublishedReview | None:
    """The newest of the current release; None where nothing is published, or no review is.

    Raises UnavailableError when its database cannot be opened.
    """
    release = store.current_release(settings)
    if release is None or "tier_reviews" not in release.tables:
        return None
    with connect(release.directory / store.DATABASE, settings, read_only=True) as connection:
        row = connection.execute(_NEWEST).fetchone()
    return PublishedReview(*row) if row else None
