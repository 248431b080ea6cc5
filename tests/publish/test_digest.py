from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientele.errors import ConfigurationError
from clientele.publish.digest import TableDigest, content_digest, table_digest


def digest_of(statement: str) -> TableDigest:
    """Digest of the rows that ``statement`` selects, put into a table first."""
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {statement}")
        return table_digest(connection, "t")


def digest_of_values(rows: list[tuple[str | None, str | None]]) -> str:
    CONNECTION.execute("create or replace table t (a varchar, b varchar)")
    for row in rows:
        CONNECTION.execute("insert into t values (?, ?)", row)
    return table_digest(CONNECTION, "t").digest


CONNECTION = duckdb.connect()
TEXT = st.one_of(st.none(), st.text(alphabet="1:2-é,\x1f'", max_size=4))
ROWS = st.lists(st.tuples(TEXT, TEXT), max_size=4)


def test_order_of_rows_and_of_columns_does_not_matter():
    one = digest_of("select * from (values (1, 'x'), (2, 'y'), (2, 'y')) v(a, b)")
    other = digest_of("select b, a from (values (2, 'y'), (1, 'x'), (2, 'y')) v(a, b)")
    assert one == other
    assert one.rows == 3


def test_number_of_threads_and_size_of_row_groups_do_not_matter(tmp_path):
    select = "select i, md5(i::varchar) as text, (i * 1.37)::decimal(18, 4) as amount from range(9000) r(i)"
    found = []
    for threads in (1, 2):
        with duckdb.connect(config={"threads": threads}) as connection:
            file = str(tmp_path / f"{threads}.parquet")
            connection.execute(
                f"copy ({select}) to ? (format parquet, row_group_size {threads * 2048})", [file]
            )
            found.append(table_digest(connection, f"read_parquet('{file}')"))
    assert found == [digest_of(f"{select} order by text")] * 2


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
def test_any_other_content_gives_another_digest(changed):
    assert digest_of(changed).digest != digest_of("select 1 as a, 10::decimal(18, 4) as amount").digest


def test_release_and_times_of_loading_and_publishing_do_not_count():
    one = digest_of("select 'r000001' as release_id, 1 as a, timestamp '2024-01-01' as loaded_at")
    other = digest_of("select 'r000002' as release_id, 1 as a, timestamp '2025-01-01' as loaded_at")
    assert one == other


@settings(max_examples=60, deadline=None)
@given(one=ROWS, other=ROWS)
def test_digests_are_equal_exactly_when_the_rows_are(one, other):
    def in_order(rows):
        return sorted(rows, key=repr)

    assert (digest_of_values(one) == digest_of_values(other)) == (in_order(one) == in_order(other))


def test_values_do_not_run_into_their_neighbours():
    assert digest_of_values([("a", "bc")]) != digest_of_values([("ab", "c")])
    assert digest_of_values([(None, "")]) != digest_of_values([("", None)])
    assert digest_of_values([("1:", "")]) != digest_of_values([("1", ":")])


@pytest.mark.parametrize("kind", ["DOUBLE", "FLOAT", "INTEGER[]", "TIMESTAMP WITH TIME ZONE"])
def test_a_type_without_an_exact_text_is_refused(kind):
    with pytest.raises(ConfigurationError, match=r"column a of t is .* no exact text"):
        digest_of(f"select null::{kind} as a")


def test_the_content_digest_covers_names_rows_and_digests():
    tables = {"a": TableDigest(1, "x"), "b": TableDigest(2, "y")}
    assert content_digest(tables) == content_digest(dict(reversed(tables.items())))
    others = [
        {"a": TableDigest(1, "y"), "b": TableDigest(2, "x")},
        {"a": TableDigest(1, "x")},
        {"a": TableDigest(2, "x"), "b": TableDigest(2, "y")},
        {"a": TableDigest(1, "x"), "c": TableDigest(2, "y")},
    ]
    assert content_digest(tables) not in {content_digest(other) for other in others}
