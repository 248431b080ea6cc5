"""A corpus of exports as shops and their tools write them, each with its one right outcome.

Every case is a file of its own feed. ``rows`` are its cells as (no, name, amount), an empty cell as None.
``malformed`` are the reason codes of its malformed rows by row number. ``refused`` is the reason code of a
file that must not be taken in.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
from lake_workbooks import raw_workbook, workbook

from clientele.lake.descriptions import ColumnDescription, ControlTotal, FeedDescription, SourceDescription

Row = tuple[str | None, ...]
CHINESE: list[Row] = [("1", "张伟, 北京", "9.90"), ("2", "李娜", "-1.50")]
TAIWANESE: list[Row] = [("1", "張偉, 臺北市信義區忠孝東路", "9.90"), ("2", "李娜, 高雄市前金區", "-1.50")]
LATIN: list[Row] = [("1", "José Núñez, Besançon", "9.90"), ("2", "Zoë", "-1.50")]
PLAIN: list[Row] = [("1", "one", "9.90"), ("2", "two", "-1.50")]
HEADER = ("no", "name", "amount")


@dataclass(frozen=True)
class Case:
    """A file, the keys of its description, and what becomes of it."""

    file_name: str
    content: bytes
    rows: Sequence[Row] = ()
    malformed: Mapping[int, str] = field(default_factory=dict)
    refused: str | None = None
    keys: Mapping[str, object] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        return 0 if self.refused else len(self.rows) + len(self.malformed)


def description(cases: Mapping[str, Case]) -> SourceDescription:
    """A source with a feed for each case, ``case_<number>``; their files lie in folders of that name."""
    feeds = {f"case_{number}": _feed(number, case) for number, case in enumerate(cases.values())}
    return SourceDescription(name="corpus", title="Corpus", feeds=feeds)


def landing_name(number: int, case: Case) -> str:
    return f"case_{number}.{case.file_name}"


def _feed(number: int, case: Case) -> FeedDescription:
    columns = {"no": {"is_required": True}, "name": {}, "amount": {}}
    return FeedDescription(
        source="corpus",
        name=f"case_{number}",
        files=(f"case_{number}.*",),
        columns=tuple(
            ColumnDescription(name=name, **{**meta, **case.columns.get(name, {})})
            for name, meta in columns.items()
        ),
        control_total=ControlTotal(amount=("amount",), currency="EUR"),
        **case.keys,
    )


def table(rows: Sequence[Row], header: Sequence[str] = HEADER, **dialect: object) -> str:
    """Delimited text of rows."""
    file = io.StringIO()
    csv.writer(file, **{"lineterminator": "\n", **dialect}).writerows([header, *rows])
    return file.getvalue()


def body(*lines: str, header: str = "no,name,amount") -> bytes:
    return "".join(f"{line}\n" for line in (header, *lines)).encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(zipped({"lines.csv": body("1,one,9.90")}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def damaged_zip() -> bytes:
    content = bytearray(zipped({"lines.csv": table(PLAIN * 100).encode()}))
    content[60] ^= 0xFF
    return bytes(content)


def records(rows: Sequence[Row]) -> list[dict[str, str | None]]:
    return [dict(zip(HEADER, row, strict=True)) for row in rows]


def elements(rows: Sequence[Row], name: str = "line") -> str:
    return "".join(
        f"<{name}>"
        + "".join(f"<{key}>{escape(cell or '')}</{key}>" for key, cell in zip(HEADER, row, strict=True))
        + f"</{name}>"
        for row in rows
    )


def parquet(rows: Sequence[Row]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records(rows)), file)
    return file.getvalue()


def fixed(rows: Sequence[Row]) -> str:
    return "".join(f"{no or '':<4} {name or '':<20}{amount or '':>8}\n" for no, name, amount in rows)


FIXED_PLACES = {
    "no": {"start": 1, "width": 4},
    "name": {"start": 6, "width": 20},
    "amount": {"start": 26, "width": 8},
}
DETECTED = {"encoding": "auto", "encodings": ("utf-8", "utf-16", "gb18030", "big5", "cp1252")}
CELLS = [[1.0, "张伟, 北京", 9.9], [2.0, "李娜", -1.5]]
CELL_ROWS: list[Row] = [("1", "张伟, 北京", "9.9"), ("2", "李娜", "-1.5")]
MEMBERS = {
    "no": {"path": "@no"},
    "name": {"path": "../../buyer/name"},
    "amount": {"path": "price[@kind='net']/value"},
}
NESTED_XML = """<log xmlns="urn:one" xmlns:t="urn:two"><sale><lines>
<line no="1"><price kind="gross"><value>12</value></price><price kind="net"><value>9.90</value></price></line>
<t:line no="2"><t:price kind="net"><value>-1.50</value></t:price></t:line>
</lines><buyer><name>张伟</name></buyer></sale><other><line no="9"/></other></log>"""

DIALECTS: dict[str, Case] = {
    "UTF-8": Case("csv", table(CHINESE).encode(), CHINESE),
    "UTF-8 with a byte order mark": Case("csv", table(CHINESE).encode("utf-8-sig"), CHINESE),
    "UTF-16 little endian": Case(
        "csv", b"\xff\xfe" + table(CHINESE).encode("utf-16-le"), CHINESE, keys={"encoding": "utf-16"}
    ),
    "UTF-16 big endian": Case(
        "csv", b"\xfe\xff" + table(CHINESE).encode("utf-16-be"), CHINESE, keys={"encoding": "utf-16"}
    ),
    "UTF-16 without a mark, declared": Case(
        "csv", table(CHINESE).encode("utf-16-le"), CHINESE, keys={"encoding": "utf-16-le"}
    ),
    "UTF-16, tabs, CRLF": Case(
        "txt",
        table(CHINESE, delimiter="\t", lineterminator="\r\n").encode("utf-16"),
        CHINESE,
        keys={"encoding": "utf-16", "delimiter": "\t"},
    ),
    "GBK": Case("csv", table(CHINESE).encode("gbk"), CHINESE, keys={"encoding": "gbk"}),
    "GB18030 of four bytes": Case(
        "csv",
        table([("1", "𠮷野㐀", "1")]).encode("gb18030"),
        [("1", "𠮷野㐀", "1")],
        keys={"encoding": "gb18030"},
    ),
    "Big5": Case("csv", table(TAIWANESE).encode("big5"), TAIWANESE, keys={"encoding": "big5"}),
    "Big5 whose second bytes are pipes and backslashes": Case(
        "csv",
        table([("1", "功許蓋育", "1")], delimiter="|").encode("big5"),
        [("1", "功許蓋育", "1")],
        keys={"encoding": "big5", "delimiter": "|"},
    ),
    "cp1252": Case("csv", table(LATIN).encode("cp1252"), LATIN, keys={"encoding": "cp1252"}),
    "cp1252 with a euro sign": Case(
        "csv", table([("1", "5 €", "1")]).encode("cp1252"), [("1", "5 €", "1")], keys={"encoding": "cp1252"}
    ),
    "detected UTF-8": Case("csv", table(CHINESE * 2).encode(), CHINESE * 2, keys=DETECTED),
    "detected UTF-8 with a mark": Case("csv", table(LATIN).encode("utf-8-sig"), LATIN, keys=DETECTED),
    "detected UTF-16": Case("csv", table(CHINESE * 2).encode("utf-16"), CHINESE * 2, keys=DETECTED),
    "detected GB18030": Case("csv", table(CHINESE * 9).encode("gb18030"), CHINESE * 9, keys=DETECTED),
    "detected Big5": Case("csv", table(TAIWANESE * 9).encode("big5"), TAIWANESE * 9, keys=DETECTED),
    "detected cp1252": Case("csv", table(LATIN * 3).encode("cp1252"), LATIN * 3, keys=DETECTED),
    "detected plain ASCII": Case("csv", table(PLAIN).encode(), PLAIN, keys=DETECTED),
    "detected after a megabyte of ASCII": Case(
        "csv",
        (table([("1", "x" * 50, "1")] * 21_000) + table(CHINESE * 9).partition("\n")[2]).encode("gb18030"),
        [*[("1", "x" * 50, "1")] * 21_000, *CHINESE * 9],
        keys=DETECTED,
    ),
    "CRLF": Case("csv", table(PLAIN, lineterminator="\r\n").encode(), PLAIN),
    "carriage returns alone": Case("csv", table(PLAIN, lineterminator="\r").encode(), PLAIN),
    "tabs": Case("tsv", table(PLAIN, delimiter="\t").encode(), PLAIN, keys={"delimiter": "\t"}),
    "semicolons": Case("csv", table(CHINESE, delimiter=";").encode(), CHINESE, keys={"delimiter": ";"}),
    "pipes": Case("csv", table(PLAIN, delimiter="|").encode(), PLAIN, keys={"delimiter": "|"}),
    "everything quoted": Case("csv", table(CHINESE, quoting=csv.QUOTE_ALL).encode(), CHINESE),
    "quoted line breaks": Case("csv", table([("1", "a\nb\r\nc", "1")]).encode(), [("1", "a\nb\r\nc", "1")]),
    "quotes doubled": Case("csv", table([("1", 'say "hi"', "1")]).encode(), [("1", 'say "hi"', "1")]),
    "no line break at the end": Case(
        "csv", table(PLAIN).encode()[:-1], PLAIN, keys={"final_line_break": "optional"}
    ),
    "gzip": Case("csv.gz", gzip.compress(table(CHINESE).encode()), CHINESE),
    "ZIP": Case("zip", zipped({"lines.csv": table(CHINESE).encode()}), CHINESE),
    "ZIP with a path and the notes of macOS": Case(
        "csv.zip",
        zipped({"../../etc/lines.csv": table(CHINESE).encode(), "__MACOSX/._lines.csv": b"\0\1"}),
        CHINESE,
    ),
    "ZIP of a workbook": Case("zip", zipped({"a.xlsx": workbook({"S": [HEADER, *CELLS]})}), CELL_ROWS),
    "gzip of GBK": Case(
        "csv.gz", gzip.compress(table(CHINESE * 9).encode("gbk")), CHINESE * 9, keys=DETECTED
    ),
    "workbook": Case("xlsx", workbook({"S": [HEADER, *CELLS]}), CELL_ROWS),
    "workbook with a named sheet": Case(
        "xlsx", workbook({"other": [["x"]], "订单": [HEADER, *CELLS]}), CELL_ROWS, keys={"sheet": "订单"}
    ),
    "workbook with a hidden sheet": Case(
        "xlsx", workbook({"S": [HEADER, *CELLS], "h": [["x"]]}, {"h": "hidden"}), CELL_ROWS
    ),
    "workbook with dates, times and truths": Case(
        "xlsx",
        workbook({"S": [HEADER, [True, ('s="1"', "<v>46000</v>"), ('s="2"', "<v>46000.4375</v>")]]}),
        [("true", "2025-12-09", "2025-12-09T10:30:00")],
    ),
    "workbook with long ids as text": Case(
        "xlsx",
        workbook({"S": [HEADER, ["6901234567890123456", 1e-7, 123456789012.5]]}),
        [("6901234567890123456", "0.0000001", "123456789012.5")],
    ),
    "Parquet": Case("parquet", parquet(CHINESE), CHINESE),
    "Parquet in gzip": Case("parquet.gz", gzip.compress(parquet(CHINESE)), CHINESE),
    "JSON array": Case("json", json.dumps(records(CHINESE)).encode(), CHINESE),
    "JSON at a path": Case(
        "json",
        json.dumps({"a": [1], "data": {"n": 2, "lines": records(CHINESE)}, "z": {}}, indent=1).encode(),
        CHINESE,
        keys={"records": "data/lines"},
    ),
    "JSON of lines within orders": Case(
        "json",
        b'[{"id":{"no":7},"lines":[{"name":"a","amount":1.50},{"name":"b","amount":2e1}]},{"id":8,"lines":[]}]',
        [("7", "a", "1.50"), ("7", "b", "20")],
        keys={"records": "lines"},
        columns={"no": {"path": "../id/no"}},
    ),
    "JSON with numbers of 19 digits, truths and objects": Case(
        "json",
        b'[{"no":6901234567890123456,"name":{"a":[1.0,null]},"amount":true}]',
        [("6901234567890123456", '{"a":[1.0,null]}', "true")],
    ),
    "JSON in UTF-16": Case(
        "json",
        json.dumps(records(CHINESE), ensure_ascii=False).encode("utf-16"),
        CHINESE,
        keys={"encoding": "utf-16"},
    ),
    "NDJSON": Case(
        "jsonl", "".join(f"{json.dumps(record)}\n\n" for record in records(CHINESE)).encode(), CHINESE
    ),
    "NDJSON in gzip, fields in any order and case": Case(
        "ndjson.gz",
        gzip.compress(b'{"AMOUNT":"1","No":5}\n{"extra":1,"no":"6"}\n'),
        [("5", None, "1"), ("6", None, None)],
    ),
    "XML": Case("xml", f"<log>{elements(CHINESE)}</log>".encode(), CHINESE, keys={"records": "line"}),
    "XML in GBK": Case(
        "xml",
        f'<?xml version="1.0" encoding="GBK"?><log>{elements(CHINESE)}</log>'.encode("gbk"),
        CHINESE,
        keys={"records": "line"},
    ),
    "XML with namespaces, attributes and parents": Case(
        "xml",
        NESTED_XML.encode(),
        [("1", "张伟", "9.90"), ("2", "张伟", "-1.50")],
        keys={"records": "sale/lines/line"},
        columns=MEMBERS,
    ),
    "XML with elements of any name on a path": Case(
        "xml",
        b"<log><till no='1'><sale><amount>9.90</amount></sale></till>"
        b"<till no='2'><note>x</note><return><amount>1</amount></return><amount>7</amount></till>"
        b"<till no='3'><sale kind='net'><amount>2</amount></sale><sale kind='gross'/></till></log>",
        [("1", None, "9.90"), ("2", None, "1"), ("3", "2", "2")],
        keys={"records": "till"},
        columns={
            "no": {"path": "@no"},
            "name": {"path": "*[@kind='net']/amount"},
            "amount": {"path": "*/amount"},
        },
    ),
    "fixed width": Case(
        "txt", fixed([HEADER, *PLAIN]).encode(), PLAIN, keys={"format": "fixed_width"}, columns=FIXED_PLACES
    ),
    "fixed width in GBK without a header": Case(
        "txt",
        fixed(CHINESE).encode("gbk"),
        CHINESE,
        keys={"format": "fixed_width", "header": False, "encoding": "gbk"},
        columns=FIXED_PLACES,
    ),
    "no header": Case("csv", table(PLAIN).partition("\n")[2].encode(), PLAIN, keys={"header": False}),
    "no header, other order": Case(
        "csv",
        b"one,9.90,1\n",
        [("1", "one", "9.90")],
        keys={"header": False, "names": ("name", "amount", "no")},
    ),
    "columns in another order, new ones between": Case(
        "csv", b"amount,new,name,no\n9.90,?,one,1\n", [("1", "one", "9.90")]
    ),
    "headers with spaces and capitals": Case(
        "csv", b" NO ,Name\t,amount \n1,one,9.90\n", [("1", "one", "9.90")]
    ),
    "full-width headers and aliases": Case(
        "csv",
        "ＮＯ　,姓名（全）,Amt.\n1,one,9.90\n".encode(),
        [("1", "one", "9.90")],
        columns={"name": {"aliases": ("姓名(全)",)}, "amount": {"aliases": ("Discnt", "AMT.")}},
    ),
}

RAGGED: dict[str, Case] = {
    "too few cells": Case(
        "csv",
        body("1,one,9.90", "2,two", "3,three,1"),
        [("1", "one", "9.90"), ("3", "three", "1")],
        {2: "too_few_fields"},
    ),
    "too many cells": Case(
        "csv", body("1,one,9.90", "2,two,1,1"), [("1", "one", "9.90")], {2: "too_many_fields"}
    ),
    "a delimiter too many on every row": Case(
        "csv", body("1,one,9.90,", "2,two,1,"), [], {1: "too_many_fields", 2: "too_many_fields"}
    ),
    "a thousands separator that splits a cell": Case(
        "csv", body("1,one,1,250.00"), [], {1: "too_many_fields"}
    ),
    "a quote never closed": Case(
        "csv",
        body('1,"one,9.90', "2,two,1", '3,"three",1'),
        [("2", "two", "1"), ("3", "three", "1")],
        {1: "bad_quoting"},
    ),
    "text after a closing quote": Case(
        "csv", body('1,"one" x,9.90', "2,two,1"), [("2", "two", "1")], {1: "bad_quoting"}
    ),
    "a quote within a plain cell": Case("csv", body('1,5" pipe,9.90'), [("1", '5" pipe', "9.90")]),
    "a quote against nothing": Case(
        "csv", body('1,"",9.90', '2,,""'), [("1", None, "9.90"), ("2", None, None)]
    ),
    "blank lines between rows": Case(
        "csv", body("1,one,9.90", "", "2,two,1"), [("1", "one", "9.90"), ("2", "two", "1")]
    ),
    "blank lines at the end": Case("csv", body("1,one,9.90", "", "", ""), [("1", "one", "9.90")]),
    "blank lines before the header": Case("csv", b"\n\r\n" + body("1,one,9.90"), [("1", "one", "9.90")]),
    "rows of delimiters at the end": Case(
        "csv", body("1,one,9.90", ",,", ",,", ",,,,,"), [("1", "one", "9.90")]
    ),
    "the header again": Case(
        "csv", body("1,one,9.90", "no,name,amount", "2,two,1"), [("1", "one", "9.90"), ("2", "two", "1")]
    ),
    "the header again, quoted": Case(
        "csv",
        body("1,one,9.90", '"no","name","amount"', '2,"t\nwo",1'),
        [("1", "one", "9.90"), ("2", "t\nwo", "1")],
    ),
    "part of the header again": Case("csv", body("no,name,1"), [("no", "name", "1")]),
    "titles before the header": Case(
        "csv",
        b"Report, all shops\n\n2026-01\n" + body("1,one,9.90"),
        [("1", "one", "9.90")],
        keys={"skip_title_rows": "auto"},
    ),
    "a title with a quote that never closes": Case(
        "csv", b'"All shops\n' + body("1,one,9.90"), [("1", "one", "9.90")], keys={"skip_title_rows": "auto"}
    ),
    "a total at the end": Case(
        "csv", body("1,one,9.90", "total"), [("1", "one", "9.90")], {2: "too_few_fields"}
    ),
    "a line of spaces": Case("csv", body("1,one,9.90", "   "), [("1", "one", "9.90")], {2: "too_few_fields"}),
    "a carriage return within a row": Case(
        "csv", body("1,o\rne,9.90", "2,two,1"), [("2", "two", "1")], {1: "bad_quoting"}
    ),
    "line breaks of two kinds": Case(
        "csv", b"no,name,amount\r\n1,one,9.90\n2,two,1\r\n", [("1", "one", "9.90"), ("2", "two", "1")]
    ),
    "NUL within a row": Case(
        "csv", body("1,o\0ne,9.90", "2,two,1"), [("2", "two", "1")], {1: "nul_character"}
    ),
    "a cell that is too long": Case(
        "csv", body(f"1,{'x' * 200_000},9.90", "2,two,1"), [("2", "two", "1")], {1: "oversized_record"}
    ),
    "nothing but malformed rows": Case("csv", body("1", "2"), [], {1: "too_few_fields", 2: "too_few_fields"}),
    "one row that is not cut": Case("csv", body("1,one,9.90"), [("1", "one", "9.90")]),
    "workbook: cells beyond the header": Case(
        "xlsx",
        workbook({"S": [HEADER, [1.0, "one", 9.9, "?"], [2.0]]}),
        [("2", None, None)],
        {1: "too_many_fields"},
    ),
    "workbook: titles, blank rows, the header again": Case(
        "xlsx",
        workbook(
            {"S": [[None, "Report"], [], HEADER, [1.0, "one", 9.9], [], HEADER, [2.0, "two"], ["", None]]}
        ),
        [("1", "one", "9.9"), ("2", "two", None)],
        keys={"skip_title_rows": "auto"},
    ),
    "workbook: NUL within a row": Case(
        "xlsx",
        workbook({"S": [HEADER, ["1", ('t="str"', "<v>o_x0000_ne</v>")], [2.0, "two"]]}),
        [("2", "two", None)],
        {1: "nul_character"},
    ),
    "workbook: an id that has lost digits": Case(
        "xlsx",
        workbook({"S": [HEADER, [6901234567890123456.0, "one"], [2.0, "two"]]}),
        [("2", "two", None)],
        {1: "inexact_number"},
    ),
    "workbook: an error value": Case(
        "xlsx", workbook({"S": [HEADER, ["1", ('t="e"', "<v>#N/A</v>"), "2"]]}), [("1", None, "2")]
    ),
    "JSON: records that are none": Case(
        "json",
        b'[{"no":1},2,"x",null,[{"no":1}]]',
        [("1", None, None)],
        {2: "not_an_object", 3: "not_an_object", 4: "not_an_object", 5: "not_an_object"},
    ),
    "JSON: a field twice": Case(
        "json",
        b'[{"no":1,"no":2},{"no":3,"NO":4},{"no":5}]',
        [("5", None, None)],
        {1: "repeated_field", 2: "repeated_field"},
    ),
    "NDJSON: lines that are none": Case(
        "ndjson",
        b'{"no":1}\n{"no":\n\n{"no":2} {}\n{"no":3}\n',
        [("1", None, None), ("3", None, None)],
        {2: "not_json", 3: "not_json"},
    ),
    "NDJSON: half a character and NUL": Case(
        "ndjson",
        b'{"no":"\\ud800"}\n{"no":"a\\u0000"}\n{"no":"\\ud83d\\ude00"}\n',
        [("😀", None, None)],
        {1: "lone_surrogate", 2: "nul_character"},
    ),
    "NDJSON: nested too deeply": Case(
        "ndjson",
        b'{"no":1}\n{"no":' + b"[" * 100 + b"]" * 100 + b"}\n" + b"[" * 5000 + b"\n",
        [("1", None, None)],
        {2: "too_deep", 3: "too_deep"},
    ),
    "fixed width: short, long and displaced lines": Case(
        "txt",
        (
            fixed([HEADER, ("1", "one", "9.90")])
            + "2    two\n"
            + fixed([("3", "three", "1")]).replace("\n", " x\n")
            + "4   xfour                   1.00\n5    five                1\n\n"
        ).encode(),
        [("1", "one", "9.90"), ("5", "five", "1")],
        {2: "too_few_fields", 3: "text_between_columns", 4: "text_between_columns"},
        keys={"format": "fixed_width"},
        columns=FIXED_PLACES,
    ),
    "fixed width: NUL and the header again": Case(
        "txt",
        (fixed([HEADER, ("1", "o\0ne", "9.90"), HEADER, ("2", "two", "1")])).encode(),
        [("2", "two", "1")],
        {1: "nul_character"},
        keys={"format": "fixed_width"},
        columns=FIXED_PLACES,
    ),
    "XML: elements missing and several": Case(
        "xml",
        b"<l><line><no>1</no></line><line/><line><no>2</no><no>3</no></line></l>",
        [("1", None, None), (None, None, None), ("2|3", None, None)],
        keys={"records": "line"},
    ),
    "XML: rows within rows": Case(
        "xml",
        b"<l><line><no>1</no><line><no>2</no></line></line></l>",
        [("1", None, None)],
        keys={"records": "line"},
    ),
}

REFUSED: dict[str, Case] = {
    "UTF-8 declared, GBK sent": Case("csv", table(CHINESE * 2).encode("gbk"), refused="wrong_encoding"),
    "GBK declared, UTF-8 with a mark sent": Case(
        "csv", table(CHINESE * 2).encode("utf-8-sig"), refused="wrong_encoding", keys={"encoding": "gbk"}
    ),
    "UTF-16 declared without a mark": Case(
        "csv", table(CHINESE * 2).encode("utf-16-le"), refused="wrong_encoding", keys={"encoding": "utf-16"}
    ),
    "UTF-16 cut within a character": Case(
        "csv", table(CHINESE).encode("utf-16")[:-1], refused="truncated_file", keys={"encoding": "utf-16"}
    ),
    "cp1252 declared, a byte it has not": Case(
        "csv", b"no,name,amount\n1,\x81,1\n", refused="wrong_encoding", keys={"encoding": "cp1252"}
    ),
    "detected: none of them": Case(
        "csv", b"no,name,amount\n1,\xff\xff\x81,1\n", refused="wrong_encoding", keys=DETECTED
    ),
    "detected: too short to tell": Case(
        "csv", table([("1", "名", "1")]).encode("gbk"), refused="ambiguous_encoding", keys=DETECTED
    ),
    "detected: two names in GBK or Big5": Case(
        "csv",
        table([("1", "张伟", "1")]).encode("gbk"),
        refused="ambiguous_encoding",
        keys={"encoding": "auto", "encodings": ("gb18030", "big5")},
    ),
    "surrogate in UTF-8": Case("csv", b"no,name,amount\n1,\xed\xa0\x80,1\n", refused="wrong_encoding"),
    "overlong slash in UTF-8": Case("csv", b"no,name,amount\n1,\xc0\xaf,1\n", refused="wrong_encoding"),
    "carriage returns, later line feeds": Case(
        "csv",
        table([("1", "x" * 50, "1")] * 20_000, lineterminator="\r").encode() + b"2,x,1\n",
        refused="unknown_line_breaks",
    ),
    "cut": Case("csv", table(PLAIN).encode()[:-3], refused="truncated_file"),
    "a header that is none": Case("csv", b'no,"name\n1,2\n', refused="unreadable_header"),
    "no titles expected": Case("csv", b"Report\n" + body("1,one,9.90"), refused="missing_required_column"),
    "more titles than any report has": Case(
        "csv",
        b"x\n" * 21 + body("1,one,9.90"),
        refused="missing_required_column",
        keys={"skip_title_rows": "auto"},
    ),
    "titles and no header": Case(
        "csv", b"x\ny\n", refused="missing_required_column", keys={"skip_title_rows": "auto"}
    ),
    "a column under two of its names": Case(
        "csv",
        b"no,Number,name\n1,1,x\n",
        refused="duplicate_column",
        columns={"no": {"aliases": ("number",)}},
    ),
    "a column named like one without a name": Case(
        "csv", b"no,,column 2\n1,2,3\n", refused="duplicate_column"
    ),
    "ZIP of two files": Case("zip", zipped({"a.csv": b"x", "b.csv": b"y"}), refused="not_one_file"),
    "ZIP of nothing": Case("zip", zipped({}), refused="not_one_file"),
    "ZIP of a ZIP": Case(
        "zip", zipped({"a.zip": zipped({"a.csv": body("1,one,1")})}), refused="nested_archive"
    ),
    "gzip of a ZIP": Case(
        "zip.gz", gzip.compress(zipped({"a.csv": body("1,one,1")})), refused="nested_archive"
    ),
    "ZIP of a ZIP in disguise": Case(
        "zip", zipped({"a.csv": zipped({"a.csv": b"x"})}), refused="not_what_its_name_says"
    ),
    "encrypted ZIP": Case("zip", encrypted_zip(), refused="encrypted_archive"),
    "cut ZIP": Case("zip", zipped({"a.csv": body("1,one,1")})[:-30], refused="truncated_file"),
    "text named ZIP": Case("zip", body("1,one,1"), refused="not_what_its_name_says"),
    "ZIP of damaged content": Case("zip", damaged_zip(), refused="unreadable_file"),
    "workbook without the sheet": Case(
        "xlsx", workbook({"S": [HEADER, *CELLS]}), refused="missing_sheet", keys={"sheet": "T"}
    ),
    "workbook of two sheets": Case(
        "xlsx", workbook({"S": [HEADER, *CELLS], "T": []}), refused="ambiguous_sheet"
    ),
    "workbook of nothing": Case("xlsx", workbook({"S": []}), refused="empty_file"),
    "workbook that is another ZIP": Case("xlsx", zipped({"a.csv": b"x"}), refused="unreadable_file"),
    "workbook cut": Case("xlsx", workbook({"S": [HEADER, *CELLS]})[:-40], refused="unreadable_file"),
    "workbook whose cells span everything": Case(
        "xlsx",
        raw_workbook({"S": '<row r="1"><c r="A1"><v>1</v></c></row><row><c r="A1048577"><v>1</v></c></row>'}),
        refused="sheet_too_large",
    ),
    "workbook with a row that no sheet has": Case(
        "xlsx",
        raw_workbook({"S": '<row r="1"><c r="A99999999999"><v>1</v></c></row>'}),
        refused="sheet_too_large",
    ),
    "workbook with a padded place": Case(
        "xlsx",
        raw_workbook({"S": f'<row r="1"><c r="A{"0" * 60}9"><v>1</v></c></row>'}),
        refused="unreadable_file",
    ),
    "workbook with a date of the year 30,000,000": Case(
        "xlsx", workbook({"S": [HEADER, [('s="2"', "<v>-1e18</v>")]]}), refused="unreadable_file"
    ),
    "workbook as wide as can be": Case(
        "xlsx", raw_workbook({"S": '<row r="1"><c r="XFD1"><v>1</v></c></row>'}), refused="sheet_too_large"
    ),
    "old workbook": Case("xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 100, refused="not_what_its_name_says"),
    "workbook named CSV": Case("csv", workbook({"S": [HEADER, *CELLS]}), refused="not_what_its_name_says"),
    "web page named CSV": Case("csv", b"<html><table>", refused="not_what_its_name_says"),
    "JSON cut": Case("json", b'[{"no":1},{"no":', refused="truncated_file"),
    "JSON followed by more": Case("json", b'[{"no":1}] x', refused="unreadable_file"),
    "JSON that is none": Case("json", b"[{no: 1}]", refused="unreadable_file"),
    "JSON without the path": Case("json", b'{"a":[]}', refused="missing_records", keys={"records": "data"}),
    "JSON with the path twice": Case(
        "json", b'{"a":[{"no":1}],"a":[{"no":2}]}', refused="missing_records", keys={"records": "a"}
    ),
    "JSON with a number for records": Case(
        "json", b'{"a":7}', refused="missing_records", keys={"records": "a"}
    ),
    "JSON of no records": Case("json", b"[]", refused="empty_file"),
    "JSON of nothing": Case("json", b" \n", refused="empty_file"),
    "JSON without a required column": Case("json", b'[{"name":"x"}]', refused="missing_required_column"),
    "JSON nested without end": Case("json", b"[" + b"[" * 100_000, refused="too_deep"),
    "JSON with a path above its records": Case(
        "json", b'[{"no":1}]', refused="path_out_of_reach", columns={"no": {"path": "../x"}}
    ),
    "XML cut": Case("xml", b"<l><line><no>1</no>", refused="truncated_file", keys={"records": "line"}),
    "XML that is none": Case(
        "xml", b"<l><line><no>1</name></line></l>", refused="unreadable_file", keys={"records": "line"}
    ),
    "XML with an entity of a file": Case(
        "xml",
        b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><l><line><no>&x;</no></line></l>',
        refused="document_type",
        keys={"records": "line"},
    ),
    "XML with entities that grow": Case(
        "xml",
        b'<!DOCTYPE l [<!ENTITY a "xxxx"><!ENTITY b "&a;&a;&a;&a;">]><l><line><no>&b;</no></line></l>',
        refused="document_type",
        keys={"records": "line"},
    ),
    "XML with a document type elsewhere": Case(
        "xml",
        b'<!DOCTYPE l SYSTEM "http://localhost/x.dtd"><l><line><no>1</no></line></l>',
        refused="document_type",
        keys={"records": "line"},
    ),
    "XML nested too deeply": Case(
        "xml", b"<l>" * 100 + b"</l>" * 100, refused="too_deep", keys={"records": "line"}
    ),
    "XML without its rows": Case("xml", b"<l><other/></l>", refused="empty_file", keys={"records": "line"}),
    "XML that is not the encoding it names": Case(
        "xml",
        b'<?xml version="1.0" encoding="utf-8"?><l><line><no>\xff\xfe</no></line></l>',
        refused="wrong_encoding",
        keys={"records": "line"},
    ),
    "XML with a path above its root": Case(
        "xml",
        f"<l>{elements(PLAIN)}</l>".encode(),
        refused="path_out_of_reach",
        keys={"records": "line"},
        columns={"no": {"path": "../../x"}},
    ),
    "XML without records described": Case(
        "xml", f"<l>{elements(PLAIN)}</l>".encode(), refused="missing_records"
    ),
    "fixed width without its header": Case(
        "txt",
        fixed(PLAIN).encode(),
        refused="missing_required_column",
        keys={"format": "fixed_width"},
        columns=FIXED_PLACES,
    ),
}

#: Cells that mean something to a database, a template, a shell or a spreadsheet. In the lake they are text.
HOSTILE: dict[str, str] = {
    "SQL that drops": "'); drop table lake.loads; --",
    "SQL that is always true": "' or '1'='1",
    "SQL comment": "/* x */ -- y",
    "SQL dollar quotes": "$$; select 1; $$",
    "SQL function that reads files": "read_csv('/etc/passwd')",
    "SQL pragma": "attach 'x.db' as x; pragma database_list",
    "double quote": 'a"b',
    "identifier with quotes": '"lake"."loads"',
    "backslash at the end": "a\\",
    "Jinja expression": "{{ 7 * 7 }}",
    "Jinja that imports": "{{ self.__init__.__globals__ }}",
    "Jinja statement": "{% for x in y %}{% endfor %}",
    "Jinja environment": "{{ env_var('CLIENTELE_SECRET_KEY') }}",
    "Python format": "{0.__class__} %(name)s %s %n",
    "shell": "$(touch proof); `id` && rm -rf ~ | cat",
    "environment variable": "${HOME} $PATH %USERPROFILE%",
    "glob": "*.csv ** [a-z]? {a,b}",
    "path up": "../../../../etc/passwd",
    "path of Windows": "C:\\Windows\\..\\*",
    "file address": "file:///etc/passwd",
    "cloud address": "s3://bucket/*.parquet",
    "formula": "=cmd|' /C calc'!A0",
    "formula with plus": "+1+1",
    "formula with minus": "-2+3",
    "formula with at": "@SUM(1+1)",
    "formula that fetches": '=HYPERLINK("http://localhost/?x="&A1,"x")',
    "formula after a tab": "\t=1+1",
    "HTML": "<script>alert(1)</script>",
    "HTML entity": "&lt;img src=x onerror=alert(1)&gt;",
    "XML entity": "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "CDATA end": "]]>",
    "log line": "x INFO everything is fine",
    "lookup": "${jndi:ldap://localhost/x}",
    "written null": "NULL",
    "written nan": "NaN",
    "written infinity": "-Infinity",
    "written truth": "TRUE",
    "number with zeros": "007",
    "number with an exponent": "1e308",
    "number of 40 digits": "1234567890" * 4,
    "date that is none": "2025-02-30",
    "spaces around": "  x\u00a0\u3000",
    "right to left": "\u202egpj.exe\u202c",
    "isolates": "\u2066x\u2069",
    "zero width": "a\u200b\u200d\ufeffb",
    "combining": "Z\u0361\u0349\u0317a\u0300\u0301",
    "line separators of Unicode": "a\u2028b\u2029c\u0085d",
    "not a character": "\ufdd0\U0001fffe",
    "replacement character": "\ufffd",
    "emoji of a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "letters that look alike": "\u0430\u0440\u0440\u04cf\u0435",
    "very long": "长" * 100_000,
    "line feeds": "a\n\nb\n",
    "carriage returns": "a\r\nb\r\n",
    "header of the file": "no",
}
#: Control characters, which some formats cannot hold.
CONTROLS: dict[str, str] = {
    "escape sequence": "\x1b[2J\x1b]0;x\x07",
    "backspaces": "safe\x08\x08\x08\x08evil",
    "form feed and vertical tab": "a\x0cb\x0bc",
    "separators": "a\x1cb\x1db\x1ec\x1fd",
    "delete": "a\x7fb",
    "end of file": "a\x1ab",
}


def hostile_cases() -> dict[str, Case]:
    """Each hostile value in a CSV file among ordinary rows, and all that a format can hold in one file."""
    cases: dict[str, Case] = {}
    for title, value in (HOSTILE | CONTROLS).items():
        rows: list[Row] = [("1", "before", "1.00"), ("2", value, "2.00"), ("3", "after", "3.00")]
        cases[f"CSV: {title}"] = Case("csv", table(rows).encode(), rows)
    everything: list[Row] = [("7", value, "2.00") for value in (HOSTILE | CONTROLS).values()]
    lines = "".join(f"{json.dumps(record)}\n" for record in records(everything))
    cases["NDJSON: all"] = Case("ndjson", lines.encode(), everything)
    cases["JSON: all"] = Case("json", json.dumps(records(everything)).encode(), everything)
    cases["Parquet: all"] = Case("parquet", parquet(everything), everything)
    printable: list[Row] = [
        ("7", value, "2.00")
        for title, value in HOSTILE.items()
        if title != "not a character" and len(value) < 32_768
    ]
    cases["workbook: all"] = Case("xlsx", workbook({"S": [HEADER, *printable]}), _with_line_feeds(printable))
    cases["XML: all"] = Case(
        "xml", f"<l>{elements(printable)}</l>".encode(), _with_line_feeds(printable), keys={"records": "line"}
    )
    return cases


def _with_line_feeds(rows: Sequence[Row]) -> list[Row]:
    """As any parser of XML has to read them."""
    return [tuple((cell or "").replace("\r\n", "\n") for cell in row) for row in rows]
