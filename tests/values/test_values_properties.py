"""What must hold of every shop, whatever was sold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values_warehouse import CompiledModel, Warehouse
from world_strategies import ACCOUNTS, few, worlds
from worlds import World, account, card, event, refund, sale

from clientele.tiers import METRICS

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"

#: Tables that any figure ends in.
TABLES = (
    "customer_values",
    "customer_values_monthly",
    "retention_monthly",
    "relationship_monthly",
    "concentration_curve",
)
#: Figures that tell of returns, and so change when something is bought and brought back.
OF_RETURNS = {"returned_12m_amount", "returns_12m_count", "return_12m_ratio"}


def read(warehouse: Warehouse, world: World) -> dict[str, list[dict[str, Any]]]:
    warehouse.fill(world)
    warehouse.build(*TABLES)
    return {table: warehouse.rows(table) for table in TABLES}


@few(3)
@given(data=st.data())
def test_order_of_rows_and_of_files_does_not_matter(warehouse, data):
    world = data.draw(worlds())
    shuffled = replace(
        world,
        lines=data.draw(st.permutations(world.lines)),
        accounts=data.draw(st.permutations(world.accounts)),
        cards=data.draw(st.permutations(world.cards)),
        events=data.draw(st.permutations(world.events)),
        prospects=data.draw(st.permutations(world.prospects)),
    )
    assert read(warehouse, shuffled) == read(warehouse, world)


@pytest.fixture(scope="module")
def warehouse_of_four_threads(compiled_models: Sequence[CompiledModel]):
    opened = Warehouse(compiled_models, threads=4)
    yield opened
    opened.close()


@few(3)
@given(world=worlds())
def test_the_number_of_threads_does_not_matter(warehouse, warehouse_of_four_threads, world):
    assert read(warehouse_of_four_threads, world) == read(warehouse, world)


def of_one_currency(world: World) -> World:
    return replace(world, lines=[{**line, "currency_code": "CNY"} for line in world.lines])


@few(3)
@given(data=st.data())
def test_a_sale_and_its_full_refund_leave_nothing_but_the_return(warehouse, data):
    world = of_one_currency(data.draw(worlds()))
    day = world.as_of_date - timedelta(days=data.draw(st.integers(0, 500)))
    sold = sale(
        day,
        Decimal("77.70"),
        data.draw(st.sampled_from(sorted(ACCOUNTS)[:7])),
        receipt_no="undone",
        category="cake",
        store_id="s9",
        discount_amount=Decimal(3),
        cost_amount=Decimal(50),
    )
    back = refund(sold, business_date=day + timedelta(days=5), cost_amount=None)
    before, after = read(warehouse, world), read(warehouse, world.with_lines(sold, back))
    for table in ("customer_values", "concentration_curve"):
        kept = [
            [{name: value for name, value in row.items() if name not in OF_RETURNS} for row in rows[table]]
            for rows in (before, after)
        ]
        assert kept[0] == kept[1]


@few(3)
@given(world=worlds())
def test_nothing_after_the_date_counts(warehouse, world):
    later = world.as_of_date + timedelta(days=1)
    told_later = replace(
        world.with_lines(
            sale(later, Decimal(5000), 1, receipt_no="later", category="cake", email_hash="later"),
            *(
                sale(later, Decimal(1), 3, receipt_no=f"later{number}", currency_code="EUR")
                for number in range(20)
            ),
        ),
        accounts=[*world.accounts, account(20, "c1", later), account(21, "c9", later)],
        cards=[*world.cards, card(20, joined_date=later, gender="x", referrer_account_id="3")],
        events=[*world.events, event(900, later, "complaint"), event(901, later, "note", tag="later")],
    )
    assert read(warehouse, told_later) == read(warehouse, world)


@few(3)
@given(world=worlds())
def test_amounts_are_conserved_per_currency(warehouse, world):
    warehouse.fill(world)
    warehouse.build("int_receipts_summed", "customer_values")
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in world.lines:
        totals[line["currency_code"]] += line["net_sales_amount"]
    receipts = warehouse.rows("int_receipts_summed")
    summed: dict[str, Decimal] = defaultdict(Decimal)
    for receipt in receipts:
        summed[receipt["currency_code"]] += receipt["net_sales_amount"]
        assert receipt["gross_sales_amount"] - receipt["returned_amount"] == receipt["net_sales_amount"]
    assert summed == totals

    values = warehouse.rows("customer_values")
    known = {row["customer_key"]: row["known_from_date"] for row in reversed(world.accounts)}
    if all(day <= world.as_of_date for day in known.values()):
        assert sum(row["net_sales_lifetime_amount"] for row in values) == sum(
            receipt["net_sales_amount"]
            for receipt in receipts
            if receipt["account_reference"] in {row["account_reference"] for row in world.accounts}
            and receipt["currency_code"] == values[0]["currency_code"]
            and receipt["business_date"] <= world.as_of_date
        )
    for row in values:
        assert (
            row["pos_net_sales_12m_amount"] + row["ecommerce_net_sales_12m_amount"]
            == row["net_sales_12m_amount"]
        )


def test_the_metrics_of_every_date_are_those_that_the_language_of_schemes_takes_for_such(measure):
    macro = DBT_PROJECT / "macros" / "tiers" / "dates_of_metrics.sql"
    listed = set(re.findall(r"^    '(\w+)',$", macro.read_text(encoding="utf-8"), flags=re.MULTILINE))
    listed |= {
        name for name in METRICS if re.fullmatch(r"(net_sales|visits)_(\d+m|lifetime)_(amount|count)", name)
    }
    today = date(2026, 6, 30)
    shop = World(
        today,
        [sale(date(2024, 1, 5), Decimal(10)), sale(date(2024, 5, 5), Decimal(20)), sale(today, Decimal(30))],
        [account(1, "c1", date(2024, 1, 5))],
    )
    row = next(row for row in measure(shop) if row["as_of_date"] == date(2024, 6, 30))
    known = {name for name in METRICS if row[name] is not None} - {"predicted_reason"}
    assert known <= listed <= set(METRICS)
    assert {name for name in listed if METRICS[name].is_always_known} <= known
