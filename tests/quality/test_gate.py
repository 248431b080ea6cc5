from __future__ import annotations

import hashlib
import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from quality_shop import PLANTED_NAME, PLANTED_PHONE

from clientele.errors import GateFailedError, UnavailableError
from clientele.quality import gate
from clientele.quality.results import read_results
from clientele.quality.suites import load_checkpoint
from clientele.settings import Settings


@dataclass(frozen=True)
class _OwnSuites(Settings):
    """Settings whose expectations stand in the home folder."""

    @property
    def expectations(self) -> Path:
        return self.home / "expectations"


def _own_suite(tmp_path: Path, name: str, content: str, schema: str = "lake") -> Settings:
    """Settings with one boundary, ``own``, of one suite."""
    settings = _OwnSuites(home=tmp_path / "home")
    (settings.expectations / "checkpoints").mkdir(parents=True)
    (settings.expectations / "suites").mkdir()
    (settings.expectations / "checkpoints" / "own.yml").write_text(
        f"description: Made for a test.\nschema: {schema}\nsuites: [{name}]\n", encoding="utf-8"
    )
    (settings.expectations / "suites" / f"{name}.yml").write_text(content, encoding="utf-8")
    return settings


def _sql_suite(query: str, rows: str = "required") -> str:
    return (
        f"description: Made for a test.\nrows: {rows}\nexpectations:\n"
        "  - id: made_up\n    description: Made up.\n    type: unexpected_rows_expectation\n"
        f"    kwargs: {{unexpected_rows_query: {json.dumps(query)}}}\n"
    )


