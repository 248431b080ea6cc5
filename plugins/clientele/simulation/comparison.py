"""Two histories of tiers held against each other by DuckDB, so that memory does not grow with the customers.

Reads four tables of its connection, whatever made them:

    spells          side, customer_key, tier_code, tier_rank, valid_from_date, valid_to_date (half-open)
    compared_tiers  side, tier_code, tier_rank
    dates           as_of_date, is_compared: whether it is known what happened at the date
    sales           customer_key, as_of_date, net_sales_12m_amount
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import duckdb

from clientele.simulation.result import SIDES, Flapping, Movement, Mover, Side, TierSize

#: Days of a year of belonging to a tier.
_YEAR_DAYS: Final = 365
#: Movers of each direction that the result itself names; the files hold all.
MOVERS_SHOWN: Final = 50
_CENT: Final = Decimal("0.01")
_SIX_DECIMALS: Final = Decimal("0.000001")

_PLACED: Final = """
create or replace temp table placed as
select spells.side, spells.customer_key, spells.tier_code, spells.tier_rank, dates.as_of_date
from spells
inner join dates
    on
        spells.valid_from_date <= dates.as_of_date
        and coalesce(spells.valid_to_date > dates.as_of_date, true)
"""

_PAIRED: Final = """
create or replace temp table paired as
with

simulated as (select * from placed where side = 'simulated'),

happened as (select * from placed where side = 'happened'),

counterparts as (select tier_code, tier_rank from compared_tiers where side = 'simulated'),

paired as (
    select
        customer_key,
        as_of_date,
        happened.tier_code as happened_tier_code,
        simulated.tier_code as simulated_tier_code,
        simulated.tier_rank as simulated_tier_rank
    from simulated
    full join happened using (customer_key, as_of_date)
)

select
    paired.customer_key,
    paired.as_of_date,
    paired.happened_tier_code,
    paired.simulated_tier_code,
    case
        when paired.happened_tier_code is null then 'new'
        when paired.simulated_tier_code is null then 'left'
        when paired.simulated_tier_rank > counterparts.tier_rank then 'up'
        when paired.simulated_tier_rank < counterparts.tier_rank then 'down'
        when paired.simulated_tier_rank = counterparts.tier_rank then 'same'
        else 'other'
    end as direction,
    coalesce(sales.net_sales_12m_amount, 0) as net_sales_12m_amount
from paired
inner join dates
    on paired.as_of_date = dates.as_of_date and dates.is_compared
left join counterparts
    on paired.happened_tier_code = counterparts.tier_code
left join sales
    on paired.customer_key = sales.customer_key and paired.as_of_date = sales.as_of_date
"""

_SIZES: Final = """
with

counted as (
    select
        placed.side,
        placed.as_of_date,
        placed.tier_code,
        count(*) as customers_count,
        sum(sales.net_sales_12m_amount) as net_sales_12m_amount
    from placed
    left join sales using (customer_key, as_of_date)
    group by all
)

select
    dates.as_of_date,
    compared_tiers.side,
    compared_tiers.tier_code,
    coalesce(counted.customers_count, 0),
    sum(coalesce(counted.customers_count, 0)) over (partition by dates.as_of_date, compared_tiers.side),
    cast(coalesce(counted.net_sales_12m_amount, 0) as decimal(38, 4))
from compared_tiers
inner join dates
    on dates.is_compared or compared_tiers.side = 'simulated'
left join counted
    on
        compared_tiers.side = counted.side
        and compared_tiers.tier_code = counted.tier_code
        and dates.as_of_date = counted.as_of_date
order by dates.as_of_date, compared_tiers.side, compared_tiers.tier_rank desc, compared_tiers.tier_code
"""

MOVEMENTS: Final = """
select
    as_of_date,
    happened_tier_code,
    simulated_tier_code,
    direction,
    count(*) as customers_count,
    cast(sum(net_sales_12m_amount) as decimal(38, 4)) as net_sales_12m_amount
from paired
group by all
order by as_of_date, happened_tier_code nulls last, simulated_tier_code nulls last
"""

MOVERS: Final = """
select customer_key, happened_tier_code, simulated_tier_code, direction, net_sales_12m_amount
from paired
where direction <> 'same' and as_of_date = (select max(as_of_date) from dates)
order by direction, net_sales_12m_amount desc, customer_key
"""

#: Changes count after the first compared date: a tier that ended by then is not looked at.
_FLAPPING: Final = """
with

compared as (
    select
        min(as_of_date) as first_date,
        max(as_of_date) as last_date
    from dates
    where is_compared
),

within as (
    select
        spells.*,
        greatest(spells.valid_from_date, compared.first_date) as first_day,
        least(coalesce(spells.valid_to_date, compared.last_date + 1), compared.last_date + 1) as end_day
    from spells
    inner join compared
        on
            spells.valid_from_date <= compared.last_date
            and coalesce(spells.valid_to_date > compared.first_date, true)
),

