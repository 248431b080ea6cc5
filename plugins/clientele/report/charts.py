"""Drawings of the report: blocks turned into inline SVG by Altair and Vega, without a browser or a network.

Every mark says its figure when the pointer rests on it: a ``title`` element, which needs no script. The same
block gives the same bytes.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from clientele.report import flows, formats
from clientele.report.blocks import Chart, Flow
from clientele.report.cells import written
from clientele.report.formats import Language

if TYPE_CHECKING:
    import altair

INK: Final = "#3d4652"
RULE: Final = "#d9dee4"
#: The best tier and the last, as red, green and blue; those between lie between them.
_BEST: Final = (15, 59, 92)
_LAST: Final = (196, 212, 226)
TONES: Final = {"good": "#168970", "bad": "#d66a36", "plain": "#9aa6b2"}
#: Colours that stand apart in print too, for series that have no order.
SERIES: Final = ("#0f3b5c", "#d66a36", "#168970", "#9aa6b2")
FONT: Final = (
    "Helvetica Neue, Arial, Liberation Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
)
_WIDTH: Final = 430
_HEIGHT: Final = 190
_FLOW_WIDTH: Final = 680
_FLOW_HEIGHT: Final = 250
#: A mark as Vega writes it, its description the place of what it says.
_MARK: Final = re.compile(r'<path aria-label="#(?P<place>\d+)"(?P<rest>[^>]*?)(?:/>|></path>)')
_VEGA_LITE: Final = "5.20"


def tier_colour(position: float) -> str:
    """Dark for the best tier (0), pale for the last (1): order is read off the shade."""
    channels = (round(best + (last - best) * position) for best, last in zip(_BEST, _LAST, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


class _Said:
    """What the marks of a drawing say, each known to Vega by its place alone.

    Two languages then share one drawing, which takes longer than all else, where no words are drawn.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []

    def place(self, text: str) -> str:
        self.texts.append(text)
        return f"#{len(self.texts) - 1}"


def svg(drawing: Chart | Flow, language: Language) -> str:
    """The drawing as an SVG element that takes the width it is given."""
    said = _Said()
    chart = _flow(drawing, said) if isinstance(drawing, Flow) else _chart(drawing, said, language)
    drawn = _drawn(json.dumps(_dressed(chart).to_dict(validate=False)))
    return _MARK.sub(lambda match: _titled(match, said.texts), drawn)


@lru_cache(maxsize=128)
def _drawn(specification: str) -> str:
    # Imported here: it takes longer to load than a report without any history takes to render.
    import vl_convert

    text = str(vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE))
    size = text[text.index("width=") : text.index("viewBox=")]
    return text.replace(size, 'role="img" ', 1)


def _titled(mark: re.Match[str], texts: list[str]) -> str:
    return f"<path{mark['rest']}><title>{escape(texts[int(mark['place'])])}</title></path>"


def _dressed(chart: Any) -> Any:
    return (
        chart.properties(padding=2)
        .configure(background="transparent", font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            # Vega describes axes in English; every mark has its own words.
            aria=False,
            labelColor=INK,
            titleColor=INK,
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            domainColor=RULE,
            tickColor=RULE,
            gridColor=RULE,
        )
    )


def _inline(values: list[dict[str, Any]]) -> altair.InlineData:
    import altair

    return altair.InlineData(values=values)


def _chart(chart: Chart, said: _Said, language: Language) -> Any:
    return _lines(chart, said, language) if chart.shape == "lines" else _stacked(chart, said, language)


def _words(chart: Chart, category: str, name: str, value: Any, language: Language) -> str:
    return f"{category} · {name} · {written(value, chart.kind, language)}"


