"""The canonical digest of a table: what it says, whatever the order it says it in and the file it lies in.

A row becomes text column by column, columns in the order of their names, so that no two rows share a text.
Each text is hashed, and the hashes become one digest in which their order does not show:

``sorted_sha256``  the SHA-256 of the sorted SHA-256 of the rows. Nobody can make other rows that have it: for
                   what is sealed, and sealed digests are compared over years.
``summed_md5``     the SHA-256 of the number of rows and the sum of their MD5. Two tables do not have it by
                   accident; for releases, whose record nobody has signed.

Texts and hashes are made in the engine, which spills to disk; no row becomes a Python object.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import duckdb
import pyarrow as pa

from clientele.errors import ConfigurationError

DigestMethod = Literal["sorted_sha256", "summed_md5"]
DIGEST_METHODS: Final[tuple[DigestMethod, ...]] = get_args(DigestMethod)

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
#: The lower 64 bits of a hash.
_LOWER_HALF: Final = 2**64 - 1
#: Digits of a decimal that the engine keeps in 64 bits.
_NARROW_DIGITS: Final = 18
_WIDE_DECIMAL: Final = re.compile(r"DECIMAL\((?:19|[23]\d),(?P<scale>\d+)\)")


@dataclass(frozen=True)
class TableDigest:
    """Number of rows of a table and the hexadecimal SHA-256 over its content."""

    rows: int
    digest: str


def quote(identifier: str) -> str:
    """``identifier`` as a quoted SQL name."""
    return '"' + identifier.replace('"', '""') + '"'


def table_digest(
    connection: duckdb.DuckDBPyConnection, relation: str, method: DigestMethod = "sorted_sha256"
) -> TableDigest:
    """Digest of ``relation``, an SQL table expression that the caller has quoted.

    Raises ConfigurationError for a column whose type has no exact text.
    """
    columns = _counted_columns(connection, relation)
    if method == "summed_md5":
        return _summed_md5(connection, relation, columns)
    return _sorted_sha256(connection, relation, columns)


def _counted_columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """Name and type of the columns that count, in the order of their names."""
    described = connection.execute(f"describe select * from {relation}").fetchall()  # noqa: S608
    columns = sorted((name, kind) for name, kind, *_ in described if name not in UNCOUNTED_COLUMNS)
    for name, kind in columns:
        if kind.partition("(")[0] not in _EXACT_TYPES:
            raise ConfigurationError(
                f"column {name} of {relation} is {kind}, which has no exact text",
                remedy="publish it as DECIMAL, VARCHAR, BOOLEAN, DATE, TIMESTAMP or an integer",
            )
    return columns


def _sorted_sha256(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]
) -> TableDigest:
    """Every value stands behind its length; a missing one has no length, an empty one has length 0."""
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


def _summed_md5(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]
) -> TableDigest:
    """Halves of an MD5, whose first byte is the lowest, are summed apart: no type holds the whole sum."""
    text = ", ".join(_part(name, kind) for name, kind in columns)
    row_hashes = f"select md5_number(concat({text})) as row_hash from {relation}"  # noqa: S608
    row = connection.execute(
        "select count(*), coalesce(sum((row_hash >> 64)::ubigint), 0),"  # noqa: S608
        f" coalesce(sum((row_hash & {_LOWER_HALF})::ubigint), 0) from ({row_hashes})"
    ).fetchone()
    rows, upper, lower = row or (0, 0, 0)
    names = "".join(f"{len(name)}:{name}{':' if kind == 'VARCHAR' else '|'}" for name, kind in columns)
    content = f"{names}{rows}|{upper}|{lower}"
    return TableDigest(rows=rows, digest=hashlib.sha256(content.encode()).hexdigest())


def _part(name: str, kind: str) -> str:
    """SQL of what a row's text says of a column.

    Text stands behind its length, as it may hold anything; others end with a bar, which none of them holds.
    Where a value is missing there is no length, or nothing before the bar.
    """
    column = quote(name)
    if kind == "VARCHAR":
        return f"strlen({column}), ':', {column}"
    if (decimal := _WIDE_DECIMAL.fullmatch(kind)) and int(decimal["scale"]) < _NARROW_DIGITS:
        # A decimal of 64 bits becomes the same text in a quarter of the time of one of 128.
        narrow = f"decimal({_NARROW_DIGITS}, {decimal['scale']})"
        return f"coalesce(try_cast({column} as {narrow})::varchar, {column}::varchar), '|'"
    return f"{column}, '|'"


def content_digest(tables: Mapping[str, TableDigest]) -> str:
    """One digest over many tables: their names, numbers of rows and digests."""
    lines = [f"{name} {table.rows} {table.digest}\n" for name, table in sorted(tables.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
