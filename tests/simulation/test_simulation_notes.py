"""What a simulation says beside its figures: one remark for each thing that is missing or differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clientele.errors import ConfigurationError
from clientele.simulation import scheme_text
from clientele.simulation.happened import Happened, yearly_costs
from clientele.simulation.notes import Facts, notes_on
from clientele.simulation.result import Tier
from clientele.simulation.thresholds import Words
from clientele.simulation.tried import read_tried

TEXT = (Path(__file__).resolve().parents[2] / "dbt_project" / "tiers" / "membership_tier.yml").read_text(
    encoding="utf-8"
)
TRIED = read_tried(TEXT)
ENDS = (date(2026, 5, 31), date(2026, 6, 30))
HAPPENED = Happened(
    scheme_id=TRIED.scheme.id,
    title=Words("会员卡", "Member card"),
    version=TRIED.scheme.version,
    first_date=ENDS[0],
    tiers=tuple(
        Tier("happened", tier.code, tier.rank, Words("名", "name"), yearly_costs(TRIED.scheme)[tier.code])
        for tier in TRIED.scheme.tiers
    ),
    costs_version=TRIED.scheme.version,
    overrides_count=3,
)
FACTS = Facts(
    first_month_end=ENDS[0],
    dates=ENDS,
    compared_dates=ENDS,
    missing_needs=(),
    codes_met=frozenset({"gold", "silver", None}),
    published_hash=TRIED.content_hash,
    sealed_dates=(),
)


def said(happened: Happened = HAPPENED, facts: Facts = FACTS, text: str = TEXT) -> Sequence[Words]:
    return list(notes_on(read_tried(text), happened, facts))


def test_where_nothing_is_missing_only_the_past_is_spoken_of() -> None:
    (past,) = said()
    assert past.en.startswith("Past behaviour was shaped by the scheme then in force, Member card:")
    assert past.zh.startswith("过去的消费行为受当时实行的方案“会员卡”影响")


@pytest.mark.parametrize(
    ("happened", "facts", "remark"),
    [
        ({}, {"missing_needs": ("members",)}, "The feeds lack what the scheme needs: members."),
        ({}, {"first_month_end": date(2026, 4, 30)}, "No month before 2026-05-31 can be computed"),
        ({}, {"dates": (), "compared_dates": ()}, "No month of the period can be computed."),
        ({}, {"compared_dates": ENDS[1:]}, "knows the tiers of Member card from 2026-05-31 only"),
        ({}, {"codes_met": frozenset({"black", "gold"})}, "The simulated scheme has no black:"),
        ({"scheme_id": "club"}, {}, "What happened includes 3 overrides by staff; they are for club alone"),
        ({}, {"sealed_dates": ENDS}, "Reviews of this scheme up to 2026-06-30 are sealed."),
        ({}, {"published_hash": "other"}, "has been published with another content: raise it"),
        ({"costs_version": 7}, {}, "of the scheme's file, version 7; version 2 was published last."),
        (
            {"tiers": (Tier("happened", "gold", 1, Words("", "Gold"), None),)},
            {},
            "The benefits of gold in membership_tier state no cost_amount",
        ),
    ],
)  # fmt: skip
def test_each_thing_that_is_missing_or_differs_is_said_once(happened: dict, facts: dict, remark: str) -> None:
    _, other = said(replace(HAPPENED, **happened), replace(FACTS, **facts))
    assert remark in other.en
    assert other.zh


def test_a_version_that_was_never_published_needs_no_remark() -> None:
    assert len(said(facts=replace(FACTS, published_hash=None))) == 1


def test_the_scheme_is_given_as_its_text_or_as_a_file_of_any_name(tmp_path: Path) -> None:
    file = tmp_path / "draft of June.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert scheme_text(None, file) == scheme_text(TEXT, None) == scheme_text(TEXT, "") == TEXT
    file.write_bytes(b"\xff\xfe")
    for text, path in (
        (None, None),
        (TEXT, file),
        (None, tmp_path / "none.yml"),
        (None, tmp_path),
        (None, file),
    ):
        with pytest.raises(ConfigurationError):
            scheme_text(text, path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "tiers/scheme.yml:1: "),
        ("models: [", "tiers/scheme.yml:1: is not YAML"),
        ("models:\n  - {name: 2026-02-30}\n", "tiers/scheme.yml:2: is not YAML: day is out of range"),
        (TEXT.replace("id: membership_tier", "id: ../../etc"), "tiers/scheme.yml:"),
        (TEXT.replace("under: 2000\n", "under: 1999\n"), "leaves a gap between 1999 and 2000"),
    ],
)
def test_a_text_that_is_no_scheme_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_tried(text)
    assert problem in str(refused.value)
