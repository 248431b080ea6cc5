"""Movement between the tiers of a scheme since the month end before: the matrix, its sums and the flow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from clientele.report import formats
from clientele.report.blocks import Block, Column, Flow, FlowLink, FlowNode, Shade, Table, Text, Tone
from clientele.report.formats import Language
from clientele.report.reading import Scheme, Scope, Source
from clientele.report.sections.tiers import Sizes
from clientele.report.words import COMMON, Speaker, Texts, Words, speaker

Direction = Literal["up", "down", "same", "new", "left"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("up", "down", "same", "new", "left")
TONES: Final[Mapping[Direction, Tone]] = {
    "up": "good",
    "new": "good",
    "down": "bad",
    "left": "bad",
    "same": "plain",
}

TEXTS: Final[Texts] = {
    "movement": Words(
        "等级变动：从 {from_date}（行）到 {to_date}（列）的客户数",
        "Movement: customers from {from_date} (rows) to {to_date} (columns)",
    ),
    "from_to": Words("原等级 ↓ / 现等级 →", "From ↓ / to →"),
    "movement_sentence": Words(
        "升级 {up} 位（净销售额 {up_amount}），降级 {down} 位（净销售额 {down_amount}），"
        "不变 {same} 位，新进入 {new} 位。",
        "{up} moved up (net sales {up_amount}), {down} moved down (net sales {down_amount}), "
        "{same} unchanged, {new} new.",
    ),
    "movement_left": Words("另有 {left} 位已不在本方案中。", "{left} are no longer in this scheme."),
    "no_movement": Words("没有上月末数据，无法比较变动。", "There is no previous month end to compare with."),
    "flow": Words("客户从哪个等级到哪个等级", "Which tier customers came from, and which they went to"),
}


@dataclass(frozen=True)
class Movement:
    """Customers that went from one tier to another between the previous month end and the date."""

    previous_as_of_date: date | None
    scheme_id: str
    from_tier_code: str
    from_tier_rank: int | None
    to_tier_code: str
    to_tier_rank: int | None
    customers_count: int
    net_sales_12m_amount: Decimal

    @property
    def direction(self) -> Direction:
        if self.from_tier_rank is None:
            return "new"
        if self.to_tier_rank is None:
            return "left"
        if self.to_tier_rank == self.from_tier_rank:
            return "same"
        return "up" if self.to_tier_rank > self.from_tier_rank else "down"


@dataclass(frozen=True)
class Sum:
    """Customers that went one direction, and their net sales of the last twelve months."""

    customers_count: int = 0
    net_sales_12m_amount: Decimal = Decimal(0)


_MOVEMENTS = """
select
    previous_as_of_date,
    scheme_id,
    from_tier_code,
    from_tier_rank,
    to_tier_code,
    to_tier_rank,
    customers_count,
    coalesce(net_sales_12m_amount, 0) as net_sales_12m_amount
from tier_movements
where as_of_date = $as_of_date
order by scheme_id, from_tier_rank desc nulls last, from_tier_code, to_tier_rank desc nulls last, to_tier_code
"""


@dataclass(frozen=True)
class Movements:
    """The movements of every scheme to the report's date."""

    scope: Scope
    rows: tuple[Movement, ...]

    def of(self, scheme_id: str) -> list[Movement]:
        return [row for row in self.rows if row.scheme_id == scheme_id]

    def compared_with(self, scheme_id: str) -> date | None:
        """The date that a scheme is compared with; None at its first."""
        days = [row.previous_as_of_date for row in self.of(scheme_id) if row.previous_as_of_date is not None]
        return max(days, default=None)

    def sums(self, scheme_id: str) -> dict[Direction, Sum]:
        """Customers and revenue of a scheme by direction."""
        sums: dict[Direction, Sum] = dict.fromkeys(DIRECTIONS, Sum())
        for row in self.of(scheme_id):
            so_far = sums[row.direction]
            sums[row.direction] = Sum(
                so_far.customers_count + row.customers_count,
                so_far.net_sales_12m_amount + row.net_sales_12m_amount,
            )
        return sums


def read(source: Source) -> Movements:
    """The movements of every scheme."""
    return Movements(source.scope, tuple(source.rows(Movement, _MOVEMENTS)))


def say(movements: Movements, sizes: Sizes, scheme: Scheme, language: Language) -> list[Block]:
    """The sums and the matrix of a scheme; the flow where a policy decides who moves."""
    words = speaker(TEXTS, language)
    compared_with = movements.compared_with(scheme.scheme_id)
    if compared_with is None:
        return [Text(words("no_movement"), style="absent")]
    rows = movements.of(scheme.scheme_id)
    blocks: list[Block] = [
        Text(_sentence(movements.sums(scheme.scheme_id), words)),
        _matrix(rows, sizes, scheme, movements.scope.as_of_date, compared_with, language),
    ]
    if scheme.has_policy:
        blocks.append(_flow(rows, sizes, scheme, movements.scope.as_of_date, compared_with, language))
    return blocks


