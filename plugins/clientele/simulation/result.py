"""What a simulation says. Amounts are in the shop's currency, dates are business days, ratios 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from clientele.simulation.thresholds import Direction as MovedTo
from clientele.simulation.thresholds import Threshold, Words

#: The scheme that is tried, and what happened under the one it is held against.
Side = Literal["simulated", "happened"]
SIDES: Final[tuple[Side, ...]] = ("happened", "simulated")
#: From what happened to the simulation: up and down by the simulated scheme's ranks; new and left where only
#: one of the two places the customer; other where the former tier has no counterpart.
Direction = Literal["up", "down", "same", "new", "left", "other"]


@dataclass(frozen=True)
class Tier:
    """A tier of one of the two schemes; ``yearly_cost_amount`` is None where no benefit states its cost."""

    side: Side
    tier_code: str
    tier_rank: int
    name: Words
    yearly_cost_amount: Decimal | None


@dataclass(frozen=True)
class TierSize:
    """A tier at a date; ``cost_amount`` is what its benefits cost in a month with so many customers."""

    as_of_date: date
    side: Side
    tier_code: str
    customers_count: int
    customers_ratio: Decimal | None
    net_sales_12m_amount: Decimal
    cost_amount: Decimal | None


@dataclass(frozen=True)
class Movement:
    """Customers who were in one tier at a date and would have been in another; None is no tier."""

    as_of_date: date
    happened_tier_code: str | None
    simulated_tier_code: str | None
    direction: Direction
    customers_count: int
    net_sales_12m_amount: Decimal


@dataclass(frozen=True)
class Mover:
    """A customer whose simulated tier at the last date is not the one that the customer had."""

    customer_key: str
    happened_tier_code: str | None
    simulated_tier_code: str | None
    direction: Direction
    net_sales_12m_amount: Decimal


@dataclass(frozen=True)
class Flapping:
    """How restless tiers were over the compared dates, after the first of them.

    ``changes_per_year`` is per customer and 365 days in a tier. A customer flaps who goes up again within six
    months of going down; ``flapping_ratio`` is of all customers in a tier at any time.
    """

    side: Side
    customers_count: int
    customer_years: Decimal
    changes_count: int
    changes_per_year: Decimal | None
    flapping_customers_count: int
    flapping_ratio: Decimal | None


@dataclass(frozen=True)
class Effect:
    """What moving one threshold does to the computed tiers of the last date, without the policy.

    ``customers`` counts the tiers by code; the amounts are the net sales of twelve months of those who move.
    Where the moved scheme would be none, ``problem`` says why and the figures are None.
    """

    threshold_number: int
    moved: MovedTo
    value: Decimal
    problem: str | None
    customers: Mapping[str, int] | None = None
    up_customers_count: int | None = None
    up_net_sales_12m_amount: Decimal | None = None
    down_customers_count: int | None = None
    down_net_sales_12m_amount: Decimal | None = None
    joined_or_left_customers_count: int | None = None

    @property
    def net_sales_moved_amount(self) -> Decimal:
        """Net sales of twelve months of everybody who goes up or down."""
        return (self.up_net_sales_12m_amount or Decimal(0)) + (self.down_net_sales_12m_amount or Decimal(0))


@dataclass(frozen=True)
class Simulation:
    """A scheme run over months that are past, beside what happened in them.

    ``dates`` are those computed, in order, and ``compared_dates`` those of them for which it is known what
    happened. ``sizes`` are by date, side and rank, ``movers`` the largest by net sales in each direction, all
    of them in the file; ``costs`` is the sum over the compared month ends, None where nothing states a cost.
    ``computed`` counts the tiers at the last date by the rules alone, which the effects are held against.
    """

    scheme_id: str
    scheme_version: int
    scheme_content_hash: str
    title: Words
    against_scheme_id: str
    against_title: Words
    release_id: str
    known_load_id: int
    from_date: date
    to_date: date
    currency_code: str | None
    dates: tuple[date, ...]
    compared_dates: tuple[date, ...]
    notes: tuple[Words, ...]
    tiers: tuple[Tier, ...]
    sizes: tuple[TierSize, ...]
    movements: tuple[Movement, ...]
    movers: tuple[Mover, ...]
    flapping: tuple[Flapping, ...]
    costs: Mapping[Side, Decimal | None]
    thresholds: tuple[Threshold, ...]
    computed: Mapping[str, int]
    effects: tuple[Effect, ...]
    folder: Path

    def tiers_of(self, side: Side) -> list[Tier]:
        """The tiers of one side, the best first."""
        return [tier for tier in self.tiers if tier.side == side]

    def size(self, as_of_date: date, side: Side, tier_code: str) -> TierSize | None:
        """The tier at a date; None where that is not known."""
        wanted = (as_of_date, side, tier_code)
        return next(
            (size for size in self.sizes if (size.as_of_date, size.side, size.tier_code) == wanted), None
        )
