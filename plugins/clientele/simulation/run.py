"""A simulation from the scheme file to the files of its result."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from clientele.lake.reviews import read_reviews
from clientele.publish.record import Release
from clientele.settings import Settings
from clientele.simulation import comparison
from clientele.simulation.happened import Happened, published_release, read_happened, yearly_costs
from clientele.simulation.notes import Facts, notes_on
from clientele.simulation.output import write
from clientele.simulation.result import SIDES, Simulation, Tier
from clientele.simulation.sensitivity import computed_tiers, effects
from clientele.simulation.thresholds import Words, thresholds_of, variants_of
from clientele.simulation.tried import Tried, read_tried
from clientele.simulation.warehouse import Progress, side_build, simulation_name
from clientele.tiers import Scheme

_SPELLS: Final = """
create or replace temp table spells as
select 'simulated' as side, customer_key, tier_code, tier_rank, valid_from_date, valid_to_date
from main.tier_history
where scheme_id = $simulated
union all
select 'happened', customer_key, tier_code, tier_rank, valid_from_date, valid_to_date
from published.main.tier_history
where scheme_id = $happened
"""

_DATES: Final = """
create or replace temp table dates as
select as_of_date, as_of_date >= $first_date as is_compared
from intermediate.int_as_of_dates
where as_of_date between $from_date and $to_date
"""

_SALES: Final = """
create or replace temp view sales as
select customer_key, as_of_date, net_sales_12m_amount
from intermediate.int_customer_values_by_date
"""


def simulate(
    settings: Settings,
    scheme_text: str,
    from_date: date,
    to_date: date,
    progress: Progress,
    *,
    against: str | None = None,
    output: Path | None = None,
) -> Simulation:
    """Run the scheme of a file over the month ends from ``from_date`` to ``to_date``, and ``to_date`` itself.

    It is held against what the current release says of the scheme ``against`` (None: the scheme of the same
    id). The result is written into ``output`` (None: a folder of its own below reports/simulations/); nothing
    is published. Raises InvalidSchemesError for a file that cannot be used, ConfigurationError for dates or
    a scheme that the release does not cover, UnavailableError without a release.
    """
    tried = read_tried(scheme_text)
    release = published_release(settings, from_date, to_date)
    happened = read_happened(settings, release, against or tried.scheme.id, to_date)
    name = simulation_name(tried, from_date, to_date)
    variants = variants_of(tried.content)
    with side_build(settings, release, tried, variants, from_date, to_date, progress) as connection:
        progress("compare")
        tiers = (*happened.tiers, *_simulated_tiers(tried.scheme))
        _fill(connection, tried, happened, tiers, from_date, to_date)
        days = connection.execute("select as_of_date, is_compared from dates order by as_of_date").fetchall()
        compared_dates = tuple(day for day, is_compared in days if is_compared)
        yearly = {(tier.side, tier.tier_code): tier.yearly_cost_amount for tier in tiers}
        codes = {tier.tier_rank: tier.tier_code for tier in tiers if tier.side == "simulated"}
        sizes = comparison.sizes(connection, yearly)
        simulation = Simulation(
            scheme_id=tried.scheme.id,
            scheme_version=tried.scheme.version,
            scheme_content_hash=tried.content_hash,
            title=Words(tried.scheme.title.zh, tried.scheme.title.en),
            against_scheme_id=happened.scheme_id,
            against_title=happened.title,
            release_id=release.release_id,
            known_load_id=release.known_load_id,
            from_date=from_date,
            to_date=to_date,
            currency_code=_currency(connection),
            dates=tuple(day for day, _ in days),
            compared_dates=compared_dates,
            notes=(),
            tiers=tiers,
            sizes=tuple(sizes),
            movements=tuple(comparison.movements(connection)),
            movers=tuple(comparison.movers(connection)),
            flapping=tuple(comparison.flapping(connection)),
            costs={side: comparison.total_cost(sizes, side, compared_dates) for side in SIDES},
            thresholds=tuple(thresholds_of(tried.content)),
            computed=computed_tiers(connection, tried.scheme.id, codes, to_date),
            effects=tuple(effects(connection, tried.scheme.id, variants, codes, to_date)),
            folder=output or settings.reports / "simulations" / name,
        )
        facts = Facts(
            first_month_end=_month_end(from_date, to_date),
            dates=simulation.dates,
            compared_dates=compared_dates,
            missing_needs=_missing_needs(connection, tried.scheme),
            codes_met=frozenset(row.happened_tier_code for row in simulation.movements),
            published_hash=_published_hash(release, tried),
            sealed_dates=_sealed_dates(settings, tried.scheme.id),
        )
        simulation = replace(simulation, notes=tuple(notes_on(tried, happened, facts)))
        write(simulation, connection)
    return simulation


def _month_end(day: date, latest: date) -> date:
    """The last day of the month of a day, or ``latest`` where that comes first."""
    return min(day.replace(day=monthrange(day.year, day.month)[1]), latest)


def _simulated_tiers(scheme: Scheme) -> list[Tier]:
    costs = yearly_costs(scheme)
    return [
        Tier("simulated", tier.code, tier.rank, Words(tier.name.zh, tier.name.en), costs[tier.code])
        for tier in scheme.tiers
    ]


def _fill(
    connection: duckdb.DuckDBPyConnection,
    tried: Tried,
    happened: Happened,
    tiers: Sequence[Tier],
    from_date: date,
    to_date: date,
) -> None:
    """Make the tables that the comparison reads."""
    connection.execute(_SPELLS, {"simulated": tried.scheme.id, "happened": happened.scheme_id})
    connection.execute(
        _DATES, {"first_date": happened.first_date, "from_date": from_date, "to_date": to_date}
    )
    connection.execute(_SALES)
    connection.execute(
        "create temp table compared_tiers (side varchar, tier_code varchar, tier_rank integer)"
    )
    for tier in tiers:
        row = [tier.side, tier.tier_code, tier.tier_rank]
        connection.execute("insert into compared_tiers values (?, ?, ?)", row)
    comparison.prepare(connection)


def _currency(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute("select currency_code from intermediate.int_currency_chosen").fetchone()
    return str(row[0]) if row else None


def _missing_needs(connection: duckdb.DuckDBPyConnection, scheme: Scheme) -> list[str]:
    present = connection.execute(
        "select need from intermediate.int_feeds_present where is_present"
    ).fetchall()
    return sorted(set(scheme.needs) - {need for (need,) in present})


def _published_hash(release: Release, tried: Tried) -> str | None:
    """What has been published under the version that is tried; None where nothing has."""
    return release.scheme_versions.get(tried.scheme.id, {}).get(str(tried.scheme.version))


def _sealed_dates(settings: Settings, scheme_id: str) -> list[date]:
    """The dates at which reviews of the scheme were sealed."""
    reviews = [review for review in read_reviews(settings) if review.kind == "sealed"]
    return sorted({review.as_of_date for review in reviews if scheme_id in review.scheme_ids})
