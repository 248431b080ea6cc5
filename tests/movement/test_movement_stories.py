"""Two years of a customer's life under each clock and policy, worked out by hand, month by month.

In every club silver takes 1000 in twelve months, gold 5000 and diamond 20000.
"""

from __future__ import annotations

from living import Movement, month_ends

MONTHS = [str(day) for day in month_ends("2024-01", "2026-01")]
UNTIL = "2026-01-31"


def months(movement: Movement, club: str, customer: str = "c") -> list[str]:
    """Tier and outcome at every month's end from January 2024 (or the customer's first) to January 2026."""
    return [f"{tier} {outcome}" for day, tier, outcome in movement.decisions(club, customer) if day in MONTHS]


def own_days(movement: Movement, club: str, customer: str = "c") -> list[str]:
    """The decisions on other days."""
    return [
        f"{day} {tier} {outcome}"
        for day, tier, outcome in movement.decisions(club, customer)
        if day not in MONTHS
    ]


def test_reviews_in_june_and_december_and_diamond_at_once(movement: Movement) -> None:
    movement.live(
        [
            ("c", "2024-01-10", 6000),
            ("c", "2024-03-15", 15000),
            ("c", "2025-02-20", 1200),
            ("waits", "2024-01-10", 1500),
            ("waits", "2024-07-05", 4000),
        ],
        until=UNTIL,
    )
    assert own_days(movement, "half_yearly_club") == ["2024-03-15 diamond upgraded"]
    assert months(movement, "half_yearly_club") == [
        "gold new",
        "gold kept",
        *["diamond kept"] * 10,
        # From January 2025 the first purchase no longer counts, from March the second neither.
        *["diamond waiting_for_review"] * 5,
        "gold downgraded",
        *["gold waiting_for_review"] * 5,
        "silver downgraded",
        "silver kept",
    ]
    assert movement.history("half_yearly_club") == [
        ("gold", "2024-01-31", "2024-03-15"),
        ("diamond", "2024-03-15", "2025-06-30"),
        ("gold", "2025-06-30", "2025-12-31"),
        ("silver", "2025-12-31", None),
    ]
    assert own_days(movement, "half_yearly_club", "waits") == []
    assert months(movement, "half_yearly_club", "waits")[:12] == [
        "silver new",
        *["silver kept"] * 5,
        *["silver waiting_for_review"] * 5,
        "gold upgraded",
    ]


def test_one_downgrade_in_six_calendar_months_and_thresholds_of_keeping(movement: Movement) -> None:
    movement.live(
        [
            ("c", "2024-01-15", 3000),
            ("c", "2024-02-10", 2500),
            ("keeps", "2024-01-15", 5000),
            ("keeps", "2025-01-10", 4000),
            ("misses", "2024-01-15", 5000),
            ("misses", "2025-01-10", 3999.99),
        ],
        until=UNTIL,
    )
    assert own_days(movement, "growth_club") == []
    assert months(movement, "growth_club") == [
        "silver new",
        "gold upgraded",
        *["gold kept"] * 10,
        "silver downgraded",
        # Fallen in January, the customer may fall again in July.
        *["silver held_by_maximum_downgrades"] * 5,
        "base downgraded",
        *["base kept"] * 6,
    ]
    assert months(movement, "growth_club", "keeps") == [
        "gold new",
        *["gold kept"] * 23,
        "silver downgraded",
    ]
    assert months(movement, "growth_club", "misses")[12:] == [
        "silver downgraded",
        *["silver kept"] * 11,
        "base downgraded",
    ]


def test_two_downgrades_in_six_calendar_months(movement: Movement) -> None:
    movement.live([("c", "2024-01-15", 25000)], until=UNTIL)
    assert months(movement, "two_falls_club") == [
        "diamond new",
        *["diamond kept"] * 11,
        "gold downgraded",
        "silver downgraded",
        *["silver held_by_maximum_downgrades"] * 4,
        "base downgraded",
        *["base kept"] * 6,
    ]


