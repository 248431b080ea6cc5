"""Schemes over service, surveys, notes and prospects, on figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hand_worked import Assign, assert_examples, codes


def test_loyalty_by_three_signs(assign: Assign) -> None:
    assert_examples(
        assign,
        "loyalty_triple",
        "satisfaction_multiple predicted_repurchase_12m_ratio recommend_score",
        [
            ("loyal", "1.0", "0.7", 9),
            ("loyal", "1.5", "1", 10),
            ("middle", "0.999999", "0.7", 9),
            ("middle", "1.0", "0.699999", 9),
            ("middle", "1.0", "0.7", 8),
            # One sign at its worst is not yet low, two are.
            ("middle", "0.799999", "0.7", 9),
            ("middle", "1.0", "0.299999", 9),
            ("middle", "1.0", "0.7", 6),
            ("low", "0.799999", "0.299999", 9),
            ("low", "0.799999", "0.7", 6),
            ("low", "1.0", "0.299999", 6),
            ("low", "0", "0", 0),
            ("middle", "0.8", "0.299999", 9),
            ("middle", "0.799999", "0.3", 9),
            ("middle", "0.799999", "0.7", 7),
            # A survey without a recommendation cannot make loyal.
            ("middle", "1.2", "0.9", None),
            # Without a survey the probability decides.
            ("loyal", None, "0.7", None),
            ("middle", None, "0.699999", None),
            ("middle", None, "0.3", None),
            ("low", None, "0.299999", None),
            (None, "1.0", None, 9),
        ],
    )


@pytest.mark.parametrize("probability", ["0.9", "0.5", "0.1"])
def test_loyalty_without_a_survey_says_so(assign: Assign, probability: str) -> None:
    row = {"customer_key": "one", "predicted_repurchase_12m_ratio": probability}
    found = assign("loyalty_triple", [row])["one"]
    assert found["deciding_criterion"] == "predicted_repurchase_12m_ratio"
    assert found["deciding_value"] == Decimal(probability)
    assert "Satisfaction of the last survey (found over expected): unknown" in found["reason_en"]
    assert "最近一次调查满意度（感受值/期望值）：无记录" in found["reason_zh"]


def test_the_urgency_of_prospects(assign: Assign) -> None:
    assert_examples(
        assign,
        "prospect_urgency",
        "is_prospect_only prospect_closes_in_months",
        [
            ("eager", True, 0),
            ("eager", True, 1),
            ("hopeful", True, 2),
            ("hopeful", True, 3),
            ("waiting", True, 4),
            ("waiting", True, 40),
            # A customer may have an open prospect too.
            ("eager", False, 1),
            (None, False, None),
            (None, True, None),
        ],
    )


def test_customers_with_a_problem(assign: Assign) -> None:
    assert_examples(
        assign,
        "problem_customer",
        "complaints_12m_count open_complaints_count return_12m_ratio",
        [
            ("problem", 2, 0, "0"),
            ("normal", 1, 0, "0"),
            ("problem", 1, 1, "0"),
            ("problem", 0, 1, None),
            ("problem", 0, 0, "0.3"),
            ("problem", 0, 0, "0.300001"),
            ("normal", 0, 0, "0.299999"),
            ("normal", 1, 0, "0.299999"),
            ("normal", 0, 0, None),
        ],
    )


PERSONALITIES = {
    # Type, quadrant, and how the staff may write the type.
    ("silent", "analytical"): ("沉默型", "silent"),
    ("talkative", "expressive"): ("唠叨型", "talkative"),
    ("amiable", "friendly"): ("和气型", "amiable"),
    ("proud", "driving"): ("骄傲型", "proud"),
    ("sarcastic", "driving"): ("刁酸型", "sarcastic"),
    ("fault_finding", "analytical"): ("吹毛求疵型", "fault_finding"),
    ("irritable", "expressive"): ("暴躁型", "irritable"),
    ("refusing", "analytical"): ("完全拒绝型", "refusing"),
    ("bargaining", "driving"): ("杀价型", "bargaining"),
    ("short_of_money", "friendly"): ("经济困难型", "short_of_money"),
    ("untagged", "untagged"): (None, "late delivery", ""),
}


def test_personalities_by_their_tag(assign: Assign) -> None:
    examples = [(tier, tag) for (tier, _), tags in PERSONALITIES.items() for tag in tags]
    assert_examples(assign, "personality", "personality_tag", examples)


def test_quadrants_by_the_tag_of_a_personality_or_of_their_own(assign: Assign) -> None:
    own = {"driving": "支配型", "expressive": "表现型", "friendly": "亲切型", "analytical": "分析型"}
    examples = [(tier, tag) for (_, tier), tags in PERSONALITIES.items() for tag in tags]
    examples += [(tier, tag) for tier, name in own.items() for tag in (tier, name)]
    assert_examples(assign, "personality_quadrant", "personality_tag", examples)


def test_the_level_of_a_relationship(assign: Assign) -> None:
    assert_examples(
        assign,
        "relationship_level",
        "has_supply_agreement contacts_12m_count",
        [
            ("partner", True, 0),
            ("partner", True, 12),
            ("proactive", False, 12),
            ("proactive", None, 40),
            ("accountable", False, 11),
            ("accountable", None, 4),
            ("reactive", None, 3),
            ("reactive", None, 1),
            ("basic", None, 0),
            ("basic", False, 0),
        ],
    )


def test_prospects_are_in_no_scheme_but_their_own(assign: Assign) -> None:
    row = {
        "customer_key": "prospect",
        "is_prospect_only": True,
        "prospect_closes_in_months": 1,
        "is_reachable": True,
    }
    for scheme_id in ("customer_status", "problem_customer", "personality", "relationship_level"):
        assert assign(scheme_id, [row]) == {}, scheme_id
    assert codes(assign("prospect_urgency", [row])) == {"prospect": "eager"}


@pytest.mark.parametrize(
    ("scheme_id", "needs"),
    [
        ("loyalty_triple", ["predictions"]),
        ("prospect_urgency", ["prospects"]),
        ("problem_customer", ["complaints"]),
        ("personality", ["personality_tags"]),
        ("personality_quadrant", ["personality_tags"]),
        ("relationship_level", ["agreements", "service_events"]),
    ],
)
def test_without_the_feed_of_service_a_scheme_places_nobody(
    assign: Assign, scheme_id: str, needs: list[str]
) -> None:
    row = {"customer_key": "one", "predicted_repurchase_12m_ratio": 1, "prospect_closes_in_months": 1}
    assert set(assign(scheme_id, [row])) == {"one"}
    for need in needs:
        assert assign(scheme_id, [row], absent_needs=[need]) == {}
