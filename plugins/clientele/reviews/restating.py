"""A past review decided with what is known now: built aside, and compared with what was sealed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from clientele.duck import connect, path_literal, text_literal
from clientele.lake.log import last_load_id
from clientele.lake.reviews import ReviewRecord, review_folder
from clientele.reviews.facts import FACT_MODELS, write_facts
from clientele.reviews.restatements import find_restatements
from clientele.reviews.schemes import edited_schemes, schemes_in_use
from clientele.settings import Settings
from clientele.tiers import load_schemes
from clientele.warehouse import build as dbt_build
from clientele.warehouse.build import Progress
from clientele.warehouse.candidate import Candidate, begin_aside

#: What has to be built to know every decision.
DECISION_MODELS = ("+int_tier_decisions",)

_SEALED_TIERS = """
select decisions.customer_key, decisions.scheme_id, tiers.tier_code, tiers.tier_rank
from read_parquet({decisions}) as decisions
inner join read_parquet({scheme_tiers}) as tiers using (scheme_id, scheme_version, tier_rank)
where decisions.decided_on_date = {as_of_date}::date
"""


def restate(settings: Settings, record: ReviewRecord, directory: Path, progress: Progress) -> Path | None:
    """Who would have another tier as of a sealed review with all loads and today's schemes, and why.

    The reviews before it count as sealed, those after it do not. Schemes that are not in use any more are
    left out. Returns a Parquet file in ``directory``, emptied first, of the rows that ``find_restatements``
    describes; None where nothing was loaded or edited since, so that nothing can differ.
    """
    edited = edited_schemes(settings, record)
    if last_load_id(settings) == record.known_load_id and not edited:
        return None
    shutil.rmtree(directory, ignore_errors=True)
    progress(f"decide review {record.review_id} with what is known now")
    facts_now = _decided_now(settings, record, directory, progress)
    progress(f"read what was known then, up to load {record.known_load_id}")
    facts_then = _known_then(settings, record, directory, progress)
    found = directory / "restatements.parquet"
    with connect(directory / "comparison.duckdb", settings) as connection:
        _show(connection, "known_then", facts_then)
        _show(connection, "known_now", facts_now)
        in_use = sorted(record.scheme_ids & set(schemes_in_use(settings)))
        for schema in ("known_then", "known_now"):
            connection.execute(
                f"delete from {schema}.tiers where not list_contains($in_use, scheme_id)",  # noqa: S608
                {"in_use": in_use},
            )
        table = find_restatements(connection, record.known_load_id, edited)
        connection.execute(f"copy {table} to {path_literal(found)} (format parquet)")
    return found


def _decided_now(
    settings: Settings, record: ReviewRecord, directory: Path, progress: Progress
) -> dict[str, str]:
    """All facts of the review's date with all loads: SQL by name."""
    candidate = begin_aside(
        settings,
        directory / "now",
        record.as_of_date,
        known_sequence_number=record.known_sequence_number,
        review_dates=[record.as_of_date],
    )
    dbt_build.build(settings, candidate, progress, select=DECISION_MODELS, with_tests=False)
    names = ("records", "figures", "accounts", "links", "tiers")
    return _taken_out(settings, record, candidate, names)


def _known_then(
    settings: Settings, record: ReviewRecord, directory: Path, progress: Progress
) -> dict[str, str]:
    """What was sealed, and the records and figures that were known: SQL by name."""
    candidate = begin_aside(
        settings,
        directory / "then",
        record.as_of_date,
        known_load_id=record.known_load_id,
        known_sequence_number=record.known_sequence_number,
    )
    models = [f"+{model}" for model in FACT_MODELS]
    dbt_build.build(settings, candidate, progress, select=models, with_tests=False)
    sealed = review_folder(settings, record.sequence_number)
    return {
        **_taken_out(settings, record, candidate, ("records", "figures")),
        "accounts": f"from read_parquet({path_literal(sealed / 'accounts.parquet')})",
        "tiers": _SEALED_TIERS.format(
            decisions=path_literal(sealed / "decisions.parquet"),
            scheme_tiers=path_literal(sealed / "scheme_tiers.parquet"),
            as_of_date=text_literal(record.as_of_date.isoformat()),
        ),
    }


def _taken_out(
    settings: Settings, record: ReviewRecord, candidate: Candidate, names: Sequence[str]
) -> dict[str, str]:
    """The facts of a built candidate as SQL over files, so that the candidate can go."""
    schemes = load_schemes(settings.dbt_project / "tiers")
    files = write_facts(
        settings,
        candidate.database,
        record.as_of_date,
        candidate.directory.with_name(f"facts_{candidate.directory.name}"),
        names,
        {scheme_id: scheme for scheme_id, scheme in schemes.items() if scheme_id in record.scheme_ids},
    )
    shutil.rmtree(candidate.directory)
    return {name: f"from read_parquet({path_literal(path)})" for name, path in files.items()}


def _show(connection: duckdb.DuckDBPyConnection, schema: str, facts: Mapping[str, str]) -> None:
    connection.execute(f"create schema {schema}")
    for name, select in facts.items():
        kind = "table" if name == "tiers" else "view"
        connection.execute(f"create {kind} {schema}.{name} as {select}")
