"""Two years of one customer in each of three schemes that come with the product, worked out by hand.

A line is a decision: day, tier, outcome, and the figure that decided what the rules alone give on that day.
Windows end on the day; one of twelve months begins the day after the same day of the year before.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from living import Movement, month_ends

UNTIL = "2026-01-31"


@pytest.fixture
def programmes(movement: Movement) -> Movement:
    """The models where the feed of members has been loaded."""
    movement.fill("int_feeds_present", [{"need": "members", "feed": "members", "is_present": True}])
    return movement


def told(movement: Movement, scheme_id: str) -> list[str]:
    """Every decision of the scheme on the customer, in order."""
    return [
        f"{row['decided_on_date']} {row['tier_code']} {row['outcome']}"
        f" {row['deciding_criterion']} {row['deciding_value'].normalize():f}"
        for row in movement.rows(
            "select decided_on_date, tiers.tier_code, outcome, deciding_criterion, deciding_value"
            " from int_tier_decisions"
            " left join int_scheme_tiers as tiers using (scheme_id, tier_rank)"
            " left join int_scheme_rules as rules using (scheme_id, rule_number)"
            " where scheme_id = ? and customer_key = 'c' order by decided_on_date",
            [scheme_id],
        )
    ]


def orders(month: str, first: int, last: int, amount: float) -> Iterator[tuple[str, str, float]]:
    """One order a day from the first to the last day, both of that month."""
    for day in range(first, last + 1):
        yield ("c", f"{month}-{day:02}", amount)


def test_the_growth_value_club(programmes: Movement) -> None:
    # Growth value is what was spent, and 100 for each order over 100. Silver takes 2000, kept from 1600; gold
    # takes 6000, kept from 4800; black takes 12000, kept from 9600. 12 visits in three months give and keep
    # black too.
    programmes.live(
        [
            ("c", "2024-01-10", 1500),  # 1600 points
            ("c", "2024-02-08", 300),  # 400
            ("c", "2024-03-12", 300),  # 400
            ("c", "2024-04-09", 3500),  # 3600
            ("c", "2024-05-14", 5700),  # 5800
            ("c", "2024-06-11", 100),  # 100: an order of 100 is not over 100
            ("c", "2024-07-09", 100),  # 100
            *orders("2025-05", 5, 15, 10),  # 11 visits, 110
            ("c", "2025-06-04", 10),  # the twelfth visit, 10
            ("c", "2025-11-05", 4570),  # 4670
            ("c", "2025-12-03", 10),  # 10
        ],
        until=UNTIL,
        joined={"c": "2023-05-01"},
    )
    assert told(programmes, "growth_value_club") == [
        # Enough to keep silver, not to enter it.
        "2024-01-31 ordinary new growth_value 1600",
        # 1600 + 400 on 8 February; given at the month's end and not before.
        "2024-02-29 silver upgraded growth_value 2000",
        "2024-03-31 silver kept growth_value 2400",
        "2024-04-30 gold upgraded growth_value 6000",
        "2024-05-31 gold kept growth_value 11800",
        "2024-06-30 gold kept growth_value 11900",
        "2024-07-31 black upgraded growth_value 12000",
        "2024-08-31 black kept growth_value 12000",
        "2024-09-30 black kept growth_value 12000",
        "2024-10-31 black kept growth_value 12000",
        "2024-11-30 black kept growth_value 12000",
        "2024-12-31 black kept growth_value 12000",
        # January 2024 passes, then February, then March: 9600 is just enough to keep black.
        "2025-01-31 black kept growth_value 10400",
        "2025-02-28 black kept growth_value 10000",
        "2025-03-31 black kept growth_value 9600",
        # 9600 - 3600 is below 9600: one level down, where it also fits.
        "2025-04-30 gold downgraded growth_value 6000",
        # 6000 - 5800 + 110 and 11 visits: ordinary by the rules, but fallen in April.
        "2025-05-31 gold held_by_maximum_downgrades growth_value 310",
        # 310 - 100 + 10, yet 12 visits since 31 March.
        "2025-06-30 black upgraded visits_3m_count 12",
        # Since 1 May there are still 12; the growth value is 120 from here on.
        "2025-07-31 black kept visits_3m_count 12",
        # One visit since 1 June, none since 1 July: ordinary by the rules. A rise in between allows no second
        # fall within six months: after April comes October.
        "2025-08-31 black held_by_maximum_downgrades growth_value 120",
        "2025-09-30 black held_by_maximum_downgrades growth_value 120",
        # One level only.
        "2025-10-31 gold downgraded growth_value 120",
        # 120 + 4670 is 10 short of what keeps gold.
        "2025-11-30 gold held_by_maximum_downgrades growth_value 4790",
        "2025-12-31 gold kept growth_value 4800",
        "2026-01-31 gold kept growth_value 4800",
    ]
    assert programmes.history("growth_value_club") == [
        ("ordinary", "2024-01-31", "2024-02-29"),
        ("silver", "2024-02-29", "2024-04-30"),
        ("gold", "2024-04-30", "2024-07-31"),
        ("black", "2024-07-31", "2025-04-30"),
        ("gold", "2025-04-30", "2025-06-30"),
        ("black", "2025-06-30", "2025-10-31"),
        ("gold", "2025-10-31", None),
    ]


def test_a_tier_by_any_of_three_windows(programmes: Movement) -> None:
    # Preferred takes 500 in a month, 1000 in a year or 20 orders in a year. It is given at once, and held to
    # the end of the year after the one in which it was given, or in which 31 December still reached it.
    programmes.live(
        [
            ("c", "2024-01-20", 300),
            ("c", "2024-02-15", 200),
            ("c", "2024-05-12", 450),
            ("c", "2024-06-20", 50),
            *orders("2024-10", 1, 8, 5),  # 8 orders, 40
            *orders("2025-02", 3, 7, 5),  # 5 orders, 25
            *orders("2025-03", 3, 7, 5),  # 5 orders, 25
            ("c", "2025-05-20", 5),
            ("c", "2025-06-17", 5),
            ("c", "2026-01-15", 500),
        ],
        until=UNTIL,
    )
    assert told(programmes, "any_of_three_windows") == [
        "2024-01-31 base new net_sales_1m_amount 300",
        # Since 16 January 300 + 200.
        "2024-02-15 preferred upgraded net_sales_1m_amount 500",
        # The month passes; the year has 500 and 2 orders, in May 950 and 3 orders. Held to the end of 2025.
        "2024-02-29 preferred held_by_minimum_hold net_sales_1m_amount 200",
        "2024-03-31 preferred held_by_minimum_hold net_sales_1m_amount 0",
        "2024-04-30 preferred held_by_minimum_hold net_sales_1m_amount 0",
        "2024-05-31 preferred held_by_minimum_hold net_sales_1m_amount 450",
        # 300 + 200 + 450 + 50 in the year, 50 in the month.
        "2024-06-30 preferred kept net_sales_12m_amount 1000",
        "2024-07-31 preferred kept net_sales_12m_amount 1000",
        "2024-08-31 preferred kept net_sales_12m_amount 1000",
        "2024-09-30 preferred kept net_sales_12m_amount 1000",
        # And 8 times 5, with 12 orders.
        "2024-10-31 preferred kept net_sales_12m_amount 1040",
        "2024-11-30 preferred kept net_sales_12m_amount 1040",
        "2024-12-31 preferred kept net_sales_12m_amount 1040",
        # The year passes: since February 740 and 11 orders, then 740 - 200 + 25 and 11 - 1 + 5 orders.
        "2025-01-31 preferred held_by_minimum_hold net_sales_1m_amount 0",
        "2025-02-28 preferred held_by_minimum_hold net_sales_1m_amount 25",
        # 2 + 8 + 5 + 5 orders, with 590 in the year.
        "2025-03-31 preferred kept visits_12m_count 20",
        "2025-04-30 preferred kept visits_12m_count 20",
        # One order of May 2024 passes and one of May 2025 comes, and so in June.
        "2025-05-31 preferred kept visits_12m_count 20",
        "2025-06-30 preferred kept visits_12m_count 20",
        "2025-07-31 preferred kept visits_12m_count 20",
        "2025-08-31 preferred kept visits_12m_count 20",
        "2025-09-30 preferred kept visits_12m_count 20",
        # The 8 of October 2024 pass: 12 orders and 60 in the year. 31 December is the last day of the hold.
        "2025-10-31 preferred held_by_minimum_hold net_sales_1m_amount 0",
        "2025-11-30 preferred held_by_minimum_hold net_sales_1m_amount 0",
        "2025-12-31 preferred held_by_minimum_hold net_sales_1m_amount 0",
        "2026-01-01 base downgraded net_sales_1m_amount 0",
        "2026-01-15 preferred upgraded net_sales_1m_amount 500",
        "2026-01-31 preferred kept net_sales_1m_amount 500",
    ]
    assert programmes.history("any_of_three_windows") == [
        ("base", "2024-01-31", "2024-02-15"),
        ("preferred", "2024-02-15", "2026-01-01"),
        ("base", "2026-01-01", "2026-01-15"),
        ("preferred", "2026-01-15", None),
    ]


def test_who_reaches_the_tier_on_31_december_holds_it_for_another_year(programmes: Movement) -> None:
    programmes.live(
        [("c", "2024-12-10", 500), ("c", "2025-12-20", 500)],
        since="2024-12",
        until="2027-01-31",
    )
    held = "preferred held_by_minimum_hold net_sales_1m_amount 0"
    assert told(programmes, "any_of_three_windows") == [
        # Since 1 December 500: the tier of 2024 is held to the end of 2025.
        "2024-12-31 preferred new net_sales_1m_amount 500",
        *[f"{day} {held}" for day in month_ends("2025-01", "2025-11")],
        # 500 again in the month: the last day of the hold still reaches the tier, so 2026 has it too.
        "2025-12-31 preferred kept net_sales_1m_amount 500",
        *[f"{day} {held}" for day in month_ends("2026-01", "2026-12")],
        "2027-01-01 base downgraded net_sales_1m_amount 0",
        "2027-01-31 base kept net_sales_1m_amount 0",
    ]


def test_the_tier_of_the_member_card(programmes: Movement) -> None:
    # By the sales of twelve months: silver from 2000, gold 8000, platinum 20000, diamond 50000.
    programmes.live(
        [
            ("c", "2024-01-15", 1500),
            ("c", "2024-02-20", 500),
            ("c", "2024-08-12", 18000),
            ("c", "2024-10-17", 29000),
            ("c", "2024-10-24", 1000),
            ("c", "2025-07-22", 2000),
        ],
        until=UNTIL,
        joined={"c": "2023-05-01"},
    )
    assert told(programmes, "membership_tier") == [
        "2024-01-31 ordinary new net_sales_12m_amount 1500",
        # 1500 + 500 is silver, and waits for June.
        "2024-02-29 ordinary waiting_for_review net_sales_12m_amount 2000",
        "2024-03-31 ordinary waiting_for_review net_sales_12m_amount 2000",
        "2024-04-30 ordinary waiting_for_review net_sales_12m_amount 2000",
        "2024-05-31 ordinary waiting_for_review net_sales_12m_amount 2000",
        "2024-06-30 silver upgraded net_sales_12m_amount 2000",
        "2024-07-31 silver kept net_sales_12m_amount 2000",
        # 2000 + 18000 is platinum, and waits for December.
        "2024-08-31 silver waiting_for_review net_sales_12m_amount 20000",
        "2024-09-30 silver waiting_for_review net_sales_12m_amount 20000",
        # 49000 on 17 October is platinum still; 50000 a week later is diamond, which waits for nothing.
        "2024-10-24 diamond upgraded net_sales_12m_amount 50000",
        "2024-10-31 diamond kept net_sales_12m_amount 50000",
        "2024-11-30 diamond kept net_sales_12m_amount 50000",
        "2024-12-31 diamond kept net_sales_12m_amount 50000",
        # The first order passes, then the second: platinum by the rules, and nobody falls before June.
        "2025-01-31 diamond waiting_for_review net_sales_12m_amount 48500",
        "2025-02-28 diamond waiting_for_review net_sales_12m_amount 48000",
        "2025-03-31 diamond waiting_for_review net_sales_12m_amount 48000",
        "2025-04-30 diamond waiting_for_review net_sales_12m_amount 48000",
        "2025-05-31 diamond waiting_for_review net_sales_12m_amount 48000",
        "2025-06-30 platinum downgraded net_sales_12m_amount 48000",
        # 18000 + 29000 + 1000 + 2000: at once again.
        "2025-07-22 diamond upgraded net_sales_12m_amount 50000",
        "2025-07-31 diamond kept net_sales_12m_amount 50000",
        # August 2024 passes: platinum by the rules. October 2024 passes: silver by the rules.
        "2025-08-31 diamond waiting_for_review net_sales_12m_amount 32000",
        "2025-09-30 diamond waiting_for_review net_sales_12m_amount 32000",
        "2025-10-31 diamond waiting_for_review net_sales_12m_amount 2000",
        "2025-11-30 diamond waiting_for_review net_sales_12m_amount 2000",
        # One level only.
        "2025-12-31 platinum downgraded net_sales_12m_amount 2000",
        "2026-01-31 platinum waiting_for_review net_sales_12m_amount 2000",
    ]
    assert programmes.history("membership_tier") == [
        ("ordinary", "2024-01-31", "2024-06-30"),
        ("silver", "2024-06-30", "2024-10-24"),
        ("diamond", "2024-10-24", "2025-06-30"),
        ("platinum", "2025-06-30", "2025-07-22"),
        ("diamond", "2025-07-22", "2025-12-31"),
        ("platinum", "2025-12-31", None),
    ]
