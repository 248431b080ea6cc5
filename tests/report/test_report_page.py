"""The page as a reader gets it: figures, languages, hostile data, first releases, unreadable databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clientele.errors import UnavailableError
from clientele.report import render

Make = Callable[[str], Path]


class Text(HTMLParser):
    """The visible text of each language's article, and every tag of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.articles: dict[str, list[str]] = {}
        self._language: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "article":
            self._language = str(attributes["lang"])
            self.articles[self._language] = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._language = None

    def handle_data(self, data: str) -> None:
        if self._language and data.strip():
            self.articles[self._language].append(" ".join(data.split()))

    def of(self, language: str) -> str:
        return "|".join(self.articles[language])


def page_of(database: Path, output: Path) -> str:
    return render(database, output).read_text(encoding="utf-8")


def texts_of(database: Path, output: Path) -> dict[str, str]:
    parsed = Text(page_of(database, output))
    return {language: parsed.of(language) for language in parsed.articles}


@pytest.fixture(scope="module")
def page(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(release, tmp_path_factory.mktemp("home") / "reports")


@pytest.fixture(scope="module")
def html(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def texts(html: str) -> dict[str, str]:
    parsed = Text(html)
    return {language: parsed.of(language) for language in parsed.articles}


def test_one_page_named_by_the_as_of_date_of_the_latest_release(page: Path) -> None:
    assert page.name == "tier_review_2026-03-31.html"
    assert [path.name for path in page.parent.iterdir()] == [page.name]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ["截至 2026年3月31日", "与 2026年2月28日 对比", "客户数|6|较上月末 +1", "占客户的 83.3%"]),
        (
            "en",
            ["As of 31 March 2026", "Compared with 28 February 2026", "Customers|6|+1 since last month end"],
        ),
    ],
)
def test_headlines_compare_with_the_previous_month_end(
    texts: dict[str, str], language: str, said: list[str]
) -> None:
    text = texts[language]
    assert [words for words in said if words not in text] == []
    # 10,000.00 now, 8,000 at the end of February; 31 visits in twelve months, 4 in the last.
    assert "10,000|CNY" in text
    assert "+2,000" in text
    assert "|31|" in text


def test_a_figure_that_no_scheme_covers_is_not_compared(changed: Make, tmp_path: Path) -> None:
    partial = changed("delete from customer_values where customer_key = 'c-05'")
    text = texts_of(partial, tmp_path)["en"]
    assert "Customers|5|Buyers" in text
    assert not re.search(r"[+−±][\d,]+ since last month end", text)


def test_a_tier_shows_its_customers_money_and_change(texts: dict[str, str]) -> None:
    text = texts["en"]
    assert "+1|4|66.7%|Small|20.0%|1,999|500" in text


def test_the_pyramid_says_whether_its_first_two_tiers_hold_about_80_percent(
    texts: dict[str, str], changed: Make, tmp_path: Path
) -> None:
    assert "天使与主要合计占客户的 33.3%，贡献净销售额的 80.0%：符合“约占 80%”的经验。" in texts["zh"]
    assert (
        "Angel and Major together are 33.3% of customers and bring 80.0% of net sales: in line" in texts["en"]
    )
    poorer = changed("update tier_sizes set net_sales_12m_amount = 0 where tier_code = 'angel'")
    assert "less than the rule of thumb of about 80%" in texts_of(poorer, tmp_path)["en"]
    richer = changed("update tier_sizes set net_sales_12m_amount = 99999 where tier_code = 'angel'")
    assert "more than the rule of thumb of about 80%" in texts_of(richer, tmp_path)["en"]


def test_the_matrix_holds_only_the_latest_step_with_totals(texts: dict[str, str]) -> None:
    text = texts["en"]
    assert "Angel|Major|Small|Total|Angel|1|·|·|1|Major|·|·|1|1|Small|·|1|2|3|New|·|·|1|1" in text
    assert "Total|1|1|4|6" in text
    assert "1 moved up (net sales 1,600), 1 moved down (net sales 1,000), 3 unchanged, 1 new." in text
    assert "777" not in text


def test_movers_are_those_of_this_month_with_their_reason(texts: dict[str, str]) -> None:
    assert "c-02|Small|Major|1,600.25|rank rose to the first 20%" in texts["en"]
    assert "c-03|主要|小客户|1,000.25|名次下降" in texts["zh"]
    assert "c-01" not in texts["en"]