def test_grace_of_sixty_days_and_upgrades_at_once(movement: Movement) -> None:
    movement.live(
        [
            ("c", "2024-01-15", 6000),
            ("recovers", "2024-01-15", 6000),
            ("recovers", "2025-03-10", 5500),
            ("returns", "2024-01-15", 1200),
            ("returns", "2024-05-20", 4000),
            ("returns", "2024-05-25", -4000),
        ],
        until=UNTIL,
    )
    # Found below on 31 January 2025; 31 March is 59 days later.
    assert months(movement, "grace_club") == [
        "gold new",
        *["gold kept"] * 11,
        *["gold held_by_grace"] * 3,
        "base downgraded",
        *["base kept"] * 9,
    ]
    assert months(movement, "grace_club", "recovers")[12:] == [
        *["gold held_by_grace"] * 2,
        *["gold kept"] * 11,
    ]
    assert own_days(movement, "grace_club", "returns") == ["2024-05-20 gold upgraded"]
    assert months(movement, "grace_club", "returns") == [
        "silver new",
        *["silver kept"] * 3,
        *["gold held_by_grace"] * 2,
        "silver downgraded",
        *["silver kept"] * 5,
        *["silver held_by_grace"] * 3,
        "base downgraded",
        *["base kept"] * 9,
    ]


def test_the_anniversary_of_joining_is_the_review(movement: Movement) -> None:
    movement.live(
        [
            ("c", "2024-01-10", 6000),
            ("c", "2024-06-15", 15000),
            ("leap", "2024-01-10", 6000),
            ("without_card", "2024-01-10", 6000),
        ],
        until=UNTIL,
        joined={"c": "2019-09-10", "leap": "2020-02-29"},
    )
    assert own_days(movement, "anniversary_club") == [
        "2024-09-10 diamond upgraded",
        "2025-09-10 base downgraded",
    ]
    assert months(movement, "anniversary_club") == [
        "gold new",
        *["gold kept"] * 4,
        *["gold waiting_for_review"] * 3,
        *["diamond kept"] * 4,
        *["diamond waiting_for_review"] * 8,
        *["base kept"] * 5,
    ]
    # In a common year the day is 28 February, which ends the month.
    assert own_days(movement, "anniversary_club", "leap") == []
    assert months(movement, "anniversary_club", "leap")[11:] == [
        "gold kept",
        "gold waiting_for_review",
        "base downgraded",
        *["base kept"] * 11,
    ]
    assert own_days(movement, "anniversary_club", "without_card") == [
        "2025-01-10 base downgraded",
        "2026-01-10 base kept",
    ]


def test_a_calendar_year_earned_and_the_whole_following_year(movement: Movement) -> None:
    movement.live(
        [
            ("c", "2024-03-10", 6000),
            ("again", "2024-03-10", 6000),
            ("again", "2025-05-20", 5200),
            ("less", "2024-03-10", 25000),
            ("less", "2025-06-10", 6000),
        ],
        until=UNTIL,
    )
    assert own_days(movement, "calendar_club") == ["2024-03-10 gold new", "2026-01-01 base downgraded"]
    assert months(movement, "calendar_club") == [
        *["gold kept"] * 12,
        *["gold held_by_minimum_hold"] * 10,
        "base kept",
    ]
    # What 2025 earned again is held to the end of 2026.
    assert own_days(movement, "calendar_club", "again") == ["2024-03-10 gold new"]
    assert months(movement, "calendar_club", "again")[-2:] == ["gold kept", "gold kept"]
    # Gold would fit, but this club falls to its base; the next review raises again.
    assert own_days(movement, "calendar_club", "less") == [
        "2024-03-10 diamond new",
        "2026-01-01 base downgraded",
    ]
    assert months(movement, "calendar_club", "less")[-2:] == [
        "diamond held_by_minimum_hold",
        "gold upgraded",
    ]


