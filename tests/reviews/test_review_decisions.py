"""Proposing and deciding: what is sealed is exactly what was proposed, by whom, and once."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import duckdb
import pytest
from filelock import FileLock, Timeout
from review_builds import WARNING
from review_shop import REVIEWED_ON, at, deliver_news, unattended

from clientele import pipeline
from clientele.errors import ConfigurationError, GateFailedError
from clientele.lake.mount import mount
from clientele.lake.reviews import read_reviews, review_folder, seal, verify_reviews
from clientele.reviews.decide import approve_review, reject_review
from clientele.reviews.proposal import open_proposal, proposal_folder, propose_review, waiting_proposals
from clientele.settings import Settings

BOTH = ["appliance_spend", "value_pyramid"]


def say(line: str) -> None:
    del line


def propose(settings: Settings, scheme_ids=None, day=REVIEWED_ON, now="2026-04-01"):
    return propose_review(settings, day, scheme_ids, say, now=at(now))


def approve(settings: Settings, name="Wang", mode="person", day=REVIEWED_ON):
    return approve_review(settings, day, name, mode, say, now=at("2026-04-02"))


@pytest.fixture
def proposed(waiting):
    return open_proposal(waiting, REVIEWED_ON)


def test_a_review_is_of_a_month_end(settings, builds):
    with pytest.raises(ConfigurationError, match="2026-03-30 ends no month"):
        propose(settings, day=REVIEWED_ON.replace(day=30))


def test_a_month_whose_exports_have_not_come_is_not_reviewed(settings, builds):
    builds.last_sale = date(2026, 2, 28)
    with pytest.raises(ConfigurationError, match=r"no sale of 2026-03 has come yet, .* of 2026-02-28"):
        propose(settings)
    assert open_proposal(settings, REVIEWED_ON) is None
    builds.last_sale = date(2026, 3, 1)
    assert propose(settings).as_of_date == REVIEWED_ON


def test_a_shop_without_sales_reviews_what_else_places_its_customers(settings, builds):
    builds.last_sale = None
    assert propose(settings).as_of_date == REVIEWED_ON


def test_a_proposal_says_what_it_would_seal(proposed):
    assert [scheme.scheme_id for scheme in proposed.schemes] == BOTH
    assert proposed.schemes[0].outcomes == {"new": 2, "kept": 4}
    assert proposed.schemes[0].decisions_count == 6
    assert [movement.customers_count for movement in proposed.movements] == [2, 2]
    assert (proposed.known_load_id, proposed.known_sequence_number) == (3, 0)


def test_the_same_proposal_is_not_built_again(waiting, builds, proposed):
    assert propose(waiting, now="2026-04-05") == proposed
    assert builds.counted == 0
    assert waiting_proposals(waiting) == [proposed]


def test_news_make_another_proposal(waiting, builds, proposed):
    deliver_news(waiting)
    assert propose(waiting).known_load_id > proposed.known_load_id
    assert builds.counted == 1


def test_another_choice_of_schemes_makes_another_proposal(waiting, builds, proposed):
    assert [scheme.scheme_id for scheme in propose(waiting, BOTH[:1]).schemes] == BOTH[:1]
    assert builds.counted == 1


def test_a_scheme_that_is_not_in_use_or_has_nothing_to_decide_is_refused(settings, builds):
    with pytest.raises(ConfigurationError, match="not in use: rfm_quintile"):
        propose(settings, ["rfm_quintile"])
    with pytest.raises(ConfigurationError, match="nothing to decide as of 2026-03-31 in buyer_type"):
        propose(settings, ["buyer_type"])
    assert open_proposal(settings, REVIEWED_ON) is None


def test_a_half_made_proposal_is_none(waiting, builds, proposed):
    (proposal_folder(waiting, REVIEWED_ON) / "proposal.json").write_text('{"as_of_date":', encoding="utf-8")
    assert open_proposal(waiting, REVIEWED_ON) is None
    assert propose(waiting).schemes == proposed.schemes


def test_an_approved_proposal_is_sealed_with_who_and_when(waiting, proposed):
    record = approve(waiting)
    assert read_reviews(waiting) == [record]
    assert (record.kind, record.decided_by, record.decision_mode) == ("sealed", "Wang", "person")
    assert (record.proposed_at, record.decided_at) == (at("2026-04-01"), at("2026-04-02"))
    assert record.schemes == proposed.schemes
    assert record.files == proposed.files
    assert {"decisions.parquet", "accounts.parquet", "restatements.parquet", "outcomes.parquet"} <= set(
        record.files
    )
    sealed_file = review_folder(waiting, 1) / "schemes" / "value_pyramid.yml"
    assert sealed_file.read_bytes() == (waiting.dbt_project / "tiers" / "value_pyramid.yml").read_bytes()
    assert verify_reviews(waiting) == []
    assert waiting_proposals(waiting) == []


def test_what_is_sealed_is_mounted_as_it_was_decided(waiting, proposed):
    approve(waiting)
    with duckdb.connect() as connection:
        mount(connection, waiting)
        decisions = connection.execute(
            "select scheme_id, customer_key, tier_rank, count(*) from lake.sealed_decisions group by all"
            " order by all"
        ).fetchall()
    expected = [(scheme_id, key, rank, 3) for scheme_id in BOTH for key, rank in (("c1", 1), ("c2", 2))]
    assert decisions == expected


def test_approving_again_seals_nothing_more(waiting, proposed):
    assert approve(waiting) == approve(waiting, "Li")
    assert len(read_reviews(waiting)) == 1


def test_a_proposal_sealed_by_a_process_that_was_killed_then_waits_no_more(waiting, proposed, monkeypatch):
    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("clientele.reviews.decide._discard", killed)
        with pytest.raises(KeyboardInterrupt):
            approve(waiting)
    assert waiting_proposals(waiting) == []
    assert approve(waiting) == read_reviews(waiting)[0]


def test_what_was_never_proposed_cannot_be_approved_or_rejected(settings, builds):
    with pytest.raises(ConfigurationError, match="no proposal as of 2026-03-31"):
        approve(settings)
    with pytest.raises(ConfigurationError, match="no proposal as of 2026-03-31"):
        reject_review(settings, REVIEWED_ON, "Wang", "too early")


def test_a_proposal_that_was_tampered_with_is_not_sealed(waiting, proposed):
    decisions = proposal_folder(waiting, REVIEWED_ON) / "files" / "decisions.parquet"
    decisions.write_bytes(decisions.read_bytes() + b" ")
    with pytest.raises(GateFailedError, match="not what was proposed"):
        approve(waiting)
    assert read_reviews(waiting) == []


def test_what_is_being_sealed_is_not_proposed_anew_meanwhile(waiting, proposed, monkeypatch):
    def watched(*arguments):
        with pytest.raises(Timeout):
            FileLock(proposal_folder(waiting, REVIEWED_ON).with_suffix(".lock"), timeout=0).acquire()
        return seal(*arguments)

    monkeypatch.setattr("clientele.reviews.decide.seal", watched)
    assert approve(waiting).files == proposed.files


def test_a_proposal_made_anew_while_its_turn_was_waited_for_is_not_decided_on_unseen(
    waiting, builds, proposed, monkeypatch
):
    @contextmanager
    def waited_for(settings, as_of_date):
        deliver_news(settings)
        propose(settings)
        yield

    monkeypatch.setattr("clientele.reviews.decide.proposal_lock", waited_for)
    with pytest.raises(GateFailedError, match="was proposed anew meanwhile"):
        approve(waiting)
    assert read_reviews(waiting) == []


def test_a_review_sealed_since_makes_a_proposal_stale(waiting, builds, proposed):
    earlier = REVIEWED_ON.replace(month=2, day=28)
    propose(waiting, day=earlier)
    approve(waiting, day=earlier)
    with pytest.raises(GateFailedError, match="propose it again"):
        approve(waiting)
    assert waiting_proposals(waiting) == []
    assert propose(waiting).schemes[0].decisions_count == 2
    assert approve(waiting).sequence_number == 2


def test_a_date_that_was_reviewed_is_not_reviewed_again(waiting, builds, proposed):
    approve(waiting)
    with pytest.raises(ConfigurationError, match="appliance_spend was reviewed as of 2026-03-31 already"):
        propose(waiting, BOTH)


def test_schemes_left_out_can_be_reviewed_later(settings, builds):
    propose(settings, BOTH[:1])
    approve(settings)
    assert [scheme.scheme_id for scheme in propose(settings).schemes] == BOTH[1:]
    assert approve(settings).review_id == "2026-03-31.2"


def test_a_sealed_version_of_a_scheme_that_was_edited_is_refused(waiting, builds, proposed):
    approve(waiting)
    file = waiting.dbt_project / "tiers" / "appliance_spend.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("20000", "30000"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="raise the version"):
        propose(waiting, day=REVIEWED_ON.replace(month=4, day=30))
    # What the file says now would be published as the reason of what was decided by what it said.
    with pytest.raises(ConfigurationError, match=r"appliance_spend\.yml has been edited .* version 1"):
        pipeline.prepare(waiting, None)


def test_a_rejection_is_kept_and_has_no_effect(waiting, proposed):
    record = reject_review(waiting, REVIEWED_ON, "Wang", " too many fall ", now=at("2026-04-02"))
    assert (record.kind, record.reason, record.decided_by) == ("rejected", "too many fall", "Wang")
    assert reject_review(waiting, REVIEWED_ON, "Wang", "too many fall") == record
    assert read_reviews(waiting) == [record]
    assert waiting_proposals(waiting) == []
    with duckdb.connect() as connection:
        mount(connection, waiting)
        assert connection.execute("from lake.sealed_reviews").fetchall() == []


@pytest.mark.parametrize(("name", "reason"), [("Wang", "  "), (" ", "too many fall")])
def test_a_rejection_needs_a_name_and_a_reason(waiting, proposed, name, reason):
    with pytest.raises(ConfigurationError):
        reject_review(waiting, REVIEWED_ON, name, reason)
    assert read_reviews(waiting) == []


def test_nothing_is_approved_unattended_unless_that_is_set(waiting, proposed):
    with pytest.raises(ConfigurationError, match="approved by a person"):
        approve(waiting, mode="unattended")
    record = approve(unattended(waiting), "unattended", "unattended")
    assert record.decision_mode == "unattended"


def test_an_outcome_that_a_check_objects_to_needs_a_person(settings, builds):
    builds.findings = (WARNING,)
    propose(settings)
    with pytest.raises(GateFailedError, match=r"needs a person: .*falls_as_usual"):
        approve(unattended(settings), "unattended", "unattended")
    assert approve(settings).decision_mode == "person"


def test_a_decision_is_on_what_was_described(waiting, builds, proposed):
    described = f"Review as of {REVIEWED_ON}; its mark is {proposed.mark}."
    deliver_news(waiting)
    assert propose(waiting).mark != proposed.mark
    for decide in (
        lambda: approve_review(waiting, REVIEWED_ON, "Wang", "person", say, described),
        lambda: reject_review(waiting, REVIEWED_ON, "Wang", "too many fall", described),
    ):
        with pytest.raises(GateFailedError, match="was proposed anew meanwhile"):
            decide()
    assert read_reviews(waiting) == []
    now_described = described.replace(proposed.mark, open_proposal(waiting, REVIEWED_ON).mark)
    assert approve_review(waiting, REVIEWED_ON, "Wang", "person", say, now_described).kind == "sealed"
