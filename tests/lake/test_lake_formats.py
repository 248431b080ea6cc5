"""Limits, streaming and the choices between formats and encodings."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from lake_corpus import table, zipped
from lake_workbooks import workbook

from clientele.lake import delimited, fixed_width, records, text, xml_records
from clientele.lake import workbook as workbooks
from clientele.lake.descriptions import ColumnDescription, FeedDescription
from clientele.lake.formats import open_reader
from clientele.lake.reading import Chunk, Limits, RefusedFileError, read_ahead

ROWS = [(str(number), "x" * 20) for number in range(200)]
TEXT = table(ROWS, header=("no", "name")).encode()
SHEET = workbook({"S": [("no", "name"), *ROWS]})
JSON = b'[{"no":"1","name":"x"},{"no":"2","name":"' + b"y" * 300 + b'"}]'
XML = b"<l>" + b"<line><no>1</no><name>x</name></line>" * 200 + b"</l>"
FIXED_WIDTH = {"format": "fixed_width", "header": False}
FIXED = {"no": {"start": 1, "width": 4}, "name": {"start": 5, "width": 20}}


def read(
    path: Path, content: bytes, limits: Limits | None = None, **keys: object
) -> tuple[list[tuple[str | None, ...]], list[str]]:
    """Rows, and the reason codes of malformed ones."""
    places = FIXED if keys.get("format") == "fixed_width" else {}
    columns = tuple(ColumnDescription(name=name, **places.get(name, {})) for name in ("no", "name"))
    feed = FeedDescription(source="shop", name="lines", files=("*",), columns=columns, **keys)
    path.write_bytes(content)
    rows: list[tuple[str | None, ...]] = []
    malformed = []
    with open_reader(path, path.name, feed, limits or Limits()) as reader:
        for chunk in reader.chunks():
            rows += zip(*(column.to_pylist() for column in chunk.columns), strict=True)
            malformed += [row.reason_code for row in chunk.malformed]
    return rows, malformed


def refusal(path: Path, content: bytes, limits: Limits | None = None, **keys: object) -> str:
    with pytest.raises(RefusedFileError) as caught:
        read(path, content, limits, **keys)
    return caught.value.reason_code


@pytest.mark.parametrize(
    ("name", "content", "limits", "reason_code"),
    [
        ("a.csv", TEXT, {"columns": 1}, "too_many_columns"),
        ("a.xlsx", SHEET, {"columns": 1}, "sheet_too_large"),
        ("a.xlsx", SHEET, {"sheet_rows": 200}, "sheet_too_large"),
        ("a.xlsx", SHEET, {"workbook_bytes": 4_000}, "decompressed_too_large"),
        ("a.xlsx", SHEET, {"workbook_bytes": 1_000}, "too_large"),
        ("a.csv", TEXT, {"seconds": -1.0}, "too_slow"),
        ("a.csv.gz", gzip.compress(TEXT), {"decompressed_bytes": 1_000}, "decompressed_too_large"),
        ("a.zip", zipped({"a.csv": TEXT}), {"decompressed_bytes": 1_000}, "decompressed_too_large"),
        (
            "a.zip",
            zipped({"a.csv": TEXT}),
            {"ratio_free_bytes": 1_000, "decompression_ratio": 2},
            "decompressed_too_large",
        ),
        ("a.json", JSON, {"line_characters": 200}, "oversized_record"),
        ("a.xml", b"<l><a><b><c/></b></a></l>", {"depth": 3}, "too_deep"),
    ],
)
def test_a_file_beyond_a_limit_is_refused(
    tmp_path: Path, name: str, content: bytes, limits: dict[str, float], reason_code: str
) -> None:
    keys = {"records": "line"} if name.endswith(".xml") else {}
    assert refusal(tmp_path / name, content, Limits(**limits), **keys) == reason_code


def test_what_the_limits_are_tested_with_is_read_without_them(tmp_path: Path) -> None:
    for name, content in [
        ("a.csv", TEXT),
        ("a.csv.gz", gzip.compress(TEXT)),
        ("a.zip", zipped({"a.csv": TEXT})),
        ("a.xlsx", SHEET),
    ]:
        assert read(tmp_path / name, content) == (ROWS, [])
    assert len(read(tmp_path / "a.json", JSON)[0]) == 2


@pytest.mark.parametrize(
    ("name", "content", "keys"),
    [
        ("a.xlsx", workbook({"S": [("no", "name"), ("1", "x" * 300), ("2", "y")]}), {}),
        ("a.json", JSON, {}),
        ("a.ndjson", b'{"no":1,"name":"' + b"x" * 300 + b'"}\n{"no":2}\n', {}),
        ("a.xml", b"<l><r><no>" + b"1" * 300 + b"</no></r><r><no>2</no></r></l>", {"records": "r"}),
        ("a.txt", b"1   x" + b" " * 300 + b"\n2   y\n", FIXED_WIDTH),
    ],
)
def test_a_record_beyond_the_limit_is_set_aside_alone(
    tmp_path: Path, name: str, content: bytes, keys: dict[str, object]
) -> None:
    rows, malformed = read(tmp_path / name, content, Limits(record_characters=200), **keys)
    assert (len(rows), malformed) == (1, ["oversized_record"])


def lossy(function: Callable[..., list[object]]) -> Callable[..., list[object]]:
    return lambda *arguments: list(function(*arguments))[:-1]


def lossy_chunk(function: Callable[..., Chunk]) -> Callable[..., Chunk]:
    def chunk(*arguments: object) -> Chunk:
        whole = function(*arguments)
        return Chunk(whole.row_numbers[1:], [column[1:] for column in whole.columns], whole.malformed)

    return chunk


def lossy_filter(
    function: Callable[..., tuple[list[pa.Array], int]],
) -> Callable[..., tuple[list[pa.Array], int]]:
    def without(*arguments: object) -> tuple[list[pa.Array], int]:
        columns, dropped = function(*arguments)
        return [column[1:] for column in columns], dropped

    return without


@pytest.mark.parametrize(
    ("name", "content", "keys", "owner", "function", "broken"),
    [
        ("a.csv", TEXT + b",\n", {}, delimited, "_without", lossy_filter),
        ("a.csv", TEXT + b'1,"""x"""\n', {}, text, "split_lines", lossy),
        ("a.txt", b"1   x\n2   y\n", FIXED_WIDTH, fixed_width, "split_lines", lossy),
        ("a.xlsx", SHEET, {}, workbooks, "islice", lossy),
        ("a.ndjson", b'{"no":1}\n{"no":2}\n', {}, records.RecordsReader, "_chunk", lossy_chunk),
        ("a.xml", XML, {"records": "line"}, xml_records._Rows, "_rows", lossy),
    ],
)
def test_a_reader_that_loses_a_row_refuses_its_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    keys: dict[str, object],
    owner: object,
    function: str,
    broken: Callable[..., object],
) -> None:
    read(tmp_path / name, content, **keys)
    monkeypatch.setattr(owner, function, broken(getattr(owner, function)))
    assert refusal(tmp_path / name, content, **keys) == "lines_lost"


CHINA = "会员卡号姓名城市北京市朝阳区上海市浦东新区广州天河"
TAIWAN = "會員卡號姓名城市臺北市信義區忠孝東路高雄市前金區"
MEMORY = """
import resource, sys
from clientele.lake.descriptions import ColumnDescription, FeedDescription
from clientele.lake.json_records import json_reader
from clientele.lake.reading import Limits
from clientele.lake.xml_records import xml_reader

