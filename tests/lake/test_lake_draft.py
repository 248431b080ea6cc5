"""Drafted descriptions: what is guessed, that ingest takes the file, and that no value of it is told."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import duckdb
import pytest
from lake_workbooks import workbook

from clientele.cli import main
from clientele.errors import ClienteleError, ConfigurationError, UnavailableError
from clientele.lake.descriptions import FeedDescription, load_descriptions
from clientele.lake.draft import draft_source, write_description
from clientele.lake.ingest import ingest
from clientele.lake.mount import mount
from clientele.settings import Settings

CSV_ROWS = [
    "Order No,Line No,Created At,Customer ID,Customer Name,E-mail,Reached under,Item,Qty,Net Total,Currency",
    *(
        f"R{number},1,2026-05-01 10:{number:02}:00,C{number},Ann Lee,ann@example.org,+44 20 7946 {number:04},"
        f"Oolong,2,12.{number:02},EUR"
        for number in range(30)
    ),
]
CHINESE_ROWS = [
    "门店销售报表",
    "",
    "小票号\t行号\t成交时间\t会员卡号\t姓名\t联系手机\t出生日期\t商品名称\t数量\t实付金额",
    *(
        f"T{number}\t1\t2026/5/1 9:{number:02}\tM{number}\t张伟\t1380013{number:04}\t1990-05-01\t鲜牛奶"
        "\t1\t￥12.50"
        for number in range(40)
    ),
]
# As a spreadsheet saves a report whose title and groups of columns are merged cells.
MERGED_ROWS = [
    "门店销售报表" + "," * 9,
    "单据,,,会员,,,,商品,,",
    *(row.replace("\t", ",") for row in CHINESE_ROWS[2:]),
]
WORKBOOK_ROWS = [
    ["Receipt No", "Line No", "Sold At", "Phone", "Price"],
    *([f"R{number}", 1.0, "2026-05-01T10:00:00", f"1380013{number:04}", 9.5] for number in range(10)),
]
FILES = {
    "orders_2026-05.csv": "\n".join([*CSV_ROWS, ""]).encode(),
    "orders_2026-05.csv.gz": None,
    "export;1.txt": "\n".join(row.replace(",", ";") for row in CSV_ROWS).encode("utf-16"),
    "销售明细_202605.tsv": "\r\n".join([*CHINESE_ROWS, ""]).encode("gbk"),
    "销售报表_202605.csv": "\r\n".join([*MERGED_ROWS, ""]).encode("gbk"),
    "sales.xlsx": workbook({"Sheet1": WORKBOOK_ROWS}),
    "events.jsonl": b'{"Order ID": 1, "Total": 9.90, "Created": "2026-05-01"}\n' * 5,
    "numbers.csv": b"1;2026-05-01;12.50\n2;2026-05-02;13.50\n",
}
ROWS = {
    "orders_2026-05.csv": 30,
    "orders_2026-05.csv.gz": 30,
    "export;1.txt": 30,
    "销售明细_202605.tsv": 40,
    "销售报表_202605.csv": 40,
    "sales.xlsx": 10,
    "events.jsonl": 5,
    "numbers.csv": 2,
}


def content_of(name: str) -> bytes:
    content = FILES[name]
    return gzip.compress(FILES["orders_2026-05.csv"] or b"") if content is None else content


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a project whose descriptions are those of this test."""
    return Settings(
        home=tmp_path,
        settle_seconds=0,
        secret_key="a secret for tests only",
        dbt_project=tmp_path / "dbt_project",
    )


def dropped(settings: Settings, name: str) -> Path:
    path = settings.landing / "corner_shop" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content_of(name))
    return path


def drafted(settings: Settings, name: str) -> FeedDescription:
    path = dropped(settings, name)
    write_description(settings.dbt_project, "corner_shop", draft_source("corner_shop", path))
    (feed,) = load_descriptions(settings.dbt_project)["corner_shop"].feeds.values()
    return feed


@pytest.mark.parametrize("name", FILES)
def test_ingest_takes_every_row_of_the_file_with_the_draft(settings, name):
    feed = drafted(settings, name)
    (outcome,) = ingest(settings, "corner_shop").files
    assert (outcome.status, outcome.row_count) == ("accepted", ROWS[name])
    with duckdb.connect() as connection:
        mount(connection, settings)
        malformed = connection.execute("select count(*) from lake.malformed_rows").fetchone()
        first = feed.columns[0].name
        filled = connection.execute(f'select count("{first}") from lake.{feed.view}').fetchone()
    assert (malformed, filled) == ((0,), (ROWS[name],))


