"""Is a release still what was published? Recomputed from its files, compared with its record."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from clientele.crm.changes import MANIFEST_FILE
from clientele.publish import store
from clientele.publish.digest import quote, table_digest
from clientele.publish.record import Release, read_release
from clientele.publish.snapshot import content_of
from clientele.publish.tables import RELEASES


def verify_release(directory: Path) -> list[str]:
    """What is wrong with the release in ``directory``, one line each; empty when it is as it was published.

    Recomputes the digest of every table in the database and in Parquet, and the checksum of the CRM export,
    compares them with the records, and looks whether the reports are there. Raises UnavailableError when the
    release has no readable record.
    """
    release = read_release(directory)
    findings = []
    with duckdb.connect() as connection:
        literal = str(directory / store.DATABASE).replace("'", "''")
        try:
            connection.execute(f"attach '{literal}' as release (read_only)")
        except duckdb.Error:
            return [f"{release.release_id}: {store.DATABASE} cannot be opened"]
        for name in release.tables:
            parquet = str(directory / store.PARQUET / f"{name}.parquet").replace("'", "''")
            places = {
                store.DATABASE: f"release.main.{quote(name)}",
                store.PARQUET: f"read_parquet('{parquet}')",
            }
            for place, relation in places.items():
                if finding := _difference(connection, relation, name, release):
                    findings.append(f"{release.release_id}: {name} in {place} {finding}")
    if content_of(release.tables) != release.content_digest:
        findings.append(f"{release.release_id}: the content digest does not fit the digests of the tables")
    if not _is_crm_export_whole(directory / store.CRM):
        findings.append(f"{release.release_id}: the CRM export does not fit its manifest")
    if not (directory / store.REPORT).is_dir():
        findings.append(f"{release.release_id}: the folder of its reports is gone")
    return findings


def _difference(
    connection: duckdb.DuckDBPyConnection, relation: str, table: str, release: Release
) -> str | None:
    """How ``relation`` differs from what was recorded of ``table``; None when it does not."""
    recorded = release.tables[table]
    try:
        found = table_digest(connection, relation, release.digest_method)
        ids = connection.execute(f"select distinct release_id from {relation}").fetchall()  # noqa: S608
    except duckdb.Error:
        return "cannot be read"
    if found.rows != recorded.rows:
        return f"has {found.rows} rows, {recorded.rows} were published"
    if found.digest != recorded.digest:
        return "is not what was published"
    if table != RELEASES and ids not in ([], [(release.release_id,)]):
        return "carries the id of another release"
    return None


def _is_crm_export_whole(directory: Path) -> bool:
    try:
        manifest = json.loads((directory / MANIFEST_FILE).read_text(encoding="utf-8"))
        with (directory / manifest["file"]).open("rb") as stream:
            return bool(hashlib.file_digest(stream, "sha256").hexdigest() == manifest["sha256"])
    except (OSError, ValueError, KeyError):
        return False
