"""Sums that the page and the terminal both say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from clientele.simulation.result import Direction, Effect, Side, Simulation


def moved(simulation: Simulation, as_of_date: date, direction: Direction) -> tuple[int, Decimal]:
    """Customers who go one direction at a date, and their net sales of twelve months."""
    rows = [
        row for row in simulation.movements if row.as_of_date == as_of_date and row.direction == direction
    ]
    amounts = (row.net_sales_12m_amount for row in rows)
    return sum(row.customers_count for row in rows), sum(amounts, Decimal(0))


def month_cost(simulation: Simulation, as_of_date: date, side: Side) -> Decimal | None:
    """What a side's benefits cost in the month that ends at a date; None where nothing states a cost."""
    costs = [
        size.cost_amount
        for size in simulation.sizes
        if size.side == side and size.as_of_date == as_of_date and size.cost_amount is not None
    ]
    return sum(costs, Decimal(0)) if costs else None


def by_revenue(simulation: Simulation) -> list[Effect]:
    """The thresholds that could be moved, those that move most net sales first."""
    return sorted(
        (effect for effect in simulation.effects if effect.customers is not None),
        key=lambda effect: (-effect.net_sales_moved_amount, effect.threshold_number, effect.moved),
    )
