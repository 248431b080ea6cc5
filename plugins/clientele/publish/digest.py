"""The canonical digest of a table: what it says, whatever the order it says it in and the file it lies in.

A row becomes text column by column, columns in the order of their names, each value behind its length so
that no two rows share a text (a missing value has no length, an empty one has length 0). Each row is hashed
with SHA-256, and the digest is the SHA-256 of the column names and the sorted row hashes. Sorting and hashing
happen in the engine, which spills to disk; this process sees the hashes pass by and keeps none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from clientele.errors import ConfigurationError

#: These say when and under which name something was done, not what the data is.
UNCOUNTED_COLUMNS: Final = frozenset({"release_id", "loaded_at", "published_at"})
#: Types whose text is exact and the same on every machine. Sums in floating point vary from run to run.
_EXACT_TYPES: Final = (
    "BIGINT",
    "BOOLEAN",
    "DATE",
    "DECIMAL",
    "HUGEINT",
    "INTEGER",
    "SMALLINT",
    "TIMESTAMP",
    "TINYINT",
    "VARCHAR",
)
_ROWS_PER_FETCH: Final = 100_000
#: Characters of a SHA-256 in hexadecimal.
_HASH_LENGTH: Final = 64


@dataclass(frozen=True)
class TableDigest:
    """Number of rows of a table and the hexadecimal SHA-256 over its content."""

    rows: int
    digest: str


def quote(identifier: str) -> str:
    """``identifier`` as a quoted SQL name."""
    return '"' + identifier.replace('"', '""') + '"'


def table_digest(connection: duckdb.DuckDBPyConnection, relation: str) -> TableDigest:
    """Digest of ``relation``, an SQL table expression that the caller has quoted.

    Raises ConfigurationError for a column whose type has no exact text.
    """
    described = connection.execute(f"describe select * from {relation}").fetchall()  # noqa: S608
    columns = sorted((name, kind) for name, kind, *_ in described if name not in UNCOUNTED_COLUMNS)
    for name, kind in columns:
        if kind.partition("(")[0] not in _EXACT_TYPES:
            raise ConfigurationError(
                f"column {name} of {relation} is {kind}, which has no exact text",
                remedy="publish it as DECIMAL, VARCHAR, BOOLEAN, DATE, TIMESTAMP or an integer",
            )
    digest = hashlib.sha256("".join(f"{len(name)}:{name}" for name, _ in columns).encode())
    parts = ", ".join(f"strlen({quote(name)}::varchar), ':', {quote(name)}::varchar" for name, _ in columns)
    rows = 0
    row_hashes = f"select sha256(concat({parts})) as row_hash from {relation} order by row_hash"  # noqa: S608
    for batch in connection.execute(row_hashes).to_arrow_reader(_ROWS_PER_FETCH):
        if batch.num_rows:
            rows += batch.num_rows
            digest.update(_texts(batch.column(0)))
    return TableDigest(rows=rows, digest=digest.hexdigest())


def _texts(hashes: pa.StringArray) -> memoryview:
    """Hashes without a gap, as they lie in memory: millions of them never become Python objects."""
    begin = hashes.offset * _HASH_LENGTH
    return memoryview(hashes.buffers()[2])[begin : begin + len(hashes) * _HASH_LENGTH]


def content_digest(tables: Mapping[str, TableDigest]) -> str:
    """One digest over many tables: their names, numbers of rows and digests."""
    lines = [f"{name} {table.rows} {table.digest}\n" for name, table in sorted(tables.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
