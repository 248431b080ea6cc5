from __future__ import annotations

import hashlib

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientele.errors import ConfigurationError
from clientele.publish.digest import (
    DIGEST_METHODS,
    DigestMethod,
    TableDigest,
    content_digest,
    table_digest,
)

pytestmark = pytest.mark.parametrize("method", DIGEST_METHODS)


def digest_of(statement: str, method: DigestMethod) -> TableDigest:
    """Digest of the rows that ``statement`` selects, put into a table first."""
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {statement}")
        return table_digest(connection, "t", method)


def digest_of_values(rows: list[tuple[str | None, str | None]], method: DigestMethod) -> str:
    CONNECTION.execute("create or replace table t (a varchar, b varchar)")
    for row in rows:
        CONNECTION.execute("insert into t values (?, ?)", row)
    return table_digest(CONNECTION, "t", method).digest


CONNECTION = duckdb.connect()
TEXT = st.one_of(st.none(), st.text(alphabet="1:2|-é,\x1f'", max_size=4))
ROWS = st.lists(st.tuples(TEXT, TEXT), max_size=4)


def test_order_of_rows_and_of_columns_does_not_matter(method):
    one = digest_of("select * from (values (1, 'x'), (2, 'y'), (2, 'y')) v(a, b)", method)
    other = digest_of("select b, a from (values (2, 'y'), (1, 'x'), (2, 'y')) v(a, b)", method)
    assert one == other
    assert one.rows == 3


def test_number_of_threads_and_size_of_row_groups_do_not_matter(tmp_path, method):
    select = "select i, md5(i::varchar) as text, (i * 1.37)::decimal(18, 4) as amount from range(9000) r(i)"
    found = []
    for threads in (1, 2):
        with duckdb.connect(config={"threads": threads}) as connection:
            file = str(tmp_path / f"{threads}.parquet")
            connection.execute(
                f"copy ({select}) to ? (format parquet, row_group_size {threads * 2048})", [file]
            )
            found.append(table_digest(connection, f"read_parquet('{file}')", method))
    assert found == [digest_of(f"{select} order by text", method)] * 2


@pytest.mark.parametrize(
    "changed",
    [
        "select 1 as a, 10.01::decimal(18, 4) as amount",
        "select 1 as a, null::decimal(18, 4) as amount",
        "select 2 as a, 10::decimal(18, 4) as amount",
        "select 1 as b, 10::decimal(18, 4) as amount",
        "select 1 as a, 10::decimal(18, 4) as amount union all select 1, 10",
        "select 1 as a, 10::decimal(18, 4) as amount limit 0",
    ],
    ids=["one cent", "unknown", "other value", "other column", "twice", "nothing"],
)
def test_any_other_content_gives_another_digest(changed, method):
    assert (
        digest_of(changed, method).digest
        != digest_of("select 1 as a, 10::decimal(18, 4) as amount", method).digest
    )


def test_release_and_times_of_loading_and_publishing_do_not_count(method):
    one = digest_of("select 'r000001' as release_id, 1 as a, timestamp '2024-01-01' as loaded_at", method)
    other = digest_of("select 'r000002' as release_id, 1 as a, timestamp '2025-01-01' as loaded_at", method)
    assert one == other


@settings(max_examples=60, deadline=None)
@given(one=ROWS, other=ROWS)
def test_digests_are_equal_exactly_when_the_rows_are(one, other, method):
    def in_order(rows):
        return sorted(rows, key=repr)

    assert (digest_of_values(one, method) == digest_of_values(other, method)) == (
        in_order(one) == in_order(other)
    )


def test_values_do_not_run_into_their_neighbours(method):
    assert digest_of_values([("a", "bc")], method) != digest_of_values([("ab", "c")], method)
    assert digest_of_values([(None, "")], method) != digest_of_values([("", None)], method)
    assert digest_of_values([("1:", "")], method) != digest_of_values([("1", ":")], method)


