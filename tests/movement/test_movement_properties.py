"""Random lives under random policies: the models decide as the plain fold does."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from living import Movement, month_ends
from plain_fold import Point, Policy, decide

CLUB = "growth_club"
RANKS = (1, 3, 4, 7)
COMMON = [*month_ends("2024-10", "2026-03"), date(2026, 4, 15)]
DAYS = (COMMON[-1] - COMMON[0]).days


def some_policy(drawn: random.Random) -> Policy:
    return Policy(
        ranks=RANKS,
        immediate=frozenset(drawn.sample(RANKS, drawn.randrange(3))),
        downgrade=drawn.choice(["one_level", "one_level", "to_fit", "to_base", "never"]),
        grace_days=drawn.choice([0, 0, 0, 1, 31, 60]),
        minimum_hold_months=drawn.choice([0, 0, 0, 1, 3, 12]),
        holds_to_end_of_next_year=drawn.random() < 0.3,
        maximum_downgrades=drawn.choice([None, (1, 1), (1, 3), (1, 6), (2, 6)]),
    )


def life(drawn: random.Random) -> list[Point]:
    """A customer's points: most common dates, and some days between."""
    first = drawn.randrange(7)
    absent = drawn.sample(range(len(COMMON)), drawn.randrange(3))
    days = {day: True for index, day in enumerate(COMMON) if index >= first and index not in absent}
    between = [COMMON[0] + timedelta(days=drawn.randrange(1, DAYS)) for _ in range(drawn.randrange(5))]
    for day in (*between, date(2025, 1, 1), date(2026, 1, 1)):
        days.setdefault(day, False)
    points = []
    rank = drawn.choice(RANKS)
    for day, is_common in sorted(days.items()):
        if drawn.random() < 0.4:
            rank = drawn.choice(RANKS)
        points.append(
            Point(
                day=day,
                is_common=is_common,
                is_review=drawn.random() < 0.7,
                is_hold_end=(day.month, day.day) == (1, 1),
                computed=rank,
                keep=max(rank, drawn.choice(RANKS)) if drawn.random() < 0.2 else rank,
                override=(drawn.choice(["floor", "freeze"]), drawn.choice(RANKS))
                if drawn.random() < 0.1
                else None,
            )
        )
    return points


def policy_rows(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "scheme_id": CLUB,
            "tier_rank": rank,
            "rank_below": RANKS[index - 1] if index else None,
            "base_rank": RANKS[0],
            "downgrade": policy.downgrade,
            "grace_days": policy.grace_days,
            "minimum_hold_months": policy.minimum_hold_months,
            "holds_to_end_of_next_year": policy.holds_to_end_of_next_year,
            "maximum_downgrades_count": policy.maximum_downgrades and policy.maximum_downgrades[0],
            "maximum_downgrades_months": policy.maximum_downgrades and policy.maximum_downgrades[1],
        }
        for index, rank in enumerate(RANKS)
    ]


def point_rows(policy: Policy, customer: str, points: list[Point]) -> list[dict[str, Any]]:
    rows = []
    for index, point in enumerate(points):
        next_common = next((day for day in COMMON if day > point.day), None)
        next_day = points[index + 1].day if index + 1 < len(points) else None
        rows.append(
            {
                "step": index + 1,
                "scheme_id": CLUB,
                "customer_key": customer,
                "decided_on_date": point.day,
                "scheme_version": 1,
                "is_sealed": False,
                "is_common_date": point.is_common,
                "is_review": point.is_review,
                "is_hold_end": point.is_hold_end,
                "next_as_of_date": next_common,
                "is_before_leaving": next_common is not None and (next_day is None or next_day > next_common),
                "computed_tier_rank": point.computed,
                "keep_rank": point.keep,
                "is_immediate": point.computed in policy.immediate,
                "override_kind": point.override and point.override[0],
                "override_tier_rank": point.override and point.override[1],
            }
        )
    return rows


