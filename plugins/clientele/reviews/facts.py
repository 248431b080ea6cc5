"""What a built warehouse knows up to a date, taken out so that two warehouses can be compared.

Their views name the database that they were made in, so one connection cannot hold both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from clientele.duck import connect, identifier, path_literal, text_literal
from clientele.settings import Settings
from clientele.tiers import Scheme
from clientele.tiers.reads import conditions_of

#: What has to be built before the facts ``records`` and ``figures`` can be told.
FACT_MODELS: Final = (
    "int_customer_values_by_date",
    "int_sale_lines_loaded",
    "int_receipts_identified",
    "int_member_versions_dated",
    "int_service_events_loaded",
    "int_prospects_loaded",
    "int_tier_overrides_loaded",
)

_RECORDS: Final = """
with

receipts as (
    select source, channel, receipt_no, currency_code, business_date, account_reference
    from intermediate.int_receipts_identified
),

-- A return counts for the receipt it names, where that receipt is known.
lines as (
    select
        lines.source,
        concat_ws(chr(31), lines.channel, lines.receipt_no, lines.line_no) as record_key,
        coalesce(named.account_reference, own.account_reference) as account_reference,
        coalesce(named.business_date, own.business_date) as business_date,
        lines.line_kind = 'return' as is_return,
        lines.payload_hash,
        lines.load_id,
        lines.row_number
    from intermediate.int_sale_lines_loaded as lines
    inner join receipts as own using (source, channel, receipt_no, currency_code)
    left join receipts as named
        on
            lines.line_kind = 'return'
            and lines.source = named.source
            and lines.channel = named.channel
            and lines.original_receipt_no = named.receipt_no
            and lines.currency_code = named.currency_code
),

service_rows as (
    select load_id, row_number, payload_hash from intermediate.int_service_rows_unioned
)

select
    'line' as kind, source, record_key, account_reference, null::varchar as scheme_id, is_return,
    payload_hash as content, load_id, row_number, true as is_in_time
from lines
where account_reference is not null and business_date <= $as_of_date

union all

select
    'member', members.source, concat_ws(chr(31), members.account_reference, members.valid_from_date),
    members.account_reference, null, false, rows.payload_hash, members.load_id, members.row_number,
    members.valid_from_date <= $as_of_date
from intermediate.int_member_versions_dated as members
inner join intermediate.int_members_unioned as rows using (load_id, row_number)

union all

select
    'service_event', events.source, events.event_id, events.account_reference, null, false,
    service_rows.payload_hash, events.load_id, events.row_number, true
from intermediate.int_service_events_loaded as events
inner join service_rows using (load_id, row_number)
where events.account_reference is not null and events.business_date <= $as_of_date

union all

select
    'prospect', prospects.source, prospects.prospect_id, 'prospect:' || prospects.prospect_id, null, false,
    service_rows.payload_hash, prospects.load_id, prospects.row_number, prospects.created_date <= $as_of_date
from intermediate.int_prospects_loaded as prospects
inner join service_rows using (load_id, row_number)

union all

select
    'override', overrides.source, overrides.override_id, overrides.account_reference, overrides.scheme_id,
    false, service_rows.payload_hash, overrides.load_id, overrides.row_number, true
from intermediate.int_tier_overrides_loaded as overrides
inner join service_rows using (load_id, row_number)
where overrides.valid_from_date <= $as_of_date
"""

_ACCOUNTS: Final = """
select source, account_reference, customer_key from intermediate.int_accounts_resolved
"""

_LINKS: Final = """
select source, account_reference, linked_by_load_id as load_id
from intermediate.int_accounts_resolved
where linked_by_load_id is not null
"""

_TIERS: Final = """
select decisions.customer_key, decisions.scheme_id, tiers.tier_code, tiers.tier_rank
from intermediate.int_tier_decisions as decisions
inner join intermediate.int_scheme_tiers as tiers using (scheme_id, scheme_version, tier_rank)
where decisions.decided_on_date = $as_of_date
"""

_FIGURES: Final = """
select customer_key, {scheme_id} as scheme_id, to_json(row({metrics}))::varchar as figures
from intermediate.int_customer_values_by_date
where as_of_date = $as_of_date
"""

_NO_FIGURES: Final = (
    "select null::varchar as customer_key, null::varchar as scheme_id, null::varchar as figures limit 0"
)


def figures_sql(schemes: Mapping[str, Scheme]) -> str:
    """SQL of the fact ``figures`` for those of the schemes whose tiers follow from figures of the date alone.

    A movement policy remembers what was before, figures of a scheme's own count visits, and a condition
    without a metric asks about others.
    """
    return (
        " union all ".join(
            _FIGURES.format(
                scheme_id=text_literal(scheme_id),
                metrics=", ".join(identifier(entry.metric) for entry in scheme.basis),
            )
            for scheme_id, scheme in schemes.items()
            if scheme.policy is None
            and not scheme.figures
            and all(condition.metric is not None for _, condition in conditions_of(scheme))
        )
        or _NO_FIGURES
    )


def write_facts(
    settings: Settings,
    database: Path,
    as_of_date: date,
    folder: Path,
    names: Sequence[str],
    schemes: Mapping[str, Scheme],
) -> dict[str, Path]:
    """Write the facts ``names`` of a built warehouse as Parquet files; what each is, restatements says.

    Raises UnavailableError when the database cannot be opened.
    """
    facts = {
        "records": _RECORDS,
        "accounts": _ACCOUNTS,
        "links": _LINKS,
        "tiers": _TIERS,
        "figures": figures_sql(schemes),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    with connect(database, settings, read_only=True) as connection:
        for name in names:
            written[name] = folder / f"{name}.parquet"
            parameters = {"as_of_date": as_of_date} if "$as_of_date" in facts[name] else {}
            connection.execute(
                f"copy ({facts[name]}) to {path_literal(written[name])} (format parquet)", parameters
            )
    return written
