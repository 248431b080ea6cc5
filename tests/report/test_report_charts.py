"""Drawings: pure, without words, the same bytes for the same rows."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from clientele.report import charts
from clientele.report.queries import TierSize


def size(day: date, rank: int, customers: int, net_sales: str = "10") -> TierSize:
    return TierSize(
        as_of_date=day,
        scheme_id="scheme",
        scheme_version=1,
        scheme_title_zh="方案",
        scheme_title_en="Scheme",
        tier_code=f"tier-{rank}",
        tier_rank=rank,
        tier_name_zh="天使",
        tier_name_en="Angel",
        customers_count=customers,
        customers_ratio=None,
        net_sales_12m_amount=Decimal(net_sales),
        net_sales_12m_ratio=None,
    )


HISTORY = [
    size(day, rank, customers)
    for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
    for rank, customers in ((2, 10), (1, 90))
]


def bar(svg: str) -> dict[str, str]:
    rectangle = ElementTree.fromstring(svg).find("rect")
    assert rectangle is not None
    return rectangle.attrib


def areas_of(svg: str) -> dict[str, tuple[float, float]]:
    """Top and bottom of each area by colour, in drawing units from the top."""
    areas = {}
    for path in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):
        if path.get("aria-roledescription") == "area mark":
            heights = [float(y) for _, y in re.findall(r"([-\d.]+),([-\d.]+)", path.attrib["d"])]
            areas[path.attrib["fill"]] = (min(heights), max(heights))
    return areas


def test_a_bar_grows_away_from_the_middle_in_proportion_to_the_largest() -> None:
    left = bar(charts.share_bar(Decimal("0.2"), Decimal("0.8"), 0, "left"))
    right = bar(charts.share_bar(Decimal("0.2"), Decimal("0.8"), 0, "right"))
    assert (left["x"], left["width"]) == ("75.000", "25.000")
    assert (right["x"], right["width"]) == ("0.000", "25.000")


def test_a_share_below_zero_or_unknown_has_no_bar() -> None:
    for ratio in (Decimal("-0.1"), None):
        assert bar(charts.share_bar(ratio, Decimal(1), 0, "right"))["width"] == "0.000"
    assert bar(charts.share_bar(Decimal(0), Decimal(0), 0, "right"))["width"] == "0.000"


def test_better_tiers_are_darker() -> None:
    colours = [charts.tier_colour(position) for position in (0, 0.5, 1)]
    assert sorted(colours) == colours
    assert len(set(colours)) == 3


def test_one_date_is_no_development() -> None:
    assert charts.shares_over_time(HISTORY[:2], "customers") is None
    assert charts.shares_over_time([], "customers") is None


def test_the_best_tier_lies_on_top_in_its_share() -> None:
    svg = charts.shares_over_time(HISTORY, "customers")
    assert svg is not None
    heights = areas_of(svg)
    assert heights[charts.tier_colour(0)] == (0, 15)
    assert heights[charts.tier_colour(1)] == (15, 150)


def test_a_drawing_is_text_that_scales_and_repeats() -> None:
    svg = charts.shares_over_time(HISTORY, "net_sales")
    assert svg == charts.shares_over_time(HISTORY, "net_sales")
    assert svg is not None
    root = ElementTree.fromstring(svg)
    assert "viewBox" in root.attrib
    assert not {"width", "height"} & set(root.attrib)
    labels = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "100%" in labels
    assert not any("天" in str(label) or "Angel" in str(label) for label in labels)
    assert " id=" not in svg


def test_negative_net_sales_do_not_turn_the_drawing_over() -> None:
    returned = [size(day, 1, 5, "-50") for day in (date(2026, 1, 31), date(2026, 2, 28))]
    kept = [size(day, 2, 5, "50") for day in (date(2026, 1, 31), date(2026, 2, 28))]
    svg = charts.shares_over_time([*returned, *kept], "net_sales")
    assert svg is not None
    assert areas_of(svg) == {charts.tier_colour(0): (0, 150), charts.tier_colour(1): (150, 150)}