def test_a_tier_for_ever_reached_at_the_end_of_a_quarter(movement: Movement) -> None:
    movement.live([("c", "2024-01-15", 1200), ("c", "2024-02-20", 4000)], until=UNTIL)
    assert own_days(movement, "ever_club") == []
    assert months(movement, "ever_club") == [
        "silver new",
        "silver waiting_for_review",
        "gold upgraded",
        *["gold kept"] * 22,
    ]


def test_a_minimum_of_eighteen_months(movement: Movement) -> None:
    movement.live([("c", "2024-01-15", 6000), ("later", "2024-08-20", 6000)], until=UNTIL)
    assert months(movement, "hold_club") == [
        "gold new",
        *["gold kept"] * 11,
        *["gold waiting_for_review"] * 11,
        "base downgraded",
        "base kept",
    ]
    # Gold on 20 August 2024 is held to 20 February 2026, and a year's end reviews.
    assert own_days(movement, "hold_club", "later") == ["2024-08-20 gold new"]
    assert months(movement, "hold_club", "later") == [
        *["gold kept"] * 12,
        *["gold waiting_for_review"] * 4,
        "gold held_by_minimum_hold",
        "gold waiting_for_review",
    ]


def test_a_review_at_every_date_and_a_minimum_of_three_months(movement: Movement) -> None:
    movement.live(
        [
            ("c", "2024-01-15", 6000),
            ("c", "2024-12-05", 1200),
            ("c", "2025-02-10", 4000),
            ("c", "2025-03-05", -4000),
        ],
        until=UNTIL,
    )
    assert own_days(movement, "daily_club") == []
    assert months(movement, "daily_club") == [
        "gold new",
        *["gold kept"] * 11,
        "silver downgraded",
        "gold upgraded",
        *["gold held_by_minimum_hold"] * 2,
        "silver downgraded",
        *["silver kept"] * 6,
        "base downgraded",
        "base kept",
    ]


def test_without_a_policy_the_computed_tier_is_the_tier(movement: Movement) -> None:
    movement.live([("c", "2024-01-15", 6000), ("c", "2024-12-05", 1200)], until=UNTIL)
    assert movement.history("plain_club") == [
        ("gold", "2024-01-31", "2025-01-31"),
        ("silver", "2025-01-31", "2025-12-31"),
        ("base", "2025-12-31", None),
    ]


def test_nobody_is_decided_on_before_being_known(movement: Movement) -> None:
    movement.live(
        [("c", "2024-03-10", 6000)],
        until="2025-03-31",
        joined={"c": "2020-07-07"},
        known_from={"c": "2025-02-10"},
    )
    for club in ("calendar_club", "anniversary_club", "plain_club"):
        assert movement.history(club)[0][1] == "2025-02-28"
        assert "left" not in [outcome for _, _, outcome in movement.decisions(club)]


def test_a_current_date_within_a_month_is_no_review(movement: Movement) -> None:
    movement.live([("c", "2024-01-15", 6000)], until="2025-01-20")
    assert movement.decisions("growth_club")[-1] == ("2025-01-20", "gold", "waiting_for_review")
    assert movement.decisions("plain_club")[-1] == ("2025-01-20", "base", "downgraded")


def test_a_visit_after_a_fall_to_base_rises_at_once(movement: Movement) -> None:
    movement.live(
        [
            # What was bought in 2025 is silver all the time, but the fall is to base.
            ("c", "2024-03-10", 6000),
            ("c", "2025-06-10", 1200),
            ("c", "2026-01-10", 100),
            ("c", "2026-01-20", 100),
        ],
        until=UNTIL,
    )
    assert movement.history("calendar_club")[-3:] == [
        ("gold", "2024-03-10", "2026-01-01"),
        ("base", "2026-01-01", "2026-01-10"),
        ("silver", "2026-01-10", None),
    ]