def test_movers_are_the_first_by_net_sales_then_key(changed: Make, tmp_path: Path) -> None:
    crowd = changed("""
        insert into customer_tiers
        select customer_tiers.* replace ('d-' || lpad(i::varchar, 4, '0') as customer_key)
        from customer_tiers, range(3000) as numbers (i) where customer_key = 'c-02'
        order by hash(i);
        insert into customer_values
        select 'r000002', 'd-' || lpad(i::varchar, 4, '0'), '2026-03-31', 'CNY', 50, 0, 1
        from range(3000) as numbers (i)
    """)
    text = texts_of(crowd, tmp_path)["en"]
    assert re.findall(r"\|(d-\d+)\|", text) == [f"d-{i:04d}" for i in range(7)]


def test_control_totals_show_every_decimal_and_balance(texts: dict[str, str]) -> None:
    text = texts["en"]
    assert "All 3 totals balance." in text
    assert "generic|pos_sales|CNY|1|1,200|1,100|60|30|10|0" in text
    assert "generic|pos_sales|CNY|9,747,747.934|9,700,000.934|40,000.00|7,000.00|747.00|0.00" in text
    assert "2 files loaded, 1 refused, 1 delivered twice." in text
    assert "pos_sales_cut.csv|generic|truncated_file|the last line has no line break" in text
    assert "generic|pos_sales|net_amount|not_a_number|2|747.00|CNY" in text


def test_a_total_that_does_not_balance_is_said_aloud(changed: Make, tmp_path: Path) -> None:
    lost = changed("update load_ledger set amount_loaded = amount_loaded - 0.01 where amount_in > 0")
    html = page_of(lost, tmp_path)
    assert "1 of 3 totals do not balance" in Text(html).of("en")
    assert "747.00|0.01" in Text(html).of("en")
    assert 'class="unbalanced"' in html


def test_only_the_latest_refused_files_are_listed_and_the_rest_counted(changed: Make, tmp_path: Path) -> None:
    many = changed("""
        insert into load_ledger by name
        select 100 + i as load_id, 'generic' as source, 'late_' || i || '.csv' as file_name,
            'refused' as status, 'empty_file' as reason_code
        from range(45) as numbers (i)
        order by hash(i)
    """)
    text = texts_of(many, tmp_path)["en"]
    assert re.findall(r"late_(\d+)\.csv", text) == [str(i) for i in range(44, 4, -1)]
    assert "The latest 40 of 46; the others are in the table load_ledger." in text


def test_checks_that_did_not_pass_are_listed(texts: dict[str, str], changed: Make, tmp_path: Path) -> None:
    assert "2 checks passed, 1 gave a warning, 0 failed." in texts["en"]
    assert "share with e-mail|Warning|customers.email_hash|2 / 6|observed 0.66" in texts["en"]
    assert "算出的结果|1|1|0" in texts["zh"]
    passed = changed("delete from quality_results where not is_successful")
    assert "All 2 checks passed." in texts_of(passed, tmp_path)["en"]
    unanswered = changed("update quality_results set is_successful = null where severity = 'blocking'")
    assert "0 checks passed, 1 gave a warning, 2 failed." in texts_of(unanswered, tmp_path)["en"]


def test_the_release_behind_the_page_is_named(texts: dict[str, str], release: Path) -> None:
    text = texts["en"]
    assert "Release|r000002|Previous release|r000001|As of|31 March 2026" in text
    assert "load 9|Published|1 April 2026 02:11 UTC|Run|run-b|Content digest|sha256:bb" in text


def test_a_scheme_says_its_rule_where_one_is_changed(changed: Make, tmp_path: Path) -> None:
    with_rules = changed("""
        alter table tier_sizes add column scheme_summary_zh varchar;
        alter table tier_sizes add column scheme_summary_en varchar;
        update tier_sizes set scheme_summary_zh = '前1%为天使', scheme_summary_en = 'first 1% are angels'
        where scheme_id = 'value_pyramid'
    """)
    texts = texts_of(with_rules, tmp_path)
    assert "客户数量金字塔|前1%为天使|value_pyramid" in texts["zh"]
    assert "Customer pyramid|first 1% are angels|value_pyramid" in texts["en"]


