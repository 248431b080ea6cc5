"""Pairs of customers who might be one person, for somebody to look at. Nothing is ever linked by this.

The keys of accounts link what they prove. What is left are hints: a phone that too many cards share or that
was corrected since, the same year of birth, the same store. The model of Fellegi and Sunter (A Theory for
Record Linkage, 1969), as splink computes it, weighs them against chance. Only hashes of contacts are read.
"""

from __future__ import annotations

import csv
import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from clientele.duck import connect, text_literal
from clientele.durable import make_folder, write_durably
from clientele.errors import ConfigurationError, UnavailableError
from clientele.settings import Settings

if TYPE_CHECKING:
    from splink.internals.comparison_creator import ComparisonCreator

FILE_NAME: Final = "identity_proposals.csv"
#: A pair is proposed where it is more likely than not that both are one person.
LEAST_PROBABILITY: Final = 0.5
#: A contact told by more customers than this is nobody's: it makes no pair.
MOST_HOLDERS: Final = 30
#: How often two records of one person agree; how often those of two people do is measured.
_CONTACT_AGREEMENT: Final = {"phone_hashes": 0.7, "email_hashes": 0.4}
_ATTRIBUTE_AGREEMENT: Final = {"gender": 0.98, "birth_year": 0.97, "home_store_id": 0.8}
#: What customers ever told, also what was corrected since or is shared by too many to link.
_RECORDS: Final = """
create table told as
with accounts as (
    select source, account_reference, customer_key from warehouse.intermediate.int_accounts_resolved
),
contacts as (
    select source, account_reference, phone_hash, email_hash
    from warehouse.intermediate.int_member_versions_dated
    union
    select source, account_reference, phone_hash, email_hash
    from warehouse.intermediate.int_receipts_identified
    union
    select source, account_reference, phone_hash, email_hash
    from warehouse.intermediate.int_prospects_loaded
),
hashes as (
    unpivot (select customer_key, phone_hash as phone_hashes, email_hash as email_hashes
        from contacts join accounts using (source, account_reference))
    on phone_hashes, email_hashes into name kind value hash
)
select distinct customer_key, kind, hash from hashes
qualify count(distinct customer_key) over (partition by kind, hash) between 2 and {most_holders};

create table records as
select
    customers.customer_key as unique_id,
    list(told.hash order by told.hash) filter (where told.kind = 'phone_hashes') as phone_hashes,
    list(told.hash order by told.hash) filter (where told.kind = 'email_hashes') as email_hashes,
    any_value(customers.gender) as gender,
    any_value(customers.birth_year) as birth_year,
    any_value(customers.home_store_id) as home_store_id
from warehouse.main.customers
left join told using (customer_key)
group by customers.customer_key
"""
#: How often two customers agree by chance: pairs that do among all pairs of whom the field is known.
_CONTACT_CHANCE: Final = """
select coalesce(sum(holders * (holders - 1)), 0)
    / greatest(1, (select count(*) * (count(*) - 1) from records))
from (select count(*) as holders from told where kind = $field group by hash)
"""
_ATTRIBUTE_CHANCE: Final = """
select coalesce(sum(holders * (holders - 1)) / greatest(1, sum(holders) * (sum(holders) - 1)), 0)
from (select count(*) as holders from records where {field} is not null group by {field})
"""

_TABLES_READ: Final = (
    "int_accounts_resolved",
    "int_member_versions_dated",
    "int_receipts_identified",
    "int_prospects_loaded",
)
_DIFFERENCE: Final = """
with published_rows as (
    select columns(name -> name <> 'release_id') from published.main.{table}
),

warehouse_rows as (
    select columns(name -> name <> 'release_id') from warehouse.main.{table}
)

(from published_rows except from warehouse_rows)
union all
(from warehouse_rows except from published_rows)
limit 1
"""


@dataclass(frozen=True)
class Proposals:
    """What was written."""

    file: Path
    pairs: int


def propose(settings: Settings) -> Proposals:
    """Write ``reports/identity_proposals.csv``: pairs of customers, the likelier first, and what they share.

    Read is the warehouse of the current release. Raises ConfigurationError without splink,
    UnavailableError when nothing is published or that warehouse is gone.
    """
    try:
        import splink  # noqa: F401 - asked for before anything is read
    except ImportError as error:
        raise ConfigurationError(
            "proposals need splink, which is not installed",
            remedy="pip install splink, or install the dependency group `identity`",
        ) from error
    warehouse = _warehouse(settings)
    with connect(None, settings) as connection:
        connection.execute(f"attach {text_literal(str(warehouse))} as warehouse (read_only)")
        connection.execute(_RECORDS.format(most_holders=MOST_HOLDERS))
        pairs = _scored(connection)
    file = settings.reports / FILE_NAME
    make_folder(file.parent)
    write_durably(file, _as_csv(pairs))
    return Proposals(file, len(pairs))


