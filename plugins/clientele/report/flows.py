"""Where the ribbons of a flow lie: plain geometry, no drawing. Lengths are customers, gaps included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from clientele.report.blocks import Flow, FlowLink, FlowNode

_BOX: Final = 0.035
_STEPS: Final = 16
#: The white between two boxes, as a share of all customers.
_GAP: Final = 0.06
#: The least height of a box, as a share of all customers, so that two labels never lie on each other.
_LEAST: Final = 0.035


@dataclass(frozen=True)
class Point:
    """A ribbon's lower and upper edge at ``x``, 0 left to 1 right; heights grow downwards."""

    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Ribbon:
    """The way of some customers."""

    link: FlowLink
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Box:
    """A tier on one side."""

    node: FlowNode
    side: Literal["left", "right"]
    x: float
    x2: float
    low: float
    high: float
    customers_count: int


@dataclass(frozen=True)
class Drawn:
    """A flow laid out; ``height`` is that of the higher side."""

    ribbons: tuple[Ribbon, ...]
    boxes: tuple[Box, ...]
    height: float


def laid_out(flow: Flow) -> Drawn:
    """Stack the tiers of each side, the best on top, and lead a ribbon from place to place for each link."""
    total = sum(link.customers_count for link in flow.links) or 1
    left = _stack(flow.left, _sizes(flow.links, "from"), total, "left")
    right = _stack(flow.right, _sizes(flow.links, "to"), total, "right")
    left_places = {box.node.code: box.low for box in left}
    right_places = {box.node.code: box.low for box in right}
    left_order = {node.code: place for place, node in enumerate(flow.left)}
    right_order = {node.code: place for place, node in enumerate(flow.right)}
    ribbons = []
    for link in sorted(flow.links, key=lambda link: (left_order[link.from_code], right_order[link.to_code])):
        start, end = left_places[link.from_code], right_places[link.to_code]
        ribbons.append(Ribbon(link, _points(start, end, link.customers_count)))
        left_places[link.from_code] += link.customers_count
        right_places[link.to_code] += link.customers_count
    return Drawn(
        ribbons=tuple(ribbons),
        boxes=(*left, *right),
        height=max((box.high for box in (*left, *right)), default=1.0),
    )


def _sizes(links: Sequence[FlowLink], end: Literal["from", "to"]) -> dict[str, int]:
    sizes: dict[str, int] = defaultdict(int)
    for link in links:
        sizes[link.from_code if end == "from" else link.to_code] += link.customers_count
    return sizes


def _stack(
    nodes: Sequence[FlowNode], sizes: dict[str, int], total: int, side: Literal["left", "right"]
) -> list[Box]:
    boxes = []
    top = 0.0
    for node in nodes:
        count = sizes.get(node.code, 0)
        if not count:
            continue
        x, x2 = (-_BOX, 0.0) if side == "left" else (1.0, 1.0 + _BOX)
        boxes.append(Box(node, side, x, x2, top, top + count, count))
        top += max(count, total * _LEAST) + total * _GAP
    return boxes


def _points(start: float, end: float, size: int) -> tuple[Point, ...]:
    points = []
    for step in range(_STEPS + 1):
        x = step / _STEPS
        # Level at both ends, steepest in the middle.
        low = start + (end - start) * (3 * x**2 - 2 * x**3)
        points.append(Point(x, low, low + size))
    return tuple(points)