def test_nothing_is_loaded_from_anywhere(html: str) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[\w/.-]*", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\(|@import|<(link|img|iframe|object|embed)\b|\bsrc=", html)
    assert "default-src 'none'" in html
    references = [attributes["href"] for tag, attributes in Text(html).tags if "href" in attributes]
    targets = {attributes.get("id") for _, attributes in Text(html).tags}
    assert references
    assert {str(reference).removeprefix("#") for reference in references} <= targets


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
QUOTED = HOSTILE.replace("'", "''")
HOSTILE_CHANGES = f"""
update load_ledger set file_name = '{QUOTED}', reason = '{QUOTED}', source = '{QUOTED}', feed = '{QUOTED}';
update quarantined_rows set column_name = '{QUOTED}', reason_code = '{QUOTED}', source = '{QUOTED}';
update quality_results set check_name = '{QUOTED}', details = '{QUOTED}', table_name = '{QUOTED}',
    boundary = '{QUOTED}', severity = '{QUOTED}';
update customer_tiers set reason_zh = '{QUOTED}', reason_en = '{QUOTED}', customer_key = '{QUOTED}';
update tier_sizes set tier_name_zh = '{QUOTED}', tier_name_en = '{QUOTED}', scheme_title_en = '{QUOTED}',
    scheme_title_zh = '{QUOTED}', scheme_id = '{QUOTED}' || scheme_id;
update tier_movements set scheme_id = '{QUOTED}' || scheme_id, from_tier_code = '{QUOTED}' || from_tier_code;
update customer_tiers set scheme_id = '{QUOTED}' || scheme_id;
update releases set run_id = '{QUOTED}', content_digest = '{QUOTED}', release_id = '{QUOTED}'
"""


def test_hostile_values_are_shown_as_text(html: str, changed: Make, tmp_path: Path) -> None:
    clean = Text(html)
    page = Text(page_of(changed(HOSTILE_CHANGES), tmp_path))
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in clean.tags}
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    for language in ("zh", "en"):
        assert page.of(language).count(HOSTILE) > 15


def test_the_same_release_gives_the_same_bytes(page: Path, changed: Make, tmp_path: Path) -> None:
    first = page.read_bytes()
    shuffled = changed("""
        create table kept as select * from tier_movements order by hash(from_tier_code || to_tier_code);
        delete from tier_movements;
        insert into tier_movements select * from kept;
        create table ledger as select * from load_ledger order by load_id desc, currency_code desc;
        delete from load_ledger;
        insert into load_ledger select * from ledger
    """)
    assert render(shuffled, tmp_path / "second").read_bytes() == first


def test_a_first_release_has_nothing_to_compare_with(changed: Make, tmp_path: Path) -> None:
    first = changed("""
        delete from tier_movements;
        delete from tier_sizes where as_of_date < '2026-03-31';
        update customer_tiers set previous_tier_code = null, previous_tier_rank = null;
        delete from releases where release_id = 'r000001';
        update releases set previous_release_id = null
    """)
    html = page_of(first, tmp_path)
    text = Text(html).of("en")
    assert "First report: there is no previous month end to compare with" in text
    assert "Customers moved up|–|" in text
    assert "There is no previous month end to compare with." in text
    assert "Only one date has been computed" in text
    assert "<figure" not in html


def test_a_first_month_of_new_customers_only_shows_no_movement(changed: Make, tmp_path: Path) -> None:
    only_new = changed("""
        delete from tier_movements where from_tier_code <> '(new)';
        update tier_movements set previous_as_of_date = null
    """)
    assert '<table class="matrix' not in page_of(only_new, tmp_path)


def test_a_release_without_schemes_customers_or_loads_is_a_page_too(
    release: Path, bare: Make, tmp_path: Path
) -> None:
    empty = bare("insert into releases values ('r000001', 1, 'run', '2026-03-31', null, null, null, null)")
    text = texts_of(empty, tmp_path)["en"]
    assert "No tier scheme was computed for this release." in text
    assert "No checks are recorded for this release." in text
    assert "No file has been received." in text
    assert "Customers|0|" in text


def test_net_sales_in_two_currencies_are_never_added(changed: Make, tmp_path: Path) -> None:
    two = changed("update customer_values set currency_code = 'USD' where customer_key = 'c-01'")
    text = texts_of(two, tmp_path)["en"]
    assert "3,600|CNY|6,401|USD|" in text
    assert "10,000|" not in text


def test_the_published_file_is_not_touched(changed: Make, tmp_path: Path) -> None:
    database = changed("checkpoint")
    before = database.read_bytes()
    render(database, tmp_path / "reports")
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


def test_a_missing_table_and_a_missing_release_are_named(
    release: Path, changed: Make, bare: Make, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError, match="tier_sizes"):
        render(changed("drop table tier_sizes"), tmp_path)
    with pytest.raises(UnavailableError, match="no release"):
        render(bare(""), tmp_path)


def test_a_folder_that_cannot_be_made_is_one_clear_line(release: Path, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file stands here")
    with pytest.raises(UnavailableError, match="cannot write the tier review"):
        render(release, tmp_path / "reports")
