"""The current release in PostgreSQL, for BI: loaded beside, then switched to by one row.

    clientele            views under the published names; what readers query and are granted
    clientele_releases   one partitioned table per published table, a partition per release, and ``pointer``:
                         the one row that says which release the views show

A reader sees one release in every statement, and in a REPEATABLE READ transaction the same one throughout:
nothing is renamed, truncated or locked when the pointer moves. A push that is killed leaves partitions that
no view shows; the next push drops and loads them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg
from psycopg import sql

from clientele.errors import ClienteleError, ConfigurationError, GateFailedError, UnavailableError
from clientele.failpoints import failpoint
from clientele.publish import store
from clientele.publish.digest import quote
from clientele.publish.record import Release
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import Settings

Progress = Callable[[str], None]

SCHEMA: Final = "clientele"
STORE: Final = "clientele_releases"
#: Reads every published table but those that name accounts.
READER: Final = "clientele_reader"
#: Reads every published table.
CRM: Final = "clientele_crm"
#: Names accounts: for the CRM only.
NOT_FOR_READERS: Final = frozenset({"customer_accounts", "shared_keys"})
#: What BI filters by, beside the keys and ``customer_key``.
_FURTHER_INDEXES: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "customer_tiers": (("scheme_id", "tier_code"),),
    "tier_decisions": (("scheme_id", "decided_on_date"),),
    "tier_history": (("scheme_id", "valid_from_date"),),
}
#: Says to which release a row belongs; the rows of ``releases`` carry the ids of earlier ones as well.
_PARTITION: Final = "partition_release_id"
_LOCK: Final = 0x636C69656E74656C
_TYPES: Final = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "HUGEINT": "numeric(38, 0)",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TIMESTAMP": "timestamp",
    "TINYINT": "smallint",
    "VARCHAR": "text",
}


@dataclass(frozen=True)
class Pushed:
    """What PostgreSQL shows after a push. ``is_unchanged``: it showed this release before."""

    release_id: str
    rows: int
    is_unchanged: bool


@dataclass(frozen=True)
class _Column:
    name: str
    type: str
    is_required: bool
    comment: str | None


@dataclass(frozen=True)
class _Table:
    name: str
    comment: str | None
    columns: Sequence[_Column]

    @property
    def layout(self) -> list[tuple[str, str]]:
        return [(column.name, column.type) for column in self.columns]


def push(settings: Settings, release: Release, progress: Progress) -> Pushed:
    """Make ``release`` what the database at ``settings.postgres_url`` shows, all or nothing.

    Raises ConfigurationError without a URL, for a role that is missing and cannot be made, and for a column
    whose type has changed; GateFailedError when a newer release is shown already or rows went missing on the
    way; UnavailableError when the database cannot be reached or says no. What it showed before it goes on
    showing then.
    """
    with _session(settings) as session:
        shown = _pointer(session)
        if shown == (release.release_id, release.sequence_number, release.content_digest):
            with session.transaction():
                _grant(session)
            return Pushed(release.release_id, sum(t.rows for t in release.tables.values()), is_unchanged=True)
        if shown and shown[1] >= release.sequence_number:
            raise GateFailedError(
                f"PostgreSQL shows {shown[0]}, {release.release_id} is not newer",
                remedy="push the current release, or empty the schemas clientele and clientele_releases"
                " when the published folder was started anew",
            )
        rows = 0
        with (
            duckdb.connect(str(release.directory / store.DATABASE), read_only=True) as database,
            adbc.connect(settings.postgres_url) as target,
        ):
            tables = _described(database)
            for number, table in enumerate(tables, start=1):
                rows += _load(session, target, database, table, release)
                progress(f"PostgreSQL: {table.name}, table {number} of {len(tables)}")
        failpoint(settings, "postgres_loaded")
        with session.transaction():
            _show(session, tables, release)
        failpoint(settings, "postgres_shown")
        _drop_old(session, tables, keep=max(settings.keep_releases, 2))
    return Pushed(release.release_id, rows, is_unchanged=False)


def shown_release_id(settings: Settings) -> str | None:
    """The release that PostgreSQL shows; None before the first push. Raises like ``push``."""
    with _session(settings) as session:
        shown = _pointer(session)
        return shown[0] if shown else None


@contextmanager
def _session(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection that commits each statement, with the lock that lets one push in at a time."""
    if settings.postgres_url is None:
        raise ConfigurationError(
            "no PostgreSQL is configured", remedy="set CLIENTELE_POSTGRES_URL=postgresql://user@host/database"
        )
    try:
        with psycopg.connect(settings.postgres_url, autocommit=True) as session:
            session.execute("set client_min_messages = warning")
            session.execute("select pg_advisory_lock(%s)", [_LOCK])
            session.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(SCHEMA)))
            session.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(STORE)))
            session.execute(
                sql.SQL(
                    "create table if not exists {} ("
                    "only_row boolean primary key default true check (only_row),"
                    " release_id text not null, sequence_number integer not null,"
                    " content_digest text not null)"
                ).format(sql.Identifier(STORE, "pointer"))
            )
            yield session
    except ClienteleError:
        raise
    except (psycopg.Error, adbc.Error, OSError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnavailableError(
            f"PostgreSQL could not take the release: {reason}",
            remedy="it shows what it showed before; push again: clientele release push",
        ) from error


def _pointer(session: psycopg.Connection) -> tuple[str, int, str] | None:
    query = sql.SQL("select release_id, sequence_number, content_digest from {}")
    row = session.execute(query.format(sql.Identifier(STORE, "pointer"))).fetchone()
    return (row[0], row[1], row[2]) if row else None


def _described(database: duckdb.DuckDBPyConnection) -> list[_Table]:
    """The tables of the release's own database, with their comments."""
    comments = dict(database.execute("select table_name, comment from duckdb_tables()").fetchall())
    columns: dict[str, list[_Column]] = {}
    for table, name, kind, is_nullable, comment in database.execute(
        "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns()"
        " where schema_name = 'main' and not internal order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(_Column(name, _type(kind), not is_nullable, comment))
    return [_Table(name, comments.get(name), columns[name]) for name in PUBLISHED_TABLES]


def _type(kind: str) -> str:
    return f"numeric{kind.removeprefix('DECIMAL')}" if kind.startswith("DECIMAL") else _TYPES[kind]


def _partition(table: str, release_id: str) -> sql.Identifier:
    return sql.Identifier(STORE, f"{table}_{release_id}")


def _load(
    session: psycopg.Connection,
    target: adbc.Connection,
    database: duckdb.DuckDBPyConnection,
    table: _Table,
    release: Release,
) -> int:
    """Load one table into a partition of its own that no view shows yet; returns its number of rows."""
    _make_parent(session, table)
    partition = _partition(table.name, release.release_id)
    parent = sql.Identifier(STORE, table.name)
    session.execute(sql.SQL("drop table if exists {}").format(partition))
    session.execute(sql.SQL("create table {} (like {})").format(partition, parent))
    default = sql.SQL("alter table {} alter column {} set default {}, alter column {} set not null")
    column = sql.Identifier(_PARTITION)
    session.execute(default.format(partition, column, sql.Literal(release.release_id), column))
    names = [column.name for column in table.columns]
    # Only what the connection needs goes in and out: Arrow on one side, binary COPY on the other.
    selected = ", ".join(map(quote, names))
    reader = database.execute(f"select {selected} from {quote(table.name)}").arrow()  # noqa: S608
    with target.cursor() as cursor:
        cursor.adbc_ingest(f"{table.name}_{release.release_id}", reader, mode="append", db_schema_name=STORE)
        target.commit()
    count = session.execute(sql.SQL("select count(*) from {}").format(partition)).fetchone()
    rows = int(count[0]) if count else 0
    published = release.tables[table.name].rows
    if rows != published:
        raise GateFailedError(
            f"{table.name}: {published} rows were published, {rows} arrived in PostgreSQL",
            remedy="push again",
        )
    _index(session, table, partition, release.release_id)
    return rows


def _make_parent(session: psycopg.Connection, table: _Table) -> None:
    """The partitioned table; a column that is new is added, one that is gone stays for older releases."""
    parent = sql.Identifier(STORE, table.name)
    found = dict(_layout(session, STORE, table.name))
    if not found:
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in table.layout
        )
        session.execute(
            sql.SQL("create table {} ({}, {} text) partition by list ({})").format(
                parent, columns, sql.Identifier(_PARTITION), sql.Identifier(_PARTITION)
            )
        )
        return
    for name, kind in table.layout:
        if name not in found:
            add = sql.SQL("alter table {} add column {} {}")
            session.execute(add.format(parent, sql.Identifier(name), sql.SQL(kind)))
        elif found[name] != _normal(kind):
            raise ConfigurationError(
                f"{table.name}.{name} is {found[name]} in PostgreSQL and {kind} in the release",
                remedy=f"drop table {STORE}.{table.name} cascade; and push again",
            )


def _normal(kind: str) -> str:
    return kind.replace(" ", "").replace("timestampwithouttimezone", "timestamp")


def _index(session: psycopg.Connection, table: _Table, partition: sql.Identifier, release_id: str) -> None:
    key = PUBLISHED_TABLES[table.name]

    def listed(names: Sequence[str]) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, names))

    session.execute(sql.SQL("alter table {} add primary key ({})").format(partition, listed(key)))
    # With the constraint in place, attaching the partition need not read it.
    column = sql.Identifier(_PARTITION)
    belongs = sql.SQL("alter table {} add check ({} is not null and {} = {})")
    session.execute(belongs.format(partition, column, column, sql.Literal(release_id)))
    further = list(_FURTHER_INDEXES.get(table.name, ()))
    if "customer_key" in {column.name for column in table.columns} and key[0] != "customer_key":
        further.append(("customer_key",))
    for names in further:
        session.execute(sql.SQL("create index on {} ({})").format(partition, listed(names)))
    session.execute(sql.SQL("analyze {}").format(partition))


