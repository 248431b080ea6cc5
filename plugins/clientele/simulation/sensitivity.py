"""What each moved threshold does to the computed tiers of the last date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import duckdb

from clientele.duck import identifier
from clientele.simulation.result import Effect
from clientele.simulation.thresholds import Variant
from clientele.simulation.warehouse import variant_model

_COUNTED: Final = """
select tier_rank, count(*) from tiers.{scheme} where as_of_date = $to_date group by all
"""

_PAIRS: Final = """
with

stated as (select customer_key, tier_rank from tiers.{scheme} where as_of_date = $to_date),

moved as (select customer_key, tier_rank from tiers.{variant} where as_of_date = $to_date)

select
    stated.tier_rank,
    moved.tier_rank,
    count(*),
    coalesce(sum(sales.net_sales_12m_amount), 0)
from stated
full join moved using (customer_key)
left join sales on sales.customer_key = customer_key and sales.as_of_date = $to_date
group by all
"""


def computed_tiers(
    connection: duckdb.DuckDBPyConnection, scheme_id: str, codes: Mapping[int, str], to_date: date
) -> dict[str, int]:
    """Customers in each tier at the date by the rules alone; ``codes`` names the tiers by rank."""
    query = _COUNTED.format(scheme=identifier(scheme_id))
    counted = dict(connection.execute(query, {"to_date": to_date}).fetchall())
    return {code: counted.get(rank, 0) for rank, code in codes.items()}


def effects(
    connection: duckdb.DuckDBPyConnection,
    scheme_id: str,
    variants: Sequence[Variant],
    codes: Mapping[int, str],
    to_date: date,
) -> list[Effect]:
    """The effect of each variant, in their order. Reads ``sales`` and the models of the schemes."""
    return [_effect(connection, scheme_id, variant, codes, to_date) for variant in variants]


def _effect(
    connection: duckdb.DuckDBPyConnection,
    scheme_id: str,
    variant: Variant,
    codes: Mapping[int, str],
    to_date: date,
) -> Effect:
    number = variant.threshold.number
    if variant.content is None:
        return Effect(number, variant.direction, variant.value, variant.problem)
    query = _PAIRS.format(scheme=identifier(scheme_id), variant=identifier(variant_model(variant)))
    customers = dict.fromkeys(codes.values(), 0)
    counts = {"up": 0, "down": 0, "joined_or_left": 0}
    amounts = {"up": Decimal(0), "down": Decimal(0)}
    for stated, moved, count, amount in connection.execute(query, {"to_date": to_date}).fetchall():
        if moved is not None:
            customers[codes[moved]] += count
        if stated is None or moved is None:
            counts["joined_or_left"] += count
        elif stated != moved:
            way = "up" if moved > stated else "down"
            counts[way] += count
            amounts[way] += amount
    return Effect(
        threshold_number=number,
        moved=variant.direction,
        value=variant.value,
        problem=None,
        customers=customers,
        up_customers_count=counts["up"],
        up_net_sales_12m_amount=amounts["up"],
        down_customers_count=counts["down"],
        down_net_sales_12m_amount=amounts["down"],
        joined_or_left_customers_count=counts["joined_or_left"],
    )
