"""What was staged of a load is not staged again, and nobody can tell from the rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clientele.duck import connect
from clientele.errors import GateFailedError, UnavailableError
from clientele.failpoints import KILLED_EXIT_CODE
from clientele.lake.ingest import ingest
from clientele.lake.raw import raw_path
from clientele.settings import PROJECT, Settings
from clientele.warehouse.build import build
from clientele.warehouse.candidate import Candidate, begin, begin_aside
from clientele.warehouse.staged import kept_folder

HEADER = "receipt_no,line_no,store_id,sold_at,member_no,sku,quantity,net_amount,currency_code,kind\n"
ORDERS = "订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间\n"
SALES = "stg_generic__pos_sales"
ORDERS_MODEL = "stg_taobao__orders"
ORDER_STATUSES = "taobao_order_statuses"
KILLED = """
import sys
from pathlib import Path
from clientele.settings import Settings
from clientele.warehouse.build import build
from clientele.warehouse.candidate import open_candidate
settings = Settings(Path(sys.argv[1]), dbt_project=Path(sys.argv[2]), failpoint="staged_kept")
build(settings, open_candidate(settings, sys.argv[3]), print, with_tests=False)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two staging models and what they read, in a project of their own that is built quickly."""
    folder = tmp_path_factory.mktemp("project") / "dbt_project"
    source = PROJECT / "dbt_project"
    shutil.copytree(
        source, folder, ignore=shutil.ignore_patterns("target", "logs", "intermediate", "marts", "tiers")
    )
    for place in (folder / "staging").iterdir():
        if place.is_dir() and place.name not in {"generic", "taobao"}:
            shutil.rmtree(place)
    shutil.copytree(source / "macros" / "tiers", folder / "macros" / "tiers")
    for path in [*folder.glob("staging/*/stg_*"), *folder.glob("seeds/*"), *folder.glob("tests/*.sql")]:
        if path.stem not in {SALES, ORDERS_MODEL, ORDER_STATUSES}:
            path.unlink()
    settings = folder / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[staging, intermediate, marts, tiers]", "[staging]"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(project: Path) -> Settings:
    """A home whose lake holds the sales of two days, and who bought on Taobao."""
    settings = Settings(
        home=project.parent / "home", settle_seconds=0, secret_key="a secret for tests", dbt_project=project
    )
    drop(settings, "pos_sales_1.csv", sale("R1"), sale("R2", "not an amount"))
    drop(settings, "pos_sales_2.csv", sale("R3"))
    path = settings.landing / "taobao" / "taobao_1.csv"
    path.parent.mkdir(parents=True)
    path.write_text(ORDERS + "1001,张三,9.90,交易成功,2026-01-01 10:00:00\n", encoding="utf-8")
    ingest(settings)
    return settings


def sale(receipt: str, amount: str = "9.90") -> str:
    return f"{receipt},1,S1,2026-01-01T01:30:00,M1,SKU1,1,{amount},CNY,sale\n"


def drop(settings: Settings, name: str, *lines: str) -> None:
    path = settings.landing / "generic" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(lines), encoding="utf-8")


def run(settings: Settings) -> Candidate:
    candidate = begin(settings, None)
    build(settings, candidate, lambda _: None, with_tests=False)
    return candidate


def staged(candidate: Candidate, settings: Settings, model: str = SALES) -> list[tuple[object, ...]]:
    with connect(candidate.database, settings, read_only=True) as connection:
        return connection.execute(f"select * from staging.{model} order by load_id, row_number").fetchall()


def receipts(rows: list[tuple[object, ...]]) -> list[tuple[object, object]]:
    return [(row[2], row[6]) for row in rows]


def kept(settings: Settings, model: str = SALES) -> dict[str, list[int]]:
    """The kept files of a model, and the loads in each as its rows tell."""
    return {
        path.name: sorted(set(pq.read_table(path, columns=["load_id"])["load_id"].to_pylist()))
        for path in kept_folder(settings).glob(f"{model}.*")
    }


def written_at(settings: Settings) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in kept_folder(settings).iterdir()}


@contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """Let a file be as large as it was and hold nothing but zeros, until the block ends."""
    content = path.read_bytes()
    path.write_bytes(bytes(len(content)))
    try:
        yield
    finally:
        path.write_bytes(content)


def change(settings: Settings, file: str, old: str, new: str) -> None:
    path = settings.dbt_project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# One shop's days, one after another: each test goes on where the one before it ended.


def test_a_first_run_keeps_what_it_staged(settings: Settings) -> None:
    rows = staged(run(settings), settings)
    assert receipts(rows) == [(1, "R1"), (1, "R2"), (2, "R3")]
    assert list(kept(settings).values()) == [[1, 2]]
    assert len(kept(settings, ORDERS_MODEL)) == 1


def test_raw_rows_of_a_load_that_was_staged_are_not_read_again(settings: Settings) -> None:
    orders = kept(settings, ORDERS_MODEL)
    before = written_at(settings)
    drop(settings, "pos_sales_3.csv", sale("R4"))
    ingest(settings)
    candidate = begin(settings, None)
    # The view of the lake looks at the columns of its first file; no other is opened.
    with unreadable(raw_path(settings, "generic", "pos_sales", 2)):
        build(settings, candidate, lambda _: None, with_tests=False)
    assert receipts(staged(candidate, settings)) == [(1, "R1"), (1, "R2"), (2, "R3"), (4, "R4")]
    assert kept(settings, ORDERS_MODEL) == orders
    assert {name: written_at(settings)[name] for name in orders} == {name: before[name] for name in orders}


def test_days_become_one_file(settings: Settings) -> None:
    assert list(kept(settings).values()) == [[1, 2, 4]]


def test_a_run_that_knows_less_reads_from_the_same_files(settings: Settings, tmp_path: Path) -> None:
    before = written_at(settings)
    aside = begin_aside(settings, tmp_path / "aside", date(2026, 1, 31), known_load_id=1)
    build(settings, aside, lambda _: None, with_tests=False)
    assert receipts(staged(aside, settings)) == [(1, "R1"), (1, "R2")]
    assert written_at(settings) == before


def test_two_runs_at_once_do_not_meet_and_a_file_that_was_replaced_leaves(settings: Settings) -> None:
    drop(settings, "pos_sales_1.csv", sale("R1", "8.80"))
    ingest(settings)
    overtaken, newest = begin(settings, None), begin(settings, None)
    build(settings, newest, lambda _: None, with_tests=False)
    build(settings, overtaken, lambda _: None, with_tests=False)
    rows = staged(newest, settings)
    assert receipts(rows) == [(2, "R3"), (4, "R4"), (5, "R1")]
    assert staged(overtaken, settings) == rows
    assert list(kept(settings).values()) == [[2, 4, 5]]


def test_without_the_kept_files_and_after_a_kill_rows_are_the_same(settings: Settings) -> None:
    before = staged(run(settings), settings), kept(settings)
    shutil.rmtree(kept_folder(settings))
    candidate = begin(settings, None)
    arguments = [sys.executable, "-c", KILLED, settings.home, settings.dbt_project, candidate.run_id]
    killed = subprocess.run(arguments, env=dict(os.environ), check=False, capture_output=True)
    assert killed.returncode == KILLED_EXIT_CODE
    assert len(list(kept_folder(settings).iterdir())) == 1
    assert (staged(run(settings), settings), kept(settings)) == before


def test_a_kept_file_that_cannot_be_read_says_what_to_delete(settings: Settings) -> None:
    (path,) = kept_folder(settings).glob(f"{SALES}.*")
    with unreadable(path), pytest.raises(UnavailableError, match=path.name) as caught:
        begin(settings, None)
    assert str(kept_folder(settings)) in str(caught.value.remedy)


def test_a_borrowed_file_that_is_gone_is_no_verdict_on_the_data(settings: Settings) -> None:
    candidate = begin(settings, None)
    for path in (candidate.directory / "staged").iterdir():
        path.unlink()
    with pytest.raises(UnavailableError, match=r"staged rows that were kept cannot be read"):
        build(settings, candidate, lambda _: None, with_tests=False)


def test_a_large_file_stays_as_it_is_and_what_was_replaced_in_it_is_not_read(settings: Settings) -> None:
    large = kept(settings)
    change(settings, "macros/materializations/staged_once.sql", "122880", "1")
    drop(settings, "pos_sales_2.csv", sale("R3", "8.80"))
    ingest(settings)
    rows = staged(run(settings), settings)
    assert receipts(rows) == [(4, "R4"), (5, "R1"), (6, "R3")]
    assert sorted(kept(settings).values()) == [[2, 4, 5], [6]]
    assert large.items() <= kept(settings).items()


def test_a_changed_model_and_a_changed_seed_stage_anew_and_old_rows_go(settings: Settings) -> None:
    sales, orders = kept(settings), kept(settings, ORDERS_MODEL)
    change(settings, f"staging/generic/{SALES}.sql", "'pos' as channel", "'till' as channel")
    change(settings, f"seeds/{ORDER_STATUSES}.csv", "交易成功,sale", "交易成功,cancelled")
    candidate = run(settings)
    assert {row[5] for row in staged(candidate, settings)} == {"till"}
    assert [row[25] for row in staged(candidate, settings, ORDERS_MODEL)] == ["cancelled"]
    assert list(kept(settings).values()) == [[4, 5, 6]]
    assert not set(kept(settings)) & set(sales)
    assert not set(kept(settings, ORDERS_MODEL)) & set(orders)


def test_another_time_zone_stages_anew(settings: Settings) -> None:
    rows = staged(run(replace(settings, business_time_zone="America/New_York")), settings)
    assert {str(row[14]) for row in rows} == {"2026-01-01 06:30:00"}


def test_a_row_that_breaks_the_contract_fails_the_build_and_is_not_kept(settings: Settings) -> None:
    settings = replace(settings, business_time_zone="America/New_York")
    before = written_at(settings)
    column = "      - name: original_receipt_no\n        data_type: varchar\n"
    guarded = f"{column}        constraints:\n          - type: not_null\n"
    change(settings, f"staging/generic/{SALES}.yml", column, guarded)
    with pytest.raises(GateFailedError, match=r"NOT NULL constraint failed: .*original_receipt_no"):
        run(settings)
    assert written_at(settings) == before
