"""What the report reads: SQL over the published tables, summed in the engine, every list in a total order.

Only lists that are bounded by design come back: tiers, months, movements, checks, feeds, the first movers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import duckdb

from clientele.errors import UnavailableError

Row = TypeVar("Row")

MOVERS_SHOWN = 8
REFUSED_FILES_SHOWN = 40
QUARANTINE_REASONS_SHOWN = 30


@dataclass(frozen=True)
class Release:
    """The release the report is about."""

    release_id: str
    run_id: str
    as_of_date: date
    known_load_id: int | None
    previous_release_id: str | None
    content_digest: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class SchemeSummary:
    """What a scheme says, in one line of each language."""

    scheme_id: str
    scheme_summary_zh: str
    scheme_summary_en: str


@dataclass(frozen=True)
class CustomerTotals:
    """Customers and their last twelve months, over everybody."""

    customers_count: int
    buyers_12m_count: int
    visits_12m_count: int
    visits_1m_count: int


@dataclass(frozen=True)
class CurrencyTotal:
    """Net sales of the last twelve months in one currency."""

    currency_code: str
    net_sales_12m_amount: Decimal


@dataclass(frozen=True)
class TierSize:
    """One tier of one scheme at one computed date."""

    as_of_date: date
    scheme_id: str
    scheme_version: int
    scheme_title_zh: str
    scheme_title_en: str
    tier_code: str
    tier_rank: int
    tier_name_zh: str
    tier_name_en: str
    customers_count: int
    customers_ratio: Decimal | None
    net_sales_12m_amount: Decimal
    net_sales_12m_ratio: Decimal | None


@dataclass(frozen=True)
class Movement:
    """Customers that went from one tier to another between the previous month end and now."""

    previous_as_of_date: date | None
    scheme_id: str
    from_tier_code: str
    from_tier_rank: int | None
    to_tier_code: str
    to_tier_rank: int | None
    customers_count: int
    net_sales_12m_amount: Decimal


@dataclass(frozen=True)
class Mover:
    """One customer that rose or fell since the previous month end."""

    scheme_id: str
    is_riser: bool
    customer_key: str
    previous_tier_code: str
    tier_code: str
    currency_code: str | None
    net_sales_12m_amount: Decimal
    reason_zh: str | None
    reason_en: str | None


@dataclass(frozen=True)
class MovedCustomers:
    """Customers that rose, and that fell, in at least one scheme."""

    risen_count: int
    fallen_count: int


@dataclass(frozen=True)
class CheckTally:
    """How the checks of one boundary went."""

    boundary: str
    passed_count: int
    warned_count: int
    blocked_count: int


@dataclass(frozen=True)
class FailedCheck:
    """A check that did not pass."""

    boundary: str
    severity: str
    check_name: str | None
    table_name: str | None
    column_name: str | None
    checked_count: int | None
    failed_count: int | None
    details: str | None


@dataclass(frozen=True)
class ControlTotal:
    """Where the rows and the money of one feed and currency went."""

    source: str
    feed: str | None
    currency_code: str
    files_count: int
    rows_in_count: int
    rows_loaded_count: int
    rows_duplicate_count: int
    rows_superseded_count: int
    rows_quarantined_count: int
    amount_in: Decimal
    amount_loaded: Decimal
    amount_duplicate: Decimal
    amount_superseded: Decimal
    amount_quarantined: Decimal

    @property
    def rows_unexplained_count(self) -> int:
        return self.rows_in_count - (
            self.rows_loaded_count
            + self.rows_duplicate_count
            + self.rows_superseded_count
            + self.rows_quarantined_count
        )

    @property
    def amount_unexplained(self) -> Decimal:
        return self.amount_in - (
            self.amount_loaded + self.amount_duplicate + self.amount_superseded + self.amount_quarantined
        )

    @property
    def is_balanced(self) -> bool:
        return self.rows_unexplained_count == 0 and self.amount_unexplained == 0


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken in, and why."""

    load_id: int
    source: str
    feed: str | None
    file_name: str
    reason_code: str | None
    reason: str | None


@dataclass(frozen=True)
class FileTally:
    """Files by what became of them."""

    accepted_count: int
    refused_count: int
    duplicate_count: int


@dataclass(frozen=True)
class QuarantineReason:
    """Rows of one feed set aside for one reason."""

    source: str
    feed: str | None
    column_name: str | None
    reason_code: str
    currency_code: str | None
    rows_count: int
    amount: Decimal


_RELEASE = """
with latest as (
    select * from releases order by sequence_number desc, release_id limit 1
)

select
    release_id,
    run_id,
    coalesce(as_of_date, (select max(as_of_date) from customer_values)) as as_of_date,
    known_load_id,
    previous_release_id,
    content_digest,
    published_at
from latest
"""

_CUSTOMER_TOTALS = """
select
    count(*) as customers_count,
    count(*) filter (where visits_12m_count > 0) as buyers_12m_count,
    coalesce(sum(visits_12m_count), 0)::bigint as visits_12m_count,
    coalesce(sum(visits_1m_count), 0)::bigint as visits_1m_count
from customer_values
"""

