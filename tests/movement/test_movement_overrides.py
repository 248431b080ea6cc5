"""Overrides of the staff: a floor, a freeze, their ends, and several at once."""

from __future__ import annotations

from typing import Any

import pytest
from living import Movement


def override(
    kind: str, tier_code: str, valid_from: str, valid_until: str | None, **more: Any
) -> dict[str, Any]:
    return {
        "override_id": f"{kind}-{tier_code}",
        "account_reference": "c",
        "scheme_id": "half_yearly_club",
        "tier_code": tier_code,
        "kind": kind,
        "valid_from_date": valid_from,
        "valid_until_date": valid_until,
        **more,
    }


def test_a_floor_raises_lets_rise_and_ends(movement: Movement) -> None:
    movement.live(
        [("c", "2024-01-10", 1500), ("c", "2024-05-05", 20000)],
        until="2024-12-31",
        overrides=[override("floor", "gold", "2024-04-10", "2024-09-15")],
    )
    assert movement.decisions("half_yearly_club") == [
        ("2024-01-31", "silver", "new"),
        ("2024-02-29", "silver", "kept"),
        ("2024-03-31", "silver", "kept"),
        ("2024-04-10", "gold", "upgraded"),
        ("2024-04-30", "gold", "held_by_override"),
        ("2024-05-05", "diamond", "upgraded"),
        ("2024-05-31", "diamond", "kept"),
        ("2024-06-30", "diamond", "kept"),
        ("2024-07-31", "diamond", "kept"),
        ("2024-08-31", "diamond", "kept"),
        ("2024-09-16", "diamond", "kept"),
        ("2024-09-30", "diamond", "kept"),
        ("2024-10-31", "diamond", "kept"),
        ("2024-11-30", "diamond", "kept"),
        ("2024-12-31", "diamond", "kept"),
    ]


def test_nobody_falls_below_a_floor_and_the_fall_comes_at_its_end(movement: Movement) -> None:
    movement.live(
        [("c", "2023-02-10", 6000)],
        until="2024-07-31",
        overrides=[override("floor", "gold", "2024-01-31", "2024-07-09")],
        since="2023-12",
    )
    # The review of June lowers the tier below the floor by one; the end of the floor is a review of its own.
    assert movement.decisions("half_yearly_club") == [
        ("2023-12-31", "gold", "new"),
        ("2024-01-31", "gold", "kept"),
        ("2024-02-29", "gold", "waiting_for_review"),
        ("2024-03-31", "gold", "waiting_for_review"),
        ("2024-04-30", "gold", "waiting_for_review"),
        ("2024-05-31", "gold", "waiting_for_review"),
        ("2024-06-30", "gold", "held_by_override"),
        ("2024-07-10", "base", "downgraded"),
        ("2024-07-31", "base", "kept"),
    ]


def test_a_freeze_is_exactly_the_tier_and_its_end_reviews_at_once(movement: Movement) -> None:
    movement.live(
        [("c", "2024-01-10", 1500), ("c", "2024-05-05", 20000)],
        until="2024-10-31",
        overrides=[override("freeze", "base", "2024-04-10", "2024-09-15")],
    )
    assert movement.decisions("half_yearly_club")[3:] == [
        ("2024-04-10", "base", "downgraded"),
        ("2024-04-30", "base", "held_by_override"),
        ("2024-05-31", "base", "held_by_override"),
        ("2024-06-30", "base", "held_by_override"),
        ("2024-07-31", "base", "held_by_override"),
        ("2024-08-31", "base", "held_by_override"),
        ("2024-09-16", "diamond", "upgraded"),
        ("2024-09-30", "diamond", "kept"),
        ("2024-10-31", "diamond", "kept"),
    ]
    assert movement.history("half_yearly_club") == [
        ("silver", "2024-01-31", "2024-04-10"),
        ("base", "2024-04-10", "2024-09-16"),
        ("diamond", "2024-09-16", None),
    ]


def test_the_end_of_a_freeze_does_not_wait_for_december(movement: Movement) -> None:
    life = {"purchases": [("c", "2023-07-20", 6000)], "until": "2024-08-31"}
    movement.live(**life, overrides=[override("freeze", "gold", "2024-05-01", "2024-08-10")])
    assert movement.decisions("half_yearly_club")[-2:] == [
        ("2024-08-11", "silver", "downgraded"),
        ("2024-08-31", "silver", "waiting_for_review"),
    ]
    movement.live(**life)
    assert movement.decisions("half_yearly_club")[-1] == ("2024-08-31", "gold", "waiting_for_review")


@pytest.mark.parametrize(
    ("overrides", "deciding"),
    [
        ([("floor", "diamond", "2024-03-01"), ("freeze", "gold", "2024-02-01")], "freeze-gold"),
        ([("floor", "diamond", "2024-02-01"), ("floor", "gold", "2024-03-01")], "floor-gold"),
        ([("freeze", "gold", "2024-03-01"), ("freeze", "diamond", "2024-03-01")], "freeze-diamond"),
    ],
)
def test_of_two_overrides_one_decides(
    movement: Movement, overrides: list[tuple[str, str, str]], deciding: str
) -> None:
    stated = [override(kind, code, day, None) for kind, code, day in overrides]
    for order in (stated, stated[::-1]):
        movement.live([("c", "2024-01-10", 1500)], until="2024-04-30", overrides=order)
        found = movement.rows(
            "select override_id, tier_code from int_tier_decisions join int_scheme_tiers"
            " using (scheme_id, tier_rank) where decided_on_date = '2024-04-30'"
            " and scheme_id = 'half_yearly_club'"
        )
        assert found == [{"override_id": deciding, "tier_code": deciding.partition("-")[2]}]


def test_a_scheme_without_a_policy_is_overridden_at_its_dates(movement: Movement) -> None:
    movement.live(
        [("c", "2024-01-10", 1500)],
        until="2024-06-30",
        overrides=[override("floor", "gold", "2024-02-10", "2024-04-30", scheme_id="plain_club")],
        proposed=["2024-06-30"],
    )
    assert movement.decisions("plain_club") == [
        ("2024-01-31", "silver", "new"),
        ("2024-02-29", "gold", "upgraded"),
        ("2024-03-31", "gold", "held_by_override"),
        ("2024-04-30", "gold", "held_by_override"),
        ("2024-05-31", "silver", "downgraded"),
        ("2024-06-30", "silver", "kept"),
    ]


def test_an_override_of_somebody_else_changes_nothing(movement: Movement) -> None:
    movement.live(
        [("c", "2024-01-10", 1500), ("d", "2024-01-10", 1500)],
        until="2024-06-30",
        overrides=[
            override("freeze", "diamond", "2024-02-10", None, account_reference="d"),
            override("freeze", "diamond", "2024-02-10", None, scheme_id="growth_club", override_id="x"),
        ],
    )
    assert movement.history("half_yearly_club") == [("silver", "2024-01-31", None)]