@pytest.mark.parametrize("kind", ["DOUBLE", "FLOAT", "INTEGER[]", "TIMESTAMP WITH TIME ZONE"])
def test_a_type_without_an_exact_text_is_refused(kind, method):
    with pytest.raises(ConfigurationError, match=r"column a of t is .* no exact text"):
        digest_of(f"select null::{kind} as a", method)


@pytest.mark.parametrize("kind", ["decimal(18, 4)", "decimal(28, 6)", "decimal(38, 0)"])
def test_the_largest_decimals_differ_from_their_neighbours(kind, method):
    digits, scale = map(int, kind.removeprefix("decimal(").removesuffix(")").split(","))
    largest = "9" * (digits - scale) + "." + "9" * scale
    neighbour = largest.rstrip(".")[:-1] + "8"
    found = {
        digest_of(f"select '{value}'::{kind} as a", method).digest
        for value in (largest, neighbour, f"-{largest}", "0")
    }
    assert len({*found, digest_of(f"select null::{kind} as a", method).digest}) == 5


def test_a_row_cannot_stand_in_for_another_number_of_equal_rows(method):
    found = {digest_of(f"select 'x' as a from range({rows})", method).digest for rows in (1, 2, 3, 4, 257)}
    assert len(found) == 5


def test_digests_are_what_python_makes_of_the_same_rows(method):
    """Releases are compared with those that another version of DuckDB has published."""
    rows = [
        ("r1", 7, "1.500000", "2024-02-29", "2024-02-29 08:30:00", "true", "数|:é"),
        ("r1", -1, "12345678901234567890.000001", None, None, None, ""),
        ("r2", None, None, "2024-03-01", "2024-03-01 00:00:00.5", "false", None),
    ]
    values = ", ".join("(" + ", ".join("null" if v is None else f"'{v}'" for v in row) + ")" for row in rows)
    select = f"""
        select
            release_id, a::bigint as a, b::decimal(28, 6) as b, c::date as c, d::timestamp as d,
            e::boolean as e, f
        from (values {values}) as v (release_id, a, b, c, d, e, f)
    """
    expected = sorted_sha256(rows) if method == "sorted_sha256" else summed_md5(rows)
    assert digest_of(select, method) == TableDigest(rows=3, digest=expected)


def sorted_sha256(rows) -> str:
    def text(row):
        return "".join(":" if value is None else f"{len(str(value).encode())}:{value}" for value in row[1:])

    hashes = sorted(hashlib.sha256(text(row).encode()).hexdigest() for row in rows)
    return hashlib.sha256(("1:a1:b1:c1:d1:e1:f" + "".join(hashes)).encode()).hexdigest()


def summed_md5(rows) -> str:
    def text(row):
        others = "".join("|" if value is None else f"{value}|" for value in row[1:-1])
        return others + (":" if row[-1] is None else f"{len(row[-1].encode())}:{row[-1]}")

    hashes = [int.from_bytes(hashlib.md5(text(row).encode()).digest(), "little") for row in rows]
    upper = sum(value >> 64 for value in hashes)
    lower = sum(value % 2**64 for value in hashes)
    content = f"1:a|1:b|1:c|1:d|1:e|1:f:{len(rows)}|{upper}|{lower}"
    return hashlib.sha256(content.encode()).hexdigest()


def test_the_content_digest_covers_names_rows_and_digests(method):
    del method
    tables = {"a": TableDigest(1, "x"), "b": TableDigest(2, "y")}
    assert content_digest(tables) == content_digest(dict(reversed(tables.items())))
    others = [
        {"a": TableDigest(1, "y"), "b": TableDigest(2, "x")},
        {"a": TableDigest(1, "x")},
        {"a": TableDigest(2, "x"), "b": TableDigest(2, "y")},
        {"a": TableDigest(1, "x"), "c": TableDigest(2, "y")},
    ]
    assert content_digest(tables) not in {content_digest(other) for other in others}
