"""What a run came to: where every row went, the customers and the tiers, read from the current release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from clientele.duck import connect
from clientele.errors import UnavailableError
from clientele.settings import Settings


@dataclass(frozen=True)
class FeedRows:
    """Rows and amounts of one feed and currency, by where they went.

    ``rows_after_date`` of those loaded are sales dated after the date of the release.
    """

    source: str
    feed: str
    currency_code: str
    rows_in: int
    rows_loaded: int
    rows_duplicate: int
    rows_superseded: int
    rows_quarantined: int
    rows_after_date: int
    amount_in: Decimal
    amount_loaded: Decimal


@dataclass(frozen=True)
class RefusedFile:
    """A file that stands refused: no accepted file of its name came since. ``reason`` is the newest."""

    source: str
    file_name: str
    reason: str


@dataclass(frozen=True)
class TierSize:
    """Customers and revenue of one tier; the ratios are of the scheme's customers and revenue, 0 to 1."""

    scheme_id: str
    scheme_title: str
    tier_code: str
    tier_name: str
    customers: int
    customers_ratio: Decimal | None
    net_sales_12m_amount: Decimal
    net_sales_12m_ratio: Decimal | None


@dataclass(frozen=True)
class CurrencySales:
    """Net sales in one currency, and what of them is anonymous."""

    currency_code: str | None
    net_sales_amount: Decimal
    anonymous_net_sales_amount: Decimal


@dataclass(frozen=True)
class Summary:
    """The current release in figures, and where its files lie.

    ``net_sales_amount`` is in ``currency_code``, the one of the customers' values; sales in others stand in
    ``other_net_sales``.
    """

    release_id: str
    as_of_date: date
    currency_code: str | None
    customers: int
    accounts: int
    net_sales_amount: Decimal
    anonymous_net_sales_amount: Decimal
    other_net_sales: list[CurrencySales]
    feeds: list[FeedRows]
    refused_files: list[RefusedFile]
    tiers: list[TierSize]
    checks_passed: int
    warnings: list[str]
    database: Path
    parquet: Path
    crm: Path
    reports: list[Path]
    data_docs: Path


