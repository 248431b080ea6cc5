"""Each kind of bad export has one known outcome, and none of them harms its neighbours."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake_exports import (
    EMAIL,
    MEMBERS_HEADER,
    NAME,
    PHONE,
    POS_HEADER,
    drop,
    members_file,
    opened_vault,
    pos_file,
    pos_line,
    query,
)

from clientele.lake.ingest import ingest
from clientele.lake.reading import Limits
from clientele.settings import Settings

GOOD = pos_file(pos_line(1), pos_line(2))


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("pos_sales.csv", content)
    return file.getvalue()


def as_parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


REFUSED = {
    "missing required column": (
        "pos_sales.csv",
        GOOD.replace(b"net_amount", b"amount"),
        "missing_required_column",
    ),
    "columns of another feed": (
        "pos_sales.csv",
        members_file("M1,,,,,2025-01-01,active"),
        "missing_required_column",
    ),
    "no header": ("pos_sales.csv", pos_file(header=pos_line(1)), "missing_required_column"),
    "column twice": ("pos_sales.csv", GOOD.replace(b"phone", b" SKU"), "duplicate_column"),
    "GBK bytes": (
        "members.csv",
        f"{MEMBERS_HEADER}\nM1,张伟,,,,2025-01-01,active\n".encode("gbk"),
        "wrong_encoding",
    ),
    "UTF-16": ("pos_sales.csv", GOOD.decode().encode("utf-16"), "wrong_encoding"),
    "nothing in it": ("pos_sales.csv", b"", "empty_file"),
    "header only": ("pos_sales.csv", pos_file(), "empty_file"),
    "cut within a line": ("pos_sales.csv", GOOD[:-20], "truncated_file"),
    "cut within a quoted field": ("pos_sales.csv", GOOD + b'R3,1,"S1\n', "truncated_file"),
    "cut gzip": ("pos_sales.csv.gz", gzip.compress(GOOD)[:-12], "truncated_file"),
    "damaged gzip": ("pos_sales.csv.gz", gzip.compress(GOOD)[:-8] + b"\0" * 8, "unreadable_file"),
    "text named gzip": ("pos_sales.csv.gz", GOOD, "not_what_its_name_says"),
    "ZIP named text": ("pos_sales.csv", zipped(GOOD), "not_what_its_name_says"),
    "gzip named text": ("pos_sales.csv", gzip.compress(GOOD), "not_what_its_name_says"),
    "Parquet named text": ("pos_sales.csv", as_parquet(receipt_no=["R1"]), "not_what_its_name_says"),
    "text named Parquet": ("pos_sales.parquet", GOOD, "not_what_its_name_says"),
    "cut Parquet": ("pos_sales.parquet", as_parquet(receipt_no=["R1"])[:-8], "truncated_file"),
    "unknown name": ("sales_*.csv", GOOD, "unknown_feed"),
    "unprintable name": ("pos_sales_\x1b[31m\n.csv", GOOD, "unprintable_name"),
}


@pytest.mark.parametrize(("name", "content", "reason_code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_file_is_refused_and_its_neighbour_is_not(
    settings: Settings, name: str, content: bytes, reason_code: str
) -> None:
    drop(settings, name, content)
    drop(settings, "pos_sales_neighbour.csv", pos_file(pos_line(7)))
    result = ingest(settings)
    assert {file.status: file.reason_code for file in result.files} == {
        "refused": reason_code,
        "accepted": None,
    }
    loads = query(settings, "select status, reason_code, row_count from lake.loads order by status")
    assert loads == [("accepted", None, 1), ("refused", reason_code, 0)]
    assert query(settings, "select receipt_no from lake.generic__pos_sales") == [("R7",)]
    lake_files = {path.name for path in settings.lake.rglob("*") if path.is_file()}
    assert not [name for name in lake_files if name.endswith(".tmp")]


def test_a_missing_required_column_is_named(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", GOOD.replace(b"net_amount", b"amount"))
    drop(settings, "pos_sales_titled.csv", b"Sales of June\n" + GOOD)
    drop(settings, "members.csv", b"joined_at,status\n2025-01-01,active\n")
    assert {file.file_name: file.reason for file in ingest(settings).files} == {
        "members.csv": "no column member_no",
        "pos_sales.csv": "no column net_amount",
        "pos_sales_titled.csv": (
            "no column receipt_no, line_no, store_id, sold_at, sku, quantity, net_amount, currency_code,"
            " kind; where lines stand before the header, its description needs skip_title_rows: auto"
        ),
    }


@pytest.mark.parametrize("nothing", ['""', "null"])
def test_a_required_column_that_is_there_with_nothing_in_it_is_not_missing(
    settings: Settings, nothing: str
) -> None:
    names = POS_HEADER.split(",")
    values = ["R1", "1", "S1", "2025-01-01T10:00:00", "", "", "1", "9.90", "CNY", "sale"]
    cells = [f'"{name}": "{value}"' for name, value in zip(names, values, strict=True)]
    line = "{" + ", ".join(cells).replace('"sku": ""', f'"sku": {nothing}') + "}\n"
    drop(settings, "pos_sales.jsonl", line.encode())
    drop(settings, "pos_sales_2.jsonl", line.replace(f'"sku": {nothing}, ', "").encode())
    outcomes = {file.file_name: (file.status, file.reason) for file in ingest(settings).files}
    assert outcomes == {
        "pos_sales.jsonl": ("accepted", None),
        "pos_sales_2.jsonl": ("refused", "no column sku"),
    }
    assert query(settings, "select receipt_no, sku from lake.generic__pos_sales") == [("R1", None)]


TAKEN = {
    "ragged rows": (pos_file(pos_line(1), "R2,1", pos_line(3) + ",,", pos_line(4)), 4, 2),
    "quoted line breaks": (pos_file(pos_line(1).replace("SKU1", '"SKU\n1"'), pos_line(2)), 2, 0),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, 2, 0),
    "CRLF": (GOOD.replace(b"\n", b"\r\n"), 2, 0),
    "blank lines at the end": (GOOD + b"\n\r\n\n", 2, 0),
    "stray quote": (
        pos_file(pos_line(1).replace("SKU1", '"SKU1'), pos_line(2), pos_line(3, phone='"1"')),
        3,
        1,
    ),
}


@pytest.mark.parametrize(("content", "row_count", "malformed"), TAKEN.values(), ids=TAKEN.keys())
def test_every_row_of_a_dirty_file_is_loaded_or_set_aside(
    settings: Settings, content: bytes, row_count: int, malformed: int
) -> None:
    drop(settings, "pos_sales.csv", content)
    assert ingest(settings).row_count == row_count
    loads = query(settings, "select row_count, malformed_row_count from lake.loads")
    assert loads == [(row_count, malformed)]
    totals = query(
        settings, "select currency_code, row_count, amount::varchar from lake.load_totals order by 1"
    )
    amount = f"{(row_count - malformed) * 9.9:.4f}"
    assert totals == [
        ("CNY", row_count - malformed, amount),
        *([("XXX", malformed, "0.0000")] if malformed else []),
    ]
    numbers = query(
        settings,
        "select _row_number from lake.generic__pos_sales union all select row_number from lake.malformed_rows"
        " order by 1",
    )
    assert numbers == [(number,) for number in range(1, row_count + 1)]


@pytest.mark.parametrize(
    "name",
    [
        "pos_sales_*.csv",
        "pos_sales'; drop table x;--.csv",
        "pos_sales{{ 7*7 }}.csv",
        "pos_sales[ab]?.csv",
        "pos_sales\u3000一月.csv",
    ],
)
def test_a_hostile_name_is_only_a_name(settings: Settings, name: str) -> None:
    drop(settings, name, GOOD)
    drop(settings, "pos_sales_a.csv", pos_file(pos_line(3)))
    ingest(settings)
    assert query(settings, "select file_name from lake.loads where row_count = 2") == [(name,)]
    assert query(settings, "select count(*) from lake.generic__pos_sales") == [(3,)]


def test_a_home_with_glob_characters_reads_its_own_files_only(tmp_path: Path) -> None:
    homes = [
        Settings(home=tmp_path / name, settle_seconds=0, secret_key="a secret for tests only")
        for name in ("home1", "home12", "home*", "home?2", "home[1]", "home'x=y")
    ]
    for number, settings in enumerate(homes):
        drop(settings, "pos_sales.csv", pos_file(pos_line(number)))
        ingest(settings)
    for number, settings in enumerate(homes):
        assert query(settings, "select receipt_no from lake.generic__pos_sales") == [(f"R{number}",)]


def test_a_link_out_of_the_landing_folder_is_refused(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "outside.csv"
    secret.write_bytes(GOOD)
    (settings.landing / "generic" / "pos_sales.csv").symlink_to(secret)
    (tmp_path / "folder").mkdir()
    (settings.landing / "generic" / "linked").symlink_to(tmp_path / "folder")
    for _ in range(2):
        result = ingest(settings)
        assert {file.reason_code for file in result.files} == {"outside_landing"}
    assert query(settings, "select file_name from lake.loads") == [("linked",), ("pos_sales.csv",)]


def test_what_is_no_regular_file_is_refused_and_does_not_block(settings: Settings) -> None:
    os.mkfifo(settings.landing / "generic" / "pos_sales.csv")
    assert ingest(settings).files[0].reason_code == "not_a_file"


def test_a_decompression_bomb_is_refused(settings: Settings) -> None:
    drop(settings, "pos_sales.csv.gz", gzip.compress(GOOD + b" " * 5_000_000))
    limits = Limits(ratio_free_bytes=1_000_000, decompression_ratio=10)
    assert ingest(settings, limits=limits).files[0].reason_code == "decompressed_too_large"


def test_files_outside_the_folders_of_sources_are_refused(settings: Settings) -> None:
    drop(settings, "pos_sales.csv", GOOD, source="elsewhere")
    drop(settings, "pos_sales.csv", GOOD, source=".")
    files = ingest(settings).files
    refused = [(file.source, file.status, file.reason_code) for file in files]
    assert refused == [("elsewhere", "refused", "unknown_source"), ("landing", "refused", "unknown_source")]
    assert [file.reason for file in files] == [
        "no source of this name is described; `clientele source new` drafts a description",
        "it does not lie in the folder of a source, such as generic/",
    ]
    assert [file.status for file in ingest(settings).files] == ["unchanged", "unchanged"]


def test_a_name_that_no_feed_takes_is_told_which_ones_are_taken(settings: Settings) -> None:
    drop(settings, "sales.csv", GOOD)
    assert ingest(settings).files[0].reason == (
        "its name is none of those described, such as pos_sales*.csv, ecommerce_orders*.csv, members*.csv,"
        " service_events*.csv, prospects*.csv, tier_overrides*.csv"
    )


def test_amounts_that_are_no_plain_decimals_count_as_rows_without_money(settings: Settings) -> None:
    lines = [
        pos_line(1, "1.5"),
        pos_line(2, " 2.25 "),
        pos_line(3, "1e3"),
        pos_line(4, "¥5"),
        pos_line(5, "-1.50"),
        pos_line(6, "0.00005"),
        pos_line(7, "4", currency=""),
        pos_line(8, "5", currency=PHONE),
    ]
    drop(settings, "pos_sales.csv", pos_file(*lines))
    ingest(settings)
    totals = query(
        settings, "select currency_code, row_count, amount::varchar from lake.load_totals order by 1"
    )
    assert totals == [("CNY", 6, "2.2500"), ("XXX", 2, "9.0000")]


def test_no_personal_data_leaves_the_vault(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    person = f"M1,{NAME},{PHONE},{EMAIL},1990-05-17,2025-01-01,active"
    extra_header = f"{MEMBERS_HEADER},second_phone"
    drop(settings, "members_a.csv", pos_file(f"{person},{PHONE}", person, header=extra_header))
    drop(settings, "members_b.csv", pos_file(header=f"{person},{PHONE}"))
    drop(settings, "members_c.csv", members_file(person) + f"\xff{NAME}".encode("latin-1", "replace"))
    drop(settings, "pos_sales.csv", pos_file(pos_line(1, phone=PHONE), f'"{PHONE}"x,{EMAIL},{NAME}'))
    said: list[str] = []
    result = ingest(settings, progress=said.append)
    spoken = "\n".join([*said, *map(repr, result.files), *capsys.readouterr()])
    plain = [NAME, PHONE, EMAIL, "1990-05-17", "zhang.wei"]
    lake = b"".join(path.read_bytes() for path in settings.lake.rglob("*") if path.is_file())
    tables = "".join(str(pq.read_table(path).to_pylist()) for path in settings.lake.rglob("*.parquet"))
    for words in plain:
        assert words not in spoken
        assert words not in tables
        assert words.encode() not in lake
    vault = opened_vault(settings, 1)
    assert [kind for kind, _ in vault] == ["contacts", "malformed_rows"]
    assert vault[0][1] == [
        {
            "row_number": 1,
            "name": NAME,
            "phone": PHONE,
            "email": EMAIL,
            "birth_date": "1990-05-17",
            "extra: second_phone": PHONE,
        }
    ]
    assert vault[1][1] == [{"row_number": 2, "text": f"{person}\n"}]


def test_one_person_has_one_hash_in_every_feed_and_spelling(settings: Settings) -> None:
    drop(settings, "members.csv", members_file(f"M1,{NAME},+86 139-1234-5678,{EMAIL},,2025-01-01,active"))
    drop(
        settings,
        "pos_sales.csv",
        pos_file(pos_line(1, phone="１３９１２３４５６７８"), pos_line(2, phone="no")),
    )
    ingest(settings)
    rows = query(
        settings,
        "select generic__members.member_no, receipt_no, length(phone_hash) from lake.generic__pos_sales"
        " join lake.generic__members using (phone_hash)",
    )
    assert rows == [("M1", "R1", 64)]
    assert query(settings, "select phone_hash from lake.generic__pos_sales where receipt_no = 'R2'") == [
        (None,)
    ]


def test_text_and_parquet_of_the_same_rows_are_the_same_in_the_lake(settings: Settings) -> None:
    columns: dict[str, list[object]] = {
        name: [value] for name, value in zip(POS_HEADER.split(","), pos_line(1).split(","), strict=True)
    }
    typed = {**columns, "line_no": [1], "quantity": [1.0], "net_amount": [9.9]}
    drop(settings, "pos_sales_a.csv", pos_file(pos_line(1, amount="9.9")))
    drop(settings, "pos_sales_b.parquet", as_parquet(**typed))
    ingest(settings)
    rows = query(settings, "select distinct * exclude (_load_id, _position_id) from lake.generic__pos_sales")
    assert len(rows) == 1