def decided(movement: Movement) -> dict[str, list[tuple[date, int | None, str]]]:
    found: dict[str, list[tuple[date, int | None, str]]] = {}
    for row in movement.rows(
        "select customer_key, decided_on_date, tier_rank, outcome from int_tier_decisions"
        " order by customer_key, decided_on_date"
    ):
        found.setdefault(row["customer_key"], []).append(
            (row["decided_on_date"], row["tier_rank"], row["outcome"])
        )
    return found


@pytest.fixture
def nobody(movement: Movement) -> Movement:
    """The models without a customer, the decisions still to be made."""
    movement.live([], until=str(COMMON[-1]))
    return movement


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_models_decide_as_the_plain_fold(nobody: Movement, seed: int) -> None:
    drawn = random.Random(seed)
    policy = some_policy(drawn)
    customers = [life(drawn) for _ in range(20)]
    expected = {f"c{number}": decide(policy, points, COMMON) for number, points in enumerate(customers)}
    rows = [
        row for number, points in enumerate(customers) for row in point_rows(policy, f"c{number}", points)
    ]
    nobody.fill("int_scheme_policies", policy_rows(policy))
    drawn.shuffle(rows)
    nobody.fill("int_evaluation_points", rows)
    nobody.make("int_tier_decisions_made", "int_tier_decisions")
    assert decided(nobody) == expected
    the_history_is_what_was_decided(nobody)


def the_history_is_what_was_decided(movement: Movement) -> None:
    """Half-open spans that never overlap and say the rank of every decision on its day."""
    movement.fill(
        "int_scheme_tiers",
        [
            {"scheme_id": CLUB, "scheme_version": 1, "tier_code": str(rank), "tier_rank": rank}
            for rank in RANKS
        ],
    )
    movement.make("tier_history")
    assert (
        movement.rows(
            """
        select decisions.customer_key, decisions.decided_on_date
        from int_tier_decisions as decisions
        left join tier_history as history
            on decisions.customer_key = history.customer_key
            and decisions.decided_on_date >= history.valid_from_date
            and (history.valid_to_date is null or decisions.decided_on_date < history.valid_to_date)
        group by all
        having count(history.tier_rank) <> count(decisions.tier_rank) or count(*) > 1
            or min(history.tier_rank) is distinct from min(decisions.tier_rank)
        """
        )
        == []
    )


def some_purchases(pairs: int) -> list[tuple[str, str, float]]:
    """Purchases of two accounts each of so many people, the same every time."""
    drawn = random.Random(7)
    return [
        (f"{side}{number}", str(date(2024, 1, 1) + timedelta(days=drawn.randrange(700))), amount)
        for number in range(pairs)
        for side in "ab"
        for amount in drawn.choices([400, 900, 1500, 4200, 6000, 21000], k=drawn.randrange(1, 6))
    ]


def decisions_by_customer(movement: Movement) -> dict[tuple[str, str], dict[date, int]]:
    """Rank by date, of every club and customer."""
    found: dict[tuple[str, str], dict[date, int]] = {}
    for row in movement.rows("from int_tier_decisions where is_common_date and tier_rank is not null"):
        found.setdefault((row["scheme_id"], row["customer_key"]), {})[row["decided_on_date"]] = row[
            "tier_rank"
        ]
    return found


def test_a_merged_customer_is_replayed_and_so_is_each_side_after_an_unmerge(movement: Movement) -> None:
    pairs, until = 40, "2026-01-31"
    bought = some_purchases(pairs)
    movement.live(bought, until=until, proposed=[until])
    apart = decisions_by_customer(movement)
    same = {f"b{number}": f"a{number}" for number in range(pairs)}
    movement.live(bought, until=until, same_customer=same, proposed=[until])
    merged = decisions_by_customer(movement)
    # Where the rules alone decide, and where a review comes every month, more sales never mean less.
    for club in ("plain_club", "growth_club", "two_falls_club"):
        for number in range(pairs):
            together = merged[club, f"a{number}"]
            for side in "ab":
                alone = apart[club, f"{side}{number}"]
                assert [day for day, rank in alone.items() if together[day] < rank] == []
    movement.live(bought, until=until, proposed=[until])
    assert decisions_by_customer(movement) == apart
