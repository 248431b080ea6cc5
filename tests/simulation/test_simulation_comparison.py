"""Two histories of tiers held against each other: by hand, and on any histories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientele.simulation import comparison
from clientele.simulation.result import Flapping, Movement, Mover

#: Ranks of the simulated tiers; the scheme before had D, which they lack, at the top.
SIMULATED = {"A": 3, "B": 2, "C": 1}
HAPPENED = {"D": 9, "A": 3, "B": 2, "C": 1}
JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)

Spell = tuple[str, str, date, date | None]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def compare(
    connection: duckdb.DuckDBPyConnection,
    *,
    simulated: Sequence[Spell] = (),
    happened: Sequence[Spell] = (),
    dates: Sequence[date] = (JANUARY, FEBRUARY, MARCH),
    compared_from: date = JANUARY,
    sales: Sequence[tuple[str, date, str]] = (),
) -> None:
    """Fill the tables that the comparison reads: spells are (customer, tier, from, to)."""
    connection.execute(
        "create or replace table spells (side varchar, customer_key varchar, tier_code varchar,"
        " tier_rank integer, valid_from_date date, valid_to_date date)"
    )
    for side, spells, ranks in (("simulated", simulated, SIMULATED), ("happened", happened, HAPPENED)):
        for customer, code, first, end in spells:
            row = [side, customer, code, ranks[code], first, end]
            connection.execute("insert into spells values (?, ?, ?, ?, ?, ?)", row)
    connection.execute(
        "create or replace table compared_tiers (side varchar, tier_code varchar, tier_rank integer)"
    )
    for side, ranks in (("simulated", SIMULATED), ("happened", HAPPENED)):
        for code, rank in ranks.items():
            connection.execute("insert into compared_tiers values (?, ?, ?)", [side, code, rank])
    connection.execute("create or replace table dates (as_of_date date, is_compared boolean)")
    for day in dates:
        connection.execute("insert into dates values (?, ?)", [day, day >= compared_from])
    connection.execute(
        "create or replace table sales"
        " (customer_key varchar, as_of_date date, net_sales_12m_amount decimal(18, 4))"
    )
    for customer, day, amount in sales:
        connection.execute("insert into sales values (?, ?, ?)", [customer, day, Decimal(amount)])
    comparison.prepare(connection)


def test_each_customer_goes_one_way_from_what_happened_to_the_simulation(connection) -> None:
    compare(
        connection,
        dates=[MARCH],
        simulated=[
            (key, code, JANUARY, None)
            for key, code in (("riser", "A"), ("faller", "C"), ("same", "B"), ("new", "C"), ("stranger", "A"))
        ],
        happened=[
            (key, code, JANUARY, None)
            for key, code in (
                ("riser", "B"),
                ("faller", "B"),
                ("same", "B"),
                ("left", "C"),
                ("stranger", "D"),
            )
        ],
        sales=[
            ("riser", MARCH, "10.5"),
            ("faller", MARCH, "7"),
            ("left", MARCH, "-2"),
            ("riser", JANUARY, "99"),
        ],
    )
    zero = Decimal(0)
    assert comparison.movements(connection) == [
        Movement(MARCH, "B", "A", "up", 1, Decimal("10.5")),
        Movement(MARCH, "B", "B", "same", 1, zero),
        Movement(MARCH, "B", "C", "down", 1, Decimal(7)),
        Movement(MARCH, "C", None, "left", 1, Decimal(-2)),
        Movement(MARCH, "D", "A", "other", 1, zero),
        Movement(MARCH, None, "C", "new", 1, zero),
    ]
    assert comparison.movers(connection) == [
        Mover("faller", "B", "C", "down", Decimal(7)),
        Mover("left", "C", None, "left", Decimal(-2)),
        Mover("new", None, "C", "new", zero),
        Mover("stranger", "D", "A", "other", zero),
        Mover("riser", "B", "A", "up", Decimal("10.5")),
    ]


def test_a_tier_ends_on_the_day_its_validity_ends(connection) -> None:
    compare(
        connection,
        simulated=[("one", "B", JANUARY, FEBRUARY), ("one", "A", FEBRUARY, MARCH)],
        happened=[("one", "B", JANUARY, None)],
    )
    directions = [(row.as_of_date, row.direction) for row in comparison.movements(connection)]
    assert directions == [(JANUARY, "same"), (FEBRUARY, "up"), (MARCH, "left")]


def test_before_it_is_known_what_happened_there_is_the_simulation_alone(connection) -> None:
    compare(
        connection,
        compared_from=FEBRUARY,
        simulated=[("one", "A", JANUARY, None)],
        happened=[("one", "A", JANUARY, None)],
    )
    assert {row.as_of_date for row in comparison.movements(connection)} == {FEBRUARY, MARCH}
    sizes = comparison.sizes(connection, {})
    assert {size.side for size in sizes if size.as_of_date == JANUARY} == {"simulated"}
    assert {size.side for size in sizes if size.as_of_date == MARCH} == {"simulated", "happened"}


def test_tiers_have_their_sizes_shares_and_monthly_costs_also_where_nobody_is(connection) -> None:
    compare(
        connection,
        dates=[MARCH],
        simulated=[("one", "A", JANUARY, None), ("two", "A", JANUARY, None), ("three", "C", JANUARY, None)],
        sales=[("one", MARCH, "5"), ("two", MARCH, "6.0001")],
    )
    sizes = comparison.sizes(
        connection, {("simulated", "A"): Decimal("100.10"), ("simulated", "B"): Decimal(7)}
    )
    found = {
        size.tier_code: (
            size.customers_count,
            size.customers_ratio,
            size.net_sales_12m_amount,
            size.cost_amount,
        )
        for size in sizes
        if size.side == "simulated"
    }
    assert found == {
        "A": (2, Decimal("0.666667"), Decimal("11.0001"), Decimal("16.68")),
        "B": (0, Decimal(0), Decimal(0), Decimal(0)),
        "C": (1, Decimal("0.333333"), Decimal(0), None),
    }
    assert [size.customers_ratio for size in sizes if size.side == "happened"] == [None] * 4
    assert comparison.total_cost(sizes, "simulated", {MARCH}) == Decimal("16.68")
    assert comparison.total_cost(sizes, "simulated", set()) is None
    middle = MARCH.replace(day=15)
    sizes += [replace(size, as_of_date=middle) for size in sizes]
    assert comparison.total_cost(sizes, "simulated", (middle, MARCH)) == Decimal("16.68")
    assert comparison.total_cost(sizes, "happened", {MARCH}) is None


def restless(
    connection: duckdb.DuckDBPyConnection, spells: Sequence[Spell], last: date = date(2026, 12, 31)
) -> Flapping:
    compare(connection, simulated=spells, dates=[JANUARY, last])
    return next(each for each in comparison.flapping(connection) if each.side == "simulated")


@pytest.mark.parametrize(
    ("up_again", "flappers"),
    [(date(2026, 3, 1), 1), (date(2026, 8, 28), 1), (date(2026, 8, 29), 0)],
    ids=["next day", "six months later", "a day after six months"],
)
def test_who_goes_up_within_six_months_of_going_down_flaps(connection, up_again: date, flappers: int) -> None:
    found = restless(
        connection,
        [("one", "A", JANUARY, FEBRUARY), ("one", "B", FEBRUARY, up_again), ("one", "A", up_again, None)],
    )
    assert (found.changes_count, found.flapping_customers_count) == (2, flappers)
    assert found.flapping_ratio == flappers


def test_up_and_then_down_is_no_flapping(connection) -> None:
    found = restless(
        connection,
        [("one", "B", JANUARY, FEBRUARY), ("one", "A", FEBRUARY, MARCH), ("one", "B", MARCH, None)],
    )
    assert (found.changes_count, found.flapping_customers_count) == (2, 0)


def test_changes_count_after_the_first_compared_date_and_not_where_somebody_was_away(connection) -> None:
    found = restless(
        connection,
        [
            ("before", "A", date(2025, 12, 31), JANUARY),
            ("before", "B", JANUARY, None),
            ("away", "A", JANUARY, FEBRUARY),
            ("away", "B", MARCH, None),
            ("gone", "A", date(2025, 6, 30), date(2025, 12, 31)),
        ],
    )
    assert (found.customers_count, found.changes_count) == (2, 0)


def test_a_tier_that_goes_on_under_another_version_is_no_change(connection) -> None:
    found = restless(connection, [("one", "A", JANUARY, MARCH), ("one", "A", MARCH, None)])
    assert found.changes_count == 0


def test_changes_are_per_customer_and_year_in_a_tier(connection) -> None:
    half = date(2026, 8, 1)
    found = restless(
        connection,
        [
            ("one", "A", date(2025, 6, 30), half),
            ("one", "B", half, None),
            ("two", "C", JANUARY, date(2026, 2, 1)),
        ],
        last=date(2027, 1, 29),
    )
    # 364 days of the one and 1 of the other.
    assert (found.customer_years, found.changes_per_year) == (Decimal(1), Decimal(1))


def test_of_many_movers_those_with_the_largest_net_sales_are_shown(connection) -> None:
    customers = [f"c{number:03d}" for number in range(comparison.MOVERS_SHOWN + 2)]
    compare(
        connection,
        dates=[MARCH],
        simulated=[(key, "A", JANUARY, None) for key in customers],
        happened=[(key, "B", JANUARY, None) for key in customers],
        sales=[(key, MARCH, str(number // 2)) for number, key in enumerate(customers)],
    )
    shown = [mover.customer_key for mover in comparison.movers(connection)]
    assert len(shown) == comparison.MOVERS_SHOWN
    assert shown[:3] == ["c050", "c051", "c048"]
    assert len(connection.execute(comparison.MOVERS).fetchall()) == len(customers)


def histories(codes: str) -> st.SearchStrategy[list[Spell]]:
    """Any tiers of four customers from month end to month end; a space is none."""
    tiers = st.lists(st.sampled_from(f"{codes} "), min_size=3, max_size=3)
    ends = (JANUARY, FEBRUARY, MARCH, None)
    return st.lists(tiers, min_size=4, max_size=4).map(
        lambda customers: [
            (f"c{number}", code, ends[month] or MARCH, ends[month + 1])
            for number, months in enumerate(customers)
            for month, code in enumerate(months)
            if code != " "
        ]
    )


@settings(max_examples=25, deadline=None)
@given(simulated=histories("ABC"), happened=histories("ABCD"))
def test_the_matrix_adds_up_to_the_tiers_of_both_sides(simulated: list[Spell], happened: list[Spell]) -> None:
    with duckdb.connect() as connection:
        compare(connection, simulated=simulated, happened=happened)
        movements = comparison.movements(connection)
        for size in comparison.sizes(connection, {}):
            code = "simulated_tier_code" if size.side == "simulated" else "happened_tier_code"
            counted = sum(
                row.customers_count
                for row in movements
                if row.as_of_date == size.as_of_date and getattr(row, code) == size.tier_code
            )
            assert counted == size.customers_count


@settings(max_examples=10, deadline=None)
@given(spells=histories("ABC"))
def test_a_scheme_that_was_in_force_moves_nobody(spells: list[Spell]) -> None:
    with duckdb.connect() as connection:
        compare(connection, simulated=spells, happened=spells)
        assert {row.direction for row in comparison.movements(connection)} <= {"same"}
        assert comparison.movers(connection) == []
        happened, simulated = comparison.flapping(connection)
        assert happened.changes_count == simulated.changes_count