def _everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("boundary", ["sources", "built", "outcome"])
def test_good_shop_passes_and_leaves_results_and_pages(
    boundary: str, good_shop: Path, settings: Settings, tmp_path: Path
) -> None:
    before = hashlib.sha256(good_shop.read_bytes()).hexdigest()

    results = gate.check(settings, good_shop, boundary, tmp_path / "quality")

    assert results
    assert [result for result in results if not result.is_successful] == []
    assert read_results(tmp_path / "quality" / f"{boundary}.json") == results
    index = (settings.reports / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert f'href="{boundary}/index.html"' in index
    assert (settings.reports / "data_docs" / boundary / "index.html").is_file()
    assert hashlib.sha256(good_shop.read_bytes()).hexdigest() == before


def test_a_check_waits_while_another_exchanges_the_pages(good_shop: Path, tmp_path: Path) -> None:
    settings = _own_suite(tmp_path, "loads.blocking", _sql_suite("select 1 from {batch} where false"))
    results, pages = tmp_path / "quality", settings.reports / "data_docs" / "own"
    pages.mkdir(parents=True)
    with ThreadPoolExecutor() as pool:
        with gate.documentation_lock(settings):
            checking = pool.submit(gate.check, settings, good_shop, "own", results)
            while not list(results.glob(".*/own/index.html")):
                assert not checking.done()
                time.sleep(0.05)
            with pytest.raises(TimeoutError):
                checking.result(timeout=0.5)
            assert list(pages.iterdir()) == []
        assert [result.is_successful for result in checking.result(timeout=60)] == [True]
    assert read_results(pages / "results.json") == read_results(results / "own.json")


def test_undelivered_feeds_are_reported_and_do_not_block(
    good_shop: Path, settings: Settings, tmp_path: Path
) -> None:
    results = gate.check(settings, good_shop, "sources", tmp_path)
    undelivered = {result.table_name for result in results if result.details == "not delivered"}
    suites = load_checkpoint(settings.expectations, "sources").suites
    optional = {suite.table for suite in suites if suite.rows == "optional"}
    assert {"complete_journey__products", "shopify__orders"} <= undelivered
    assert optional - undelivered == {
        "generic__pos_sales",
        "generic__ecommerce_orders",
        "generic__members",
        "generic__service_events",
        "generic__prospects",
        "generic__tier_overrides",
    }


def test_failure_names_check_table_counts_and_file(
    shop: Callable[..., Path], settings: Settings, tmp_path: Path
) -> None:
    database = shop("delete from lake.generic__members where _load_id = 6 and _row_number = 7")
    with pytest.raises(GateFailedError) as closed:
        gate.check(settings, database, "sources", tmp_path)
    assert (
        "loads.blocking rows_readable on loads: 1 found: load_id=6 file_name=members_late.csv"
        " recorded_count=20 readable_count=19" in str(closed.value)
    )
    assert closed.value.exit_code == 1
    (failure,) = [result for result in read_results(tmp_path / "sources.json") if not result.is_successful]
    assert (failure.check_id, failure.severity, failure.failed_count) == ("rows_readable", "blocking", 1)


@pytest.mark.parametrize("docs_url", [None, "https://quality.example/docs/"])
def test_failure_links_the_place_in_the_data_docs(
    docs_url: str | None, shop: Callable[..., Path], tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home of 顾客", docs_url=docs_url)
    database = shop("update review_outcomes set judged_count = 0 where scheme_id = 'value_pyramid'")
    with pytest.raises(GateFailedError) as closed:
        gate.check(settings, database, "outcome", tmp_path)
    assert "review_outcomes.blocking somebody_judged" in str(closed.value)
    link = re.search(r"see (\S+)#outcome\)$", str(closed.value))[1]
    if docs_url:
        assert link == "https://quality.example/docs/index.html"
    else:
        page = Path(url2pathname(urlsplit(link).path)).read_text(encoding="utf-8")
        assert '<h2 id="outcome">' in page


def test_failure_names_at_most_ten_rows(
    shop: Callable[..., Path], settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(GateFailedError) as closed:
        gate.check(settings, shop("update lake.generic__members set status = 'ok'"), "sources", tmp_path)
    message = str(closed.value)
    assert (
        "generic__members.blocking status_mostly_known on generic__members.status: 120 of 120 rows" in message
    )
    assert message.count("_row_number=") == 10


def test_warning_is_stored_and_lets_pass(
    shop: Callable[..., Path], settings: Settings, tmp_path: Path
) -> None:
    results = gate.check(settings, shop("update customers set member_status = 'x'"), "built", tmp_path)
    (failure,) = [result for result in results if not result.is_successful]
    assert (failure.suite_name, failure.check_id) == ("customers.warning", "member_status_known")
    assert (failure.checked_count, failure.failed_count, failure.severity) == (120, 120, "warning")


@pytest.mark.parametrize(
    ("boundary", "statement"),
    [
        ("sources", "drop table lake.generic__members"),
        ("sources", "delete from lake.loads"),
        ("built", "delete from customer_values"),
        ("built", "alter table customers drop column member_status"),
    ],
    ids=["missing table", "no loads", "no rows", "missing column, in a warning suite"],
)
def test_what_could_not_be_judged_blocks(
    boundary: str, statement: str, shop: Callable[..., Path], settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(GateFailedError, match="could not be judged"):
        gate.check(settings, shop(statement), boundary, tmp_path)
    assert any(result.is_blocking_failure for result in read_results(tmp_path / f"{boundary}.json"))


def test_unknown_boundary_blocks(good_shop: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(
        GateFailedError, match=r"'../built' is not a boundary \(known: built, outcome, sources\)"
    ):
        gate.check(settings, good_shop, "../built", tmp_path)


def test_empty_suite_blocks(good_shop: Path, tmp_path: Path) -> None:
    settings = _own_suite(
        tmp_path, "loads.blocking", "description: None.\nrows: required\nexpectations: []\n"
    )
    with pytest.raises(GateFailedError, match=r"loads\.blocking\.yml: .*the suite is empty"):
        gate.check(settings, good_shop, "own", tmp_path)


def test_wrong_argument_of_one_expectation_blocks(good_shop: Path, tmp_path: Path) -> None:
    content = _sql_suite("select 1 from {batch} where false") + (
        "  - id: misspelt\n    description: Misspelt.\n    type: expect_column_values_to_not_be_nil\n"
        "    kwargs: {column: status}\n"
    )
    settings = _own_suite(tmp_path, "loads.warning", content)
    with pytest.raises(
        GateFailedError, match=r"closed by 1 of 2 checks: loads\.warning misspelt on loads\.status"
    ):
        gate.check(settings, good_shop, "own", tmp_path)


def test_checks_that_saw_nothing_at_all_block() -> None:
    with pytest.raises(GateFailedError, match="checked nothing"):
        gate.require_passed("built", [], "index.html")


def test_missing_or_foreign_database_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="does not exist"):
        gate.check(settings, tmp_path / "none.duckdb", "built", tmp_path)
    (tmp_path / "text.duckdb").write_text("not a database", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot be opened"):
        gate.check(settings, tmp_path / "text.duckdb", "built", tmp_path)


def test_what_a_killed_check_leaves_goes_with_its_candidate(
    good_shop: Path, settings: Settings, tmp_path: Path
) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from clientele.quality import gate, validation; from clientele.settings import Settings\n"
        "def die(*_, pages, **__):\n    pages.mkdir(); os._exit(137)\n"
        "validation.run_checkpoint = die\n"
        "gate.check(Settings(home=Path(sys.argv[1])), Path(sys.argv[2]), 'built', Path(sys.argv[3]))\n"
    )
    quality = tmp_path / "run_000001" / "quality"
    died = subprocess.run(
        [sys.executable, "-c", code, str(settings.home), str(good_shop), str(quality)], check=False
    )
    assert died.returncode == 137
    assert list((settings.reports / "data_docs").iterdir()) == []
    assert list(quality.iterdir()) != []


def test_any_path_is_only_a_path(good_shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a $HOME ${X} ?b#c%20'd"
    folder.mkdir()
    database = folder / "warehouse.duckdb"
    database.write_bytes(good_shop.read_bytes())
    assert gate.check(Settings(home=folder / "home"), database, "sources", folder / "quality")


def test_no_value_of_a_person_leaves(
    shop: Callable[..., Path],
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    database = shop(
        f"update lake.generic__pos_sales set kind = '{PLANTED_PHONE}'",
        f"update lake.generic__members set status = '{PLANTED_NAME}'",
        f"update customers set member_status = '{PLANTED_PHONE}'",
    )
    caplog.set_level(logging.DEBUG)
    with pytest.raises(GateFailedError) as closed:
        gate.check(settings, database, "sources", tmp_path / "quality")
    gate.check(settings, database, "built", tmp_path / "quality")

    written = _everything_written(settings.reports) + _everything_written(tmp_path / "quality")
    captured = capfd.readouterr()
    told = f"{closed.value}{caplog.text}{captured.out}{captured.err}"
    assert b"kind_mostly_known" in written
    for planted in (PLANTED_PHONE, PLANTED_NAME):
        assert planted.encode() not in written
        assert planted not in told


def test_error_that_quotes_a_value_tells_only_its_kind(
    good_shop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    query = "select _row_number from {batch} where cast(product_name as integer) > 0"
    settings = _own_suite(tmp_path, "generic__pos_sales.blocking", _sql_suite(query))
    caplog.set_level(logging.DEBUG)
    with pytest.raises(GateFailedError, match="could not be judged: ConversionException") as closed:
        gate.check(settings, good_shop, "own", tmp_path / "quality")
    written = _everything_written(settings.reports) + _everything_written(tmp_path / "quality")
    captured = capfd.readouterr()
    assert PLANTED_NAME.encode() not in written
    assert PLANTED_NAME not in f"{closed.value}{caplog.text}{captured.out}{captured.err}"


def test_no_value_leaves_the_engine(
    shop: Callable[..., Path], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clientele.quality import validation

    seen: list[str] = []
    keep = validation._counts
    monkeypatch.setattr(
        validation, "_counts", lambda kind, figures: seen.append(str(figures)) or keep(kind, figures)
    )
    database = shop(f"update customers set member_status = '{PLANTED_PHONE}'")
    gate.check(settings, database, "built", tmp_path)
    assert any("'unexpected_count': 120" in figures for figures in seen)
    assert not any(PLANTED_PHONE in figures for figures in seen)


def test_pattern_expectation_blocks_and_is_not_logged(good_shop: Path, tmp_path: Path) -> None:
    content = (
        "description: Made for a test.\nrows: required\nexpectations:\n"
        "  - {id: pattern, description: A., type: expect_column_values_to_match_regex,"
        " kwargs: {column: status, regex: ^a}}\n"
    )
    settings = _own_suite(tmp_path, "loads.warning", content)
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger("great_expectations").addHandler(handler)
    try:
        with pytest.raises(GateFailedError, match=r"pattern on loads\.status: could not be judged"):
            gate.check(settings, good_shop, "own", tmp_path / "quality")
    finally:
        logging.getLogger("great_expectations").removeHandler(handler)
    assert records == []


def test_sql_may_not_show_columns_of_customers(good_shop: Path, tmp_path: Path) -> None:
    query = "select account_id, customer_key, source from {batch}"
    content = _sql_suite(query) + "    shows: [source]\n"
    settings = _own_suite(tmp_path, "customer_accounts.blocking", content, schema="main")
    with pytest.raises(GateFailedError, match="120 found: source=generic") as closed:
        gate.check(settings, good_shop, "own", tmp_path / "quality")
    assert PLANTED_PHONE not in str(closed.value)
    assert "c007" not in str(closed.value)
    content = content.replace("shows: [source]", "shows: [account_id]")
    (settings.expectations / "suites" / "customer_accounts.blocking.yml").write_text(
        content, encoding="utf-8"
    )
    with pytest.raises(GateFailedError, match="account_id may not be shown"):
        gate.check(settings, good_shop, "own", tmp_path / "quality")


def test_file_name_stays_one_line(shop: Callable[..., Path], settings: Settings, tmp_path: Path) -> None:
    database = shop(
        "update lake.loads set file_name = 'a' || chr(10) || chr(27) || '[31m<b>.csv', row_count = 7"
        " where load_id = 6"
    )
    with pytest.raises(GateFailedError) as closed:
        gate.check(settings, database, "sources", tmp_path)
    assert "file_name=a??[31m<b>.csv" in str(closed.value)
    index = (settings.reports / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in index
    assert "<b>" not in index


def test_nothing_is_printed_and_nothing_is_sent(
    good_shop: Path,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    gate.check(settings, good_shop, "built", tmp_path)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_telemetry_and_progress_bars_are_off(tmp_path: Path) -> None:
    from clientele.quality.validation import _context

    context = _context(tmp_path)
    assert context.config.analytics_enabled is False
    assert context.progress_bars is not None
    assert context.progress_bars["globally"] is False


def test_importing_the_gate_does_not_import_great_expectations() -> None:
    code = "import sys, clientele.quality.gate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
