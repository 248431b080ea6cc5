"""What a release says of a customer's tier in a scheme. Words for it are in ``words``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Any, Final, TypeVar

import duckdb

from clientele.duck import connect
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.landing import printable
from clientele.settings import Settings
from clientele.tiers import Measure, Scheme, load_schemes, measures_of

#: Visits shown; the figures count all of them.
VISITS_SHOWN: Final = 20
_WINDOW: Final = re.compile(r"_(\d+)m(?:_|$)")
_DEFAULT_WINDOW_MONTHS: Final = 12
Row = TypeVar("Row")

_RELEASE: Final = "select release_id, as_of_date from releases order by sequence_number desc limit 1"
_CURRENCY: Final = "select currency_code from customer_values where customer_key = $customer"
_SCHEME: Final = """
select scheme_title_zh, scheme_title_en, tier_code, tier_name_zh, tier_name_en
from tier_sizes where scheme_id = $scheme
"""
_STATE: Final = "select state, missing_needs from scheme_states where scheme_id = $scheme"
_SPELLS: Final = """
select scheme_version, tier_code, valid_from_date, valid_to_date
from tier_history
where customer_key = $customer and scheme_id = $scheme and valid_from_date <= $day
order by valid_from_date
"""
_DECISIONS: Final = """
select decided_on_date, scheme_version, is_review, outcome, previous_tier_code, computed_tier_code, tier_code,
    override_id, deciding_criterion, deciding_value, threshold_value, shortfall_value, change_metric,
    change_value, change_tier_code
from tier_decisions
where customer_key = $customer and scheme_id = $scheme and decided_on_date <= $day
order by decided_on_date desc
"""
_REASON: Final = """
select reason_zh, reason_en
from customer_tiers
where customer_key = $customer and scheme_id = $scheme and as_of_date = $day
"""
_VISITS: Final = """
select business_date, channel, visit_place, is_visit, net_sales_amount, returned_amount
from customer_visits
where customer_key = $customer and business_date <= $day
    and ($months is null or business_date > $day - to_months($months))
order by business_date desc, channel, visit_place
"""


@dataclass(frozen=True)
class Decision:
    """A row of ``tier_decisions``; figures are in the unit of their metric."""

    decided_on_date: date
    scheme_version: int
    is_review: bool
    outcome: str
    previous_tier_code: str | None
    computed_tier_code: str | None
    tier_code: str | None
    override_id: str | None
    deciding_criterion: str | None
    deciding_value: Decimal | None
    threshold_value: Decimal | None
    shortfall_value: Decimal | None
    change_metric: str | None
    change_value: Decimal | None
    change_tier_code: str | None


@dataclass(frozen=True)
class Spell:
    """A tier held from a day to the day before another; None: it is held still."""

    scheme_version: int
    tier_code: str
    valid_from_date: date
    valid_to_date: date | None


@dataclass(frozen=True)
class Visit:
    """A day in a store, or an order online; amounts are in the currency of the customer's values."""

    business_date: date
    channel: str
    visit_place: str
    is_visit: bool
    net_sales_amount: Decimal
    returned_amount: Decimal


