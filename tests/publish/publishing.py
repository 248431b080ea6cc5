"""Publishing a hand-made candidate the way a run does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from candidates import Shop, quality_row, write_candidate

from clientele.publish.descriptions import TableDescription
from clientele.publish.digest import table_digest
from clientele.publish.record import RECORD, Release, to_json
from clientele.publish.release import publish
from clientele.publish.snapshot import content_of
from clientele.publish.store import DATABASE
from clientele.settings import Settings
from clientele.warehouse.fence import next_token

PUBLISHED_AT = datetime(2024, 7, 1, 8, 30, tzinfo=UTC)
DESCRIPTIONS = {
    "customer_values": TableDescription(
        description='One row per customer; the owner\'s "values".',
        columns={"net_sales_12m_amount": "Net sales of 12 months, in the customer's currency."},
    )
}

Publish = Callable[..., Release]


def render_page(database: Path, output: Path) -> list[Path]:
    """Stands in for the report: a page that names the file it was made from."""
    page = output / "tier_review_2024-06-30.en.html"
    page.write_text(f"<p>{database.parent.name}</p>", encoding="utf-8")
    return [page]


def publisher(settings: Settings) -> Publish:
    """A function that publishes a shop the way a run does, with a token and a candidate of its own."""

    def run(shop: Shop, *, is_reversed: bool = False, **changes: object) -> Release:
        token = next_token(settings)
        run_id = f"run_{token:06d}"
        database = settings.warehouse / "runs" / run_id / "warehouse.duckdb"
        write_candidate(database, shop, is_reversed=is_reversed)
        arguments: dict[str, object] = {
            "run_id": run_id,
            "token": token,
            "quality_results": [quality_row()],
            "descriptions": DESCRIPTIONS,
            "render_report": render_page,
            "published_at": PUBLISHED_AT,
            **changes,
        }
        return publish(settings, database, **arguments)  # type: ignore[arg-type]

    return run


def as_earlier_version(release: Release) -> None:
    """Rewrite the record of a release as it was before digests named their method."""
    with duckdb.connect(str(release.directory / DATABASE), read_only=True) as connection:
        tables = {name: table_digest(connection, name, "sorted_sha256") for name in release.tables}
    earlier = replace(
        release, tables=tables, content_digest=content_of(tables), digest_method="sorted_sha256"
    )
    record = json.loads(to_json(earlier))
    del record["digest_method"]
    file = release.directory / RECORD
    file.chmod(0o644)
    file.write_text(json.dumps(record), encoding="utf-8")
