"""Typed Parquet columns become the same text that a careful text export would hold."""

from __future__ import annotations

import datetime as dt
import io
import zoneinfo
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clientele.lake.parquet import ParquetReader, to_text
from clientele.lake.reading import Limits, RefusedFileError

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


def written(table: pa.Table) -> io.BytesIO:
    file = io.BytesIO()
    pq.write_table(table, file)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([7, -1, None], pa.int64()), ["7", "-1", None]),
        (pa.array([1.39, 0.1, 3.0, -0.5]), ["1.39", "0.1", "3", "-0.5"]),
        (pa.array([1e16, 1.5e-7, 1e22]), ["10000000000000000", "0.00000015", "10000000000000000000000"]),
        (pa.array([0.1, 16777216.0], pa.float32()), ["0.1", "16777216"]),
        (pa.array([Decimal("1.50"), Decimal("-2.00")]), ["1.50", "-2.00"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([dt.date(2025, 1, 31)]), ["2025-01-31"]),
        (pa.array(["", " a ", None]), ["", " a ", None]),
        (pa.array(["x", "y", "x"]).dictionary_encode(), ["x", "y", "x"]),
        (pa.array([b"abc"]), ["abc"]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_values_become_canonical_text(column: pa.Array, text: list[str | None]) -> None:
    assert to_text(column).to_pylist() == text


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_moment_is_the_same_text_in_every_unit(unit: str) -> None:
    moment = dt.datetime(2025, 1, 31, 10, 0, 5)  # noqa: DTZ001 - a column without a time zone
    assert to_text(pa.array([moment], pa.timestamp(unit))).to_pylist() == ["2025-01-31T10:00:05"]


def test_fractions_of_seconds_are_kept_and_time_zones_become_utc() -> None:
    moment = dt.datetime(2025, 1, 31, 10, 0, 5, 250_000, tzinfo=SHANGHAI)
    column = pa.array([moment], pa.timestamp("us", "Asia/Shanghai"))
    assert to_text(column).to_pylist() == ["2025-01-31T02:00:05.25Z"]


def test_rows_are_numbered_through_all_batches() -> None:
    rows = 200_000
    reader = ParquetReader(written(pa.table({"a": range(rows)})), Limits())
    numbers = [number for chunk in reader.chunks() for number in chunk.row_numbers.to_pylist()]
    assert numbers == list(range(1, rows + 1))


def test_a_file_without_its_end_is_truncated() -> None:
    whole = written(pa.table({"a": range(1000)})).getvalue()
    with pytest.raises(RefusedFileError) as caught:
        ParquetReader(io.BytesIO(whole[:-5]), Limits())
    assert caught.value.reason_code == "truncated_file"


def test_damaged_pages_are_refused_without_telling_values() -> None:
    whole = bytearray(written(pa.table({"a": ["13912345678"] * 1000})).getvalue())
    whole[4:60] = b"\xff" * 56
    with pytest.raises(RefusedFileError) as caught:
        list(ParquetReader(io.BytesIO(bytes(whole)), Limits()).chunks())
    assert caught.value.reason_code == "unreadable_file"
    assert "1391" not in caught.value.reason


def test_nested_values_are_refused() -> None:
    with pytest.raises(RefusedFileError, match="column 2"):
        ParquetReader(written(pa.table({"a": [1], "b": [[1, 2]]})), Limits())


def of_bytes(*values: bytes) -> pa.StringArray:
    """A column of text whose bytes nobody has looked at."""
    return pa.Array.from_buffers(pa.string(), len(values), pa.array(values).buffers())


@pytest.mark.parametrize("as_dictionary", [False, True])
def test_text_of_another_encoding_is_refused_without_telling_it(as_dictionary: bool) -> None:
    names = of_bytes("茶".encode(), "张伟".encode("gbk"))
    column = names.dictionary_encode() if as_dictionary else names
    with pytest.raises(RefusedFileError) as caught:
        list(ParquetReader(written(pa.table({"a": [1, 2], "b": column})), Limits()).chunks())
    assert (caught.value.reason_code, caught.value.reason) == ("wrong_encoding", "column 2 is not utf-8 text")


def test_what_no_text_has_and_what_is_too_long_sets_its_row_aside() -> None:
    table = pa.table({"a": ["1", "2", None, "4"], "b": ["茶" * 30, "t\0", None, "x" * 20]})
    reader = ParquetReader(written(table), Limits(record_characters=30))
    (chunk,) = reader.chunks()
    assert chunk.row_numbers.to_pylist() == [3, 4]
    assert [column.to_pylist() for column in chunk.columns] == [[None, "4"], [None, "x" * 20]]
    assert [(row.row_number, row.reason_code, row.text) for row in chunk.malformed] == [
        (1, "oversized_record", "1\t" + "茶" * 30),
        (2, "nul_character", "2\tt\0"),
    ]