def read_summary(settings: Settings) -> Summary:
    """Read the summary of the current release; raises UnavailableError when nothing is published."""
    database = settings.published / "clientele.duckdb"
    if not database.exists():
        raise UnavailableError(f"nothing is published in {settings.published}", remedy="run `clientele run`")
    with connect(database, settings, read_only=True) as connection:

        def rows(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        release_id, as_of_date = rows(
            "select release_id, as_of_date from releases order by sequence_number desc limit 1"
        )[0]
        customers, currency_code = rows("select count(*), min(currency_code) from customer_values")[0]
        accounts = rows("select count(*) from customer_accounts")[0][0]
        sales = [
            CurrencySales(*row)  # type: ignore[arg-type]
            for row in rows(
                "select currency_code, sum(net_sales_amount), sum(anonymous_net_sales_amount)"
                " from sales_totals group by currency_code order by currency_code"
            )
        ]
        feeds = rows(
            "select source, feed, currency_code, sum(rows_in_count), sum(rows_loaded_count),"
            " sum(rows_duplicate_count), sum(rows_superseded_count), sum(rows_quarantined_count),"
            " sum(rows_after_date_count), sum(amount_in), sum(amount_loaded)"
            " from load_ledger where status <> 'refused' group by all order by source, feed, currency_code"
        )
        refused = rows(
            "select source, file_name, arg_max(reason, load_id) filter (where status = 'refused')"
            " from load_ledger group by source, file_name"
            " having max(load_id) filter (where status = 'refused')"
            " > coalesce(max(load_id) filter (where status = 'accepted'), 0) order by source, file_name"
        )
        tiers = rows(
            "select scheme_id, scheme_title_en, tier_code, tier_name_en, customers_count, customers_ratio,"
            " net_sales_12m_amount, net_sales_12m_ratio from tier_sizes"
            " where as_of_date = (select max(as_of_date) from tier_sizes)"
            " order by scheme_id, tier_rank desc, tier_code"
        )
        passed = rows("select count(*) from quality_results where is_successful")[0][0]
        warnings = rows(
            "select distinct table_name || ': ' || check_name from quality_results"
            " where not is_successful and severity = 'warning' order by 1"
        )
    nothing = CurrencySales(currency_code, Decimal(0), Decimal(0))  # type: ignore[arg-type]
    in_values = next((each for each in sales if each.currency_code == currency_code), nothing)
    reports = sorted((settings.published / "report").glob("*.html"))
    return Summary(
        release_id=str(release_id),
        as_of_date=as_of_date,  # type: ignore[arg-type]
        currency_code=in_values.currency_code,
        customers=customers,  # type: ignore[arg-type]
        accounts=accounts,  # type: ignore[arg-type]
        net_sales_amount=in_values.net_sales_amount,
        anonymous_net_sales_amount=in_values.anonymous_net_sales_amount,
        other_net_sales=[each for each in sales if each != in_values],
        feeds=[FeedRows(*row) for row in feeds],  # type: ignore[arg-type]
        refused_files=[RefusedFile(*row) for row in refused],  # type: ignore[arg-type]
        tiers=[TierSize(*row) for row in tiers],  # type: ignore[arg-type]
        checks_passed=passed,  # type: ignore[arg-type]
        warnings=[str(row[0]) for row in warnings],
        database=database,
        parquet=settings.published / "parquet",
        crm=settings.published / "crm",
        reports=[settings.reports / page.name for page in reports],
        data_docs=settings.reports / "data_docs" / "index.html",
    )


def as_text(summary: Summary) -> str:
    """The summary as lines for a terminal."""
    release = f"Release {summary.release_id}, as of {summary.as_of_date}"
    lines = ["", release, "", "Rows in, and where each went"]
    lines.append(
        _columns(
            [
                "source / feed",
                "currency",
                "in",
                "loaded",
                "duplicate",
                "superseded",
                "quarantined",
                "amount in",
            ],
            [
                [
                    f"{feed.source} / {feed.feed}",
                    "" if feed.currency_code == "XXX" else feed.currency_code,
                    f"{feed.rows_in:,}",
                    f"{feed.rows_loaded:,}",
                    f"{feed.rows_duplicate:,}",
                    f"{feed.rows_superseded:,}",
                    f"{feed.rows_quarantined:,}",
                    "" if feed.currency_code == "XXX" else f"{_plain(feed.amount_in)}",
                ]
                for feed in summary.feeds
            ],
        )
    )
    lines += [f"  refused: {file.source}/{file.file_name}: {file.reason}" for file in summary.refused_files]
    lines += [
        f"  dated after {summary.as_of_date}, to count from their day on: {feed.rows_after_date:,} rows of"
        f" {feed.source} / {feed.feed}"
        for feed in summary.feeds
        if feed.rows_after_date
    ]
    in_values = CurrencySales(
        summary.currency_code, summary.net_sales_amount, summary.anonymous_net_sales_amount
    )
    lines += [
        "",
        f"Customers {summary.customers:,} with {summary.accounts:,} accounts",
        *(_sales(each) for each in (in_values, *summary.other_net_sales)),
    ]
    for scheme_id in dict.fromkeys(tier.scheme_id for tier in summary.tiers):
        tiers = [tier for tier in summary.tiers if tier.scheme_id == scheme_id]
        lines += ["", f"{tiers[0].scheme_title} ({scheme_id})"]
        lines.append(
            _columns(
                ["tier", "", "customers", "share", "net sales 12m", "share"],
                [
                    [
                        tier.tier_code,
                        tier.tier_name,
                        f"{tier.customers:,}",
                        _share(tier.customers_ratio),
                        _plain(tier.net_sales_12m_amount),
                        _share(tier.net_sales_12m_ratio),
                    ]
                    for tier in tiers
                ],
                left=2,
            )
        )
    lines += ["", f"Checks passed {summary.checks_passed}, warnings {len(summary.warnings)}"]
    lines += [f"  warning: {warning}" for warning in summary.warnings]
    lines += [
        "",
        f"  tables     {summary.database}",
        f"  Parquet    {summary.parquet}",
        f"  CRM        {summary.crm}",
        *(f"  report     {page}" for page in summary.reports),
        f"  data docs  {summary.data_docs}",
    ]
    return "\n".join(lines)


def _sales(sales: CurrencySales) -> str:
    amount = f"{_plain(sales.net_sales_amount)} {sales.currency_code or ''}".strip()
    return f"Net sales {amount}, of which anonymous {_plain(sales.anonymous_net_sales_amount)}"


def _share(ratio: Decimal | None) -> str:
    """Empty where there is nothing to have a share of, as in a scheme without customers."""
    return "" if ratio is None else f"{ratio:.1%}"


def _plain(amount: Decimal) -> str:
    """Two decimals, more where the exports have more."""
    text = f"{amount.normalize():,f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}"


def _columns(header: list[str], body: list[list[str]], left: int = 1) -> str:
    widths = [max(len(row[index]) for row in [header, *body]) for index in range(len(header))]
    return "\n".join(
        "  "
        + "  ".join(
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [header, *body]
    )