class Stream:
    def __init__(self, start, piece, end, pieces):
        self.waiting = iter([start, *[piece] * pieces, end])
        self.rest = b""
    def read(self, size):
        while len(self.rest) < size and (more := next(self.waiting, None)) is not None:
            self.rest += more
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

feed = FeedDescription(
    source="s", name="f", files=("*",), records="a/line",
    columns=(ColumnDescription(name="no"), ColumnDescription(name="name")),
)
for pieces in (5_000, 25_000):
    if sys.argv[1] == "xml":
        line = b"<a><line><no>1</no><name>" + b"x" * 4000 + b"</name></line><other><deep/>y</other></a>"
        reader = xml_reader(Stream(b"<l>", line, b"</l>", pieces), feed, Limits())
    else:
        line = b'{"line":{"no":1,"name":"' + b"x" * 4000 + b'"}}'
        stream = Stream(b'{"z":[1],"a":[' + line, b"," + line, b"]}", pieces - 1)
        reader = json_reader(stream, feed, Limits(), "utf-8")
    assert sum(len(chunk.row_numbers) for chunk in reader.chunks()) == pieces
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_memory_does_not_grow_with_the_file(kind: str) -> None:
    """Peak memory in MiB after 20 MB and after 100 MB more."""
    run = subprocess.run([sys.executable, "-c", MEMORY, kind], capture_output=True, check=True, text=True)
    peaks = [int(line) for line in run.stdout.split()]
    assert peaks[1] - peaks[0] < 40


