"""A simulated file goes into production unchanged: the release then has the tiers that the simulation said.

The sample shop is published; a changed version of a scheme in use and the guide's new scheme are simulated;
then both files are put into a copy of the project and run through every check into the next release. Every
customer's tier at every simulated month end has to be the same, and so have the sizes of the tiers.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb

from clientele import pipeline
from clientele.sample import generate
from clientele.settings import Settings
from clientele.simulation import Simulation, simulate
from clientele.warehouse.overlay import overlay

PROJECT = Path(__file__).resolve().parents[2]
FIRST, LAST = date(2025, 9, 1), date(2026, 6, 30)
SIZES = """
select as_of_date, tier_code, customers_count, net_sales_12m_amount
from tier_sizes
where scheme_id = ? and as_of_date between ? and ?
order by all
"""
MOVED = """
with

before as (
    select customer_key, tier_code from earlier.tier_history
    where scheme_id = $against and valid_from_date <= $last and coalesce(valid_to_date > $last, true)
),

after as (
    select customer_key, tier_code from tier_history
    where scheme_id = $scheme_id and valid_from_date <= $last and coalesce(valid_to_date > $last, true)
)

select customer_key, before.tier_code, after.tier_code
from before
full join after using (customer_key)
where before.tier_code is distinct from after.tier_code
order by all
"""


def say(line: str) -> None:
    print(line, flush=True)


def schemes(settings: Settings) -> dict[str, str]:
    """The files that are tried: by id, and against which published scheme."""
    stated = (settings.dbt_project / "tiers" / "membership_tier.yml").read_text(encoding="utf-8")
    changed = re.sub(r"version: \d+", "version: 99", stated, count=1).replace("8000", "6500")
    guide = (PROJECT / "docs" / "simulation.md").read_text(encoding="utf-8")
    (new,) = re.findall(r"^```yaml\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    return {"membership_tier": changed, "spending_club": new}


def differences(before: Path, after: Path, simulation: Simulation) -> list[str]:
    """Where the release after is not what the simulation said."""
    found = []
    scheme_id, against = simulation.scheme_id, simulation.against_scheme_id
    with duckdb.connect(after, read_only=True) as connection:
        connection.execute(f"attach '{before}' as earlier (read_only)")
        sizes = connection.execute(SIZES, [scheme_id, FIRST, LAST]).fetchall()
        said = sorted(
            (size.as_of_date, size.tier_code, size.customers_count, size.net_sales_12m_amount)
            for size in simulation.sizes
            if size.side == "simulated"
        )
        if said != sizes:
            found.append(f"{scheme_id}: sizes of the tiers")
        moved = connection.execute(
            MOVED, {"scheme_id": scheme_id, "against": against, "last": LAST}
        ).fetchall()
        file = simulation.folder / "movers.parquet"
        movers = duckdb.sql(
            f"select customer_key, happened_tier_code, simulated_tier_code from '{file}' order by all"
        ).fetchall()
        if moved != movers:
            found.append(f"{scheme_id}: {len(set(moved) ^ set(movers))} customers")
        say(f"{scheme_id}: {len(sizes)} sizes, {len(moved)} customers whose tier is another")
    return found


def prove(customers: int) -> list[str]:
    """Everything that differs, over all files that are tried."""
    with tempfile.TemporaryDirectory(prefix="clientele_prove_") as name:
        settings = Settings(home=Path(name), settle_seconds=0, keep_releases=5)
        generate(
            settings.landing / "generic",
            settings.home / "truth",
            customers=customers,
            months=14,
            end=LAST,
            seed=3,
            progress=lambda _line: None,
        )
        pipeline.ingest(settings, None, lambda _line: None)
        before = pipeline.run(settings, None, say).directory
        tried = schemes(settings)
        simulations = [
            simulate(settings, text, FIRST, LAST, say, against="membership_tier") for text in tried.values()
        ]
        production = overlay(settings, settings.home / "production", tried)
        after = pipeline.run(production, None, say).directory
        database = "clientele.duckdb"
        return [
            difference
            for simulation in simulations
            for difference in differences(before / database, after / database, simulation)
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=300)
    found = prove(parser.parse_args().customers)
    for difference in found:
        say(f"differs: {difference}")
    say("the release says what the simulations said" if not found else f"{len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
