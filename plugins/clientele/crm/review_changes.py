"""The signed set of each review, as CSV: whose tier it changed, exactly as it was sealed.

The reviews are those that the release shows in ``tier_reviews``: one as of an earlier date has none of the
reviews after it. What a review has sealed never changes, so a file that an earlier release has is linked, not
made anew.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from clientele.crm.changes import write_cells
from clientele.settings import Settings

FOLDER: Final = "reviews"
COLUMNS: Final = (
    "review_id",
    "as_of_date",
    "customer_key",
    "scheme_id",
    "scheme_version",
    "tier_code",
    "tier_name_zh",
    "tier_name_en",
    "previous_tier_code",
    "change",
    "outcome",
)
_TEXT_COLUMNS: Final = frozenset(COLUMNS) - {"as_of_date", "scheme_version", "change", "outcome"}

_HAS_REVIEWS: Final = """
select 1 from duckdb_tables()
where database_name = 'candidate' and schema_name = 'lake' and table_name = 'sealed_reviews'
"""

_REVIEWS: Final = """
select distinct sequence_number, review_id from candidate.main.tier_reviews order by sequence_number
"""

#: ``changes_signed``: one row per customer and scheme whose tier the review changed. It is compared with the
#: review before of the same scheme; under another version ranks do not compare.
_CHANGES_SIGNED: Final = """
create or replace temp table changes_signed as
with

reviewed as (
    select
        sequence_number,
        review_id,
        as_of_date,
        scheme_id,
        lag(sequence_number) over (partition by scheme_id order by sequence_number) as previous_number
    from candidate.lake.sealed_reviews
),

sealed_tiers as (
    select
        reviewed.sequence_number,
        decisions.customer_key,
        decisions.scheme_id,
        decisions.scheme_version,
        decisions.tier_rank,
        decisions.outcome,
        tiers.tier_code,
        tiers.tier_name_zh,
        tiers.tier_name_en
    from reviewed
    inner join candidate.lake.sealed_decisions as decisions
        on
            reviewed.sequence_number = decisions.sequence_number
            and reviewed.scheme_id = decisions.scheme_id
            and reviewed.as_of_date = decisions.decided_on_date
    inner join candidate.lake.sealed_scheme_tiers as tiers
        on
            decisions.sequence_number = tiers.sequence_number
            and decisions.scheme_id = tiers.scheme_id
            and decisions.scheme_version = tiers.scheme_version
            and decisions.tier_rank = tiers.tier_rank
),

this_review as (
    select * from reviewed
    where sequence_number = $sequence_number
),

tiers as (
    select sealed_tiers.* from sealed_tiers
    semi join this_review using (sequence_number)
),

previous_tiers as (
    select sealed_tiers.* from sealed_tiers
    inner join this_review
        on
            sealed_tiers.scheme_id = this_review.scheme_id
            and sealed_tiers.sequence_number = this_review.previous_number
),

compared as (
    select
        customer_key,
        scheme_id,
        coalesce(tiers.scheme_version, previous_tiers.scheme_version) as scheme_version,
        tiers.tier_code,
        tiers.tier_name_zh,
        tiers.tier_name_en,
        previous_tiers.tier_code as previous_tier_code,
        case
            when previous_tiers.tier_code is null then 'new'
            when tiers.tier_code is null then 'left'
            when tiers.scheme_version <> previous_tiers.scheme_version
                and tiers.tier_code <> previous_tiers.tier_code then 'changed'
            when tiers.scheme_version <> previous_tiers.scheme_version then null
            when tiers.tier_rank > previous_tiers.tier_rank then 'upgraded'
            when tiers.tier_rank < previous_tiers.tier_rank then 'downgraded'
        end as change,
        coalesce(tiers.outcome, 'left') as outcome
    from tiers
    full join previous_tiers using (customer_key, scheme_id)
)

select this_review.review_id, this_review.as_of_date, compared.*
from compared
inner join this_review using (scheme_id)
where compared.change is not null
"""


def write_review_changes(
    candidate: Path, earlier: Sequence[Path], output: Path, *, memory_limit: str = Settings.memory_limit
) -> list[Path]:
    """Write ``reviews/<review_id>.csv`` into ``output`` for every sealed review the candidate shows.

    ``earlier`` are the folders that ``output`` follows, one for each release that is kept. One row per
    customer and scheme whose tier differs from the one the scheme's review before sealed; everybody is
    ``new`` in the first. UTF-8, lines end with LF, no cell starts a formula. A candidate made of an earlier
    release knows no lake, and that release has the files of all its reviews. Raises duckdb.Error and OSError.
    """
    folder = output / FOLDER
    written = []
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(candidate.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        literal = str(candidate).replace("'", "''")
        connection.execute(f"attach '{literal}' as candidate (read_only)")
        knows_lake = connection.execute(_HAS_REVIEWS).fetchone() is not None
        for sequence_number, review_id in connection.execute(_REVIEWS).fetchall():
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{review_id}.csv"
            before = (release / FOLDER / file.name for release in earlier)
            if made := next((path for path in before if path.exists()), None):
                os.link(made, file)
            elif knows_lake:
                connection.execute(_CHANGES_SIGNED, {"sequence_number": sequence_number})
                write_cells(connection, "changes_signed", COLUMNS, _TEXT_COLUMNS, file)
            else:
                continue
            written.append(file)
    return written
