"""The current release in PostgreSQL, for BI: loaded beside, then switched to by one row.

    clientele            views under the published names; what readers query and are granted
    clientele_releases   one table per published table with two partitions that stay, one of them shown, the
                         other for the next release; and ``pointer``: the one row that says which is shown

A reader sees one release in every statement, and in a REPEATABLE READ transaction the same one throughout:
when the pointer moves, rows are all that changes. A table that is made, attached, renamed or truncated then
is not seen by statements that were planned before. A push that is killed leaves rows that no view shows;
the next push takes them away and loads them again.
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
from psycopg.conninfo import conninfo_to_dict

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
#: Says in which partition a row lies.
_SLOT: Final = "slot"
_SLOTS: Final = ("a", "b")
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
class _Shown:
    """The row of ``pointer``. ``moved_in``: the transaction that wrote it, as text."""

    release_id: str
    sequence_number: int
    content_digest: str
    slot: str
    moved_in: str

    @property
    def release(self) -> tuple[str, int, str]:
        return self.release_id, self.sequence_number, self.content_digest


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

    Raises ConfigurationError without a usable URL, for a role that is missing and cannot be made, and for a
    column whose type has changed; GateFailedError when a newer release is shown already or rows went missing
    on the way; UnavailableError when the database cannot be reached or says no. What it showed before it goes
    on showing then.
    """
    with _session(settings) as session:
        shown = _pointer(session)
        if shown and shown.release == (release.release_id, release.sequence_number, release.content_digest):
            with session.transaction():
                _grant(session)
            return Pushed(release.release_id, sum(t.rows for t in release.tables.values()), is_unchanged=True)
        if shown and shown.sequence_number >= release.sequence_number:
            raise GateFailedError(
                f"PostgreSQL shows {shown.release_id}, {release.release_id} is not newer",
                remedy="push the current release, or empty the schemas clientele and clientele_releases"
                " when the published folder was started anew",
            )
        slot = next(name for name in _SLOTS if shown is None or name != shown.slot)
        rows = 0
        with (
            duckdb.connect(str(release.directory / store.DATABASE), read_only=True) as database,
            adbc.connect(settings.postgres_url) as target,
        ):
            tables = _described(database)
            for number, table in enumerate(tables, start=1):
                _make_table(session, table)
                _empty(session, table, slot, shown)
                rows += _load(session, target, database, table, slot, release)
                progress(f"PostgreSQL: {table.name}, table {number} of {len(tables)}")
        failpoint(settings, "postgres_loaded")
        with session.transaction():
            _show(session, tables, slot, release)
        failpoint(settings, "postgres_shown")
    return Pushed(release.release_id, rows, is_unchanged=False)


def shown_release_id(settings: Settings) -> str | None:
    """The release that PostgreSQL shows; None before the first push. Changes nothing and waits for no push.

    Raises like ``push``.
    """
    with _connection(settings) as session:
        if not _layout(session, STORE, "pointer"):
            return None
        shown = _pointer(session)
        return shown.release_id if shown else None