_CURRENCY_TOTALS = """
select
    coalesce(currency_code, 'XXX') as currency_code,
    sum(net_sales_12m_amount) as net_sales_12m_amount
from customer_values
group by 1
having sum(net_sales_12m_amount) <> 0
order by 1
"""

_TIER_SIZES = """
select
    as_of_date,
    scheme_id,
    scheme_version,
    scheme_title_zh,
    scheme_title_en,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    customers_count,
    customers_ratio,
    coalesce(net_sales_12m_amount, 0) as net_sales_12m_amount,
    net_sales_12m_ratio
from tier_sizes
where as_of_date <= $as_of_date
order by scheme_id, as_of_date, tier_rank desc, tier_code
"""

_MOVEMENTS = """
select
    previous_as_of_date,
    scheme_id,
    from_tier_code,
    from_tier_rank,
    to_tier_code,
    to_tier_rank,
    customers_count,
    coalesce(net_sales_12m_amount, 0) as net_sales_12m_amount
from tier_movements
where as_of_date = $as_of_date
order by scheme_id, from_tier_rank desc nulls last, from_tier_code, to_tier_rank desc nulls last, to_tier_code
"""

# A tier that began after the previous month end is a move of this month; older ones stand in earlier reports.
_MOVED = """
with compared_with as (
    select scheme_id, max(previous_as_of_date) as previous_as_of_date
    from tier_movements
    where as_of_date = $as_of_date
    group by scheme_id
),

moved as (
    select
        customer_tiers.scheme_id,
        customer_tiers.customer_key,
        customer_tiers.tier_rank > customer_tiers.previous_tier_rank as is_riser,
        customer_tiers.previous_tier_code,
        customer_tiers.tier_code,
        customer_tiers.reason_zh,
        customer_tiers.reason_en
    from customer_tiers
    inner join compared_with using (scheme_id)
    where
        customer_tiers.valid_from_date > compared_with.previous_as_of_date
        and customer_tiers.tier_rank <> customer_tiers.previous_tier_rank
)
"""

_MOVED_CUSTOMERS = (
    _MOVED
    + """
select
    count(distinct customer_key) filter (where is_riser) as risen_count,
    count(distinct customer_key) filter (where not is_riser) as fallen_count
from moved
"""
)

_MOVERS = (
    _MOVED
    + """
select
    moved.scheme_id,
    moved.is_riser,
    moved.customer_key,
    moved.previous_tier_code,
    moved.tier_code,
    customer_values.currency_code,
    coalesce(customer_values.net_sales_12m_amount, 0) as net_sales_12m_amount,
    moved.reason_zh,
    moved.reason_en
from moved
left join customer_values using (customer_key)
qualify
    row_number() over (
        partition by moved.scheme_id, moved.is_riser
        order by coalesce(customer_values.net_sales_12m_amount, 0) desc, moved.customer_key
    ) <= $movers_shown
order by moved.scheme_id, moved.is_riser desc, net_sales_12m_amount desc, moved.customer_key
"""
)

_CHECK_TALLIES = """
select
    boundary,
    count(*) filter (where is_successful) as passed_count,
    count(*) filter (where is_successful is distinct from true and severity = 'warning') as warned_count,
    count(*) filter (where is_successful is distinct from true and severity is distinct from 'warning')
        as blocked_count
from quality_results
group by boundary
order by boundary
"""

_FAILED_CHECKS = """
select
    boundary,
    severity,
    coalesce(check_name, check_id) as check_name,
    table_name,
    column_name,
    checked_count,
    failed_count,
    details
from quality_results
where is_successful is distinct from true
order by severity, boundary, suite_name, check_id
"""

_CONTROL_TOTALS = """
select
    source,
    feed,
    coalesce(currency_code, 'XXX') as currency_code,
    count(distinct load_id) as files_count,
    sum(rows_in_count)::bigint as rows_in_count,
    sum(rows_loaded_count)::bigint as rows_loaded_count,
    sum(rows_duplicate_count)::bigint as rows_duplicate_count,
    sum(rows_superseded_count)::bigint as rows_superseded_count,
    sum(rows_quarantined_count)::bigint as rows_quarantined_count,
    sum(amount_in) as amount_in,
    sum(amount_loaded) as amount_loaded,
    sum(amount_duplicate) as amount_duplicate,
    sum(amount_superseded) as amount_superseded,
    sum(amount_quarantined) as amount_quarantined
from (
    select
        source, feed, currency_code, load_id,
        coalesce(rows_in_count, 0) as rows_in_count,
        coalesce(rows_loaded_count, 0) as rows_loaded_count,
        coalesce(rows_duplicate_count, 0) as rows_duplicate_count,
        coalesce(rows_superseded_count, 0) as rows_superseded_count,
        coalesce(rows_quarantined_count, 0) as rows_quarantined_count,
        coalesce(amount_in, 0) as amount_in,
        coalesce(amount_loaded, 0) as amount_loaded,
        coalesce(amount_duplicate, 0) as amount_duplicate,
        coalesce(amount_superseded, 0) as amount_superseded,
        coalesce(amount_quarantined, 0) as amount_quarantined
    from load_ledger
    where status = 'accepted'
)
group by source, feed, 3
order by source, feed nulls last, 3
"""

