"""What happened under a scheme, as the current release tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from clientele.duck import connect
from clientele.errors import ConfigurationError, UnavailableError
from clientele.publish.record import Release
from clientele.publish.store import DATABASE, current_release
from clientele.settings import Settings
from clientele.simulation.result import Tier
from clientele.simulation.thresholds import Words
from clientele.tiers import Scheme, load_schemes

#: The tiers as they were last published: earlier versions may have had others.
_TIERS: Final = """
select
    tier_code,
    arg_max(tier_rank, as_of_date),
    arg_max(tier_name_zh, as_of_date),
    arg_max(tier_name_en, as_of_date)
from tier_sizes
where scheme_id = ?
group by tier_code
order by 2 desc, tier_code
"""

_SCHEME: Final = """
select
    arg_max(scheme_title_zh, as_of_date),
    arg_max(scheme_title_en, as_of_date),
    max(scheme_version),
    min(as_of_date),
    (
        select count(distinct override_id) from tier_decisions
        where scheme_id = $scheme_id and decided_on_date <= $to_date
    )
from tier_sizes
where scheme_id = $scheme_id
having count(*) > 0
"""


@dataclass(frozen=True)
class Happened:
    """One published scheme: its tiers, its first published date, the version published last.

    ``costs_version`` is that of the project's file, which says what benefits cost; None without a file.
    ``overrides_count`` counts the staff's overrides that decided on somebody up to the last simulated date.
    """

    scheme_id: str
    title: Words
    version: int
    first_date: date
    tiers: tuple[Tier, ...]
    costs_version: int | None
    overrides_count: int


def published_release(settings: Settings, from_date: date, to_date: date) -> Release:
    """The current release, which has to cover the dates: UnavailableError, ConfigurationError where not."""
    release = current_release(settings)
    if release is None:
        raise UnavailableError(
            "nothing has been published yet, so nothing is known to have happened",
            remedy="run `clientele run` first",
        )
    if from_date > to_date:
        raise ConfigurationError(f"--from {from_date} is after --to {to_date}", remedy="exchange them")
    if to_date > release.as_of_date:
        raise ConfigurationError(
            f"--to {to_date} is after {release.as_of_date}, the date of the current release",
            remedy="simulate what has happened: up to that date, or publish a later one first",
        )
    return release


def read_happened(settings: Settings, release: Release, scheme_id: str, to_date: date) -> Happened:
    """What the release says of the scheme. Raises ConfigurationError when that is nothing."""
    scheme = load_schemes(settings.dbt_project / "tiers").get(scheme_id)
    costs = yearly_costs(scheme) if scheme else {}
    with connect(release.directory / DATABASE, settings, read_only=True) as connection:
        found = connection.execute(_SCHEME, {"scheme_id": scheme_id, "to_date": to_date}).fetchone()
        if found is None:
            published = connection.execute("select distinct scheme_id from tier_sizes order by 1").fetchall()
            raise ConfigurationError(
                f"{scheme_id} is not in the current release {release.release_id}",
                remedy=f"name by --against one of {', '.join(name for (name,) in published)}",
            )
        tiers = connection.execute(_TIERS, [scheme_id]).fetchall()
    title_zh, title_en, version, first_date, overrides_count = found
    return Happened(
        scheme_id=scheme_id,
        title=Words(title_zh, title_en),
        version=version,
        first_date=first_date,
        tiers=tuple(
            Tier("happened", code, rank, Words(zh, en), costs.get(code)) for code, rank, zh, en in tiers
        ),
        costs_version=scheme.version if scheme else None,
        overrides_count=overrides_count,
    )


def yearly_costs(scheme: Scheme) -> dict[str, Decimal | None]:
    """What the benefits of each tier cost a year for one customer; None where none of them says."""
    costs: dict[str, Decimal | None] = {}
    for tier in scheme.tiers:
        stated = [benefit.cost_amount for benefit in tier.benefits if benefit.cost_amount is not None]
        costs[tier.code] = sum(stated, Decimal(0)) if stated else None
    return costs