@contextmanager
def _session(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection with the lock that lets one push in at a time, and with the schemas."""
    with _connection(settings) as session:
        session.execute("select pg_advisory_lock(%s)", [_LOCK])
        session.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(SCHEMA)))
        session.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(STORE)))
        session.execute(
            sql.SQL(
                "create table if not exists {} ("
                "only_row boolean primary key default true check (only_row),"
                " release_id text not null, sequence_number integer not null,"
                " content_digest text not null, slot text not null)"
            ).format(sql.Identifier(STORE, "pointer"))
        )
        yield session


@contextmanager
def _connection(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection that commits each statement; what the database says comes as an error of ours."""
    if settings.postgres_url is None:
        raise ConfigurationError(
            "no PostgreSQL is configured", remedy="set CLIENTELE_POSTGRES_URL=postgresql://user@host/database"
        )
    try:
        conninfo_to_dict(settings.postgres_url)
    except psycopg.ProgrammingError:
        # What it says quotes the password, or all of the URL: not even as the cause, which Airflow logs too.
        raise ConfigurationError(
            "CLIENTELE_POSTGRES_URL cannot be read as the address of a database",
            remedy="write postgresql://user:password@host/database, with %25 for a percent sign in the"
            " password, %40 for an at sign, %20 for a space",
        ) from None
    try:
        with psycopg.connect(settings.postgres_url, autocommit=True) as session:
            session.execute("set client_min_messages = warning")
            yield session
    except ClienteleError:
        raise
    except (psycopg.Error, adbc.Error, OSError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnavailableError(
            f"PostgreSQL could not take the release: {reason}",
            remedy="it shows what it showed before; push again: clientele release push",
        ) from error


def _pointer(session: psycopg.Connection) -> _Shown | None:
    """Raises ConfigurationError for a table that an earlier version made."""
    if _SLOT not in dict(_layout(session, STORE, "pointer")):
        raise ConfigurationError(
            f"the schema {STORE} was laid out by an earlier version",
            remedy=f"drop schema {STORE} cascade; and push again: clientele release push",
        )
    query = sql.SQL("select release_id, sequence_number, content_digest, slot, xmin::text from {}")
    row = session.execute(query.format(sql.Identifier(STORE, "pointer"))).fetchone()
    return _Shown(*row) if row else None


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


def _partition(table: _Table, slot: str) -> sql.Identifier:
    return sql.Identifier(STORE, f"{table.name}_{slot}")


def _make_table(session: psycopg.Connection, table: _Table) -> None:
    """The table and its two partitions; a column that is new is added, one that is gone stays, and empty."""
    parent = sql.Identifier(STORE, table.name)
    found = dict(_layout(session, STORE, table.name))
    if not found:
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(
                sql.Identifier(name),
                sql.SQL(f"{kind} not null" if name in PUBLISHED_TABLES[table.name] else kind),
            )
            for name, kind in table.layout
        )
        slot_column = sql.Identifier(_SLOT)
        with session.transaction():
            session.execute(
                sql.SQL("create table {} ({}, {} text not null) partition by list ({})").format(
                    parent, columns, slot_column, slot_column
                )
            )
            for slot in _SLOTS:
                session.execute(
                    sql.SQL("create table {} partition of {} ({} default {}) for values in ({})").format(
                        _partition(table, slot), parent, slot_column, sql.Literal(slot), sql.Literal(slot)
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


def _empty(session: psycopg.Connection, table: _Table, slot: str, shown: _Shown | None) -> None:
    """Take away the release before the one that is shown, without anybody missing it.

    Truncating gives the space back at once, and loading is faster without indexes; both need that nobody
    reads the partition or still may. Otherwise its rows are deleted: readers of old go on seeing them.
    """
    partition = _partition(table, slot)
    try:
        with session.transaction():
            # Readers of the table wait as long as we do.
            session.execute("set local lock_timeout = '200ms'")
            session.execute(sql.SQL("lock table {} in access exclusive mode").format(partition))
            if not _may_be_read(session, shown):
                session.execute(sql.SQL("truncate {}").format(partition))
                for (index,) in session.execute(
                    "select relname from pg_index join pg_class on oid = indexrelid"
                    " where indrelid = to_regclass(%s)",
                    [f"{STORE}.{table.name}_{slot}"],
                ).fetchall():
                    session.execute(sql.SQL("drop index {}").format(sql.Identifier(STORE, index)))
                return
    except psycopg.errors.LockNotAvailable:
        pass
    session.execute(sql.SQL("delete from {}").format(partition))


def _may_be_read(session: psycopg.Connection, shown: _Shown | None) -> bool:
    """Whether a transaction is open that began before the pointer was moved to what it shows."""
    if shown is None:
        return False
    older = session.execute(
        "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and age(backend_xmin) >= age(%s::text::xid) limit 1",
        [shown.moved_in],
    ).fetchone()
    return older is not None


def _load(
    session: psycopg.Connection,
    target: adbc.Connection,
    database: duckdb.DuckDBPyConnection,
    table: _Table,
    slot: str,
    release: Release,
) -> int:
    """Load one table into the partition that no view shows; returns its number of rows."""
    # Only what the connection needs goes in and out: Arrow on one side, binary COPY on the other.
    selected = ", ".join(quote(column.name) for column in table.columns)
    reader = database.execute(f"select {selected} from {quote(table.name)}").arrow()  # noqa: S608
    with target.cursor() as cursor:
        cursor.adbc_ingest(f"{table.name}_{slot}", reader, mode="append", db_schema_name=STORE)
        target.commit()
    partition = _partition(table, slot)
    count = session.execute(sql.SQL("select count(*) from {}").format(partition)).fetchone()
    rows = int(count[0]) if count else 0
    published = release.tables[table.name].rows
    if rows != published:
        raise GateFailedError(
            f"{table.name}: {published} rows were published, {rows} arrived in PostgreSQL",
            remedy="push again",
        )
    _index(session, table, slot)
    return rows


def _normal(kind: str) -> str:
    return kind.replace(" ", "").replace("timestampwithouttimezone", "timestamp")


def _index(session: psycopg.Connection, table: _Table, slot: str) -> None:
    """The key, and what BI filters by; indexes that stayed while rows were deleted are there already."""
    key = PUBLISHED_TABLES[table.name]
    further = list(_FURTHER_INDEXES.get(table.name, ()))
    if "customer_key" in {column.name for column in table.columns} and key[0] != "customer_key":
        further.append(("customer_key",))
    for number, names in enumerate([key, *further]):
        create = sql.SQL("create {} if not exists {} on {} ({})").format(
            sql.SQL("index" if number else "unique index"),
            sql.Identifier(f"{table.name}_{slot}_{number}"),
            _partition(table, slot),
            sql.SQL(", ").join(map(sql.Identifier, names)),
        )
        session.execute(create)
    session.execute(sql.SQL("analyze {}").format(_partition(table, slot)))


def _show(session: psycopg.Connection, tables: Sequence[_Table], slot: str, release: Release) -> None:
    """Within one transaction: bring the views up to date, move the pointer."""
    for table in tables:
        if dict(_layout(session, SCHEMA, table.name)) != {n: _normal(kind) for n, kind in table.layout}:
            _make_view(session, table)
        _comment(session, table)
    _grant(session)
    session.execute(
        sql.SQL(
            "insert into {} (release_id, sequence_number, content_digest, slot) values (%s, %s, %s, %s)"
            " on conflict (only_row) do update set release_id = excluded.release_id,"
            " sequence_number = excluded.sequence_number, content_digest = excluded.content_digest,"
            " slot = excluded.slot"
        ).format(sql.Identifier(STORE, "pointer")),
        [release.release_id, release.sequence_number, release.content_digest, slot],
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
    """A view of the columns of ``table``. Whoever was granted something on the one before keeps it."""
    view = sql.Identifier(SCHEMA, table.name)
    names = [name for name, _ in table.layout]
    found = [name for name, _ in _layout(session, SCHEMA, table.name)]
    grants: list[sql.Composed] = []
    if set(found) <= set(names):
        # Appended, new columns leave the view what it is, also for the views of others that read it.
        names = [*found, *(name for name in names if name not in found)]
    else:
        grants = _grants(session, table)
        _drop_view(session, table)
    create = sql.SQL("create or replace view {} as select {} from {} where {} = (select slot from {})")
    session.execute(
        create.format(
            view,
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.Identifier(STORE, table.name),
            sql.Identifier(_SLOT),
            sql.Identifier(STORE, "pointer"),
        )
    )
    for grant in grants:
        session.execute(grant)


def _drop_view(session: psycopg.Connection, table: _Table) -> None:
    try:
        session.execute(sql.SQL("drop view {}").format(sql.Identifier(SCHEMA, table.name)))
    except psycopg.errors.DependentObjectsStillExist as error:
        readers = (error.diag.message_detail or "").replace("\n", ", ")
        raise ConfigurationError(
            f"{SCHEMA}.{table.name} has lost a column, and cannot be made anew: {readers}",
            remedy="drop what reads it and push again: clientele release push",
        ) from error


def _grants(session: psycopg.Connection, table: _Table) -> list[sql.Composed]:
    """What grants again all that roles may do with the view, and with columns that it keeps."""
    name = f"{SCHEMA}.{table.name}"
    rows = session.execute(
        "with given as ("
        "select null as attname, relacl as acl from pg_class where oid = to_regclass(%s) union all"
        " select attname, attacl from pg_attribute where attrelid = to_regclass(%s) and attname = any(%s))"
        " select privilege_type, attname, case when grantee <> 0 then pg_get_userbyid(grantee) end,"
        " is_grantable from given cross join aclexplode(acl) order by 1, 2, 3",
        [name, name, [column.name for column in table.columns]],
    ).fetchall()
    return [
        sql.SQL("grant {}{} on {} to {}{}").format(
            sql.SQL(privilege),
            sql.SQL(" ({})").format(sql.Identifier(column)) if column else sql.SQL(""),
            sql.Identifier(SCHEMA, table.name),
            sql.Identifier(role) if role else sql.SQL("public"),
            sql.SQL(" with grant option" if is_grantable else ""),
        )
        for privilege, column, role, is_grantable in rows
    ]


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
