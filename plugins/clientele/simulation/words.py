"""A simulation in a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from clientele.simulation.result import SIDES, Direction, Simulation
from clientele.simulation.totals import by_revenue, moved

#: Moved thresholds that the lines name; the files have all.
_EFFECTS_SHOWN: Final = 5


def as_text(simulation: Simulation) -> str:
    """What the simulation says, its notes, and where its files lie."""
    return "\n".join(
        [
            *_heading(simulation),
            *_sizes(simulation),
            *_moves(simulation),
            *_restlessness(simulation),
            *_costs(simulation),
            *_sensitivity(simulation),
            *(f"note: {note.en}" for note in simulation.notes),
            f"files: {simulation.folder}",
        ]
    )


def _heading(simulation: Simulation) -> Iterator[str]:
    yield (
        f"{simulation.title.en} ({simulation.scheme_id} version {simulation.scheme_version}),"
        f" {simulation.from_date} to {simulation.to_date},"
        f" against {simulation.against_scheme_id} in release {simulation.release_id}"
    )


def _sizes(simulation: Simulation) -> Iterator[str]:
    currency = f" {simulation.currency_code}" if simulation.currency_code else ""
    for side in reversed(SIDES):
        for tier in simulation.tiers_of(side):
            if size := simulation.size(simulation.to_date, side, tier.tier_code):
                yield (
                    f"  {side}: {tier.name.en}: {size.customers_count:,} customers,"
                    f" net sales in 12 months {size.net_sales_12m_amount:,.2f}{currency}"
                )


def _moves(simulation: Simulation) -> Iterator[str]:
    words: dict[Direction, str] = {
        "up": "higher than they were",
        "down": "lower than they were",
        "other": "in a tier that does not compare",
        "new": "in a tier, but were in none",
        "left": "in no tier, but were in one",
    }
    for direction, said in words.items():
        customers, amount = moved(simulation, simulation.to_date, direction)
        if customers:
            yield f"  {customers:,} customers {said}, with net sales in 12 months of {amount:,.2f}"


def _restlessness(simulation: Simulation) -> Iterator[str]:
    for each in simulation.flapping:
        if each.changes_per_year is not None and each.flapping_ratio is not None:
            yield (
                f"  {each.side}: {each.changes_per_year:.2f} changes of tier per customer and year,"
                f" {each.flapping_ratio:.1%} of customers down and up again within six months"
            )


def _costs(simulation: Simulation) -> Iterator[str]:
    for side, cost in simulation.costs.items():
        if cost is not None:
            yield f"  {side}: benefits cost {cost:,.2f} over the compared month ends"


def _sensitivity(simulation: Simulation) -> Iterator[str]:
    thresholds = {threshold.number: threshold for threshold in simulation.thresholds}
    for effect in by_revenue(simulation)[:_EFFECTS_SHOWN]:
        threshold = thresholds[effect.threshold_number]
        unit = "%" if threshold.kind == "share" else ""
        yield (
            f"  {threshold.name.en} ({threshold.about.en}):"
            f" {threshold.value:,f}{unit} to {effect.value:,f}{unit}"
            f" moves {(effect.up_customers_count or 0):,} up and {(effect.down_customers_count or 0):,} down,"
            f" net sales in 12 months {effect.net_sales_moved_amount:,.2f}"
        )
