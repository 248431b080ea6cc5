"""Every physical line of a delimited file is accounted for, however damaged it is."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientele.lake.delimited import DelimitedReader
from clientele.lake.descriptions import ColumnDescription, FeedDescription
from clientele.lake.reading import Limits, RefusedFileError

Row = tuple[int, list[str | None]]


def feed(**dialect: object) -> FeedDescription:
    return FeedDescription(
        source="shop", name="lines", files=("lines*",), columns=(ColumnDescription(name="a"),), **dialect
    )


def read(
    content: bytes, limits: Limits | None = None, **dialect: object
) -> tuple[list[Row], list[tuple[int, str, str]]]:
    """Rows with their numbers, and malformed rows as (number, reason code, text)."""
    reader = DelimitedReader(io.BytesIO(content), feed(**dialect), limits or Limits())
    rows: list[Row] = []
    malformed = []
    for chunk in reader.chunks():
        cells = zip(*(column.to_pylist() for column in chunk.columns), strict=True)
        rows += zip(chunk.row_numbers.to_pylist(), map(list, cells), strict=True)
        malformed += [(row.row_number, row.reason_code, row.text) for row in chunk.malformed]
    return rows, malformed


def refusal(content: bytes, limits: Limits | None = None, **dialect: object) -> tuple[str, str]:
    with pytest.raises(RefusedFileError) as caught:
        read(content, limits, **dialect)
    return caught.value.reason_code, caught.value.reason


def test_values_stay_the_text_they_were() -> None:
    rows, malformed = read(b"a,b,c,d\n007, 1.50 ,NULL,nan\n")
    assert rows == [(1, ["007", " 1.50 ", "NULL", "nan"])]
    assert malformed == []


def test_nothing_and_empty_text_are_both_unknown() -> None:
    assert read(b'a,b,c\n,"",x\n')[0] == [(1, [None, None, "x"])]


def test_quoted_fields_keep_delimiters_quotes_and_line_breaks() -> None:
    rows, malformed = read(b'a,b\n"x,y","say ""hi"""\n"two\nlines","three\r\n\r\nlines"\n1,2\n')
    assert rows == [(1, ["x,y", 'say "hi"']), (2, ["two\nlines", "three\r\n\r\nlines"]), (3, ["1", "2"])]
    assert malformed == []


def test_line_breaks_of_any_system_end_a_row_and_a_mark_at_the_beginning_is_no_name() -> None:
    assert read(b"\xef\xbb\xbfa,b\r\n1,2\r\n3,4\r\n")[0] == [(1, ["1", "2"]), (2, ["3", "4"])]
    reader = DelimitedReader(io.BytesIO(b"\xef\xbb\xbfa,b\n1,2\n"), feed(), Limits())
    assert reader.header == ("a", "b")


def test_blank_lines_are_no_rows_and_do_not_shift_row_numbers() -> None:
    rows, malformed = read(b"\na,b\n1,2\n\n\r\n3,4\n\n\n")
    assert rows == [(1, ["1", "2"]), (2, ["3", "4"])]
    assert malformed == []


def test_ragged_rows_are_set_aside_under_their_own_number() -> None:
    rows, malformed = read(b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert rows == [(1, ["1", "2", "3"]), (4, ["10", "11", "12"])]
    assert malformed == [(2, "too_few_fields", "4,5\n"), (3, "too_many_fields", "6,7,8,9\n")]


def test_a_stray_quote_takes_one_line_with_it_and_not_all_up_to_the_next_quote() -> None:
    rows, malformed = read(b'a,b,c\n1,"2,3\n4,5,6\n7,"8",9\n10,11,12\n')
    assert malformed == [(1, "bad_quoting", '1,"2,3\n')]
    assert rows == [(2, ["4", "5", "6"]), (3, ["7", "8", "9"]), (4, ["10", "11", "12"])]


def test_text_after_a_closing_quote_is_not_glued_on() -> None:
    rows, malformed = read(b'a,b\n"12 inch" cable,2\n3,4\n')
    assert malformed == [(1, "bad_quoting", '"12 inch" cable,2\n')]
    assert rows == [(2, ["3", "4"])]


def test_a_quote_inside_a_plain_field_is_text() -> None:
    assert read(b'a,b\n5" pipe,2\n')[0] == [(1, ['5" pipe', "2"])]


def test_a_carriage_return_alone_does_not_make_a_row() -> None:
    rows, malformed = read(b"a,b\n1,2\r3,4\n5,6\n\r7,8\n")
    assert [row for row, *_ in malformed] == [1, 3]
    assert rows == [(2, ["5", "6"])]


def test_a_carriage_return_before_a_row_is_not_passed_over() -> None:
    assert read(b"a,b\n\r7,8\n") == ([], [(1, "bad_quoting", "\r7,8\n")])


def test_a_nul_character_sets_its_row_aside() -> None:
    rows, malformed = read(b"a,b\n1,2\x00\n3,4\n")
    assert malformed == [(1, "nul_character", "1,2\x00\n")]
    assert rows == [(2, ["3", "4"])]


def test_a_quote_left_open_for_too_long_takes_one_line_with_it() -> None:
    lines = "".join(f"{number},x\n" for number in range(50))
    rows, malformed = read(f'a,b\n"1,2\n{lines}'.encode(), Limits(record_characters=100))
    assert malformed == [(1, "oversized_record", '"1,2\n')]
    assert rows == [(number + 2, [str(number), "x"]) for number in range(50)]


def test_an_oversized_cell_sets_its_row_aside() -> None:
    rows, malformed = read(b"a,b\n1," + b"x" * 200 + b"\n3,4\n", Limits(record_characters=100))
    assert [(number, code) for number, code, _ in malformed] == [(1, "oversized_record")]
    assert rows == [(2, ["3", "4"])]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    endless = b"a,b\n" + b"x" * (3 * 1024 * 1024)
    assert refusal(endless, Limits(line_characters=1024 * 1024))[0] == "oversized_line"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"a,b\n1,2\n3,", "truncated_file", "line 3"),
        (b'a,b\n1,2\n3,"x\ny\n', "truncated_file", "line 3"),
        ("a,b\n1,张\n".encode()[:-2], "truncated_file", "line 2"),
        ("a,b\n1,2\n3,张\n".encode("gbk"), "wrong_encoding", "line 3"),
        ("a,b\n1,2\n".encode("utf-16"), "wrong_encoding", "line 1"),
        ("a,b\n1,2\n".encode("utf-16-le"), "wrong_encoding", "line 1"),
        (b"a,b\r1,2", "truncated_file", "line 2"),
        (b'a,"b\n1,2\n', "unreadable_header", ""),
        (b"\n\r\n\n", "empty_file", ""),
    ],
)
def test_a_file_that_is_not_whole_text_is_refused(content: bytes, code: str, words: str) -> None:
    found_code, reason = refusal(content)
    assert found_code == code
    assert words in reason


