"""A report before any file format, in one language: sections of texts, figures, tables and drawings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

#: How a value is written. ``customer`` is a customer key, beside which an edition with names has the name;
#: ``mixed`` is a column whose rows each have a kind of their own; ``mixed_change`` is how much they changed,
#: relative to what was, or in points where the row is a share.
Kind = Literal[
    "text",
    "code",
    "customer",
    "count",
    "change",
    "amount",
    "exact_amount",
    "amount_change",
    "number",
    "tenths",
    "ratio",
    "ratio_change",
    "date",
    "instant",
    "bar",
    "points",
    "mixed",
    "mixed_change",
]
Tone = Literal["good", "bad", "plain"]
Value = int | Decimal | date | datetime | str | None


@dataclass(frozen=True)
class Bar:
    """A share, 0 to 1, as a bar towards ``side``; ``largest`` is the share that fills the width.

    ``position`` is 0 for the best tier and 1 for the last: the better, the darker.
    """

    ratio: Decimal | None
    largest: Decimal
    position: float
    side: Literal["left", "right"]


@dataclass(frozen=True)
class Shade:
    """A cell of a matrix; ``weight``, 0 to 1, is how strong its colour is."""

    value: int | Decimal | None
    tone: Tone
    weight: float


Cell = Value | Bar | Shade


@dataclass(frozen=True)
class Column:
    """A column of a table; ``is_wide`` takes the room that is left and breaks its lines."""

    label: str
    kind: Kind = "text"
    is_wide: bool = False
    tone: Tone = "plain"


@dataclass(frozen=True)
class Table:
    """Rows of cells, one per column. ``total`` is a last row; ``alarms`` are the places of rows to mark."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    style: Literal["plain", "pyramid", "matrix"] = "plain"
    total: tuple[Cell, ...] | None = None
    note: str | None = None
    alarms: frozenset[int] = frozenset()
    #: The kind of every shaded cell.
    shaded: Kind = "count"
    #: For columns of kind ``mixed`` and ``mixed_change``: the kind of each row.
    row_kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A headline: one figure, more than one where currencies differ, and what it is compared with."""

    label: str
    values: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    """Headlines side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Text:
    """A paragraph: a ``statement`` stands out, ``absent`` says what cannot be said, a ``note`` is small."""

    text: str
    style: Literal["paragraph", "statement", "absent", "note", "heading"] = "paragraph"
    tone: Tone = "plain"


@dataclass(frozen=True)
class Series:
    """A line, or one part of each bar; None where there is no figure."""

    name: str
    values: tuple[int | Decimal | None, ...]
    colour: str


@dataclass(frozen=True)
class Chart:
    """Series over the same categories.

    ``stacked`` stacks amounts (below 0 downwards), ``shares`` stacks to 100%, ``lines`` draws lines over
    categories that are whole numbers; ``kind`` is how a value reads.
    """

    title: str
    shape: Literal["stacked", "shares", "lines"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind
    category_label: str = ""


@dataclass(frozen=True)
class FlowNode:
    """A tier on one side of a flow."""

    code: str
    name: str
    colour: str


@dataclass(frozen=True)
class FlowLink:
    """Customers who went from a tier of the left side to one of the right."""

    from_code: str
    to_code: str
    customers_count: int
    tone: Tone


@dataclass(frozen=True)
class Flow:
    """Where the customers of each tier went: nodes from the best down, links between them."""

    title: str
    left: tuple[FlowNode, ...]
    right: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]
    left_label: str
    right_label: str


@dataclass(frozen=True)
class Pair:
    """Two drawings side by side."""

    left: Chart | Flow
    right: Chart | Flow


Block = Text | Figures | Table | Chart | Flow | Pair


@dataclass(frozen=True)
class Section:
    """A part of the report; ``anchor`` names it in addresses and is the same in every language."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    #: Whether it begins a page when printed.
    starts_page: bool = False


@dataclass(frozen=True)
class Edition:
    """The whole report in one language."""

    language: Literal["zh", "en"]
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    labels: dict[str, str] = field(default_factory=dict)


def tables_of(edition: Edition) -> Iterator[Table]:
    """Every table of the report, in order."""
    for section in edition.sections:
        yield from (block for block in section.blocks if isinstance(block, Table))


def drawings_of(section: Section) -> Iterator[Chart | Flow]:
    """Every drawing of a section, in order."""
    for block in section.blocks:
        if isinstance(block, Pair):
            yield from (block.left, block.right)
        elif isinstance(block, Chart | Flow):
            yield block