def _warehouse(settings: Settings) -> Path:
    """The newest warehouse that says of the customers what the current release says.

    A run that found nothing new leaves the release as it was, and a warehouse of its own.
    """
    database = settings.published / "clientele.duckdb"
    if not database.exists():
        raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
    with connect(None, settings) as connection:
        connection.execute(f"attach {text_literal(str(database))} as published (read_only)")
        for warehouse in sorted((settings.warehouse / "runs").glob("*/warehouse.duckdb"), reverse=True):
            if _is_of_the_release(connection, warehouse):
                return warehouse
    raise UnavailableError(
        "the warehouse of the current release is gone", remedy="`clientele run` builds it again"
    )


def _is_of_the_release(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> bool:
    """Whether it was built whole and has the customers and accounts of the database ``published``."""
    try:
        connection.execute(f"attach {text_literal(str(warehouse))} as warehouse (read_only)")
    except duckdb.Error:
        # A run that is under way, or was killed.
        return False
    try:
        for table in _TABLES_READ:
            connection.execute(f"from warehouse.intermediate.{table} limit 0")
        return not any(
            connection.execute(_DIFFERENCE.format(table=table)).fetchall()
            for table in ("customers", "customer_accounts")
        )
    except duckdb.Error:
        return False
    finally:
        connection.execute("detach warehouse")


def _scored(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The pairs above the threshold, with a flag for each field that is known of both: do they share it?"""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    contacts = {}
    for field in _CONTACT_AGREEMENT:
        if chance := _number(connection, _CONTACT_CHANCE, field=field):
            contacts[field] = chance
    if not contacts:
        return []
    attributes = {}
    for field in _ATTRIBUTE_AGREEMENT:
        if 0 < (chance := _number(connection, _ATTRIBUTE_CHANCE.format(field=field))) < 1:
            attributes[field] = chance
    comparisons: list[ComparisonCreator | dict[str, Any]] = [
        comparison.configure(m_probabilities=[agreement, 1 - agreement], u_probabilities=[chance, 1 - chance])
        for comparison, agreement, chance in [
            *(
                (compare.ArrayIntersectAtSizes(field, [1]), _CONTACT_AGREEMENT[field], chance)
                for field, chance in contacts.items()
            ),
            *(
                (compare.ExactMatch(field), _ATTRIBUTE_AGREEMENT[field], chance)
                for field, chance in attributes.items()
            ),
        ]
    ]
    customers = _number(connection, "select count(*) from records")
    linker = Linker(
        DuckDBAPI(connection=connection).register("records"),
        SettingsCreator(
            link_type="dedupe_only",
            # As if one customer in a hundred were somebody else's second self.
            probability_two_random_records_match=min(0.5, 0.02 / customers),
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=[
                block_on(field, arrays_to_explode=[field]) for field in contacts
            ],
        ),
        log_level=None,
    )
    scored = linker.inference.predict(threshold_match_probability=LEAST_PROBABILITY).as_duckdbpyrelation()
    shares = [
        f"len(list_intersect({field}_l, {field}_r)) > 0 as shares_{field.removesuffix('_hashes')}"
        for field in contacts
    ] + [f"{field}_l = {field}_r as shares_{field}" for field in attributes]
    ordered = connection.execute(
        "select least(unique_id_l, unique_id_r) as customer_key,"  # noqa: S608 - names from above
        " greatest(unique_id_l, unique_id_r) as other_customer_key,"
        f" round(match_probability, 6) as match_probability, {', '.join(shares)}"
        f" from ({scored.sql_query()}) order by match_probability desc, customer_key, other_customer_key"
    )
    names = [column[0] for column in ordered.description]
    return [dict(zip(names, row, strict=True)) for row in ordered.fetchall()]


def _number(connection: duckdb.DuckDBPyConnection, query: str, **parameters: str) -> float:
    found = connection.execute(query, parameters).fetchone()
    return float(found[0]) if found else 0.0


def _as_csv(pairs: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    header = list(pairs[0]) if pairs else ["customer_key", "other_customer_key", "match_probability"]
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    for pair in pairs:
        writer.writerow({name: _cell(value) for name, value in pair.items()})
    return text.getvalue()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