def _show(session: psycopg.Connection, tables: Sequence[_Table], release: Release) -> None:
    """Within one transaction: attach what was loaded, bring the views up to date, move the pointer."""
    for table in tables:
        attach = sql.SQL("alter table {} attach partition {} for values in ({})")
        parent = sql.Identifier(STORE, table.name)
        partition = _partition(table.name, release.release_id)
        session.execute(attach.format(parent, partition, sql.Literal(release.release_id)))
        if _layout(session, SCHEMA, table.name) != [(name, _normal(kind)) for name, kind in table.layout]:
            _make_view(session, table)
        _comment(session, table)
    _grant(session)
    session.execute(
        sql.SQL(
            "insert into {} (release_id, sequence_number, content_digest) values (%s, %s, %s)"
            " on conflict (only_row) do update set release_id = excluded.release_id,"
            " sequence_number = excluded.sequence_number, content_digest = excluded.content_digest"
        ).format(sql.Identifier(STORE, "pointer")),
        [release.release_id, release.sequence_number, release.content_digest],
    )


def _layout(session: psycopg.Connection, schema: str, name: str) -> list[tuple[str, str]]:
    """Name and type of each column; empty when there is no such relation."""
    rows = session.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [f"{schema}.{name}"],
    ).fetchall()
    return [(column, _normal(kind)) for column, kind in rows]