def _stacked(chart: Chart, said: _Said, language: Language) -> Any:
    import altair

    is_share = chart.shape == "shares"
    totals = [
        sum(max(float(series.values[place] or 0), 0.0) for series in chart.series)
        for place in range(len(chart.categories))
    ]
    values = []
    for order, series in enumerate(chart.series):
        for place, category in enumerate(chart.categories):
            value = series.values[place]
            if value is None:
                continue
            words = _words(chart, category, series.name, value, language)
            if is_share and totals[place]:
                words += f" · {max(float(value), 0.0) / totals[place]:.1%}"
            drawn = max(float(value), 0.0) if is_share else float(value)
            values.append(
                {
                    "category": category,
                    "order": order,
                    "name": str(order),
                    "value": drawn,
                    "said": said.place(words),
                }
            )
    count = len(chart.categories)
    every = -(-count // 7)
    axis = altair.Axis(
        title=None,
        labelAngle=0,
        domain=False,
        ticks=False,
        labelPadding=6,
        # The newest category always has its label.
        values=[
            category for place, category in enumerate(chart.categories) if (count - 1 - place) % every == 0
        ],
    )
    return (
        altair.Chart(_inline(values))
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=altair.X(
                "category:N", sort=list(chart.categories), axis=axis, scale=altair.Scale(paddingInner=0.15)
            ),
            y=altair.Y(
                "value:Q",
                stack="normalize" if is_share else "zero",
                axis=altair.Axis(
                    title=None, format=".0%" if is_share else "~s", tickCount=5, domain=False, ticks=False
                ),
            ),
            color=_colours(chart),
            order=altair.Order("order:Q", sort="descending" if is_share else "ascending"),
            description="said:N",
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )


def _lines(chart: Chart, said: _Said, language: Language) -> Any:
    import altair

    values = [
        {
            "category": int(category),
            "name": str(order),
            "value": float(value),
            "said": said.place(_words(chart, f"{category}%", series.name, value, language)),
        }
        for order, series in enumerate(chart.series)
        for category, value in zip(chart.categories, series.values, strict=True)
        if value is not None
    ]
    x = altair.X(
        "category:Q",
        axis=altair.Axis(
            title=chart.category_label,
            values=[int(category) for category in chart.categories],
            labelExpr="datum.value + '%'",
            labelOverlap=True,
            grid=False,
        ),
    )
    y = altair.Y(
        "value:Q",
        scale=altair.Scale(zero=True),
        axis=altair.Axis(title=None, format=".0%", tickCount=5, domain=False, ticks=False),
    )
    base = altair.Chart(_inline(values)).encode(x=x, y=y, color=_colours(chart))
    lines = base.mark_line(strokeWidth=2, aria=False)
    points = base.mark_point(filled=True, size=45, opacity=1).encode(description="said:N")
    return (lines + points).properties(width=_WIDTH, height=_HEIGHT)


def _colours(chart: Chart) -> Any:
    import altair

    return altair.Color(
        "name:N",
        legend=None,
        scale=altair.Scale(
            domain=[str(order) for order in range(len(chart.series))],
            range=[series.colour for series in chart.series],
        ),
    )


def _flow(flow: Flow, said: _Said) -> Any:
    import altair

    drawn = flows.laid_out(flow)
    names = {node.code: node.name for node in (*flow.left, *flow.right)}
    ribbons = [
        {
            "x": point.x,
            "low": point.low,
            "high": point.high,
            "ribbon": f"{ribbon.link.from_code}>{ribbon.link.to_code}",
            "tone": ribbon.link.tone,
            "said": said.place(
                f"{names[ribbon.link.from_code]} → {names[ribbon.link.to_code]} · "
                f"{formats.count(ribbon.link.customers_count)}"
            ),
        }
        for ribbon in drawn.ribbons
        for point in ribbon.points
    ]
    boxes = [
        {
            "x": box.x,
            "x2": box.x2,
            "low": box.low,
            "high": box.high,
            "middle": (box.low + box.high) / 2,
            "colour": box.node.colour,
            "label": f"{box.node.name} {formats.count(box.customers_count)}",
            "side": box.side,
            "said": said.place(f"{box.node.name} · {formats.count(box.customers_count)}"),
        }
        for box in drawn.boxes
    ]
    x = altair.X("x:Q", axis=None, scale=altair.Scale(domain=[-0.3, 1.3], nice=False))
    y = altair.Y("low:Q", axis=None, scale=altair.Scale(domain=[0, drawn.height], nice=False, reverse=True))
    tones = altair.Color(
        "tone:N", legend=None, scale=altair.Scale(domain=list(TONES), range=list(TONES.values()))
    )
    areas = (
        altair.Chart(_inline(ribbons))
        .mark_area(opacity=0.45, line=False)
        .encode(x=x, y=y, y2="high:Q", color=tones, detail="ribbon:N", description="said:N")
    )
    base = altair.Chart(_inline(boxes))
    bars = base.mark_rect().encode(
        x=x, x2="x2:Q", y=y, y2="high:Q", color=altair.Color("colour:N", scale=None), description="said:N"
    )
    place = altair.Y("middle:Q", axis=None, scale=altair.Scale(domain=[0, drawn.height], reverse=True))
    left = (
        base.transform_filter("datum.side == 'left'")
        .mark_text(align="right", dx=-5, fontSize=11, color=INK, aria=False)
        .encode(x=x, y=place, text="label:N")
    )
    right = (
        base.transform_filter("datum.side == 'right'")
        .mark_text(align="left", dx=5, fontSize=11, color=INK, aria=False)
        .encode(x=altair.X("x2:Q", axis=None), y=place, text="label:N")
    )
    return (areas + bars + left + right).properties(width=_FLOW_WIDTH, height=_FLOW_HEIGHT)
