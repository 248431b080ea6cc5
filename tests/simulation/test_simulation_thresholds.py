"""Every threshold of a scheme, and the scheme with one of them moved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clientele.simulation.thresholds import Variant, file_of, thresholds_of, variants_of, without_movement
from clientele.tiers.checks import check
from clientele.tiers.files import content_of
from clientele.tiers.scheme import SchemeFile

TIERS = Path(__file__).resolve().parents[2] / "dbt_project" / "tiers"
SCHEMES = sorted(path.stem for path in TIERS.glob("*.yml"))
NAME = {"zh": "名称", "en": "Name"}


def content(scheme_id: str) -> dict[str, Any]:
    return content_of(TIERS / f"{scheme_id}.yml")


def scheme(measured: str, unit: str, /, **method: Any) -> dict[str, Any]:
    """A scheme on one metric; ``method`` has its tiers without names and benefits."""
    tiers = [{**tier, "name": NAME, "benefits": []} for tier in method.pop("tiers")]
    basis = [{"metric": measured, "unit": unit, "name": NAME}]
    return {"id": "tried", "version": 1, "title": NAME, "basis": basis, **method, "tiers": tiers}


def moved(scheme_content: Mapping[str, Any]) -> dict[tuple[int, str], Variant]:
    variants = variants_of(scheme_content)
    return {(variant.threshold.number, variant.direction): variant for variant in variants}


def test_where_two_bands_meet_is_one_threshold_and_both_move() -> None:
    variant = moved(content("membership_tier"))[3, "up"]
    assert (variant.threshold.value, variant.value) == (Decimal(8000), Decimal(8800))
    assert variant.threshold.about.en == "Gold, Silver"
    assert variant.content is not None
    bounds = [{key: tier.get(key) for key in ("at_least", "under")} for tier in variant.content["tiers"]]
    assert bounds == [
        {"at_least": 50000, "under": None},
        {"at_least": 20000, "under": 50000},
        {"at_least": 8800, "under": 20000},
        {"at_least": 2000, "under": 8800},
        {"at_least": None, "under": 2000},
    ]


def test_bands_of_whole_things_that_meet_at_the_next_number_move_together_by_one_at_least() -> None:
    tiers = [{"code": "many", "rank": 2, "at_least": 4}, {"code": "few", "rank": 1, "at_most": 3}]
    variants = moved(
        scheme("visits_12m_count", "visits", method="bands", metric="visits_12m_count", tiers=tiers)
    )
    assert set(variants) == {(1, "down"), (1, "up")}
    down, up = (variants[1, direction].content for direction in ("down", "up"))
    assert down is not None
    assert up is not None
    assert [down["tiers"][0]["at_least"], down["tiers"][1]["at_most"]] == [3, 2]
    assert [up["tiers"][0]["at_least"], up["tiers"][1]["at_most"]] == [5, 4]


def test_a_value_in_several_rules_is_one_threshold() -> None:
    visits = [each for each in thresholds_of(content("nine_ladder")) if each.metric == "visits_12m_count"]
    assert [(each.value, len(each.places)) for each in visits] == [(Decimal(4), 5), (Decimal(2), 1)]


def test_a_share_moves_by_two_points_and_a_ratio_by_two_hundredths() -> None:
    shares = moved(content("abc_sales_70_20_10"))
    assert [shares[1, way].value for way in ("down", "up")] == [Decimal(68), Decimal(72)]
    assert shares[1, "up"].content is not None
    assert shares[1, "up"].content["tiers"][0]["share_under"] == "72%"
    (ratio,) = (
        each
        for each in variants_of(content("problem_customer"))
        if each.threshold.metric == "return_12m_ratio" and each.direction == "up"
    )
    assert ratio.value - ratio.threshold.value == Decimal("0.02")


def test_a_multiple_of_another_figure_moves_by_a_tenth() -> None:
    (up,) = (
        each
        for each in variants_of(content("demand_lifecycle"))
        if each.threshold.kind == "times" and each.direction == "up"
    )
    assert (up.threshold.value, up.value) == (Decimal(2), Decimal("2.2"))


def test_the_amount_that_a_figure_counts_from_is_a_threshold() -> None:
    (up,) = (
        each
        for each in variants_of(content("growth_value_club"))
        if each.threshold.places == (("figures", 0, "count_visits", "amount_over"),)
        and each.direction == "up"
    )
    assert up.content is not None
    assert up.content["figures"][0]["count_visits"]["amount_over"] == 110


@pytest.mark.parametrize(
    ("scheme_id", "problem"),
    [
        ("value_pyramid", "a share of -1% is everybody or nobody"),
        ("credit_risk", "a tenth of nothing is nothing"),
        ("appliance_frequency", "holds for no value: its lower bound is above its upper one"),
    ],
)
def test_what_would_be_no_scheme_is_said_and_not_tried(scheme_id: str, problem: str) -> None:
    found = [variant for variant in variants_of(content(scheme_id)) if variant.problem == problem]
    assert found
    assert all(variant.content is None for variant in found)


def test_the_rules_alone_keep_nothing_that_only_the_policy_reads() -> None:
    figures = [
        {
            "code": "growth",
            "unit": "points",
            "name": NAME,
            "sum": [{"metric": "visits_3m_count", "times": 10}],
        }
    ]
    tried = scheme(
        "net_sales_12m_amount",
        "money",
        figures=figures,
        method="bands",
        metric="net_sales_12m_amount",
        tiers=[
            {
                "code": "high",
                "rank": 2,
                "at_least": 100,
                "keep": {"at_least": 1, "of": [{"metric": "growth", "at_least": 5}]},
            },
            {"code": "low", "rank": 1, "under": 100},
        ],
        policy={"cadence": "monthly", "upgrade": "at_review", "downgrade": "to_fit"},
    )
    tried["basis"].append({"metric": "visits_3m_count", "unit": "visits", "name": NAME})
    assert list(check(SchemeFile.model_validate(file_of(tried, "tried")).scheme)) == []
    rules = without_movement(tried)
    assert "policy" not in rules
    assert "keep" not in rules["tiers"][0]
    assert rules["figures"] == []
    assert [entry["metric"] for entry in rules["basis"]] == ["net_sales_12m_amount"]


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_each_variant_is_a_valid_scheme_with_one_threshold_moved_or_says_why_not(scheme_id: str) -> None:
    rules = without_movement(content(scheme_id))
    for variant in variants_of(content(scheme_id)):
        if variant.content is None:
            assert variant.problem
            continue
        assert variant.problem is None
        valid = SchemeFile.model_validate(file_of(variant.content, "variant")).scheme
        assert list(check(valid)) == []
        assert valid.policy is None
        assert variant.content != rules
        for path in variant.threshold.places:
            *above, key = path
            stated, changed = at(rules, above), at(variant.content, above)
            assert stated[key] != changed[key]
            changed[key] = stated[key]
        assert variant.content == rules


def at(node: Any, path: list[str | int]) -> Any:
    for part in path:
        node = node[part]
    return node
