"""The staff edition: the CRM change file of the current release with contact fields from the vault.

For people who call or write to customers, never for sharing: below ``CLIENTELE_HOME/staff/``, readable by its
owner alone, replaced by each new edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clientele.crm.changes import CHANGES_FILE, without_formula
from clientele.crm.contacts import FIELDS, collect, open_release
from clientele.duck import path_literal, text_literal
from clientele.durable import make_folder, private_draft
from clientele.errors import UnavailableError
from clientele.settings import Settings

_CHANGES = """
create table changes as from read_csv({changes}, header = true, all_varchar = true, delim = ',', quote = '"',
    escape = '"', nullstr = '');
insert into wanted select distinct customer_key from changes where customer_key is not null;
create table customers as select customer_key, has_contact_consent from published.main.customers
    semi join wanted using (customer_key)
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
    changes = settings.published / "crm" / CHANGES_FILE
    if not changes.exists():
        raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
    file = settings.home / "staff" / CHANGES_FILE
    with open_release(settings) as connection:
        connection.execute(_CHANGES.format(changes=path_literal(changes)))
        collect(connection, settings)
        fields = ", ".join(f"{without_formula(f'contacts.{field}')} as {field}" for field in FIELDS)
        connection.execute(_EDITION.format(fields=fields))
        make_folder(file.parent, 0o700)
        with private_draft(file) as draft:
            connection.execute(_WRITE.format(path=text_literal(str(draft))))
        counts = connection.execute(
            f"select count(*), count(coalesce({', '.join(FIELDS)})) from edition"  # noqa: S608 - names from above
        ).fetchone()
    rows, with_contact = counts or (0, 0)
    return StaffEdition(file, rows, with_contact)
