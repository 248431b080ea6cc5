"""The page as a reader gets it: whole, in one language, with nothing from anywhere, hostile data as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from published_shop import REVIEWS

from clientele.errors import UnavailableError
from clientele.report import render

Make = Callable[[str], Path]


class Text(HTMLParser):
    """The visible text of a page and every tag of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._is_visible = True
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_visible = tag != "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_visible = True

    def handle_data(self, data: str) -> None:
        if self._is_visible and data.strip():
            self.texts.append(" ".join(data.split()))


def page_of(database: Path, output: Path) -> str:
    (page,) = render(database, output, languages=["en"])
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return render(reviewed, tmp_path_factory.mktemp("home") / "reports")


@pytest.fixture(scope="module")
def html(pages: list[Path]) -> str:
    return pages[1].read_text(encoding="utf-8")


def test_one_page_for_each_language_named_by_the_date(pages: list[Path]) -> None:
    names = ["tier_review_2026-03-31.zh.html", "tier_review_2026-03-31.en.html"]
    assert [page.name for page in pages] == names
    assert sorted(path.name for path in pages[0].parent.iterdir()) == sorted(names)
    assert 'lang="zh-CN"' in pages[0].read_text(encoding="utf-8")


def test_each_page_speaks_its_own_language(pages: list[Path]) -> None:
    chinese, english = (Text(page.read_text(encoding="utf-8")).texts for page in pages)
    assert "截至 2026年3月31日，与 2026年2月28日 对比" in chinese
    assert "名次上升" in chinese
    assert "rank rose to the first 20%" in english
    # The other edition's link, and who approved.
    words = [text for text in english if re.search(r"[\u4e00-\u9fff]", text)]
    assert [text for text in words if "店长" not in text] == ["中文"]


def test_nothing_is_loaded_from_anywhere(html: str) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[\w/.-]*", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\(|@import|<(link|img|iframe|object|embed|script)\b|\bsrc=", html)
    assert "default-src 'none'" in html


def test_every_reference_leads_somewhere(html: str) -> None:
    tags = Text(html).tags
    references = {str(attributes["href"]) for _, attributes in tags if "href" in attributes}
    targets = {f"#{attributes['id']}" for _, attributes in tags if "id" in attributes}
    assert len(references) > 10
    assert references - targets == {"tier_review_2026-03-31.zh.html"}


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{x}"
QUOTED = HOSTILE.replace("'", "''")
HOSTILE_CHANGES = (
    REVIEWS
    + f"""
update load_ledger set file_name = '{QUOTED}', reason = '{QUOTED}', source = '{QUOTED}', feed = '{QUOTED}';
update quarantined_rows set column_name = '{QUOTED}', reason_code = '{QUOTED}', source = '{QUOTED}';
update quality_results set check_name = '{QUOTED}', details = '{QUOTED}', table_name = '{QUOTED}',
    boundary = '{QUOTED}', severity = '{QUOTED}';
update customer_tiers set reason_zh = '{QUOTED}', reason_en = '{QUOTED}';
update tier_sizes set tier_name_zh = '{QUOTED}', tier_name_en = '{QUOTED}', scheme_title_en = '{QUOTED}',
    scheme_title_zh = '{QUOTED}';
update tier_history set customer_key = '{QUOTED}' where customer_key = 'c-02';
update tier_movements set from_tier_code = '{QUOTED}' || from_tier_code;
update releases set run_id = '{QUOTED}', content_digest = '{QUOTED}', release_id = '{QUOTED}';
update tier_reviews set decided_by = '{QUOTED}', record_hash = '{QUOTED}', decision_mode = '{QUOTED}';
update tier_restatements set cause = '{QUOTED}', row_numbers = '{QUOTED}', tier_code_then = '{QUOTED}'
"""
)


def test_hostile_values_are_shown_as_text(html: str, changed: Make, tmp_path: Path) -> None:
    page = Text(page_of(changed(HOSTILE_CHANGES), tmp_path))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in Text(html).tags}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert " ".join(page.texts).count(HOSTILE) > 25


def test_the_same_release_gives_the_same_bytes(pages: list[Path], changed: Make, tmp_path: Path) -> None:
    shuffled = changed(
        REVIEWS
        + """
        create table kept as select * from tier_movements order by hash(from_tier_code || to_tier_code);
        delete from tier_movements;
        insert into tier_movements select * from kept;
        create table ledger as select * from load_ledger order by load_id desc, currency_code desc;
        delete from load_ledger;
        insert into load_ledger select * from ledger
    """
    )
    again = render(shuffled, tmp_path / "second")
    assert [page.read_bytes() for page in again] == [page.read_bytes() for page in pages]


def test_the_published_file_is_not_touched(changed: Make, tmp_path: Path) -> None:
    database = changed("checkpoint")
    before = database.read_bytes()
    render(database, tmp_path / "reports", languages=["en"])
    assert database.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clientele.duckdb", "reports"]


@pytest.mark.parametrize("content", [None, b"not a database" * 1000], ids=["missing", "something else"])
def test_an_unreadable_database_is_one_clear_line(tmp_path: Path, content: bytes | None) -> None:
    database = tmp_path / "clientele.duckdb"
    if content:
        database.write_bytes(content)
    with pytest.raises(UnavailableError, match="cannot read the published tables") as raised:
        render(database, tmp_path / "reports")
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "reports").exists()
    assert database.exists() == bool(content)


def test_a_missing_table_and_a_missing_release_are_named(changed: Make, bare: Make, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="tier_sizes"):
        render(changed("drop table tier_sizes"), tmp_path)
    with pytest.raises(UnavailableError, match="no release"):
        render(bare(""), tmp_path)


def test_a_folder_that_cannot_be_made_is_one_clear_line(release: Path, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file stands here")
    with pytest.raises(UnavailableError, match="cannot write the tier review"):
        render(release, tmp_path / "reports")
