"""The published tables hold the figures of the Complete Journey exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

LINES = 1_469_307
SALES = Decimal("4596039.5800")
LINE_TOTALS = "sales_line_totals where source = 'complete_journey'"
SOLD_TO_HOUSEHOLDS = "line_kind = 'sale' and line_type = 'product' and outcome = 'loaded' and has_customer"
LAST_DAY = date(2017, 12, 31)

#: What is read, from where, and what it is.
PUBLISHED = {
    "every_line_is_loaded": (
        "rows_in_count, rows_loaded_count",
        "load_ledger where feed = 'transactions'",
        (LINES, LINES),
    ),
    "every_cent_is_loaded": (
        "currency_code, amount_in, amount_loaded",
        "load_ledger where feed = 'transactions'",
        ("USD", SALES, SALES),
    ),
    "every_household_with_demographics_is_loaded": (
        "rows_in_count, rows_loaded_count",
        "load_ledger where feed = 'demographics'",
        (801, 801),
    ),
    "every_product_is_loaded": (
        "rows_in_count, rows_loaded_count",
        "load_ledger where feed = 'products'",
        (92_331, 92_331),
    ),
    "nothing_is_in_quarantine": (
        "count(*)",
        "quarantined_rows where source = 'complete_journey'",
        (0,),
    ),
    "lines_and_sales_add_up": (
        "sum(lines_count), sum(amount), sum(net_sales_amount)",
        LINE_TOTALS,
        (LINES, SALES, SALES),
    ),
    "every_line_sells_a_product_to_a_household": (
        "sum(lines_count)",
        f"{LINE_TOTALS} and {SOLD_TO_HOUSEHOLDS}",
        (LINES,),
    ),
    "baskets_and_households": (
        "receipts_count, accounts_count, anonymous_receipts_count, net_sales_amount",
        "sales_totals where source = 'complete_journey'",
        (155_848, 2_469, 0, SALES),
    ),
    "every_household_is_a_customer_of_its_own": (
        "count(*), count(distinct customer_key)",
        "customer_accounts where source = 'complete_journey' and account_type = 'member'",
        (2_469, 2_469),
    ),
    "members_are_the_households_with_demographics": (
        "count(*)",
        "customers where is_member",
        (801,),
    ),
    "lines_with_quantity_0_are_counted": (
        "sum(lines_count), sum(amount)",
        "sales_line_totals where is_zero_quantity",
        (8_869, Decimal("12.5200")),
    ),
    "fuel_is_counted_apart_from_pieces": (
        "sum(lines_count), sum(amount)",
        "sales_line_totals where source = 'complete_journey' and quantity_unit = 'other'",
        (14_697, Decimal("384044.0700")),
    ),
    "values_of_all_customers_add_up_to_all_sales": (
        "sum(net_sales_lifetime_amount), sum(net_sales_12m_amount), min(currency_code), max(currency_code)",
        "customer_values",
        (SALES, SALES, "USD", "USD"),
    ),
    "baskets_of_a_household_in_a_store_on_a_day_are_one_visit": (
        "sum(visits_lifetime_count)",
        "customer_values",
        (132_002,),
    ),
    "days_are_those_of_the_shop": (
        "min(first_purchase_date), max(last_purchase_date), min(as_of_date), max(as_of_date)",
        "customer_values",
        (date(2017, 1, 1), LAST_DAY, LAST_DAY, LAST_DAY),
    ),
}

#: The same of the lines before they are summed.
STAGED = {
    "lines_with_quantity_0_stay": (
        "count(*), sum(amount)",
        "quantity = 0",
        (8_869, Decimal("12.5200")),
    ),
    "fuel_is_not_pieces": (
        "count(*), max(quantity), sum(amount)",
        "quantity_unit = 'other'",
        (14_697, Decimal(89_638), Decimal("384044.0700")),
    ),
    "nothing_else_counts_like_fuel": ("max(quantity)", "quantity_unit = 'piece'", (Decimal(144),)),
    "the_product_list_names_the_category": ("count(category)", "true", (1_462_262,)),
    "discounts_are_those_of_the_shop": ("sum(discount_amount)", "true", (Decimal("796193.2900"),)),
}


@pytest.mark.parametrize(("columns", "relation", "figures"), PUBLISHED.values(), ids=PUBLISHED)
def test_published(complete_journey: Any, columns: str, relation: str, figures: tuple[Any, ...]) -> None:
    assert complete_journey.published.execute(f"select {columns} from {relation}").fetchall() == [figures]


@pytest.mark.parametrize(("columns", "condition", "figures"), STAGED.values(), ids=STAGED)
def test_staged(complete_journey: Any, columns: str, condition: str, figures: tuple[Any, ...]) -> None:
    found = complete_journey.candidate.execute(
        f"select {columns} from staging.stg_complete_journey__transactions where {condition}"
    ).fetchall()
    assert found == [figures]


def test_every_business_day_lies_in_the_week_that_the_shop_counts(complete_journey: Any) -> None:
    """The export numbers its weeks: only times read as UTC fall into one week per number and Monday."""
    weeks = complete_journey.candidate.execute(
        "select count(distinct raw.week), count(distinct date_trunc('week', typed.business_date)),"
        " count(distinct (raw.week, date_trunc('week', typed.business_date)))"
        " from staging.stg_complete_journey__transactions as typed"
        " inner join lake.complete_journey__transactions as raw"
        " on typed.load_id = raw._load_id and typed.row_number = raw._row_number"
    ).fetchall()
    assert weeks == [(53, 53, 53)]
