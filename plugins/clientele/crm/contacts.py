"""Contact fields of some customers, from the vault: the newest of each that is not empty.

The newest is what the row's own time says, as where versions of a line are told apart, then the later file.

Vaults are opened one by one; nothing of them is spilled to disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from clientele.duck import identifier, path_literal, text_literal
from clientele.errors import UnavailableError
from clientele.lake.descriptions import (
    BUSINESS_TIME_ZONE,
    AccountDescription,
    FeedDescription,
    SourceDescription,
    load_descriptions,
)
from clientele.lake.log import LoadRecord, lake_keys, read_records, resolve
from clientele.lake.raw import raw_path, vault_path
from clientele.privacy.hashing import map_distinct
from clientele.privacy.normalise import normalise_account_id
from clientele.privacy.vault import read_vault
from clientele.settings import Settings

FIELDS: Final = ("contact_name", "contact_phone", "contact_email")
#: What the exchange format calls the time of a version; other exports tell none.
_UPDATED_AT: Final = "updated_at"
_OPEN = """
create table wanted (customer_key varchar primary key);
create table contacts (customer_key varchar primary key, contact_name varchar, contact_phone varchar,
    contact_email varchar);
create table told (account_number bigint primary key,
    contact_name varchar, contact_name_updated_at timestamptz, contact_name_loaded_at timestamptz,
    contact_phone varchar, contact_phone_updated_at timestamptz, contact_phone_loaded_at timestamptz,
    contact_email varchar, contact_email_updated_at timestamptz, contact_email_loaded_at timestamptz)
"""
_ACCOUNTS = """
select row_number() over (order by source, account_type, account_id) as account_number,
    source, account_type, account_id, customer_key
from published.main.customer_accounts
semi join wanted using (customer_key)
where account_type in ('member', 'ecommerce', 'prospect')
"""
#: Files come in the order of their places. As with versions of a line, what is not empty takes the place of
#: what was told before unless its own time is older; a row without a time is older than any with one.
_TELL = f"""
insert into told
with given as (
    select
        accounts.account_number,
        incoming.row_number,
        coalesce(try_cast(replace(trim(incoming.updated_at), ' +', '+') as timestamptz), '-infinity')
            as updated_at,
        {", ".join(f"nullif(trim(incoming.{field}), '') as {field}" for field in FIELDS)}
    from incoming
    inner join accounts
        on accounts.source = $source and accounts.account_type = $account_type
        and accounts.account_id = incoming.account_id
)
select
    account_number,
    {
    ", ".join(
        f"arg_max({field}, row(updated_at, row_number)),"
        f" max(updated_at) filter ({field} is not null), $loaded_at"
        for field in FIELDS
    )
}
from given
group by account_number
on conflict (account_number) do update set
    {
    ", ".join(
        f"{column} = if({field} is null or excluded.{field}_updated_at >= {field}_updated_at,"
        f" coalesce(excluded.{column}, {column}), {column})"
        for field in FIELDS
        for column in (field, f"{field}_updated_at", f"{field}_loaded_at")
    )
}
"""  # noqa: S608 - names of this module
#: Accounts of different systems: what tells no time is as new as its file.
_COLLECT = f"""
insert into contacts
select
    accounts.customer_key,
    {
    ", ".join(
        f"arg_max({field}, row(if(isinf({field}_updated_at), {field}_loaded_at, {field}_updated_at),"
        f" {field}_loaded_at, account_number))"
        for field in FIELDS
    )
}
from told
inner join accounts using (account_number)
group by accounts.customer_key
"""  # noqa: S608 - names of this module
_NAMES = """
select contacts.customer_key, contacts.contact_name
from contacts
left join published.main.customers using (customer_key)
where contacts.contact_name is not null and customers.has_contact_consent is distinct from false
"""


@contextmanager
def open_release(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory beside the current release, attached as ``published``.

    It has the empty tables ``wanted (customer_key)`` and ``contacts``, which ``collect`` fills for who is
    wanted, and fails rather than put contact data on disk. Raises UnavailableError when nothing is published.
    """
    database = settings.published / "clientele.duckdb"
    if not database.exists():
        raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(config=config) as connection:
        connection.execute(f"attach {text_literal(str(database))} as published (read_only)")
        connection.execute(_OPEN)
        yield connection