def test_no_reason_repeats_what_the_file_says() -> None:
    content = b"a,b\n1,13912345678\n2,\xff13912345678\n"
    with pytest.raises(RefusedFileError) as caught:
        read(content)
    error: BaseException | None = caught.value
    while error is not None:
        assert "13912345678" not in f"{error!r} {error.__dict__}"
        error = error.__cause__
    assert caught.value.__suppress_context__


def test_a_last_line_may_end_without_a_break_where_the_description_says_so() -> None:
    rows, _ = read(b"a,b\n1,2\n3,4", final_line_break="optional")
    assert rows == [(1, ["1", "2"]), (2, ["3", "4"])]
    assert refusal(b'a,b\n1,"2', final_line_break="optional")[0] == "truncated_file"


def test_the_dialect_is_the_descriptions() -> None:
    content = "a;b\n1;张三\n".encode("gb18030")
    assert read(content, encoding="gb18030", delimiter=";")[0] == [(1, ["1", "张三"])]
    assert refusal("\ufeffa;b\n".encode(), encoding="gb18030", delimiter=";")[0] == "wrong_encoding"


def test_records_are_whole_where_blocks_of_reading_meet() -> None:
    long_cell = "x" * 1000
    quoted = "".join(f'{number},"{long_cell}\n"\n' for number in range(1500))
    plain = "".join(f"{number},{long_cell}\n" for number in range(1500, 3000))
    rows, malformed = read(f"a,b\n{quoted}{plain}".encode())
    assert malformed == []
    assert [number for number, _ in rows] == list(range(1, 3001))
    assert [cells[0] for _, cells in rows] == [str(number) for number in range(3000)]
    assert {cells[1] for _, cells in rows} == {long_cell, f"{long_cell}\n"}


PIECES = st.sampled_from(["a", ",", '"', '""', "\n", "\r\n", "\r", "\0", '",', ',"', "张", " ", '"x"'])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_line_is_a_row_part_of_a_row_set_aside_or_blank(body: str) -> None:
    content = f"h1,h2\n{body}\n"
    try:
        rows, malformed = read(content.encode())
    except RefusedFileError:
        return
    lines = sum(1 + sum((cell or "").count("\n") for cell in cells) for _, cells in rows)
    lines += sum(text.count("\n") for _, _, text in malformed)
    blank = content.count("\n") - 1 - lines
    assert 0 <= blank <= sum(not line.strip(',"\r') for line in content.split("\n")[:-1])
    numbers = sorted([number for number, _ in rows] + [number for number, *_ in malformed])
    assert numbers == list(range(1, len(numbers) + 1))


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_the_quick_way_and_the_strict_way_read_the_same(body: str) -> None:
    content = f"h1,h2\n{body}\n".encode()

    def outcome(*, strictly: bool) -> object:
        reader = DelimitedReader(io.BytesIO(content), feed(), Limits())
        if strictly:
            reader._split_at_line_breaks = lambda block: None  # type: ignore[method-assign]
        found = []
        for chunk in reader.chunks():
            table = pa.table([chunk.row_numbers, *chunk.columns], names=["row", "h1", "h2"])
            found.append((table.to_pylist(), chunk.malformed))
        return found

    def guarded(*, strictly: bool) -> object:
        try:
            return outcome(strictly=strictly)
        except RefusedFileError as error:
            return error.reason_code, error.reason

    assert guarded(strictly=False) == guarded(strictly=True)
