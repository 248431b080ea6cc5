"""The doctor looks at the chain of reviews, and at what the current release says of it."""

from __future__ import annotations

import pytest
from review_shop import REVIEWED_ON, at

from clientele import doctor
from clientele.lake.reviews import review_folder
from clientele.publish.reviews import PublishedReview
from clientele.reviews.decide import approve_review


@pytest.fixture
def sealed(waiting):
    approve_review(waiting, REVIEWED_ON, "Wang", "person", lambda line: None, now=at("2026-04-02"))
    return waiting


def found(settings) -> list[tuple[str, str]]:
    findings = doctor.examine(settings)
    return [(finding.state, finding.message) for finding in findings if finding.subject == "reviews"]


def test_a_shop_without_reviews_is_not_asked_for_them(settings):
    assert found(settings) == []


def test_a_chain_in_order_is_in_order(sealed):
    assert found(sealed) == [("ok", "1 in the chain, every file as it was sealed")]


def test_an_altered_file_of_a_review_is_found(sealed):
    (review_folder(sealed, 1) / "schemes" / "buyer_type.yml").write_text("", encoding="utf-8")
    file = review_folder(sealed, 1) / "decisions.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    assert ("failed", "review 2026-03-31: decisions.parquet is not as it was sealed") in found(sealed)


@pytest.mark.parametrize("number", [1, 2])
def test_a_published_review_that_the_lake_has_lost_is_found(sealed, monkeypatch, number):
    shown = PublishedReview(number, "2026-04-30", "another hash")
    monkeypatch.setattr(doctor, "published_review", lambda settings: shown)
    message = "the current release shows review 2026-04-30, the lake has lost it"
    assert found(sealed) == [("failed", message)]
