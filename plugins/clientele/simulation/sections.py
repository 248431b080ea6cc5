"""The tables and drawings of a simulation's tiers, movement and costs, in one language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import (
    Block,
    Cell,
    Chart,
    Column,
    Flow,
    FlowLink,
    FlowNode,
    Pair,
    Series,
    Shade,
    Table,
    Text,
    Tone,
)
from clientele.report.charts import tier_colour
from clientele.report.formats import Language
from clientele.report.sections.absences import rest
from clientele.report.words import Speaker
from clientele.simulation.result import SIDES, Direction, Mover, Side, Simulation, Tier
from clientele.simulation.totals import month_cost, moved

#: Risers and fallers that the page lists; movers.csv has all.
_MOVERS_SHOWN: Final = 20
_NO_TIER: Final = ""
_LISTED: Final[tuple[Direction, ...]] = ("up", "down")
_TONES: Final[dict[Direction, Tone]] = {
    "up": "good",
    "new": "good",
    "down": "bad",
    "left": "bad",
    "same": "plain",
    "other": "plain",
}


def sizes(simulation: Simulation, words: Speaker, language: Language) -> tuple[Block, ...]:
    """Both sides over time as drawings, and at the last date as tables."""
    charts = [_shares(simulation, side, words, language) for side in SIDES if _dates_of(simulation, side)]
    drawn: tuple[Block, ...] = (Pair(*charts),) if len(charts) == 2 else tuple(charts)
    tables = [_sizes_table(simulation, side, words, language) for side in reversed(SIDES)]
    return (*drawn, *(table for table in tables if table.rows))


def _dates_of(simulation: Simulation, side: Side) -> tuple[date, ...]:
    return simulation.dates if side == "simulated" else simulation.compared_dates


def _shares(simulation: Simulation, side: Side, words: Speaker, language: Language) -> Chart:
    days = _dates_of(simulation, side)
    tiers = simulation.tiers_of(side)
    return Chart(
        words("shares", side=words(side)),
        "shares",
        tuple(formats.month(day) for day in days),
        tuple(
            Series(
                tier.name.of(language),
                tuple(_count(simulation, day, side, tier) for day in days),
                tier_colour(place / max(len(tiers) - 1, 1)),
            )
            for place, tier in enumerate(tiers)
        ),
        "count",
    )


def _count(simulation: Simulation, day: date, side: Side, tier: Tier) -> int | None:
    size = simulation.size(day, side, tier.tier_code)
    return size.customers_count if size else None


def _sizes_table(simulation: Simulation, side: Side, words: Speaker, language: Language) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for tier in simulation.tiers_of(side):
        if size := simulation.size(simulation.to_date, side, tier.tier_code):
            rows.append(
                (
                    tier.name.of(language),
                    size.customers_count,
                    size.customers_ratio,
                    size.net_sales_12m_amount,
                    tier.yearly_cost_amount,
                    size.cost_amount,
                )
            )
    return Table(
        caption=words("sizes_at", side=words(side), date=formats.day(simulation.to_date, language)),
        columns=(
            Column(words("tier")),
            Column(words("customers"), "count"),
            Column(words("customers_ratio"), "ratio"),
            Column(words("net_sales_12m"), "amount"),
            Column(words("yearly_cost"), "amount"),
            Column(words("monthly_cost"), "amount"),
        ),
        rows=tuple(rows),
    )


def movement(simulation: Simulation, words: Speaker, language: Language) -> tuple[Block, ...]:
    """The matrix and the flow at the last date, who rises and falls, and each month in a line."""
    if simulation.to_date not in simulation.compared_dates:
        return (Text(words("nothing_compared"), style="absent"),)
    return (
        _matrix(simulation, words, language),
        _flow(simulation, words, language),
        *(
            _movers(simulation, direction, words, language)
            for direction in _LISTED
            if any(mover.direction == direction for mover in simulation.movers)
        ),
        _by_month(simulation, words),
    )


def _matrix(simulation: Simulation, words: Speaker, language: Language) -> Table:
    found = {
        (row.happened_tier_code or _NO_TIER, row.simulated_tier_code or _NO_TIER): row
        for row in simulation.movements
        if row.as_of_date == simulation.to_date
    }
    rows_of = [*_named(simulation, "happened", language), (_NO_TIER, words("no_tier"))]
    columns_of = _named(simulation, "simulated", language)
    if any(to_code == _NO_TIER for _, to_code in found):
        columns_of.append((_NO_TIER, words("no_tier")))
    rows: list[tuple[Cell, ...]] = []
    for code, name in rows_of:
        total = sum(row.customers_count for (from_code, _), row in found.items() if from_code == code)
        cells: list[Cell] = []
        for to_code, _ in columns_of:
            cell = found.get((code, to_code))
            cells.append(
                Shade(cell.customers_count, _TONES[cell.direction], cell.customers_count / total)
                if cell
                else Shade(None, "plain", 0.0)
            )
        if total or code:
            rows.append((name, *cells, total))
    return Table(
        caption=words("matrix_at", date=formats.day(simulation.to_date, language)),
        columns=(
            Column(words("happened_tier")),
            *(Column(name, "count") for _, name in columns_of),
            Column(words("total"), "count"),
        ),
        rows=tuple(rows),
        style="matrix",
    )


def _named(simulation: Simulation, side: Side, language: Language) -> list[tuple[str, str]]:
    return [(tier.tier_code, tier.name.of(language)) for tier in simulation.tiers_of(side)]


def _flow(simulation: Simulation, words: Speaker, language: Language) -> Flow:
    links = [
        FlowLink(row.happened_tier_code, row.simulated_tier_code, row.customers_count, _TONES[row.direction])
        for row in simulation.movements
        if row.as_of_date == simulation.to_date and row.happened_tier_code and row.simulated_tier_code
    ]

    def nodes(side: Side, codes: set[str]) -> tuple[FlowNode, ...]:
        tiers = simulation.tiers_of(side)
        return tuple(
            FlowNode(tier.tier_code, tier.name.of(language), tier_colour(place / max(len(tiers) - 1, 1)))
            for place, tier in enumerate(tiers)
            if tier.tier_code in codes
        )

    return Flow(
        words("flow"),
        nodes("happened", {link.from_code for link in links}),
        nodes("simulated", {link.to_code for link in links}),
        tuple(links),
        words("happened"),
        words("simulated"),
    )


def _movers(simulation: Simulation, direction: Direction, words: Speaker, language: Language) -> Table:
    names = {(tier.side, tier.tier_code): tier.name.of(language) for tier in simulation.tiers}

    def row(mover: Mover) -> tuple[Cell, ...]:
        return (
            mover.customer_key,
            names.get(("happened", mover.happened_tier_code or "")),
            names.get(("simulated", mover.simulated_tier_code or "")),
            mover.net_sales_12m_amount,
        )

    found = [mover for mover in simulation.movers if mover.direction == direction]
    total, _ = moved(simulation, simulation.to_date, direction)
    shown = found[:_MOVERS_SHOWN]
    return Table(
        caption=words("risers" if direction == "up" else "fallers"),
        columns=(
            Column(words("customer"), "customer"),
            Column(words("happened_tier")),
            Column(words("simulated_tier"), tone=_TONES[direction]),
            Column(words("net_sales_12m"), "exact_amount"),
        ),
        rows=tuple(row(mover) for mover in shown),
        note=rest(len(shown), total, language),
    )


def _by_month(simulation: Simulation, words: Speaker) -> Table:
    directions: tuple[Direction, ...] = ("same", "up", "down", "new", "left", "other")
    rows: list[tuple[Cell, ...]] = []
    for day in simulation.compared_dates:
        counted = {direction: moved(simulation, day, direction) for direction in directions}
        customers = tuple(count for count, _ in counted.values())
        rows.append((day, *customers, counted["up"][1], counted["down"][1]))
    return Table(
        caption=words("by_month"),
        columns=(
            Column(words("month"), "date"),
            *(Column(words(direction), "count") for direction in directions),
            Column(words("up_net_sales"), "amount"),
            Column(words("down_net_sales"), "amount"),
        ),
        rows=tuple(rows),
    )


def costs(simulation: Simulation, words: Speaker, language: Language) -> tuple[Block, ...]:
    """Cost of the benefits by tier and month on both sides, and their totals."""
    known = [
        side
        for side in SIDES
        if any(month_cost(simulation, day, side) is not None for day in simulation.dates)
    ]
    if not known:
        return (Text(words("no_costs"), style="absent"),)
    charts = [_cost_chart(simulation, side, words, language) for side in known]
    rows: list[tuple[Cell, ...]] = []
    for day in simulation.dates:
        happened, simulated = (month_cost(simulation, day, side) for side in SIDES)
        rows.append((day, happened, simulated, _difference(simulated, happened)))
    total = (simulation.costs["happened"], simulation.costs["simulated"])
    return (
        *((Pair(*charts),) if len(charts) == 2 else charts),
        Table(
            caption=words("monthly_cost"),
            columns=(
                Column(words("month"), "date"),
                Column(words("happened"), "amount"),
                Column(words("simulated"), "amount"),
                Column(words("difference"), "amount_change"),
            ),
            rows=tuple(rows),
            total=(words("total"), *total, _difference(total[1], total[0])),
            note=words("costs_note"),
        ),
    )


def _difference(later: Decimal | None, earlier: Decimal | None) -> Decimal | None:
    return None if later is None or earlier is None else later - earlier


def _cost_chart(simulation: Simulation, side: Side, words: Speaker, language: Language) -> Chart:
    days = _dates_of(simulation, side)
    tiers = simulation.tiers_of(side)
    series = []
    for place, tier in enumerate(tiers):
        found = [simulation.size(day, side, tier.tier_code) for day in days]
        values = tuple(size.cost_amount if size else None for size in found)
        if any(value is not None for value in values):
            colour = tier_colour(place / max(len(tiers) - 1, 1))
            series.append(Series(tier.name.of(language), values, colour))
    return Chart(
        words("costs_by_tier", side=words(side)),
        "stacked",
        tuple(formats.month(day) for day in days),
        tuple(series),
        "amount",
    )
