"""A wrong description is refused with the file and the key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clientele.errors import ConfigurationError
from clientele.lake.descriptions import ColumnDescription, FeedDescription, load_descriptions
from clientele.settings import PROJECT

GOOD = """
sources:
  - name: till
    schema: lake
    config: {meta: {ingest: {title: A till, time_zone: Europe/London}}}
    tables:
      - name: sales
        identifier: till__sales
        config:
          meta:
            ingest:
              files: ["Sales*.csv"]
              control_total: {amount: [quantity, price], currency: GBP}
              key: [number]
        columns:
          - {name: number, config: {meta: {required: true}}}
          - {name: quantity}
          - {name: price}
          - {name: phone, config: {meta: {contact: phone}}}
          - {name: child_birth_date, config: {meta: {contact: birth_date}}}
          - {name: note, config: {meta: {contact: other}}}
      - name: documented_only
  - name: no_files
    tables: [{name: something}]
"""


def project(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "staging" / "till" / "_till__sources.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_source_is_what_its_dbt_file_says(tmp_path: Path) -> None:
    descriptions = load_descriptions(project(tmp_path, GOOD))
    assert list(descriptions) == ["till"]
    till = descriptions["till"]
    assert (till.title, till.time_zone, list(till.feeds)) == ("A till", "Europe/London", ["sales"])
    sales = till.feeds["sales"]
    assert (sales.view, sales.encoding, sales.delimiter) == ("till__sales", "utf-8", ",")
    assert sales.lake_columns == ("number", "quantity", "price", "phone_hash", "child_birth_year")
    assert [column.name for column in sales.columns if column.is_required] == ["number"]
    assert (sales.volume, sales.account) == ("warning", None)
    assert till.feeds_of("SALES_2025.CSV") == [sales]
    assert till.feeds_of("sales_2025.csv.bak") == []


def test_a_change_of_the_file_is_seen(tmp_path: Path) -> None:
    before = load_descriptions(project(tmp_path, GOOD))["till"]
    after = load_descriptions(project(tmp_path, GOOD.replace("Sales*.csv", "Lines*.csv")))["till"]
    assert after.feeds["sales"].files == ("Lines*.csv",)
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: A till, ", "", ["till.title", "required"]),
        ("Europe/London", "Europe/Nowhere", ["time_zone", "Europe/Nowhere"]),
        ("schema: lake", "schema: raw", ["till.schema"]),
        ("name: till\n", "name: ../till\n", ["source", "pattern"]),
        ("identifier: till__sales", "identifier: sales", ["till.sales.identifier", "till__sales"]),
        ('files: ["Sales*.csv"]', "files: []", ["till.sales.files"]),
        ("key: [number]", "key: [missing]", ["key", "'missing'"]),
        ("key: [number]", "key: [phone]", ["key", "'phone'"]),
        ("key: [number]", "encodign: utf-8", ["till.sales.encodign"]),
        ("key: [number]", "encoding: utf-9", ["encoding", "utf-9"]),
        ("key: [number]", "delimiter: '\"'", ["delimiter"]),
        ("currency: GBP", "currency: pounds", ["control_total.currency"]),
        ("currency: GBP", "currency: GBP, currency_column: number", ["control_total", "either"]),
        ("contact: phone", "contact: fax", ["columns.3.contact"]),
        ("key: [number]", "volume: loud", ["till.sales.volume"]),
        ("key: [number]", "account: {type: member}", ["till.sales.account.id"]),
        ("key: [number]", "account: {type: guest, id: number}", ["till.sales.account.type"]),
        ("key: [number]", "account: {type: member, id: phone}", ["account.id", "'phone'"]),
        ("key: [number]", "account: {type: member, id: number, name: [price]}", ["account.name", "'price'"]),
        ("key: [number]", "format: excel", ["till.sales.format"]),
        ("key: [number]", "format: xml", ["records"]),
        ("key: [number]", "format: fixed_width", ["start and width", "'number'"]),
        ("key: [number]", "encoding: auto", ["encodings"]),
        ("key: [number]", "encodings: [gbk, big5]", ["encodings"]),
        (
            "key: [number]",
            "encoding: auto, encodings: [gbk, utf-9]".replace(", e", "\n              e"),
            ["utf-9"],
        ),
        ("key: [number]", "encoding: base64", ["encoding", "base64"]),
        ("key: [number]", "encoding: utf-7", ["encoding", "utf-7"]),
        ("key: [number]", "names: [number]", ["names"]),
        ("key: [number]", "records: /a//b", ["records"]),
        ("key: [number]", "skip_title_rows: 3", ["skip_title_rows"]),
        ("{name: price}", "{name: price, config: {meta: {aliases: [QUANTITY]}}}", ["quantity", "twice"]),
        ("{name: price}", "{name: price, config: {meta: {path: a/../b}}}", ["path", "'a/../b'"]),
        ("{name: price}", "{name: price, config: {meta: {path: 'a[b()]'}}}", ["path"]),
        ("{name: price}", "{name: price, config: {meta: {start: 4}}}", ["'price'", "start and width"]),
        ("{name: price}", "{name: price, config: {meta: {start: 0, width: 4}}}", ["columns.2.start"]),
        ("{name: price}", "{name: Quantity}", ["columns", "quantity"]),
        ("{name: price}", "{name: _price}", ["columns", "_"]),
        ("{name: quantity}", "{name: quantity, name: price}", ["duplicate key"]),
        ("tables:\n", "tables: 7\n    more:\n", ["tables"]),
    ],
)
def test_a_wrong_description_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as caught:
        load_descriptions(project(tmp_path, GOOD.replace(old, new, 1)))
    message = str(caught.value)
    assert "\n" not in message
    for word in ["_till__sources.yml", *words]:
        assert word in message


def test_the_sources_of_this_project_describe_every_column() -> None:
    descriptions = load_descriptions(PROJECT / "dbt_project")
    assert {"pos_sales", "ecommerce_orders", "members"} <= set(descriptions["generic"].feeds)


def test_columns_of_fixed_width_text_may_not_overlap(tmp_path: Path) -> None:
    places = [("number", 1, 5), ("quantity", 5, 3), ("price", 10, 2)]
    text = GOOD.replace("key: [number]", "format: fixed_width").replace(
        "{meta: {required: true}}", "{meta: {}}"
    )
    text = text.partition("          - {name: phone")[0]
    for name, start, width in places:
        place = f"config: {{meta: {{start: {start}, width: {width}}}}}"
        text = text.replace(f"- {{name: {name}}}", f"- {{name: {name}, {place}}}")
        text = text.replace(f"- {{name: {name}, config: {{meta: {{}}}}}}", f"- {{name: {name}, {place}}}")
    with pytest.raises(ConfigurationError, match="'quantity' begins within another column"):
        load_descriptions(project(tmp_path, text))
    feed = load_descriptions(project(tmp_path, text.replace("start: 5", "start: 6")))["till"].feeds["sales"]
    assert [(column.start, column.width) for column in feed.columns] == [(1, 5), (6, 3), (10, 2)]


def test_a_page_of_documentation_shows_every_key() -> None:
    page = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    keys = {*FeedDescription.model_fields} - {"source", "name", "columns"}
    keys |= {*ColumnDescription.model_fields} - {"name", "is_required"} | {"required"}
    shown = {
        key for line in page.splitlines() if line.startswith("| `") for key in re.findall("`([a-z_]+)`", line)
    }
    assert keys <= shown