@pytest.mark.parametrize(
    ("words", "encoding", "candidates", "found"),
    [
        ("naïve", "utf-8", ("utf-8", "gb18030", "big5"), "naïve"),
        ("é", "utf-8", ("utf-8", "gb18030", "big5"), None),
        ("naïve", "utf-8", ("utf-8", "cp1252"), "naïve"),
        ("naïve", "cp1252", ("utf-8", "cp1252"), "naïve"),
        ("plain", "ascii", ("big5", "utf-8"), "plain"),
        ("北京市朝阳区会员", "gbk", ("utf-8", "gbk", "gb18030"), "北京市朝阳区会员"),
        (CHINA, "gbk", ("big5", "gb18030"), CHINA),
        (TAIWAN, "big5", ("gb18030", "big5"), TAIWAN),
        ("北京", "gbk", ("big5", "gb18030"), None),
        ("臺北市信義區會員編號", "big5", ("gb18030", "big5"), None),
    ],
)
def test_an_encoding_is_found_or_the_file_refused_but_never_misread(
    tmp_path: Path, words: str, encoding: str, candidates: tuple[str, ...], found: str | None
) -> None:
    content = f"no,name\n1,{words}\n".encode(encoding)
    keys = {"encoding": "auto", "encodings": candidates}
    if found is None:
        assert refusal(tmp_path / "a.csv", content, **keys) == "ambiguous_encoding"
    else:
        assert read(tmp_path / "a.csv", content, **keys) == ([("1", found)], [])


def test_a_candidate_has_to_decode_the_file_to_its_end(tmp_path: Path) -> None:
    content = b"no,name\n" + b"1,plain\n" * 200_000 + "2,é\n".encode("cp1252")
    keys = {"encoding": "auto", "encodings": ("utf-8", "cp1252")}
    rows, _ = read(tmp_path / "a.csv", content, **keys)
    assert rows[-1] == ("2", "é")
    assert refusal(tmp_path / "a.csv", content + b"\x81\n", **keys) == "wrong_encoding"


def test_numbers_of_json_keep_their_digits(tmp_path: Path) -> None:
    numbers = b"1.50,-0,1E2,1e400,1e999999999999999999999,12345678901234567890123"
    content = b"[" + b",".join(b'{"no":' + number + b"}" for number in numbers.split(b",")) + b"]"
    rows, _ = read(tmp_path / "a.json", content)
    shown = ["1.50", "-0", "100", "1e400", "1e999999999999999999999", "12345678901234567890123"]
    assert [row[0] for row in rows] == shown


def test_fields_of_json_that_nobody_described_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'[{"no":1,"more":{"a":[1.0,"\\u00e9"]}},{"no":2}]')
    feed = FeedDescription(source="shop", name="lines", files=("*",), columns=(ColumnDescription(name="no"),))
    with open_reader(path, path.name, feed, Limits()) as reader:
        assert reader.header == ("no", records.FURTHER_FIELDS)
        (chunk,) = reader.chunks()
    assert chunk.columns[1].to_pylist() == ['{"more":{"a":[1.0,"é"]}}', None]


def test_records_of_json_are_whole_where_pieces_of_reading_meet(tmp_path: Path) -> None:
    content = (
        b"[" + b",".join(b' {"no" : %d, "name":"\xe5\xbc\xa0"}' % number for number in range(60_000)) + b"]\n"
    )
    rows, malformed = read(tmp_path / "a.json", content)
    assert [row[:2] for row in rows] == [(str(number), "张") for number in range(60_000)]
    assert malformed == []


def _chunk(number: int) -> Chunk:
    return Chunk(pa.array([number], pa.int64()), [], [])


def test_chunks_read_ahead_come_in_order_and_an_error_after_those_before_it() -> None:
    def chunks() -> Iterator[Chunk]:
        yield from map(_chunk, range(7))
        raise RefusedFileError("lines_lost", "the eighth")

    ahead = read_ahead(chunks(), count=3)
    assert [next(ahead).row_numbers.to_pylist() for _ in range(7)] == [[number] for number in range(7)]
    with pytest.raises(RefusedFileError, match="the eighth"):
        next(ahead)


def test_no_more_is_read_ahead_than_said() -> None:
    begun: list[int] = []

    def chunks() -> Iterator[Chunk]:
        for number in range(50):
            begun.append(number)
            yield _chunk(number)

    ahead = read_ahead(chunks(), count=3)
    next(ahead)
    ahead.close()
    assert begun[-1] <= 3