followed as (
    select
        *,
        lag(tier_code) over customer_spells as previous_tier_code,
        lag(tier_rank) over customer_spells as previous_tier_rank,
        lag(valid_to_date) over customer_spells as previous_valid_to_date
    from within
    window customer_spells as (partition by side, customer_key order by valid_from_date)
),

changes as (
    select
        side,
        customer_key,
        valid_from_date,
        tier_rank - previous_tier_rank as ranks
    from followed
    where previous_valid_to_date = valid_from_date and previous_tier_code <> tier_code
),

flapping as (
    select
        falls.side,
        count(distinct falls.customer_key) as customers_count
    from changes as falls
    inner join changes as rises
        on
            falls.side = rises.side
            and falls.customer_key = rises.customer_key
            and falls.ranks < 0
            and rises.ranks > 0
            and rises.valid_from_date > falls.valid_from_date
            and rises.valid_from_date <= falls.valid_from_date + interval 6 month
    group by falls.side
),

held as (
    select
        side,
        count(distinct customer_key) as customers_count,
        sum(end_day - first_day) as days
    from within
    group by side
),

changed as (
    select
        side,
        count(*) as changes_count
    from changes
    group by side
)

select
    held.side,
    held.customers_count,
    held.days,
    coalesce(changed.changes_count, 0),
    coalesce(flapping.customers_count, 0)
from held
left join changed on held.side = changed.side
left join flapping on held.side = flapping.side
"""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Place everybody at each date and pair both sides; the other functions read what this makes."""
    connection.execute(_PLACED)
    connection.execute(_PAIRED)


def sizes(
    connection: duckdb.DuckDBPyConnection, yearly_costs: Mapping[tuple[Side, str], Decimal | None]
) -> list[TierSize]:
    """Every tier at every date, by date, side and rank; ``yearly_costs`` by side and tier code."""
    return [
        TierSize(
            as_of_date=as_of_date,
            side=side,
            tier_code=code,
            customers_count=count,
            customers_ratio=ratio(count, total),
            net_sales_12m_amount=net_sales,
            cost_amount=monthly_cost(yearly_costs.get((side, code)), count),
        )
        for as_of_date, side, code, count, total, net_sales in _rows(connection, _SIZES)
    ]


def movements(connection: duckdb.DuckDBPyConnection) -> list[Movement]:
    """The matrix of what happened and what would have, at each compared date."""
    return [Movement(*row) for row in _rows(connection, MOVEMENTS)]


def movers(connection: duckdb.DuckDBPyConnection) -> list[Mover]:
    """The customers with the largest net sales who move at the last date, so many in each direction."""
    shown = (
        f"from ({MOVERS}) qualify row_number() over (partition by direction"
        " order by net_sales_12m_amount desc, customer_key)"
        f" <= {MOVERS_SHOWN} order by direction, net_sales_12m_amount desc, customer_key"
    )
    return [Mover(*row) for row in _rows(connection, shown)]


def flapping(connection: duckdb.DuckDBPyConnection) -> list[Flapping]:
    """How restless both sides were; a side that placed nobody is all zero."""
    found = {side: figures for side, *figures in _rows(connection, _FLAPPING)}
    result = []
    for side in SIDES:
        customers, days, changes, flappers = found.get(side, (0, 0, 0, 0))
        result.append(
            Flapping(
                side=side,
                customers_count=customers,
                customer_years=(Decimal(days) / _YEAR_DAYS).quantize(_CENT),
                changes_count=changes,
                changes_per_year=ratio(changes * _YEAR_DAYS, days),
                flapping_customers_count=flappers,
                flapping_ratio=ratio(flappers, customers),
            )
        )
    return result


def monthly_cost(yearly: Decimal | None, customers: int) -> Decimal | None:
    """What a tier's benefits cost in a month, to the cent; None where no cost is stated."""
    return None if yearly is None else (yearly * customers / 12).quantize(_CENT)


def total_cost(tier_sizes: list[TierSize], side: str, dates: Collection[date]) -> Decimal | None:
    """What the benefits of a side cost over the months that end at these dates; None where nothing does.

    A date within a month is left out: that month is not over.
    """
    month_ends = {day for day in dates if (day + timedelta(days=1)).day == 1}
    costs = [
        size.cost_amount
        for size in tier_sizes
        if size.side == side and size.as_of_date in month_ends and size.cost_amount is not None
    ]
    return sum(costs, Decimal(0)) if costs else None


def ratio(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """``part`` of ``whole`` with six decimals; None of nothing."""
    return (Decimal(part) / Decimal(whole)).quantize(_SIX_DECIMALS) if whole else None


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return connection.execute(query).fetchall()