def test_dialect_roles_and_contacts_of_an_english_file(settings):
    feed = drafted(settings, "orders_2026-05.csv")
    assert (feed.encoding, feed.delimiter, feed.files) == ("utf-8", ",", ("orders*.csv",))
    assert feed.key == ("Order No", "Line No")
    assert feed.control_total is not None
    assert feed.control_total.amount == ("Net Total",)
    assert feed.control_total.currency_column == "Currency"
    assert {column.name: column.contact for column in feed.columns if column.contact} == {
        "Customer Name": "other",
        "E-mail": "email",
        "Reached under": "phone",
    }
    required = {column.name for column in feed.columns if column.is_required}
    assert required == {"Order No", "Line No", "Created At", "Net Total"}


@pytest.mark.parametrize(("name", "delimiter"), [("销售明细_202605.tsv", "\t"), ("销售报表_202605.csv", ",")])
def test_dialect_roles_and_contacts_of_a_chinese_file(settings, name, delimiter):
    feed = drafted(settings, name)
    assert (feed.encoding, feed.delimiter, feed.skip_title_rows) == ("gb18030", delimiter, "auto")
    assert feed.key == ("小票号", "行号")
    assert feed.control_total is not None
    assert feed.control_total.amount == ("实付金额",)
    assert {column.name: column.contact for column in feed.columns if column.contact} == {
        "姓名": "other",
        "联系手机": "phone",
        "出生日期": "birth_date",
    }


def test_a_file_that_was_cut_off_its_last_line_break_is_still_read(settings):
    feed = drafted(settings, "export;1.txt")
    assert (feed.encoding, feed.delimiter, feed.final_line_break) == ("utf-16", ";", "optional")


def test_columns_without_names_are_numbered(settings):
    feed = drafted(settings, "numbers.csv")
    assert not feed.header
    assert [column.name for column in feed.columns] == ["column_1", "column_2", "column_3"]


@pytest.mark.parametrize("name", FILES)
def test_no_value_of_the_file_is_in_the_draft(settings, name):
    draft = draft_source("corner_shop", dropped(settings, name))
    for value in (
        "Ann Lee",
        "ann@",
        "7946",
        "Oolong",
        "张伟",
        "138001",
        "鲜牛奶",
        "门店",
        "12.",
        "9.5",
        "2026",
    ):
        assert value not in draft, value


def test_every_guess_is_marked_as_one(settings):
    draft = draft_source("corner_shop", dropped(settings, "orders_2026-05.csv"))
    guessed = [
        line
        for line in draft.splitlines()
        if re.search(r"- name: \"|required|contact:|key:|_total|files", line)
    ]
    assert len(guessed) > 15
    assert all("# guess" in line for line in guessed)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "0 bytes"),
        ("twice.csv", b"a,A\nx,y\n", "same name"),
        ("log.xml", b"<Log><Sale/></Log>", "XML"),
        ("page.csv", b"<!DOCTYPE html><html></html>", "web page"),
    ],
)
def test_a_file_of_which_nothing_can_be_drafted_is_named_with_the_reason(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"{name}: .*{said}"):
        draft_source("corner_shop", tmp_path / name)


def test_a_missing_file_is_an_error_of_its_own(tmp_path):
    with pytest.raises(UnavailableError, match="no_such_file"):
        draft_source("corner_shop", tmp_path / "no_such_file.csv")


@pytest.mark.parametrize("name", ["Corner", "../corner", "corner-shop", "1shop", ""])
def test_a_name_that_cannot_be_a_folder_and_a_relation_is_refused(settings, name):
    with pytest.raises(ConfigurationError, match="cannot name a source"):
        draft_source(name, dropped(settings, "numbers.csv"))


def test_a_description_is_never_overwritten(settings):
    drafted(settings, "numbers.csv")
    (path,) = settings.dbt_project.rglob("*.yml")
    before = path.read_bytes()
    with pytest.raises(ClienteleError, match="corner_shop"):
        write_description(settings.dbt_project, "corner_shop", "version: 2\n")
    assert path.read_bytes() == before


def test_a_file_that_describes_nothing_yet_is_not_overwritten_either(settings):
    path = settings.dbt_project / "staging" / "corner_shop" / "_corner_shop__sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text("version: 2\n")
    with pytest.raises(ConfigurationError, match="exists"):
        write_description(settings.dbt_project, "corner_shop", "version: 3\n")
    assert path.read_text() == "version: 2\n"


def test_the_command_prints_the_draft_and_refuses_a_source_that_there_is(settings, monkeypatch, capsys):
    monkeypatch.setenv("CLIENTELE_HOME", str(settings.home))
    path = str(dropped(settings, "orders_2026-05.csv"))
    assert main(["source", "new", "corner_shop", path, "--print"]) == 0
    assert capsys.readouterr().out == draft_source("corner_shop", Path(path))
    assert main(["source", "new", "generic", path]) == 2
    assert "generic" in capsys.readouterr().err
