from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from candidates import DECLARATIONS, Shop, Tier, quality_row, write_candidate
from filelock import FileLock
from publishing import as_earlier_version

from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.publish import store
from clientele.publish.record import Release, read_release
from clientele.publish.release import publish
from clientele.publish.store import current_release
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import Settings
from clientele.warehouse.fence import next_token


def query(database: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def picture(directory: Path) -> dict[str, tuple[int, int, bytes | str]]:
    """Every entry under ``directory`` with its time of change, mode and content."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        content = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        found[str(path)] = (status.st_mtime_ns, status.st_mode, content)
    return found


def names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_a_release_holds_every_published_table_with_its_id_in_front(settings, first_release):
    tables = query(
        settings.published / "clientele.duckdb",
        "select table_name, column_name from duckdb_columns() where not internal and column_index = 1",
    )
    assert dict(tables) == dict.fromkeys(PUBLISHED_TABLES, "release_id")
    for table in PUBLISHED_TABLES:
        for relation in (table, f"'{settings.published}/parquet/{table}.parquet'"):
            rows = query(settings.published / "clientele.duckdb", f"select release_id from {relation}")
            assert set(rows) == {("r000001",)}
            assert len(rows) == first_release.tables[table].rows


def test_parquet_holds_the_same_rows_in_the_same_order(settings, publish_shop):
    publish_shop(Shop(), is_reversed=True)
    database = settings.published / "clientele.duckdb"
    for table, key in PUBLISHED_TABLES.items():
        rows = query(database, f"from {table}")
        assert rows == query(database, f"from {table} order by {', '.join(key)}")
        assert rows == query(database, f"from '{settings.published}/parquet/{table}.parquet'")


def test_types_and_required_columns_are_those_of_the_candidate(settings, first_release):
    columns = query(
        settings.published / "clientele.duckdb",
        "select column_name, data_type, is_nullable from duckdb_columns()"
        " where table_name = 'customer_values' and column_name in"
        " ('release_id', 'customer_key', 'as_of_date', 'net_sales_12m_amount') order by column_name",
    )
    assert columns == [
        ("as_of_date", "DATE", False),
        ("customer_key", "VARCHAR", False),
        ("net_sales_12m_amount", "DECIMAL(18,4)", True),
        ("release_id", "VARCHAR", False),
    ]


def test_descriptions_become_comments(settings, first_release):
    database = settings.published / "clientele.duckdb"
    assert query(database, "select comment from duckdb_tables() where table_name = 'customer_values'") == [
        ('One row per customer; the owner\'s "values".',)
    ]
    comments = query(
        database,
        "select column_name, comment from duckdb_columns()"
        " where table_name = 'customer_values' and comment is not null order by column_name",
    )
    assert comments == [
        ("net_sales_12m_amount", "Net sales of 12 months, in the customer's currency."),
        ("release_id", "The release this row was published with."),
    ]


def test_the_record_says_what_was_published(settings, publish_shop):
    release = publish_shop(Shop(known_load_id=4))
    assert (release.release_id, release.sequence_number, release.previous_release_id) == ("r000001", 1, None)
    assert (release.run_id, release.token) == ("run_000001", 1)
    assert (release.as_of_date, release.known_load_id) == (date(2024, 6, 30), 4)
    assert release.published_at == datetime(2024, 7, 1, 8, 30, tzinfo=UTC)
    assert not release.is_unchanged
    assert read_release(release.directory) == release == current_release(settings)
    record = json.loads((settings.published / "release.json").read_text(encoding="utf-8"))
    assert record["tables"]["load_ledger"]["rows"] == 4


def test_the_database_can_be_read_by_the_duckdb_supported_longest(settings, first_release):
    assert query(
        settings.published / "clientele.duckdb",
        "select tags['storage_version'] from duckdb_databases() where not internal",
    ) == [("v1.4.0+",)]


def test_the_stable_names_lead_through_current(settings, first_release):
    assert str((settings.published / "current").readlink()) == "releases/r000001"
    for name in ("clientele.duckdb", "parquet", "crm", "report", "release.json"):
        assert str((settings.published / name).readlink()) == f"current/{name}"
        assert (settings.published / name).resolve() == first_release.directory / name


def test_nothing_lies_beside_the_files_of_a_release(settings, first_release):
    assert names_in(first_release.directory) == {
        "clientele.duckdb",
        "parquet",
        "crm",
        "report",
        "release.json",
    }
    assert names_in(first_release.directory / "crm") == {
        "customer_tier_changes.csv",
        "manifest.json",
        "reviews",
    }
    assert names_in(first_release.directory / "parquet") == {f"{table}.parquet" for table in PUBLISHED_TABLES}
    assert all(
        path.stat().st_mode & 0o222 == 0 for path in first_release.directory.rglob("*") if path.is_file()
    )


def test_every_release_is_listed_with_what_it_was(settings, first_release, publish_shop):
    second = publish_shop(Shop().selling("c1", "100.0100"))
    listed = query(
        settings.published / "clientele.duckdb",
        "select release_id, sequence_number, run_id, as_of_date, known_load_id, previous_release_id,"
        " content_digest, published_at from releases",
    )
    day, moment = date(2024, 6, 30), datetime(2024, 7, 1, 8, 30)  # noqa: DTZ001
    assert listed == [
        ("r000001", 1, "run_000001", day, 1, None, first_release.content_digest, moment),
        ("r000002", 2, "run_000002", day, 1, "r000001", second.content_digest, moment),
    ]


def test_results_of_the_checks_are_published(settings, publish_shop):
    warning = quality_row(check_id="check_2", severity="warning", is_successful=False, failed_count=1)
    publish_shop(Shop(), quality_results=[quality_row(), warning])
    assert query(
        settings.published / "clientele.duckdb",
        "select check_id, is_successful, failed_count from quality_results",
    ) == [("check_1", True, 0), ("check_2", False, 1)]


def test_the_crm_export_tells_the_difference_to_the_release_before(settings, first_release, publish_shop):
    publish_shop(Shop(tiers=(Tier("c1"), Tier("c2", "A", 3))))
    manifest = json.loads((settings.published / "crm" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["previous_release_id"], manifest["changes"]["upgraded"]) == ("r000001", 1)
    assert manifest["rows"] == 1


def test_reports_are_made_from_the_release_and_copied_beside(settings, first_release, publish_shop):
    page = settings.reports / "tier_review_2024-06-30.en.html"
    assert page.read_text(encoding="utf-8") == "<p>.building-run_000001</p>"
    publish_shop(Shop().selling("c1", "1.0000"))
    assert page.read_text(encoding="utf-8") == "<p>.building-run_000002</p>"
    assert names_in(settings.reports) == {page.name}


def test_a_release_can_be_published_without_a_report(settings, publish_shop):
    release = publish_shop(Shop(), render_report=None)
    assert names_in(release.directory / "report") == set()


def test_publishing_the_same_again_changes_nothing_on_disk(settings, publish_shop):
    first = publish_shop(Shop(), is_reversed=True)
    before = picture(settings.published) | picture(settings.reports)
    again = publish_shop(Shop(loaded_at="2025-01-01 00:00:00"), published_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert again == replace(first, is_unchanged=True)
    assert picture(settings.published) | picture(settings.reports) == before


def test_what_an_earlier_version_published_is_known_again(settings, first_release, publish_shop):
    as_earlier_version(first_release)
    before = picture(settings.published)
    again = publish_shop(Shop())
    assert (again.release_id, again.digest_method) == ("r000001", "sorted_sha256")
    assert again.is_unchanged
    assert picture(settings.published) == before


def test_what_differs_from_an_earlier_version_is_published(settings, first_release, publish_shop):
    as_earlier_version(first_release)
    second = publish_shop(Shop().selling("c1", "100.0001"))
    assert (second.release_id, second.digest_method) == ("r000002", "summed_md5")
    assert not second.is_unchanged


@pytest.mark.parametrize(
    ("shop", "changes"),
    [
        (Shop().selling("c1", "100.0001"), {}),
        (Shop(known_load_id=2), {}),
        (Shop(), {"quality_results": [quality_row(checked_count=3)]}),
    ],
    ids=["amount", "ledger", "check"],
)
def test_any_difference_is_a_new_release(settings, first_release, publish_shop, shop, changes):
    second = publish_shop(shop, **changes)
    assert (second.release_id, second.previous_release_id) == ("r000002", first_release.release_id)
    assert second.content_digest != first_release.content_digest


def test_a_rebuild_elsewhere_has_the_same_digests(settings, publish_shop, tmp_path):
    here = publish_shop(Shop())
    elsewhere = replace(settings, home=tmp_path / "elsewhere", threads=1)
    token = [next_token(elsewhere) for _ in range(5)][-1]
    there = publish(
        elsewhere,
        write_candidate(tmp_path / "candidate.duckdb", Shop(), is_reversed=True),
        run_id="another",
        token=token,
        quality_results=[quality_row()],
        descriptions={},
    )
    assert there.content_digest == here.content_digest
    assert {**there.tables, "releases": None} == {**here.tables, "releases": None}


def test_old_releases_go_and_stay_listed(settings, publish_shop):
    for number in range(6):
        publish_shop(Shop().selling("c1", f"{number}.0000"))
    assert names_in(settings.published / "releases") == {"r000004", "r000005", "r000006"}
    assert query(settings.published / "clientele.duckdb", "select count(*) from releases") == [(6,)]


def test_the_release_before_stays_for_a_reader_about_to_open_it(settings, publish_shop, monkeypatch):
    for number in range(3):
        publish_shop(Shop().selling("c1", f"{number}.0000"))
    store.settle(replace(settings, keep_releases=1))
    assert names_in(settings.published / "releases") == {"r000002", "r000003"}


def test_an_open_reader_keeps_its_release_while_others_are_published_and_removed(
    settings, first_release, publish_shop
):
    with duckdb.connect(str(settings.published / "clientele.duckdb"), read_only=True) as reader:
        assert reader.execute("select count(*) from customers").fetchall() == [(2,)]
        for number in range(4):
            publish_shop(Shop().selling("c1", f"{number}.0000"))
        assert "r000001" not in names_in(settings.published / "releases")
        assert reader.execute("select distinct release_id from tier_sizes").fetchall() == [("r000001",)]


def test_an_overtaken_run_cannot_publish(settings, first_release, publish_shop):
    before = picture(settings.published)
    with pytest.raises(GateFailedError, match="a newer run has started"):
        publish_shop(Shop().selling("c1", "7.0000"), token=first_release.token)
    assert picture(settings.published) == before


def test_a_run_that_is_overtaken_while_it_publishes_stops_before_the_commit(
    settings, first_release, publish_shop
):
    before = picture(settings.published / "releases")

    def overtaken(database: Path, output: Path) -> list[Path]:
        next_token(settings)
        return []

    with pytest.raises(GateFailedError, match="a newer run has started"):
        publish_shop(Shop().selling("c1", "7.0000"), render_report=overtaken)
    after = picture(settings.published / "releases")
    assert after == before
    assert current_release(settings).release_id == "r000001"


def test_a_publish_waits_for_the_one_under_way(settings, publish_shop):
    (settings.published / "releases").mkdir(parents=True)
    done = threading.Event()

    def second() -> None:
        publish_shop(Shop())
        done.set()

    with FileLock(settings.published / ".publish.lock"):
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not done.wait(0.6)
        assert current_release(settings) is None
    waiting.join(30)
    assert current_release(settings).release_id == "r000001"


def test_no_result_of_a_check_is_no_permission(publish_shop):
    with pytest.raises(GateFailedError, match="no check was run"):
        publish_shop(Shop(), quality_results=[])


def test_a_candidate_without_values_is_not_published(settings, publish_shop):
    with pytest.raises(GateFailedError, match="customer_values has no as_of_date"):
        publish_shop(Shop(amounts={}))
    assert current_release(settings) is None


def publish_altered(settings: Settings, statement: str) -> Release:
    """Publish a candidate after ``statement`` has spoilt it."""
    database = write_candidate(settings.warehouse / "warehouse.duckdb", Shop())
    with duckdb.connect(str(database)) as connection:
        connection.execute(statement)
    token = next_token(settings)
    return publish(
        settings, database, run_id="run_1", token=token, quality_results=[quality_row()], descriptions={}
    )


def test_a_candidate_without_a_published_table_is_refused(settings):
    with pytest.raises(GateFailedError, match="the candidate has no table tier_sizes"):
        publish_altered(settings, "drop table tier_sizes")


def test_a_candidate_of_two_days_is_refused(settings):
    with pytest.raises(GateFailedError, match="customer_values has more than one as_of_date"):
        publish_altered(
            settings, "update customer_values set as_of_date = '2024-06-29' where customer_key = 'c1'"
        )


def test_a_key_without_a_value_is_refused_and_leaves_nothing(settings, monkeypatch):
    declaration = DECLARATIONS["tier_sizes"].replace("tier_code varchar not null", "tier_code varchar")
    monkeypatch.setitem(DECLARATIONS, "tier_sizes", declaration)
    with pytest.raises(GateFailedError, match="a required column of tier_sizes has no value"):
        publish_altered(settings, "update tier_sizes set tier_code = null where tier_code = 'A'")
    assert names_in(settings.published / "releases") == set()


def test_money_in_floating_point_is_refused(settings):
    with pytest.raises(ConfigurationError, match=r"net_sales_12m_amount .* is DOUBLE"):
        publish_altered(settings, "alter table customer_values alter net_sales_12m_amount type double")


def test_a_failing_report_leaves_the_release_before_and_no_rubbish(settings, first_release, publish_shop):
    before = picture(settings.published / "current/")

    def failing(database: Path, output: Path) -> list[Path]:
        raise OSError(28, "No space left on device")

    with pytest.raises(UnavailableError, match=r"could not be written: .*No space left on device"):
        publish_shop(Shop().selling("c1", "7.0000"), render_report=failing)
    assert picture(settings.published / "current/") == before
    assert names_in(settings.published / "releases") == {"r000001"}


def test_a_lost_current_is_reported_and_no_release_is_removed(settings, first_release, publish_shop):
    publish_shop(Shop().selling("c1", "1.0000"))
    (settings.published / "current").unlink()
    with pytest.raises(UnavailableError, match=r"current is missing .*releases/r000002"):
        publish_shop(Shop().selling("c1", "2.0000"))
    assert names_in(settings.published / "releases") == {"r000001", "r000002"}


def test_what_a_killed_publish_left_is_removed_by_the_next_one(settings, first_release, publish_shop):
    for leftover in (".building-run_000009", ".discarded-r000000"):
        (settings.published / "releases" / leftover / "parquet").mkdir(parents=True)
    assert publish_shop(Shop()).is_unchanged
    assert names_in(settings.published / "releases") == {"r000001"}


def test_a_path_with_a_quote_is_a_path(settings, tmp_path):
    odd = replace(settings, home=tmp_path / "the owner's home")
    token = next_token(odd)
    database = write_candidate(odd.warehouse / "warehouse.duckdb", Shop())
    released = publish(
        odd, database, run_id="run_1", token=token, quality_results=[quality_row()], descriptions={}
    )
    assert released.release_id == "r000001"