def _sentence(sums: Mapping[Direction, Sum], words: Speaker) -> str:
    said = words(
        "movement_sentence",
        up=formats.count(sums["up"].customers_count),
        up_amount=formats.amount(sums["up"].net_sales_12m_amount),
        down=formats.count(sums["down"].customers_count),
        down_amount=formats.amount(sums["down"].net_sales_12m_amount),
        same=formats.count(sums["same"].customers_count),
        new=formats.count(sums["new"].customers_count),
    )
    left = sums["left"].customers_count
    return f"{said} {words('movement_left', left=formats.count(left))}" if left else said


def _sides(rows: Sequence[Movement], sizes: Sizes, scheme_id: str) -> tuple[list[str], list[str]]:
    """The tiers before and the tiers now, best first, with who came and who left last."""
    ranks: dict[str, int | None] = {tier.tier_code: tier.tier_rank for tier in sizes.now(scheme_id)}
    from_ranks, to_ranks = dict(ranks), dict(ranks)
    for row in rows:
        from_ranks.setdefault(row.from_tier_code, row.from_tier_rank)
        to_ranks.setdefault(row.to_tier_code, row.to_tier_rank)

    def best_first(side: Mapping[str, int | None]) -> list[str]:
        return sorted(side, key=lambda code: (side[code] is None, -(side[code] or 0), code))

    return best_first(from_ranks), best_first(to_ranks)


def _names(rows: Sequence[Movement], sizes: Sizes, scheme_id: str, language: Language) -> dict[str, str]:
    names = {code: name.of(language) for code, name in sizes.names(scheme_id).items()}
    for row in rows:
        if row.from_tier_rank is None:
            names[row.from_tier_code] = COMMON["new"].of(language)
        if row.to_tier_rank is None:
            names[row.to_tier_code] = COMMON["left"].of(language)
    return names


def _matrix(
    rows: Sequence[Movement],
    sizes: Sizes,
    scheme: Scheme,
    to_date: date,
    from_date: date,
    language: Language,
) -> Table:
    words = speaker(TEXTS, language)
    from_codes, to_codes = _sides(rows, sizes, scheme.scheme_id)
    names = _names(rows, sizes, scheme.scheme_id, language)
    cells = {(row.from_tier_code, row.to_tier_code): row for row in rows}
    came_from: dict[str, int] = defaultdict(int)
    went_to: dict[str, int] = defaultdict(int)
    for row in rows:
        came_from[row.from_tier_code] += row.customers_count
        went_to[row.to_tier_code] += row.customers_count

    def cell(from_code: str, to_code: str) -> Shade:
        row = cells.get((from_code, to_code))
        if row is None or not row.customers_count:
            return Shade(None, "plain", 0.0)
        # A root, so that the few who move are seen beside the many who stay.
        weight = (row.customers_count / came_from[from_code]) ** 0.5
        return Shade(row.customers_count, TONES[row.direction], weight)

    return Table(
        caption=words(
            "movement",
            from_date=formats.day(from_date, language),
            to_date=formats.day(to_date, language),
        ),
        style="matrix",
        columns=(
            Column(words("from_to")),
            *(Column(names.get(code, code), "count") for code in to_codes),
            Column(words("total"), "count"),
        ),
        rows=tuple(
            (names.get(code, code), *(cell(code, to_code) for to_code in to_codes), came_from[code])
            for code in from_codes
        ),
        total=(words("total"), *(went_to[code] for code in to_codes), sum(went_to.values())),
    )


def _flow(
    rows: Sequence[Movement],
    sizes: Sizes,
    scheme: Scheme,
    to_date: date,
    from_date: date,
    language: Language,
) -> Flow:
    from_codes, to_codes = _sides(rows, sizes, scheme.scheme_id)
    names = _names(rows, sizes, scheme.scheme_id, language)
    colours = sizes.colours(scheme.scheme_id)

    def node(code: str) -> FlowNode:
        return FlowNode(code, names.get(code, code), colours.get(code, "#8a8f98"))

    return Flow(
        title=TEXTS["flow"].of(language),
        left=tuple(node(code) for code in from_codes),
        right=tuple(node(code) for code in to_codes),
        links=tuple(
            FlowLink(row.from_tier_code, row.to_tier_code, row.customers_count, TONES[row.direction])
            for row in rows
            if row.customers_count
        ),
        left_label=formats.day(from_date, language),
        right_label=formats.day(to_date, language),
    )
