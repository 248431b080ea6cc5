"""The staff edition: the CRM change file of the current release with contact fields from the vault.

For people who call or write to customers, never for sharing: below ``CLIENTELE_HOME/staff/``, readable by its
owner alone, replaced by each new edition. Vaults are opened one by one; nothing of them is spilled to disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from clientele.crm.changes import CHANGES_FILE, without_formula
from clientele.duck import identifier, path_literal, text_literal
from clientele.durable import make_folder, private_draft
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.descriptions import AccountDescription, FeedDescription, load_descriptions
from clientele.lake.log import LoadRecord, read_records, resolve
from clientele.lake.raw import raw_path, vault_path
from clientele.privacy.hashing import map_distinct
from clientele.privacy.keys import load_keys
from clientele.privacy.normalise import normalise_account_id
from clientele.privacy.vault import read_vault
from clientele.settings import Settings

FIELDS: Final = ("contact_name", "contact_phone", "contact_email")
_OPEN = """
create table changes as from read_csv({changes}, header = true, all_varchar = true, delim = ',', quote = '"',
    escape = '"', nullstr = '');
create table customers as select customer_key, has_contact_consent from published.main.customers
    semi join changes using (customer_key);
create table contacts (customer_key varchar primary key, contact_name varchar, contact_phone varchar,
    contact_email varchar)
"""
_ACCOUNTS = """
select source, account_type, account_id, customer_key from published.main.customer_accounts
semi join changes using (customer_key)
where account_type in ('member', 'ecommerce', 'prospect')
"""
#: Loads come oldest first: what a later row has, and is not empty, takes the place of what was found before.
_COLLECT = """
insert into contacts
select
    accounts.customer_key,
    arg_max(nullif(trim(incoming.contact_name), ''), incoming.row_number),
    arg_max(nullif(trim(incoming.contact_phone), ''), incoming.row_number),
    arg_max(nullif(trim(incoming.contact_email), ''), incoming.row_number)
from incoming
inner join accounts
    on accounts.source = $source and accounts.account_type = $account_type
    and accounts.account_id = incoming.account_id
group by accounts.customer_key
on conflict (customer_key) do update set
    contact_name = coalesce(excluded.contact_name, contact_name),
    contact_phone = coalesce(excluded.contact_phone, contact_phone),
    contact_email = coalesce(excluded.contact_email, contact_email)
"""
_EDITION = """
create table edition as
select changes.*, customers.has_contact_consent, {fields}
from changes
left join customers using (customer_key)
left join contacts
    on contacts.customer_key = changes.customer_key and customers.has_contact_consent is distinct from false
order by changes.customer_key, changes.scheme_id
"""
#: Into a file that is there already: a file of DuckDB's own making could be read by others.
_WRITE = """
copy edition to {path}
(format csv, header, delimiter ',', quote '"', escape '"', nullstr '', use_tmp_file false)
"""


@dataclass(frozen=True)
class StaffEdition:
    """What was written."""

    file: Path
    rows: int
    rows_with_contact: int


def write_staff_edition(settings: Settings) -> StaffEdition:
    """Write ``staff/customer_tier_changes.csv``: the change file, consent, name, phone and e-mail.

    Each field is the newest that is not empty among the rows of the customer's accounts; all are empty where
    the customer has said no to being contacted. No cell starts a formula.

    Raises UnavailableError when nothing is published or a vault cannot be opened, ConfigurationError for
    another key than the lake's.
    """
    database = settings.published / "clientele.duckdb"
    changes = settings.published / "crm" / CHANGES_FILE
    if not database.exists() or not changes.exists():
        raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
    loads = [load.record for load in resolve(read_records(settings)) if load.is_active]
    keys = load_keys(settings)
    if {record.key_fingerprint for record in loads} - {keys.fingerprint, None}:
        raise ConfigurationError(
            "the secret key is not the one this lake was written with",
            remedy="set CLIENTELE_SECRET_KEY to it, or put lake/secret.key back",
        )
    file = settings.home / "staff" / CHANGES_FILE
    make_folder(file.parent, 0o700)
    with _memory(settings) as connection:
        connection.execute(f"attach {text_literal(str(database))} as published (read_only)")
        connection.execute(_OPEN.format(changes=path_literal(changes)))
        accounts = connection.execute(_ACCOUNTS).to_arrow_table()
        connection.register("accounts", _with_plain_ids(accounts))
        for record, feed, account in _with_contacts(settings, loads):
            for incoming in _incoming(connection, settings, record, feed, account, keys.vault):
                connection.register("incoming", incoming)
                connection.execute(_COLLECT, {"source": record.source, "account_type": account.type})
                connection.unregister("incoming")
        fields = ", ".join(f"{without_formula(f'contacts.{field}')} as {field}" for field in FIELDS)
        connection.execute(_EDITION.format(fields=fields))
        with private_draft(file) as draft:
            connection.execute(_WRITE.format(path=text_literal(str(draft))))
        counts = connection.execute(
            f"select count(*), count(coalesce({', '.join(FIELDS)})) from edition"  # noqa: S608 - names from above
        ).fetchone()
    rows, with_contact = counts or (0, 0)
    return StaffEdition(file, rows, with_contact)


def _memory(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A database in memory that fails rather than put contact data on disk."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
    }
    return duckdb.connect(config=config)


def _with_contacts(
    settings: Settings, loads: Iterable[LoadRecord]
) -> Iterator[tuple[LoadRecord, FeedDescription, AccountDescription]]:
    """The loads that bring contact fields of accounts, oldest first."""
    sources = load_descriptions(settings.dbt_project)
    for record in sorted(loads, key=lambda load: load.load_id):
        source = sources.get(record.source)
        feed = source.feeds.get(record.feed or "") if source else None
        if record.has_vault and feed is not None and feed.account is not None:
            yield record, feed, feed.account


def _incoming(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    record: LoadRecord,
    feed: FeedDescription,
    account: AccountDescription,
    vault_key: bytes,
) -> Iterator[pa.Table]:
    """Account id and contact fields of the rows of a load, some thousand rows at a time."""
    raw = path_literal(raw_path(settings, record.source, feed.name, record.load_id))
    account_ids = (
        f"select _row_number as row_number, {identifier(account.id)} as account_id"  # noqa: S608 - quoted
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

    names = [column(name) for name in account.name if name in batch.schema.names]
    name = pc.binary_join_element_wise(*names, " ", null_handling="skip") if names else column(None)
    return dict(zip(FIELDS, (name, of_kind("phone"), of_kind("email")), strict=True))


def _with_plain_ids(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("account_id")
    ids = table.column(place).combine_chunks()
    plain = map_distinct(ids if isinstance(ids, pa.Array) else ids.chunk(0), normalise_account_id)
    return table.set_column(place, "account_id", plain)
