"""Sealed reviews: what was decided stands, and what comes after goes on from it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from clubs import CLUBS, SHIPPED
from living import COMPUTED, DECIDED, Movement, month_ends

EVERYTHING = (*CLUBS, *SHIPPED)


def some_purchases(seed: int) -> list[tuple[str, str, float]]:
    """Forty customers who buy a lot, a little, once, or stop."""
    drawn = random.Random(seed)
    purchases = []
    for number in range(40):
        day = date(2024, 1, 1) + timedelta(days=drawn.randrange(200))
        busy_until = date(2024, 6, 1) + timedelta(days=drawn.randrange(500))
        while day < busy_until:
            purchases.append((f"c{number:02}", str(day), drawn.choice([90, 120, 700, 1200, 5200, 21000])))
            day += timedelta(days=drawn.randrange(5, 140))
    return purchases


def everything_decided(movement: Movement) -> list[dict[str, object]]:
    """Every decision, and behind those of policies what they remember."""
    memory = (
        "customer_key, scheme_id, decided_on_date, columns('policy_.*|.*_since_date|held_.*|downgraded_.*')"
    )
    remembered = " union all ".join(
        f"select {memory} from {relation} where policy_tier_rank is not null"
        for relation in ("lake.sealed_decisions", "int_tier_decisions_made")
    )
    return [
        *movement.rows("select * exclude (is_sealed) from int_tier_decisions order by all"),
        *movement.rows(f"from ({remembered}) order by all"),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_sealing_month_after_month_decides_as_one_replay_of_all_months(movement: Movement, seed: int) -> None:
    purchases = some_purchases(seed)
    joined = {account: "2024-01-15" for account, _, _ in purchases}
    for day in map(str, month_ends("2024-01", "2025-06")):
        movement.live([one for one in purchases if one[1] <= day], until=day, joined=joined, proposed=[day])
        movement.seal(*EVERYTHING)
    movement.live(purchases, until="2025-07-31", joined=joined, proposed=["2025-07-31"])
    sealed = everything_decided(movement)
    assert movement.rows("from int_tier_decisions where is_sealed")
    movement.forget_reviews()
    movement.live(purchases, until="2025-07-31", joined=joined)
    assert everything_decided(movement) == sealed


def test_no_model_compares_every_customer_with_every_customer(movement: Movement) -> None:
    """An outer join with a condition on one side alone does, where customers have been sealed."""
    joined = {account: "2024-01-15" for account, _, _ in some_purchases(1)}
    movement.live(some_purchases(1), until="2024-03-31", joined=joined)
    movement.seal(*EVERYTHING)
    movement.live(some_purchases(1), until="2024-04-30", joined=joined)
    looping = {model for model in (*COMPUTED, *DECIDED) if "BLOCKWISE_NL_JOIN" in movement.plan(model)}
    # Schemes meet dates there, no customers.
    assert looping <= {"int_scheme_dates"}


def test_a_late_purchase_leaves_the_sealed_decision_and_counts_in_the_next_review(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 1500), ("d", "2024-01-10", 100)]
    movement.live(purchases, until="2024-03-31")
    movement.seal("growth_club")
    purchases.append(("c", "2024-02-05", 4000))
    movement.live(purchases, until="2024-03-31")
    assert movement.decisions("growth_club")[-1] == ("2024-03-31", "silver", "kept")
    movement.live(purchases, until="2024-04-30", proposed=["2024-04-30"])
    assert movement.decisions("growth_club")[-2:] == [
        ("2024-03-31", "silver", "kept"),
        ("2024-04-30", "gold", "upgraded"),
    ]
    assert movement.history("growth_club")[0] == ("silver", "2024-01-31", "2024-04-30")


def test_a_review_from_before_all_dates_that_are_computed_still_gives_the_tier(movement: Movement) -> None:
    """Dates go back three years only; the shop has sealed nothing since."""
    purchases = [("c", "2024-01-10", 1500), ("d", "2024-01-10", 100)]
    movement.live(purchases, until="2024-03-31")
    movement.seal("growth_club", "calendar_club")
    movement.live(purchases, until="2028-06-30", since="2025-06")
    assert ("2028-06-30", "silver", "waiting_for_review") in movement.decisions("growth_club")
    assert movement.history("growth_club") == [("silver", "2024-01-31", None)]
    assert [day for day, _, _ in movement.decisions("calendar_club")][-1] == "2028-06-30"


def test_a_review_that_nobody_has_sealed_moves_nobody(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 1500), ("c", "2024-04-05", 4000), ("c", "2024-06-05", 20000)]
    movement.live(purchases, until="2024-03-31")
    movement.seal("growth_club", "calendar_club")
    movement.live(purchases, until="2024-05-31", proposed=["2024-05-31"])
    assert movement.decisions("growth_club")[-2:] == [
        ("2024-04-30", "silver", "waiting_for_review"),
        ("2024-05-31", "gold", "upgraded"),
    ]
    movement.live(purchases, until="2024-06-30")
    assert movement.decisions("growth_club")[-3:] == [
        ("2024-04-30", "silver", "waiting_for_review"),
        ("2024-05-31", "silver", "waiting_for_review"),
        ("2024-06-30", "silver", "waiting_for_review"),
    ]
    # What rises at once does not wait for anybody's signature.
    assert ("2024-04-05", "gold", "upgraded") in movement.decisions("calendar_club")


def test_a_tier_held_to_the_end_of_a_year_ends_with_the_next_review_sealed(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 6000)]
    movement.live(purchases, until="2025-12-31")
    movement.seal("calendar_club")
    movement.live(purchases, until="2026-01-31")
    assert movement.decisions("calendar_club")[-1] == ("2026-01-31", "gold", "waiting_for_review")
    movement.live(purchases, until="2026-01-31", proposed=["2026-01-31"])
    assert movement.decisions("calendar_club")[-2:] == [
        ("2026-01-01", "base", "downgraded"),
        ("2026-01-31", "base", "kept"),
    ]


def test_two_customers_who_are_one_keep_the_higher_tier_and_the_later_expiry(movement: Movement) -> None:
    purchases = [("a", "2024-01-10", 1500), ("b", "2023-05-10", 6000), ("a", "2025-01-10", 10)]
    movement.live(purchases, until="2024-06-30", since="2023-05")
    assert movement.decisions("calendar_club", "a")[-1][1] == "silver"
    assert movement.decisions("calendar_club", "b")[-1][1] == "gold"
    movement.seal("calendar_club", "plain_club")
    # Gold was held to the end of 2024; silver, reached later, to the end of 2025.
    movement.live(
        purchases,
        until="2025-01-31",
        since="2023-05",
        same_customer={"b": "a"},
        proposed=[str(day) for day in month_ends("2024-07", "2025-01")],
    )
    decisions = movement.decisions("calendar_club", "a")
    assert decisions[6:8] == [("2024-06-30", "silver", "kept"), ("2024-07-01", "gold", "merged")]
    assert ("2025-01-31", "gold", "held_by_minimum_hold") in decisions
    assert movement.history("calendar_club", "a") == [
        ("silver", "2024-01-10", "2024-07-01"),
        ("gold", "2024-07-01", None),
    ]
    assert movement.decisions("calendar_club", "b") == []


def test_a_merge_into_the_tier_that_is_held_anyway_is_no_move(movement: Movement) -> None:
    purchases = [("a", "2024-01-10", 6000), ("b", "2024-02-10", 1500)]
    movement.live(purchases, until="2024-03-31")
    movement.seal("growth_club")
    movement.live(purchases, until="2024-04-30", same_customer={"b": "a"}, proposed=["2024-04-30"])
    assert movement.decisions("growth_club", "a")[-2:] == [
        ("2024-04-01", "gold", "merged"),
        ("2024-04-30", "gold", "kept"),
    ]
    assert movement.history("growth_club", "a") == [("gold", "2024-01-31", None)]


def test_who_turns_out_to_be_two_is_replayed_from_the_own_past_of_each(movement: Movement) -> None:
    purchases = [("a", "2024-01-10", 1500), ("b", "2024-01-20", 6000)]
    movement.live(purchases, until="2024-02-29")
    movement.seal("growth_club")
    movement.live(purchases, until="2024-03-31", same_customer={"b": "a"}, proposed=["2024-03-31"])
    assert movement.decisions("growth_club", "a")[-1] == ("2024-03-31", "gold", "kept")
    movement.seal("growth_club")
    movement.live(purchases, until="2024-04-30", proposed=["2024-04-30"])
    assert movement.decisions("growth_club", "a") == [
        ("2024-01-31", "silver", "new"),
        ("2024-02-29", "silver", "kept"),
        ("2024-03-31", "silver", "kept"),
        ("2024-04-30", "silver", "kept"),
    ]
    assert movement.decisions("growth_club", "b")[-1] == ("2024-04-30", "gold", "kept")


def test_who_was_never_reviewed_alone_is_replayed_from_the_first_day(movement: Movement) -> None:
    purchases = [("a", "2024-01-10", 1500), ("b", "2024-01-20", 6000)]
    movement.live(purchases, until="2024-02-29", same_customer={"b": "a"})
    movement.seal("growth_club")
    movement.live(purchases, until="2024-03-31", proposed=["2024-03-31"])
    assert movement.decisions("growth_club", "b") == [
        ("2024-01-31", "gold", "new"),
        ("2024-02-29", "gold", "kept"),
        ("2024-03-31", "gold", "kept"),
    ]


def test_a_customer_found_after_a_review_begins_at_the_next_date(movement: Movement) -> None:
    movement.live([("c", "2024-01-10", 1500)], until="2024-02-29")
    movement.seal("growth_club")
    movement.live([("c", "2024-01-10", 1500), ("late", "2024-01-05", 6000)], until="2024-03-31")
    assert movement.decisions("growth_club", "late") == [("2024-03-31", "gold", "new")]


def test_the_history_of_a_scheme_without_a_policy_goes_back_to_the_first_review(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 6000), ("c", "2024-03-10", 20000)]
    for day in ("2024-01-31", "2024-02-29", "2024-03-31"):
        movement.live([one for one in purchases if one[1] <= day], until=day)
        movement.seal("plain_club")
    movement.live(purchases, until="2024-05-31", recent_since="2024-04-30")
    assert movement.history("plain_club") == [
        ("gold", "2024-01-31", "2024-03-31"),
        ("diamond", "2024-03-31", None),
    ]
    assert movement.decisions("plain_club") == [
        ("2024-01-31", "gold", "new"),
        ("2024-03-31", "diamond", "upgraded"),
        ("2024-04-30", "diamond", "kept"),
        ("2024-05-31", "diamond", "kept"),
    ]


def test_a_sealed_tier_is_the_tier_of_its_code_in_a_later_version(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 6000)]
    movement.live(purchases, until="2024-02-29")
    movement.seal("growth_club", "plain_club")
    for name in ("decisions", "scheme_tiers"):
        movement.connection.execute(
            f"update lake.sealed_{name} set scheme_version = 0, tier_rank = tier_rank + 10"
        )
    movement.connection.execute("update lake.sealed_decisions set policy_tier_rank = policy_tier_rank + 10")
    movement.make("int_scheme_tiers")
    movement.live(purchases, until="2024-03-31", proposed=["2024-03-31"])
    last = movement.rows(
        "select scheme_id, scheme_version, outcome, previous_tier_rank, tier_rank from int_tier_decisions"
        " where decided_on_date >= date '2024-02-29' and scheme_id in ('growth_club', 'plain_club')"
        " order by scheme_id, decided_on_date"
    )
    assert [tuple(row.values()) for row in last] == [
        ("growth_club", 0, "kept", 3, 13),
        ("growth_club", 1, "kept", 3, 3),
        ("plain_club", 0, "kept", 3, 13),
        ("plain_club", 1, "kept", 3, 3),
    ]
    assert [
        row["scheme_version"] for row in movement.rows("from tier_history where scheme_id = 'growth_club'")
    ] == [0]


def test_a_run_as_of_an_earlier_day_does_not_know_the_review(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 1500), ("c", "2024-02-10", 6000)]
    movement.live(purchases, until="2024-03-31")
    unsealed = movement.decisions("growth_club")
    movement.seal("growth_club")
    movement.live([("c", "2024-01-10", 1500), ("c", "2024-01-11", 20000)], until="2024-02-29")
    assert movement.decisions("growth_club") == [
        ("2024-01-31", "diamond", "new"),
        ("2024-02-29", "diamond", "kept"),
    ]
    movement.live(purchases, until="2024-03-31")
    assert movement.decisions("growth_club") == unsealed


def days_computed(movement: Movement, *scheme_ids: str) -> dict[str, list[str]]:
    """The dates at which the rules of a scheme were asked."""
    return {
        scheme_id: [
            str(row["as_of_date"])
            for row in movement.rows(f"select distinct as_of_date from {scheme_id} order by as_of_date")
        ]
        for scheme_id in scheme_ids
    }


def test_what_is_sealed_is_not_computed_again(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 1500), ("c", "2024-05-05", 4000)]
    movement.live(purchases, until="2024-03-31")
    assert days_computed(movement, "growth_club", "plain_club") == {
        "growth_club": ["2024-01-31", "2024-02-29", "2024-03-31"],
        "plain_club": ["2024-01-31", "2024-02-29", "2024-03-31"],
    }
    movement.seal("growth_club", "plain_club")
    movement.live(purchases, until="2024-05-10", proposed=["2024-04-30"])
    assert days_computed(movement, "growth_club", "plain_club", "calendar_club") == {
        # With a policy, days between two dates are judged by the date before them, here the review's own.
        "growth_club": ["2024-03-31", "2024-04-30", "2024-05-10"],
        "plain_club": ["2024-04-30", "2024-05-10"],
        "calendar_club": ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-10"],
    }
    assert movement.history("plain_club") == [
        ("silver", "2024-01-31", "2024-05-10"),
        ("gold", "2024-05-10", None),
    ]


def test_who_turns_out_to_be_two_has_the_months_computed_again(movement: Movement) -> None:
    purchases = [("a", "2024-01-10", 1500), ("b", "2024-01-20", 6000)]
    movement.live(purchases, until="2024-02-29")
    movement.seal("growth_club", "plain_club")
    movement.live(purchases, until="2024-03-31", same_customer={"b": "a"}, proposed=["2024-03-31"])
    assert days_computed(movement, "growth_club") == {"growth_club": ["2024-02-29", "2024-03-31"]}
    movement.seal("growth_club", "plain_club")
    movement.live(purchases, until="2024-04-30", proposed=["2024-04-30"])
    # A policy remembers: it goes on from the last review that knew each of the two. The others do not.
    assert days_computed(movement, "growth_club", "plain_club") == {
        "growth_club": ["2024-02-29", "2024-03-31", "2024-04-30"],
        "plain_club": ["2024-04-30"],
    }


def test_of_a_day_that_was_decided_again_the_last_review_counts(movement: Movement) -> None:
    """One customer turns out to be two, is decided on again from before, and is one after all."""
    purchases = [("a", "2024-01-10", 1500), ("b", "2024-01-20", 6000)]
    for day, same in [("2024-02-29", {}), ("2024-03-31", {"b": "a"}), ("2024-04-30", {})]:
        movement.live(purchases, until=day, same_customer=same, proposed=[day])
        movement.seal("growth_club")
    movement.live(purchases, until="2024-05-10", same_customer={"b": "a"})
    sealed, known = (
        [
            (row["sequence_number"], str(row["decided_on_date"]))
            for row in movement.rows(
                f"select sequence_number, decided_on_date from {table} where customer_key = 'a' order by all"
            )
        ]
        for table in ("lake.sealed_decisions", "int_sealed_decisions")
    )
    assert sealed[2:] == [(2, "2024-03-01"), (2, "2024-03-31"), (3, "2024-03-31"), (3, "2024-04-30")]
    sealed.remove((2, "2024-03-31"))
    assert known == sealed


def test_without_a_policy_no_change_is_kept_at_the_newest_dates_and_for_a_review(movement: Movement) -> None:
    purchases = [("c", "2024-01-10", 1500)]
    movement.live(purchases, until="2024-04-30")
    assert movement.decisions("plain_club") == [
        ("2024-01-31", "silver", "new"),
        ("2024-03-31", "silver", "kept"),
        ("2024-04-30", "silver", "kept"),
    ]
    movement.live(purchases, until="2024-04-30", proposed=["2024-03-31"])
    assert [day for day, _, _ in movement.decisions("plain_club")] == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


@pytest.mark.parametrize("club", ["growth_club", "calendar_club"])
def test_an_override_that_ends_after_a_review_is_judged_on_its_day(movement: Movement, club: str) -> None:
    lived = {
        "purchases": [("c", "2024-01-10", 1500)],
        "overrides": [
            {
                "scheme_id": club, "override_id": "o1", "account_reference": "c", "tier_code": "gold",
                "kind": "floor", "valid_from_date": "2024-02-10", "valid_until_date": "2024-04-14",
            }
        ],
    }  # fmt: skip
    movement.live(**lived, until="2024-03-31")
    movement.seal(club)
    movement.live(**lived, until="2024-04-30", proposed=["2024-04-30"])
    sealed = movement.decisions(club)
    assert ("2024-04-15", "silver", "downgraded") in sealed
    movement.forget_reviews()
    movement.live(**lived, until="2024-04-30")
    assert movement.decisions(club) == sealed


@pytest.mark.parametrize("club", ["plain_club", "growth_club"])
def test_of_two_who_are_one_the_history_ends_with_the_tier_that_is_held(
    movement: Movement, club: str
) -> None:
    purchases = [("a", "2024-01-10", 1500), ("b", "2024-01-20", 6000)]
    for day in ("2024-01-31", "2024-02-29", "2024-03-31"):
        movement.live(purchases, until=day, proposed=[day])
        movement.seal(club)
    # The one whose key goes on had left the scheme before the last review, which knew the other alone.
    sealed = (
        "update lake.sealed_decisions set outcome = 'left', tier_rank = null where customer_key = 'a' and"
    )
    movement.connection.execute(f"{sealed} decided_on_date = '2024-02-29'")
    movement.connection.execute(
        "delete from lake.sealed_decisions where customer_key = 'a' and decided_on_date = '2024-03-31'"
    )
    movement.live(purchases, until="2024-04-30", same_customer={"b": "a"}, proposed=["2024-04-30"])
    assert movement.decisions(club, "a")[-1][1] == "gold"
    assert movement.history(club, "a") == [
        ("silver", "2024-01-31", "2024-02-29"),
        ("gold", "2024-03-31", None),
    ]