@dataclass(frozen=True)
class Name:
    """A name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class TierExplanation:
    """Why a customer has a tier in a scheme at a day.

    ``decision`` is the newest one up to the day; None where the release keeps no decision that old, as of
    schemes without a movement policy. ``held_until_date`` is the first day on which grace or minimum hold let
    the tier fall. ``window_months`` is the length of the window the visits are of, None for all time;
    ``visits`` are the newest of them. ``measures`` and ``tier_names`` name what the codes stand for.
    """

    release_id: str
    customer_key: str
    scheme_id: str
    title: Name
    as_of_date: date
    tier_code: str
    valid_from_date: date
    currency_code: str | None
    decision: Decision | None
    reason: Name | None
    held_until_date: date | None
    history: tuple[Spell, ...]
    window_months: int | None
    visits_count: int
    visits_net_sales_amount: Decimal
    visits: tuple[Visit, ...]
    tier_names: dict[str, Name]
    measures: dict[str, Measure]


def explain_tier(
    settings: Settings, customer_key: str, scheme_id: str, as_of_date: date | None = None
) -> TierExplanation:
    """Explain the tier of a customer at a day of the current release, its own date unless another is given.

    Raises UnavailableError when nothing is published, ConfigurationError for a scheme that is not in the
    release and for a customer who has no tier of it at the day.
    """
    database = settings.published / "clientele.duckdb"
    if not database.exists():
        raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
    with connect(database, settings, read_only=True) as connection:
        return _explain(connection, settings, customer_key, scheme_id, as_of_date)


def _explain(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    customer_key: str,
    scheme_id: str,
    as_of_date: date | None,
) -> TierExplanation:
    release_id, released_date = _one(connection, _RELEASE)
    day = min(as_of_date or released_date, released_date)
    who = {"customer": customer_key, "scheme": scheme_id, "day": day}
    names = connection.execute(_SCHEME, {"scheme": scheme_id}).fetchall()
    if not names:
        raise ConfigurationError(f"release {release_id} has no scheme {printable(scheme_id)}")
    spells = _rows(connection, Spell, _SPELLS, who)
    held = [spell for spell in spells if spell.valid_to_date is None or spell.valid_to_date > day]
    if not held:
        raise ConfigurationError(_no_tier(connection, customer_key, scheme_id, day))
    decisions = _rows(connection, Decision, _DECISIONS, who)
    decision = decisions[0] if decisions else None
    scheme = load_schemes(settings.dbt_project / "tiers").get(scheme_id)
    # Who stays in a tier keeps the spell that an earlier version began; what is explained is the decision.
    if scheme is not None and scheme.version != (decision or held[0]).scheme_version:
        scheme = None
    decided_on = decision.decided_on_date if decision else day
    months = _window_months(scheme, decision.deciding_criterion if decision else None)
    visits = _rows(
        connection, Visit, _VISITS, {"customer": customer_key, "day": decided_on, "months": months}
    )
    reason = connection.execute(_REASON, who).fetchone()
    currency = connection.execute(_CURRENCY, {"customer": customer_key}).fetchone()
    return TierExplanation(
        release_id=release_id,
        customer_key=customer_key,
        scheme_id=scheme_id,
        title=Name(*names[0][:2]),
        as_of_date=day,
        tier_code=held[0].tier_code,
        valid_from_date=held[0].valid_from_date,
        currency_code=currency[0] if currency else None,
        decision=decision,
        reason=Name(*reason) if reason else None,
        held_until_date=_held_until(scheme, decisions, held[0]),
        history=tuple(spells),
        window_months=months,
        visits_count=len(visits),
        visits_net_sales_amount=sum((visit.net_sales_amount for visit in visits), Decimal(0)),
        visits=tuple(visits[:VISITS_SHOWN]),
        tier_names={code: Name(zh, en) for _, _, code, zh, en in names},
        measures=_measures(scheme),
    )


def _no_tier(connection: duckdb.DuckDBPyConnection, customer_key: str, scheme_id: str, day: date) -> str:
    state = connection.execute(_STATE, {"scheme": scheme_id}).fetchone()
    if state is not None and state[0] == "missing_feed":
        return f"scheme {printable(scheme_id)} places nobody: there are no {state[1]} in the exports"
    return f"customer {printable(customer_key)} has no tier of {printable(scheme_id)} on {day}"


def _held_until(scheme: Scheme | None, decisions: list[Decision], held: Spell) -> date | None:
    """The first day on which grace or minimum hold ends, for a tier that they hold now."""
    if scheme is None or scheme.policy is None or not decisions:
        return None
    policy = scheme.policy
    if decisions[0].outcome == "held_by_grace":
        reviews = [decision for decision in decisions if decision.is_review]
        below = list(takewhile(lambda review: review.outcome.startswith("held_by_"), reviews))
        return below[-1].decided_on_date + timedelta(days=policy.grace_days) if below else None
    if decisions[0].outcome != "held_by_minimum_hold":
        return None
    ends = [_months_later(held.valid_from_date, policy.minimum_hold_months)]
    if policy.hold_until:
        ends.append(_year_after_hold(scheme, decisions, held))
    return max(ends)


def _year_after_hold(scheme: Scheme, decisions: list[Decision], held: Spell) -> date:
    """The first of January after the years for which the tier is held; who is held now is so this year."""
    ranks = {tier.code: tier.rank for tier in scheme.tiers}
    spell = [decision for decision in decisions if decision.decided_on_date >= held.valid_from_date]
    last_years = [decisions[0].decided_on_date.year]
    for decision in spell:
        day, tier = decision.decided_on_date, ranks.get(held.tier_code, 0)
        is_given = day == held.valid_from_date and decision.outcome != "downgraded"
        is_reached_at_the_end = (day.month, day.day) == (12, 31) and (
            decision.outcome == "kept" or ranks.get(decision.computed_tier_code or "", 0) >= tier
        )
        if is_given or is_reached_at_the_end:
            last_years.append(day.year + 1)
    return date(max(last_years) + 1, 1, 1)


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _window_months(scheme: Scheme | None, criterion: str | None) -> int | None:
    """The longest window that the scheme reads; None where it reads none but all time."""
    names = [criterion or ""]
    if scheme:
        names += [entry.metric for entry in scheme.basis]
        names += [f"_{figure.count_visits.window}" for figure in scheme.figures if figure.count_visits]
    months = [int(found[1]) for name in names if (found := _WINDOW.search(name))]
    if not months and any("lifetime" in name for name in names):
        return None
    return max(months, default=_DEFAULT_WINDOW_MONTHS)


def _measures(scheme: Scheme | None) -> dict[str, Measure]:
    return measures_of(scheme) if scheme else {}


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    if row is None:
        raise UnavailableError("the published database names no release", remedy="run `clientele run`")
    return row


def _rows(
    connection: duckdb.DuckDBPyConnection, kind: type[Row], sql: str, parameters: dict[str, object]
) -> list[Row]:
    used = {name: value for name, value in parameters.items() if f"${name}" in sql}
    return [kind(*row) for row in connection.execute(sql, used).fetchall()]
