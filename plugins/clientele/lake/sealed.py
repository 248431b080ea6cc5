"""Show the sealed reviews, as far as a run knows them, in the schema ``lake`` of a DuckDB database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from types import MappingProxyType
from typing import Final

import duckdb
import pyarrow as pa

from clientele.duck import identifier, path_literal
from clientele.lake.reviews import ReviewRecord, review_folder
from clientele.settings import Settings

#: How many downgrades a decision remembers; no policy may count more.
DOWNGRADES_REMEMBERED: Final = 6

_KEY: Final = {"scheme_id": "varchar", "scheme_version": "integer"}
#: File of a sealed review -> its columns. Each is ``lake.sealed_<file>``, with the number of the review.
SEALED_FILES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "decisions": {
            **_KEY,
            "customer_key": "varchar",
            "decided_on_date": "date",
            "is_common_date": "boolean",
            "is_review": "boolean",
            "rule_number": "integer",
            "computed_tier_rank": "integer",
            "previous_tier_rank": "integer",
            "previous_date_tier_rank": "integer",
            "tier_rank": "integer",
            "outcome": "varchar",
            "deciding_value": "decimal(28, 6)",
            "change_number": "integer",
            "change_value": "decimal(28, 6)",
            "override_id": "varchar",
            "policy_tier_rank": "integer",
            "tier_since_date": "date",
            "below_since_date": "date",
            "held_until_date": "date",
            **{f"downgraded_{number}_date": "date" for number in range(1, DOWNGRADES_REMEMBERED + 1)},
        },
        "moves": {
            "scheme_id": "varchar",
            "as_of_date": "date",
            "from_tier_rank": "integer",
            "to_tier_rank": "integer",
            "customers_count": "bigint",
            "net_sales_12m_amount": "decimal(38, 4)",
            "near_threshold_count": "bigint",
        },
        "accounts": {
            "source": "varchar",
            "account_type": "varchar",
            "account_reference": "varchar",
            "customer_key": "varchar",
        },
        "scheme_rules": {
            **_KEY,
            "rule_number": "integer",
            "tier_code": "varchar",
            "tier_rank": "integer",
            "tier_name_zh": "varchar",
            "tier_name_en": "varchar",
            "deciding_criterion": "varchar",
            "threshold_value": "decimal(28, 6)",
            "is_upper_threshold": "boolean",
            "figure_kind": "varchar",
            "reason_zh_start": "varchar",
            "reason_zh_end": "varchar",
            "reason_en_start": "varchar",
            "reason_en_end": "varchar",
        },
        "scheme_tiers": {
            **_KEY,
            "scheme_title_zh": "varchar",
            "scheme_title_en": "varchar",
            "tier_code": "varchar",
            "tier_rank": "integer",
            "tier_name_zh": "varchar",
            "tier_name_en": "varchar",
        },
        "scheme_changes": {
            **_KEY,
            "change_number": "integer",
            "metric": "varchar",
            "unit": "varchar",
            "name_zh": "varchar",
            "name_en": "varchar",
            "tier_code": "varchar",
        },
        "restatements": {
            "restated_review_id": "varchar",
            "scheme_id": "varchar",
            "customer_key": "varchar",
            "tier_code_then": "varchar",
            "tier_code_now": "varchar",
            "tier_rank_then": "integer",
            "tier_rank_now": "integer",
            "cause": "varchar",
            "rows_count": "bigint",
            "load_ids": "varchar",
            "row_numbers": "varchar",
        },
    }
)
_REVIEWS: Final = pa.schema(
    [
        ("sequence_number", pa.int64()),
        ("review_id", pa.string()),
        ("as_of_date", pa.date32()),
        ("scheme_id", pa.string()),
        ("scheme_version", pa.int32()),
        ("scheme_content_hash", pa.string()),
        ("known_load_id", pa.int64()),
        ("decisions_count", pa.int64()),
        ("decisions_digest", pa.string()),
        ("decided_by", pa.string()),
        ("decided_at", pa.timestamp("us")),
        ("decision_mode", pa.string()),
        ("record_hash", pa.string()),
        ("previous_record_hash", pa.string()),
    ]
)


def mount_sealed(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    records: Iterable[ReviewRecord] = (),
    review_dates: Iterable[date] = (),
) -> None:
    """Make ``lake.sealed_reviews`` (one row per sealed review and scheme) and ``lake.sealed_<file>``.

    Rejected reviews have no effect on any table: they are left out. ``lake.proposed_review_dates`` holds the
    month ends ``review_dates``.
    """
    sealed = [record for record in records if record.kind == "sealed"]
    connection.execute("create schema if not exists lake")
    rows = [row for record in sealed for row in _review_rows(record)]
    connection.register("lake_content", pa.Table.from_pylist(rows, _REVIEWS))
    connection.execute("create or replace table lake.sealed_reviews as from lake_content")
    connection.unregister("lake_content")
    connection.execute("create or replace table lake.proposed_review_dates (as_of_date date not null)")
    for day in review_dates:
        connection.execute("insert into lake.proposed_review_dates values (?)", [day])
    for name, columns in SEALED_FILES.items():
        select = _select(settings, f"{name}.parquet", columns, sealed)
        connection.execute(f"create or replace view lake.sealed_{name} as {select}")


def _select(
    settings: Settings, file_name: str, columns: Mapping[str, str], sealed: Sequence[ReviewRecord]
) -> str:
    typed = ", ".join(
        f"cast({identifier(name)} as {kind}) as {identifier(name)}" for name, kind in columns.items()
    )
    selects = [
        # Names and paths are quoted where they are made.
        f"select cast({record.sequence_number} as bigint) as sequence_number, {typed}"  # noqa: S608
        f" from read_parquet({path_literal(review_folder(settings, record.sequence_number) / file_name)})"
        for record in sealed
        if file_name in record.files
    ]
    nothing = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in columns.items())
    return " union all ".join(selects) or (
        f"select cast(null as bigint) as sequence_number, {nothing} where false"
    )


def _review_rows(record: ReviewRecord) -> list[dict[str, object]]:
    return [
        {
            "sequence_number": record.sequence_number,
            "review_id": record.review_id,
            "as_of_date": record.as_of_date,
            "scheme_id": scheme.scheme_id,
            "scheme_version": scheme.scheme_version,
            "scheme_content_hash": scheme.content_hash,
            "known_load_id": record.known_load_id,
            "decisions_count": scheme.decisions_count,
            "decisions_digest": scheme.digest,
            "decided_by": record.decided_by,
            "decided_at": record.decided_at.astimezone(UTC).replace(tzinfo=None),
            "decision_mode": record.decision_mode,
            "record_hash": record.record_hash,
            "previous_record_hash": record.previous_hash,
        }
        for scheme in record.schemes
    ]
