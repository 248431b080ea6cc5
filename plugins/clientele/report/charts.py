"""Drawings of the report: pure functions from rows to inline SVG, the same bytes for the same rows.

The drawings hold digits only, so one serves both languages; names stand beside them as page text, which keeps
Chinese sharp, searchable and in the reader's own font.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from clientele.report.queries import TierSize

Measure = Literal["customers", "net_sales"]

INK = "#3d4652"
RULE = "#d9dee4"
_BEST = (15, 59, 92)
_LAST = (196, 212, 226)
_WIDTH, _HEIGHT = 400, 150


def tier_colour(position: float) -> str:
    """Dark for the best tier (0), pale for the last (1): order is read off the shade."""
    channels = (round(best + (last - best) * position) for best, last in zip(_BEST, _LAST, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def share_bar(
    ratio: Decimal | None, largest: Decimal, position: float, side: Literal["left", "right"]
) -> str:
    """One bar of the pyramid, growing away from the middle; ``largest`` is the ratio that fills the width."""
    width = float(max(ratio or Decimal(0), Decimal(0)) / largest) * 100 if largest > 0 else 0.0
    start = 100 - width if side == "left" else 0.0
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{start:.3f}" y="0" width="{width:.3f}" height="10" fill="{tier_colour(position)}"/></svg>'
    )


def shares_over_time(history: Sequence[TierSize], measure: Measure) -> str | None:
    """Stacked shares of each tier at every computed date, best tier on top; None for fewer than two dates.

    ``customers`` stacks customers, ``net_sales`` the net sales of the last twelve months (below 0 as 0).
    """
    dates = sorted({size.as_of_date for size in history})
    if len(dates) < 2:
        return None
    # Imported here: the two take longer to load than a first release, without history, takes to render.
    import altair
    import vl_convert

    ranks = sorted({size.tier_rank for size in history}, reverse=True)
    last = max(len(ranks) - 1, 1)
    values = [
        {
            "date": size.as_of_date.isoformat(),
            "rank": size.tier_rank,
            "value": size.customers_count
            if measure == "customers"
            else max(float(size.net_sales_12m_amount), 0.0),
        }
        for size in history
    ]
    chart = (
        altair.Chart(altair.InlineData(values=values))
        .mark_area(stroke="white", strokeWidth=0.6)
        .encode(
            x=altair.X(
                "date:T",
                scale=altair.Scale(type="utc"),
                axis=altair.Axis(
                    title=None, format="%Y-%m", tickCount=6, labelFlush=True, grid=False, labelPadding=6
                ),
            ),
            y=altair.Y(
                "value:Q",
                stack="normalize",
                axis=altair.Axis(title=None, format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
            ),
            color=altair.Color(
                "rank:O",
                scale=altair.Scale(
                    domain=ranks, range=[tier_colour(index / last) for index in range(len(ranks))]
                ),
                legend=None,
            ),
            order=altair.Order("rank:Q", sort="ascending"),
        )
        .properties(width=_WIDTH, height=_HEIGHT, padding=2)
        .configure(background="transparent", font="inherit")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            labelFontSize=11,
            domainColor=RULE,
            tickColor=RULE,
            gridColor=RULE,
            domain=False,
        )
    )
    svg = str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="5.20"))
    size_attributes = svg[svg.index("width=") : svg.index("viewBox=")]
    return svg.replace(size_attributes, 'aria-hidden="true" ', 1)
