"""Drawings: pure, said in the reader's language, the same bytes for the same figures."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from clientele.report import charts, flows
from clientele.report.blocks import Chart, Flow, FlowLink, FlowNode, Series

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = ("2026-01", "2026-02", "2026-03")


def shares(*values: tuple[str, tuple[int | Decimal | None, ...]]) -> Chart:
    return Chart(
        "各等级",
        "shares",
        MONTHS,
        tuple(
            Series(name, figures, charts.tier_colour(place / 2))
            for place, (name, figures) in enumerate(values)
        ),
        "count",
    )


def marks(svg: str) -> dict[str, ElementTree.Element]:
    """What is said of each mark, and the mark."""
    return {
        str(path.findtext(f"{SVG}title")): path
        for path in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }


def heights(path: ElementTree.Element) -> tuple[float, float]:
    """Top and bottom of a bar, in drawing units from the top."""
    _, top = map(float, re.findall(r"M([-\d.]+),([-\d.]+)", path.attrib["d"])[0])
    return top, top + float(re.findall(r"v([-\d.]+)", path.attrib["d"])[0])


def test_better_tiers_are_darker() -> None:
    colours = [charts.tier_colour(position) for position in (0, 0.5, 1)]
    assert sorted(colours) == colours
    assert len(set(colours)) == 3


def test_every_bar_says_its_figure_and_its_share_when_pointed_at() -> None:
    said = marks(charts.svg(shares(("天使 & <b>", (10, 20, None)), ("小", (90, 80, 5))), "zh"))
    assert set(said) == {
        "2026-01 · 天使 & <b> · 10 · 10.0%",
        "2026-02 · 天使 & <b> · 20 · 20.0%",
        "2026-01 · 小 · 90 · 90.0%",
        "2026-02 · 小 · 80 · 80.0%",
        "2026-03 · 小 · 5 · 100.0%",
    }


def test_the_best_tier_lies_on_top_in_its_share() -> None:
    said = marks(charts.svg(shares(("Best", (10, 20, 5)), ("Rest", (90, 80, 95))), "en"))
    top, bottom = heights(said["2026-01 · Best · 10 · 10.0%"])
    below, end = heights(said["2026-01 · Rest · 90 · 90.0%"])
    assert top == pytest.approx(0)
    assert (bottom - top) / (end - below) == pytest.approx(1 / 9)
    assert below == pytest.approx(bottom)


def test_negative_sales_have_no_share() -> None:
    chart = shares(
        ("Kept", (Decimal(50), Decimal(50), Decimal(50))), ("Returned", (Decimal(-50), None, None))
    )
    said = marks(charts.svg(chart, "en"))
    assert "2026-01 · Kept · 50 · 100.0%" in said
    assert "2026-01 · Returned · −50 · 0.0%" in said


def test_the_lost_are_drawn_downwards() -> None:
    chart = Chart(
        "", "stacked", ("2026-01",), (Series("New", (3,), "#00f"), Series("Lost", (-2,), "#f00")), "count"
    )
    said = marks(charts.svg(chart, "en"))
    assert heights(said["2026-01 · New · 3"])[1] == pytest.approx(heights(said["2026-01 · Lost · −2"])[0])


def test_a_line_leaves_out_what_is_not_known() -> None:
    series = (Series("now", (Decimal("0.5"), None, Decimal("0.9")), "#00f"),)
    said = marks(charts.svg(Chart("", "lines", ("1", "10", "20"), series, "ratio", "最大"), "zh"))
    assert set(said) == {"1% · now · 50.0%", "20% · now · 90.0%"}


def test_a_drawing_scales_repeats_and_has_no_words_but_the_reports() -> None:
    chart = shares(("Best", (10, 20, 5)), ("Rest", (90, 80, 95)))
    svg = charts.svg(chart, "en")
    assert svg == charts.svg(chart, "en")
    root = ElementTree.fromstring(svg)
    assert "viewBox" in root.attrib
    assert not {"width", "height"} & set(root.attrib)
    assert "axis" not in " ".join(root.itertext())
    assert " id=" not in svg
    assert {element.text for element in root.iter(f"{SVG}text")} >= {"2026-03", "100%"}


FLOW = Flow(
    title="",
    left=(FlowNode("a", "甲", "#111"), FlowNode("b", "乙", "#222"), FlowNode("(new)", "新", "#333")),
    right=(FlowNode("a", "甲", "#111"), FlowNode("b", "乙", "#222")),
    links=(
        FlowLink("b", "b", 60, "plain"),
        FlowLink("a", "a", 20, "plain"),
        FlowLink("b", "a", 15, "good"),
        FlowLink("a", "b", 5, "bad"),
    ),
    left_label="",
    right_label="",
)


def test_a_flow_keeps_every_customer() -> None:
    drawn = flows.laid_out(FLOW)
    boxes = {(box.side, box.node.code): box for box in drawn.boxes}
    # Nobody is new, so there is no box for the new.
    assert set(boxes) == {("left", "a"), ("left", "b"), ("right", "a"), ("right", "b")}
    assert boxes["left", "b"].high - boxes["left", "b"].low == 75
    assert boxes["right", "a"].high - boxes["right", "a"].low == 35
    for ribbon in drawn.ribbons:
        assert {point.high - point.low for point in ribbon.points} == {ribbon.link.customers_count}
    assert drawn.height == max(box.high for box in drawn.boxes)


def test_the_ribbons_of_a_box_lie_side_by_side() -> None:
    drawn = flows.laid_out(FLOW)
    starts = {(ribbon.link.from_code, ribbon.link.to_code): ribbon.points[0].low for ribbon in drawn.ribbons}
    ends = {(ribbon.link.from_code, ribbon.link.to_code): ribbon.points[-1].low for ribbon in drawn.ribbons}
    assert starts["a", "b"] - starts["a", "a"] == 20
    assert starts["b", "b"] - starts["b", "a"] == 15
    assert ends["b", "a"] - ends["a", "a"] == 20


def test_a_flow_names_its_tiers_and_says_its_links() -> None:
    svg = charts.svg(FLOW, "zh")
    assert {"乙 → 甲 · 15", "甲 → 甲 · 20", "乙 · 75"} <= set(marks(svg))
    assert {"甲 25", "乙 65"} <= {element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")}
