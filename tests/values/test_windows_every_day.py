"""Windows on every day of four years, a leap day at either end: clamped at month ends, never a day off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from values_reference import month_end, months_before
from worlds import World, account, sale

FIRST, LAST = date(2024, 2, 1), date(2028, 3, 31)
OPENED = date(2021, 12, 1)
EVERY_DAY = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


@pytest.fixture(scope="module")
def dates_of_every_day(warehouse):
    """int_as_of_dates for each day asked for, in a shop that has one sale a day."""
    days = [OPENED + timedelta(days=number) for number in range((LAST - OPENED).days + 1)]
    lines = [sale(day, 1, receipt_no=str(number)) for number, day in enumerate(days)]
    warehouse.fill(World(LAST, lines, [account(1, "c1", OPENED)]))
    warehouse.set_dates(EVERY_DAY)
    warehouse.build("int_as_of_dates")
    return warehouse.rows("int_as_of_dates")


def test_windows_begin_after_the_same_day_or_the_last_of_a_shorter_month(dates_of_every_day):
    current = [row for row in dates_of_every_day if row["is_current"]]
    assert [row["as_of_date"] for row in current] == EVERY_DAY
    for row in current:
        for months in (1, 2, 3, 6, 9, 12, 24):
            assert row[f"after_{months}m_date"] == months_before(row["as_of_date"], months), row["as_of_date"]
    by_day = {row["as_of_date"]: row for row in current}
    assert by_day[date(2026, 2, 28)]["after_12m_date"] == date(2025, 2, 28)
    assert by_day[date(2028, 2, 29)]["after_12m_date"] == date(2027, 2, 28)
    assert by_day[date(2025, 2, 28)]["after_12m_date"] == date(2024, 2, 28)
    assert by_day[date(2026, 3, 31)]["after_1m_date"] == date(2026, 2, 28)


def test_the_dates_before_are_month_ends_of_which_the_last_twelve_are_recent(warehouse, dates_of_every_day):
    for day in (date(2026, 2, 28), date(2024, 2, 29), date(2025, 3, 31), date(2025, 3, 30)):
        warehouse.set_dates([day])
        warehouse.build("int_as_of_dates")
        rows = {row["as_of_date"]: row for row in warehouse.rows("int_as_of_dates")}
        ends = [month_end(months_before(day, back)) for back in range(1, 37)]
        assert set(rows) == {day, *(end for end in ends if end >= OPENED)}
        assert {found for found, row in rows.items() if row["is_recent"]} == {day, *ends[:12]}


def test_a_visit_a_day_is_counted_once_for_every_day_of_a_window(warehouse, dates_of_every_day):
    warehouse.set_dates([LAST])
    warehouse.build("int_customer_visits_summed")
    columns = {name: "date" for name in dates_of_every_day[0] if name.endswith("_date")}
    current = [row for row in dates_of_every_day if row["is_current"]]
    warehouse.insert("int_as_of_dates", columns, current)
    warehouse.build_only("int_customer_windows_summed")
    found = warehouse.rows("int_customer_windows_summed")
    assert [row["as_of_date"] for row in found] == EVERY_DAY
    for row in found:
        day = row["as_of_date"]
        for months in (1, 3, 6, 12, 24):
            expected = (day - months_before(day, months)).days
            assert row[f"visits_{months}m_count"] == row[f"net_sales_{months}m_amount"] == expected, day
        assert row["visits_lifetime_count"] == (day - OPENED).days + 1
        assert (row["first_purchase_date"], row["last_purchase_date"]) == (OPENED, day)


def test_days_before_every_window_still_say_which_visit_was_the_first_last_and_largest(measure):
    opened, last = date(2014, 1, 1), date(2026, 2, 28)
    lines = [
        sale(date(2014, 1, 1), 50),
        sale(date(2016, 5, 1), 30),
        sale(date(2016, 5, 1), 10, store_id="s2"),
        sale(date(2015, 1, 1), 90, 2),
        sale(date(2026, 2, 1), 7, 2),
    ]
    world = World(last, lines, [account(1, "gone", opened), account(2, "came back", opened)])
    rows = {row["customer_key"]: row for row in measure(world) if row["as_of_date"] == last}
    columns = ("net_sales_lifetime_amount", "visits_lifetime_count", "visits_24m_count")
    assert [rows["gone"][name] for name in columns] == [90, 3, 0]
    assert [rows["came back"][name] for name in columns] == [97, 2, 1]
    columns = ("first_purchase_date", "last_purchase_date", "last_visit_amount", "largest_visit_amount")
    assert [rows["gone"][name] for name in columns] == [opened, date(2016, 5, 1), 30, 50]
    assert [rows["came back"][name] for name in columns] == [date(2015, 1, 1), date(2026, 2, 1), 7, 90]