_FILE_TALLY = """
select
    count(distinct load_id) filter (where status = 'accepted') as accepted_count,
    count(distinct load_id) filter (where status = 'refused') as refused_count,
    count(distinct load_id) filter (where status = 'duplicate_file') as duplicate_count
from load_ledger
"""

_REFUSED_FILES = """
select distinct load_id, source, feed, file_name, reason_code, reason
from load_ledger
where status = 'refused'
order by load_id desc, file_name, reason
limit $refused_files_shown
"""

_QUARANTINE_REASONS = """
select
    source,
    feed,
    column_name,
    reason_code,
    currency_code,
    count(*) as rows_count,
    coalesce(sum(amount), 0) as amount
from quarantined_rows
group by source, feed, column_name, reason_code, currency_code
order by rows_count desc, source, feed, column_name, reason_code, currency_code
limit $quarantine_reasons_shown
"""

# A warehouse built before schemes carried a summary has no such columns: the title then stands alone.
_HAS_SCHEME_SUMMARIES = """
select count(*) = 2
from information_schema.columns
where
    table_schema = current_schema()
    and table_name = 'tier_sizes'
    and column_name in ('scheme_summary_zh', 'scheme_summary_en')
"""

_SCHEME_SUMMARIES = """
select distinct scheme_id, scheme_summary_zh, scheme_summary_en
from tier_sizes
where as_of_date = $as_of_date and scheme_summary_zh is not null and scheme_summary_en is not null
order by all
"""


@dataclass(frozen=True)
class Published:
    """Everything the report says, as read from one release."""

    release: Release
    customer_totals: CustomerTotals
    currency_totals: list[CurrencyTotal]
    scheme_summaries: list[SchemeSummary]
    tier_sizes: list[TierSize]
    movements: list[Movement]
    moved_customers: MovedCustomers
    movers: list[Mover]
    check_tallies: list[CheckTally]
    failed_checks: list[FailedCheck]
    control_totals: list[ControlTotal]
    file_tally: FileTally
    refused_files: list[RefusedFile]
    quarantine_reasons: list[QuarantineReason]


def read(database: Path) -> Published:
    """Read one release from its published DuckDB file, opened read-only.

    Raises UnavailableError when the file cannot be opened, lacks a published table or holds no release.
    """
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            return _read(connection)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UnavailableError(
            f"cannot read the published tables in {database}: {reason}",
            remedy="publish a release with `clientele run` first",
        ) from error


def _read(connection: duckdb.DuckDBPyConnection) -> Published:
    def rows(row_type: type[Row], sql: str, **parameters: object) -> list[Row]:
        result = connection.execute(sql, parameters) if parameters else connection.execute(sql)
        names = [column[0] for column in result.description or []]
        return [row_type(**dict(zip(names, values, strict=True))) for values in result.fetchall()]

    releases = rows(Release, _RELEASE)
    if not releases or releases[0].as_of_date is None:
        raise UnavailableError(
            "the published tables hold no release to report on",
            remedy="publish a release with `clientele run` first",
        )
    release = releases[0]
    as_of = release.as_of_date
    has_summaries = connection.execute(_HAS_SCHEME_SUMMARIES).fetchall()[0][0]
    return Published(
        release=release,
        customer_totals=rows(CustomerTotals, _CUSTOMER_TOTALS)[0],
        currency_totals=rows(CurrencyTotal, _CURRENCY_TOTALS),
        scheme_summaries=rows(SchemeSummary, _SCHEME_SUMMARIES, as_of_date=as_of) if has_summaries else [],
        tier_sizes=rows(TierSize, _TIER_SIZES, as_of_date=as_of),
        movements=rows(Movement, _MOVEMENTS, as_of_date=as_of),
        moved_customers=rows(MovedCustomers, _MOVED_CUSTOMERS, as_of_date=as_of)[0],
        movers=rows(Mover, _MOVERS, as_of_date=as_of, movers_shown=MOVERS_SHOWN),
        check_tallies=rows(CheckTally, _CHECK_TALLIES),
        failed_checks=rows(FailedCheck, _FAILED_CHECKS),
        control_totals=rows(ControlTotal, _CONTROL_TOTALS),
        file_tally=rows(FileTally, _FILE_TALLY)[0],
        refused_files=rows(RefusedFile, _REFUSED_FILES, refused_files_shown=REFUSED_FILES_SHOWN),
        quarantine_reasons=rows(
            QuarantineReason, _QUARANTINE_REASONS, quarantine_reasons_shown=QUARANTINE_REASONS_SHOWN
        ),
    )
