"""The movement policies once more, in plain Python, one customer at a time."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class Policy:
    """A policy over tiers ``ranks``, lowest first; ``immediate`` are the ranks reached at any time."""

    ranks: tuple[int, ...]
    immediate: frozenset[int]
    downgrade: str
    grace_days: int = 0
    minimum_hold_months: int = 0
    holds_to_end_of_next_year: bool = False
    maximum_downgrades: tuple[int, int] | None = None


@dataclass(frozen=True)
class Point:
    """What is known of a customer on a day; ``override`` is a kind and a rank."""

    day: date
    is_common: bool
    is_review: bool
    is_hold_end: bool
    computed: int
    keep: int
    override: tuple[str, int] | None = None


@dataclass
class _Held:
    rank: int
    since: date
    safe_until: date
    below_since: date | None = None
    downgrades: list[date] = field(default_factory=list)


Decided = tuple[date, int | None, str]


def decide(policy: Policy, points: Sequence[Point], common_dates: Sequence[date]) -> list[Decided]:
    """Day, rank and outcome of every decision that is kept, in order of days."""
    decided: list[Decided] = []
    held: _Held | None = None
    shown: int | None = None
    for index, point in enumerate(points):
        if held is None:
            held = _Held(point.computed, point.day, date(point.day.year + 1, 12, 31))
            judged, is_review = "new", point.is_review
        else:
            is_review = point.is_review or (
                point.is_hold_end and policy.holds_to_end_of_next_year and held.safe_until < point.day
            )
            judged = _judge(policy, held, point, is_review)
        final = _overridden(held.rank, point.override)
        outcome = _outcome(final, shown, held.rank, judged)
        if point.is_common or is_review or outcome in ("new", "upgraded", "downgraded"):
            decided.append((point.day, final, outcome))
        shown = final
        missed = [
            day
            for day in common_dates
            if day > point.day and (index + 1 == len(points) or day < points[index + 1].day)
        ]
        if missed:
            decided.append((missed[0], None, "left"))
            held, shown = None, None
    return decided


def _judge(policy: Policy, held: _Held, point: Point, is_review: bool) -> str:
    """The policy's word on the point; changes what is held."""
    fits = max(point.computed, point.keep) >= held.rank
    if point.computed > held.rank and (is_review or point.computed in policy.immediate):
        _move(held, point.computed, point.day, date(point.day.year + 1, 12, 31))
        return "upgraded"
    if fits and (point.day.month, point.day.day) == (12, 31):
        held.safe_until = date(point.day.year + 1, 12, 31)
    if point.computed > held.rank:
        return "waiting_for_review"
    if fits or policy.downgrade == "never":
        if is_review:
            held.below_since = None
        return "kept"
    if not is_review:
        return "waiting_for_review"
    held.below_since = held.below_since or point.day
    return _hold(policy, held, point) or _fall(policy, held, point)


def _hold(policy: Policy, held: _Held, point: Point) -> str | None:
    """What keeps a customer who is below, if anything does."""
    if point.day < _months_later(held.since, policy.minimum_hold_months):
        return "held_by_minimum_hold"
    if policy.holds_to_end_of_next_year and point.day <= held.safe_until:
        return "held_by_minimum_hold"
    if point.day - held.below_since < timedelta(days=policy.grace_days):
        return "held_by_grace"
    if policy.maximum_downgrades:
        count, months = policy.maximum_downgrades
        recent = [day for day in held.downgrades if _month(point.day) - _month(day) < months]
        if len(recent) >= count:
            return "held_by_maximum_downgrades"
    return None


def _fall(policy: Policy, held: _Held, point: Point) -> str:
    lower = {
        "one_level": policy.ranks[policy.ranks.index(held.rank) - 1],
        "to_base": policy.ranks[0],
        "to_fit": max(point.computed, point.keep),
    }[policy.downgrade]
    _move(held, lower, point.day, date(point.day.year, 12, 31))
    held.downgrades.append(point.day)
    return "downgraded"


def _move(held: _Held, rank: int, day: date, safe_until: date) -> None:
    held.rank, held.since, held.safe_until, held.below_since = rank, day, safe_until, None


def _overridden(rank: int, override: tuple[str, int] | None) -> int:
    if override is None:
        return rank
    kind, stated = override
    return stated if kind == "freeze" else max(rank, stated)


def _outcome(final: int, shown: int | None, by_policy: int, judged: str) -> str:
    if shown is None:
        return "new"
    if final != shown:
        return "upgraded" if final > shown else "downgraded"
    if final != by_policy:
        return "held_by_override"
    return "kept" if judged in ("new", "upgraded", "downgraded") else judged


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _months_later(day: date, months: int) -> date:
    year, month = divmod(_month(day) - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
