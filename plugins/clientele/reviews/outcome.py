"""What a proposal would do, for whoever decides on it: counts and totals, never a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clientele.duck import connect
from clientele.reviews.proposal import Proposal, proposal_folder
from clientele.settings import Settings
from clientele.warehouse.candidate import open_aside

_OUTCOMES = """
    select
        scheme_id, previous_customers_count, customers_count, upgraded_count, downgraded_count,
        near_threshold_count, falling_net_sales_12m_amount, downgraded_ratio, usual_downgraded_ratio
    from review_outcomes
    where as_of_date = ?
"""


@dataclass(frozen=True)
class SchemeOutcome:
    """What a review moves in one scheme: customers, and the twelve months' net sales of those who fall.

    Ratios are of the customers before, 0 to 1; None where there were none, or too few reviews to say what is
    usual.
    """

    scheme_id: str
    previous_customers_count: int
    customers_count: int
    upgraded_count: int
    downgraded_count: int
    near_threshold_count: int
    falling_net_sales_12m_amount: Decimal
    downgraded_ratio: Decimal | None
    usual_downgraded_ratio: Decimal | None


def read_outcomes(settings: Settings, as_of_date: date) -> list[SchemeOutcome]:
    """What the proposal as of a date moves in every scheme that is due then, by scheme.

    Raises ConfigurationError when nothing is proposed as of the date.
    """
    candidate = open_aside(proposal_folder(settings, as_of_date))
    with connect(candidate.database, settings, read_only=True) as connection:
        rows = connection.execute(_OUTCOMES + " order by scheme_id", [as_of_date]).fetchall()
    return [SchemeOutcome(*row) for row in rows]


def describe(proposal: Proposal, outcomes: list[SchemeOutcome], data_docs: str) -> str:
    """The findings as Markdown: a row per scheme of the proposal, then what the checks of the outcome say."""
    schemes = {scheme.scheme_id for scheme in proposal.schemes}
    lines = [
        f"**Review as of {proposal.as_of_date}**, proposed {proposal.proposed_at:%Y-%m-%d %H:%M} UTC.",
        f"It knows the loads up to {proposal.known_load_id}; its mark is {proposal.mark}.",
        "",
        "| scheme | customers | up | down | down, usually | near a threshold | net sales of those who fall |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(_row(outcome) for outcome in outcomes if outcome.scheme_id in schemes),
        "",
    ]
    if proposal.restated_review_id is not None:
        lines += [
            f"Since review {proposal.restated_review_id}: {proposal.restatements_count} restatements.",
            "",
        ]
    lines += _checks(proposal)
    lines += ["", f"Data docs: {data_docs}#outcome"]
    return "\n".join(lines)


def _row(outcome: SchemeOutcome) -> str:
    down = str(outcome.downgraded_count)
    if outcome.downgraded_ratio is not None:
        down += f" ({_percentage(outcome.downgraded_ratio)})"
    usual = outcome.usual_downgraded_ratio
    cells = (
        outcome.scheme_id,
        f"{outcome.previous_customers_count} → {outcome.customers_count}",
        str(outcome.upgraded_count),
        down,
        "–" if usual is None else _percentage(usual),
        str(outcome.near_threshold_count),
        f"{outcome.falling_net_sales_12m_amount:,.2f}",
    )
    return f"| {' | '.join(cells)} |"


def _percentage(ratio: Decimal) -> str:
    return f"{100 * ratio:.1f} %"


def _checks(proposal: Proposal) -> list[str]:
    if proposal.passes_every_check:
        return ["All checks of the outcome passed."]
    said = [
        f"- `{finding.suite_name} {finding.check_id}`: {finding.check_name} {finding.details or ''}".rstrip()
        for finding in proposal.findings
    ]
    return ["What checks of the outcome object to:", "", *said]