def collect(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Fill ``contacts`` of ``open_release`` with what the vaults hold of the wanted customers.

    Raises UnavailableError when a vault cannot be opened, ConfigurationError for another key than the lake's.
    """
    loads = [load.record for load in resolve(read_records(settings)) if load.is_active]
    keys = lake_keys(settings, loads)
    accounts = connection.execute(_ACCOUNTS).to_arrow_table()
    connection.register("accounts", _with_plain_ids(accounts))
    for record, source, feed, account in _with_contacts(settings, loads):
        zone = settings.business_time_zone if source.time_zone == BUSINESS_TIME_ZONE else source.time_zone
        connection.execute(f"set TimeZone = {text_literal(zone)}")
        of_the_load = {
            "source": record.source,
            "account_type": account.type,
            "loaded_at": record.loaded_at,
        }
        for incoming in _incoming(connection, settings, record, feed, account, keys.vault):
            connection.register("incoming", incoming)
            connection.execute(_TELL, of_the_load)
            connection.unregister("incoming")
    connection.execute(_COLLECT)


def customer_names(settings: Settings, customer_keys: Collection[str]) -> dict[str, str]:
    """The names of customers by their keys; who has none, or has said no to being contacted, is left out.

    Raises as ``open_release`` and ``collect`` do.
    """
    with open_release(settings) as connection:
        connection.register("asked", pa.table({"customer_key": pa.array(sorted(customer_keys), pa.string())}))
        connection.execute("insert into wanted from asked")
        collect(connection, settings)
        return dict(connection.execute(_NAMES).fetchall())


def masked(name: str) -> str:
    """The first character of a name, the rest hidden, its length too."""
    return f"{name[:1]}**"


def _with_contacts(
    settings: Settings, loads: Iterable[LoadRecord]
) -> Iterator[tuple[LoadRecord, SourceDescription, FeedDescription, AccountDescription]]:
    """The loads that bring contact fields of accounts, by the places of their files."""
    sources = load_descriptions(settings.dbt_project)
    for record in sorted(loads, key=lambda load: (load.position_id, load.load_id)):
        source = sources.get(record.source)
        feed = source.feeds.get(record.feed or "") if source else None
        if record.has_vault and source and feed is not None and feed.account is not None:
            yield record, source, feed, feed.account


def _incoming(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    record: LoadRecord,
    feed: FeedDescription,
    account: AccountDescription,
    vault_key: bytes,
) -> Iterator[pa.Table]:
    """Account id, time and contact fields of the rows of a load, some thousand rows at a time."""
    updated_at = identifier(_UPDATED_AT) if _UPDATED_AT in record.columns else "null::varchar"
    raw = path_literal(raw_path(settings, record.source, feed.name, record.load_id))
    account_ids = (
        f"select _row_number as row_number, {identifier(account.id)} as account_id,"  # noqa: S608 - quoted
        f" {updated_at} as updated_at"
        f" from read_parquet([{raw}], hive_partitioning = false) where _row_number between ? and ?"
        " order by _row_number"
    )
    for kind, batch in read_vault(vault_path(settings, record.load_id), vault_key, record.load_id):
        if kind != "contacts":
            continue
        rows = batch.column("row_number")
        bounds = [pc.min(rows).as_py(), pc.max(rows).as_py()]
        ids = connection.execute(account_ids, bounds).to_arrow_table()
        contacts = pa.table({"row_number": rows, **_fields(batch, feed, account)})
        yield _with_plain_ids(ids).join(contacts, "row_number", join_type="inner")


def _fields(batch: pa.RecordBatch, feed: FeedDescription, account: AccountDescription) -> dict[str, pa.Array]:
    def column(name: str | None) -> pa.Array:
        return batch.column(name) if name in batch.schema.names else pa.nulls(batch.num_rows, pa.string())

    def of_kind(kind: str) -> pa.Array:
        return column(next((column.name for column in feed.columns if column.contact == kind), None))

    # With nulls skipped instead, a row without any name would be left out of what is joined.
    names = [pc.fill_null(column(name), "") for name in account.name if name in batch.schema.names]
    name = pc.binary_join_element_wise(*names, " ") if names else column(None)
    return dict(zip(FIELDS, (name, of_kind("phone"), of_kind("email")), strict=True))


def _with_plain_ids(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("account_id")
    ids = table.column(place).combine_chunks()
    plain = map_distinct(ids if isinstance(ids, pa.Array) else ids.chunk(0), normalise_account_id)
    return table.set_column(place, "account_id", plain)
