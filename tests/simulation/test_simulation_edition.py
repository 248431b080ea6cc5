"""What the page of a simulation shows, from figures made by hand; also where much of it is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clientele.report.blocks import Block, Chart, Edition, Figures, Flow, Pair, Shade, Table, Text
from clientele.simulation import as_text
from clientele.simulation.edition import edition
from clientele.simulation.output import sensitivity_rows
from clientele.simulation.result import Effect, Flapping, Movement, Mover, Simulation, Tier, TierSize
from clientele.simulation.texts import TEXTS
from clientele.simulation.thresholds import Threshold, Words

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
GOLD, BASE = Words("金卡", "Gold"), Words("普通", "Base")
TIERS = (
    Tier("happened", "gold", 2, GOLD, Decimal(120)),
    Tier("happened", "base", 1, BASE, None),
    Tier("simulated", "gold", 2, GOLD, Decimal(60)),
    Tier("simulated", "base", 1, BASE, Decimal(12)),
)
COUNTS = {
    "happened": {"gold": (2, "20.00"), "base": (8, None)},
    "simulated": {"gold": (3, "15.00"), "base": (7, "7.00")},
}
SIZES = tuple(
    TierSize(day, side, code, count, Decimal(count) / 10, Decimal(100 * count), cost and Decimal(cost))
    for day in (MAY, JUNE)
    for side, tiers in COUNTS.items()
    for code, (count, cost) in tiers.items()
)  # fmt: skip
THRESHOLD = Threshold(
    1, "share", "net_sales_12m_amount", Words("销售额", "Sales"), GOLD, Decimal(20), Decimal(2), ()
)
SIMULATION = Simulation(
    scheme_id="club",
    scheme_version=2,
    scheme_content_hash="",
    title=Words("俱乐部", "Club"),
    against_scheme_id="card",
    against_title=Words("会员卡", "Card"),
    release_id="r000001",
    known_load_id=7,
    from_date=date(2026, 5, 1),
    to_date=JUNE,
    currency_code="CNY",
    dates=(MAY, JUNE),
    compared_dates=(MAY, JUNE),
    notes=(Words("过去……", "The past …"), Words("缺少……", "Missing: …")),
    tiers=TIERS,
    sizes=SIZES,
    movements=tuple(
        Movement(day, *ends, direction, count, Decimal(100 * count))
        for day in (MAY, JUNE)
        for *ends, direction, count in (
            ("gold", "gold", "same", 2),
            ("base", "gold", "up", 1),
            ("base", "base", "same", 6),
            (None, "base", "new", 1),
        )
    ),
    movers=(
        Mover("c1", "base", "gold", "up", Decimal("100.50")),
        Mover("c2", None, "base", "new", Decimal(0)),
    ),
    flapping=(
        Flapping("happened", 10, Decimal("1.64"), 2, Decimal("1.219512"), 1, Decimal("0.1")),
        Flapping("simulated", 10, Decimal("1.64"), 0, Decimal(0), 0, Decimal(0)),
    ),
    costs={"happened": Decimal("40.00"), "simulated": Decimal("44.00")},
    thresholds=(THRESHOLD,),
    computed={"gold": 3, "base": 7},
    effects=(
        Effect(1, "up", Decimal(22), None, {"gold": 5, "base": 5}, 2, Decimal(200), 0, Decimal(0), 0),
        Effect(1, "down", Decimal(18), "is no scheme"),
    ),
    folder=Path("reports"),
)
NOTHING_COMPARED = replace(
    SIMULATION,
    compared_dates=(),
    sizes=tuple(size for size in SIZES if size.side == "simulated"),
    movements=(),
    movers=(),
    costs={"happened": None, "simulated": None},
)
NOTHING_AT_ALL = replace(
    NOTHING_COMPARED, dates=(), sizes=(), thresholds=(), computed={}, effects=(), currency_code=None
)


def blocks(shown: Edition, anchor: str) -> tuple[Block, ...]:
    return next(section.blocks for section in shown.sections if section.anchor == anchor)


def tables(shown: Edition, anchor: str) -> list[Table]:
    return [block for block in blocks(shown, anchor) if isinstance(block, Table)]


def test_the_matrix_goes_from_the_tiers_that_were_to_those_simulated() -> None:
    matrix, movers, months = tables(edition(SIMULATION, "en"), "movement")
    assert [column.label for column in matrix.columns] == ["Tier that was", "Gold", "Base", "Total"]
    shades = [[cell.value for cell in row if isinstance(cell, Shade)] for row in matrix.rows]
    assert shades == [[2, None], [1, 6], [None, 1]]
    assert [row[0] for row in matrix.rows] == ["Gold", "Base", "No tier"]
    assert [row[-1] for row in matrix.rows] == [2, 7, 1]
    assert movers.rows == (("c1", "Base", "Gold", Decimal("100.50")),)
    assert months.rows[-1] == (JUNE, 8, 1, 0, 1, 0, 0, Decimal(100), Decimal(0))


@pytest.mark.parametrize(
    ("language", "note"),
    [("zh", "仅列前 20 位，另有 1,480 位。"), ("en", "The first 20; 1,480 more are not listed.")],
)
def test_of_more_movers_than_a_page_lists_it_says_how_many_there_are(language: str, note: str) -> None:
    risers = tuple(Mover(f"c{number}", "base", "gold", "up", Decimal(number)) for number in range(30))
    movements = (Movement(JUNE, "base", "gold", "up", 1500, Decimal(2000)),)
    many = replace(SIMULATION, movements=movements, movers=risers)
    movers = tables(edition(many, language), "movement")[1]
    assert (len(movers.rows), movers.note) == (20, note)


def test_the_costs_of_each_month_stand_side_by_side_with_their_difference() -> None:
    (costs,) = tables(edition(SIMULATION, "en"), "costs")
    assert costs.rows[0] == (MAY, Decimal(20), Decimal(22), Decimal(2))
    assert costs.total == ("Total", Decimal(40), Decimal(44), Decimal(4))


def test_a_moved_threshold_says_what_it_changes_and_a_stuck_one_why() -> None:
    moved, stuck = tables(edition(SIMULATION, "en"), "sensitivity")
    assert moved.rows == (("Sales", "Gold", "20%", "22%", 2, 0, Decimal(200), "Gold +2 · Base −2"),)
    assert stuck.rows == (("Sales", "Gold", "20%", "18%", "is no scheme"),)
    rows = sensitivity_rows(SIMULATION)
    assert [(row["tier_code"], row["customers_change"], row["problem"]) for row in rows] == [
        ("gold", 2, None),
        ("base", -2, None),
        (None, None, "is no scheme"),
    ]


def test_both_languages_show_the_same_and_begin_with_what_shaped_the_past() -> None:
    editions = [edition(SIMULATION, language) for language in ("zh", "en")]
    shapes = [
        [(section.anchor, [type(block) for block in section.blocks]) for section in each.sections]
        for each in editions
    ]
    assert shapes[0] == shapes[1]
    firsts = [blocks(each, "overview")[0] for each in editions]
    assert [first.text for first in firsts if isinstance(first, Text)] == ["过去……", "The past …"]
    assert editions[0].title == "方案模拟：俱乐部"


def test_drawings_have_a_value_for_each_date() -> None:
    shown = edition(SIMULATION, "en")
    drawings = [
        block for section in shown.sections for block in section.blocks if isinstance(block, Pair | Flow)
    ]
    assert [type(drawing) for drawing in drawings] == [Pair, Flow, Pair]
    charts = [side for pair in drawings if isinstance(pair, Pair) for side in (pair.left, pair.right)]
    for chart in charts:
        assert isinstance(chart, Chart)
        assert all(len(series.values) == len(chart.categories) == 2 for series in chart.series)


@pytest.mark.parametrize(
    "simulation", [NOTHING_COMPARED, NOTHING_AT_ALL], ids=["nothing compared", "nothing"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_not_known_is_said_and_left_out(simulation: Simulation, language: str) -> None:
    shown = edition(simulation, language)
    assert not tables(shown, "movement")
    assert any(isinstance(block, Text) and block.style == "absent" for block in blocks(shown, "movement"))
    assert any(isinstance(block, Figures) for block in blocks(shown, "overview"))
    assert "note: The past …" in as_text(simulation)


def test_every_text_is_said_somewhere_in_both_languages() -> None:
    assert all(text.zh and text.en for text in TEXTS.values())
    folder = Path(__file__).resolve().parents[2] / "plugins" / "clientele" / "simulation"
    code = "".join(
        path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")) if path.stem != "texts"
    )
    said = {"happened", "simulated", "other"}
    assert set(TEXTS) - said == {key for key in TEXTS if f'"{key}"' in code} - said