def _make_view(session: psycopg.Connection, table: _Table) -> None:
    view = sql.Identifier(SCHEMA, table.name)
    session.execute(sql.SQL("drop view if exists {}").format(view))
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    create = sql.SQL("create view {} as select {} from {} where {} = (select release_id from {})")
    session.execute(
        create.format(
            view,
            columns,
            sql.Identifier(STORE, table.name),
            sql.Identifier(_PARTITION),
            sql.Identifier(STORE, "pointer"),
        )
    )


def _comment(session: psycopg.Connection, table: _Table) -> None:
    view = sql.Identifier(SCHEMA, table.name)
    on_view = sql.SQL("comment on view {} is {}")
    session.execute(on_view.format(view, sql.Literal(table.comment)))
    for column in table.columns:
        on_column = sql.SQL("comment on column {} is {}")
        name = sql.Identifier(SCHEMA, table.name, column.name)
        session.execute(on_column.format(name, sql.Literal(column.comment)))


def _grant(session: psycopg.Connection) -> None:
    """Give the roles what they may read, also on views that were made anew."""
    for role in (READER, CRM):
        _make_role(session, role)
        name = sql.Identifier(role)
        schema = sql.Identifier(SCHEMA)
        session.execute(sql.SQL("grant usage on schema {} to {}").format(schema, name))
        session.execute(sql.SQL("revoke all on all tables in schema {} from {}").format(schema, name))
        session.execute(sql.SQL("grant select on all tables in schema {} to {}").format(schema, name))
    for table in sorted(NOT_FOR_READERS):
        view = sql.Identifier(SCHEMA, table)
        if _layout(session, SCHEMA, table):
            revoke = sql.SQL("revoke select on {} from {}")
            session.execute(revoke.format(view, sql.Identifier(READER)))


def _make_role(session: psycopg.Connection, role: str) -> None:
    if session.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
        return
    try:
        with session.transaction():
            session.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            f"PostgreSQL has no role {role} and this user may not make one",
            remedy=f"let an administrator run: create role {role} nologin",
        ) from error


def _drop_old(session: psycopg.Connection, tables: Sequence[_Table], keep: int) -> None:
    """Drop partitions of releases beyond the newest ``keep``; one being read stays for the next push."""
    session.execute("set lock_timeout = '2s'")
    for table in tables:
        found = session.execute(
            "select child.relname from pg_inherits"
            " join pg_class as child on child.oid = inhrelid"
            " where inhparent = to_regclass(%s) order by child.relname desc",
            [f"{STORE}.{table.name}"],
        ).fetchall()
        for (name,) in found[keep:]:
            try:
                session.execute(sql.SQL("drop table {}").format(sql.Identifier(STORE, name)))
            except psycopg.errors.LockNotAvailable:
                continue
