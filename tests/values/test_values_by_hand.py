"""Worked cases at the edges of each figure, all in one shop as of 28 February 2026."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from worlds import Row, World, account, card, event, refund, sale

AS_OF = date(2026, 2, 28)
LONG_AGO = date(2020, 1, 1)


class Shop:
    """Collects the customers of the cases; each has one member account unless it takes more."""

    def __init__(self) -> None:
        self.accounts: list[Row] = []
        self.lines: list[Row] = []
        self.cards: list[Row] = []
        self.events: list[Row] = []
        self.prospects: list[Row] = []

    def customer(self, key: str, kind: str = "member") -> int:
        number = len(self.accounts) + 1
        self.accounts.append(account(number, key, LONG_AGO, kind))
        return number

    def buys(self, number: int, day: date, net: Any, **more: Any) -> Row:
        amount = Decimal(str(net))
        line = sale(day, amount, number, **{"receipt_no": f"r{len(self.lines)}", **more})
        self.lines.append(line)
        return line

    def world(self) -> World:
        return World(AS_OF, self.lines, self.accounts, self.cards, self.events, self.prospects)


def fill(shop: Shop) -> None:
    edge = shop.customer("edge of the year")
    shop.buys(edge, date(2025, 2, 28), 1)
    shop.buys(edge, date(2025, 3, 1), 2)
    shop.buys(edge, date(2026, 2, 28), 4)
    shop.buys(edge, date(2026, 3, 1), 8)

    trend = shop.customer("trend")
    shop.buys(trend, date(2025, 8, 28), 200)
    shop.buys(trend, date(2025, 8, 29), 90)

    # A figure that reached its last decimal by rounding would reach thresholds of 0.5, 0.3 and 100000.
    short = shop.customer("a cent short")
    shop.buys(short, date(2025, 8, 28), 100000)
    shop.buys(short, date(2025, 8, 29), "49999.99")
    hardly = shop.customer("hardly returns")
    kept = shop.buys(hardly, date(2026, 1, 4), 100000)
    shop.lines.append(refund(kept, net_sales_amount=Decimal("-29999.99")))
    nearly = shop.customer("nearly big")
    for amount in ("100000", "100000", "99999.9999"):
        shop.buys(nearly, date(2026, 1, 4), amount, store_id=f"s{len(shop.lines)}")

    quarterly = shop.customer("every quarter")
    for day in (date(2025, 5, 28), date(2025, 8, 28), date(2025, 11, 28), date(2026, 2, 28)):
        shop.buys(quarterly, day, 10)
    three = shop.customer("three quarters")
    for day in (date(2025, 3, 1), date(2025, 8, 29), date(2025, 11, 28), date(2026, 2, 28)):
        shop.buys(three, day, 10)

    gaps = shop.customer("gaps")
    for day in (
        date(2026, 1, 1),
        date(2026, 1, 4),
        date(2026, 1, 4),
        date(2026, 1, 9),
        date(2026, 1, 10),
        date(2026, 1, 20),
    ):
        shop.buys(gaps, day, 10)

    returner = shop.customer("returner")
    kept = shop.buys(returner, date(2026, 1, 5), 60, discount_amount=Decimal(6), cost_amount=Decimal(40))
    large = shop.buys(returner, date(2026, 1, 6), 300, discount_amount=Decimal(30), cost_amount=Decimal(200))
    shop.lines.append(refund(large, business_date=date(2026, 2, 1)))
    shop.lines.append(
        refund(
            kept, net_sales_amount=Decimal(-15), discount_amount=None, cost_amount=Decimal(10), line_no="2"
        )
    )
    shop.buys(returner, date(2026, 1, 7), 20)
    shop.buys(returner, date(2026, 1, 7), -5)

    channels = shop.customer("both channels")
    shop.buys(channels, date(2026, 1, 5), 30, store_id="s1", receipt_no="morning")
    shop.buys(channels, date(2026, 1, 5), 10, store_id="s1", receipt_no="evening")
    shop.buys(channels, date(2026, 1, 5), 5, store_id="s2")
    shop.buys(channels, date(2026, 1, 6), 5, store_id="s2")
    shop.buys(channels, date(2026, 1, 7), 25, channel="ecommerce", store_id=None)
    shop.buys(channels, date(2026, 1, 7), 25, channel="ecommerce", store_id=None)

    shares = shop.customer("categories")
    shop.buys(shares, date(2024, 1, 5), 10, category="tea")
    shop.buys(shares, date(2026, 1, 5), 60, category="tea")
    shop.buys(shares, date(2026, 1, 5), 20, category="bread")
    shop.buys(shares, date(2026, 1, 6), 20)
    taken_back = shop.buys(shares, date(2026, 1, 6), 5, category="milk")
    shop.lines.append(refund(taken_back))
    first_basket = shop.customer("first basket")
    shop.buys(first_basket, date(2026, 1, 5), 5, category="tea")
    shop.buys(first_basket, date(2026, 1, 5), 5, category="bread")
    shop.buys(first_basket, date(2026, 1, 6), 5, category="milk")

    wallet = shop.customer("stored value")
    stored = {"payment_method": "stored_value"}
    shop.buys(wallet, date(2025, 11, 28), 1, **stored)
    shop.buys(wallet, date(2025, 11, 30), 2, **stored)
    shop.buys(wallet, date(2025, 12, 1), 4, **stored)
    shop.buys(wallet, date(2026, 1, 28), 8, **stored)
    shop.buys(wallet, date(2026, 1, 29), 16)
    shop.cards.append(
        card(
            wallet,
            points_balance=Decimal("12.5"),
            stored_value_balance_amount=Decimal(100),
            stored_value_opened_date=date(2026, 2, 18),
            birth_year=2000,
            joined_date=date(2025, 2, 28),
        )
    )

    # A brought B, B brought C, C brought A: a circle; D named itself; B's second card names D later.
    numbers = {key: shop.customer(key) for key in ("a", "b", "c", "d")}
    for key, referrer, joined in (("b", "a", 2021), ("c", "b", 2022), ("a", "c", 2023), ("d", "d", 2023)):
        shop.cards.append(
            card(numbers[key], referrer_account_id=str(numbers[referrer]), joined_date=date(joined, 1, 1))
        )
    second = shop.customer("b")
    shop.cards.append(card(second, referrer_account_id=str(numbers["d"]), joined_date=date(2024, 1, 1)))
    shop.buys(numbers["b"], date(2026, 1, 5), 7)
    shop.buys(numbers["c"], date(2026, 1, 5), 100)

    served = shop.customer("served")
    for number, (day, kind, more) in enumerate(
        [
            (date(2025, 2, 1), "complaint_closed", {}),
            (date(2025, 2, 28), "complaint", {}),
            (date(2026, 1, 1), "complaint", {}),
            (date(2026, 1, 31), "complaint", {}),
            (date(2026, 2, 1), "complaint_closed", {}),
            (date(2026, 2, 1), "contact", {"minutes": 15}),
            (date(2026, 2, 18), "service", {"minutes": 30}),
            (date(2026, 1, 1), "survey", {"score_expected": Decimal(4), "score_perceived": Decimal(5)}),
            (date(2026, 2, 2), "survey", {"recommend_score": 9}),
            (date(2026, 2, 3), "note", {"tag": "silent"}),
            (date(2026, 2, 4), "note", {}),
        ]
    ):
        shop.events.append(event(number, day, kind, served, **more))

    two_cards = shop.customer("two cards")
    shop.customer("two cards")
    shop.cards += [
        card(two_cards, gender="f", updated_at=date(2026, 1, 1), joined_date=date(2024, 1, 1)),
        card(
            two_cards + 1,
            gender="m",
            valid_to_date=date(2026, 2, 1),
            updated_at=date(2025, 1, 1),
            joined_date=date(2023, 1, 1),
        ),
        card(
            two_cards + 1,
            gender="x",
            valid_from_date=date(2026, 2, 1),
            updated_at=date(2026, 2, 1),
            phone_hash="hash",
            has_contact_consent=False,
            joined_date=date(2023, 1, 1),
        ),
    ]

    prospect = shop.customer("prospect", "prospect")
    for number, closes in enumerate([date(2026, 3, 29), date(2026, 12, 31)]):
        shop.prospects.append(
            {
                "source": "shop",
                "prospect_id": str(number),
                "account_reference": f"prospect:{prospect}",
                "phone_hash": "hash",
                "created_date": date(2026, 1, 1),
                "expected_close_date": closes,
            }
        )

    free = shop.customer("free order")
    shop.buys(free, date(2026, 1, 5), 0)


@pytest.fixture(scope="module")
def customers(measure) -> dict[str, dict[str, Any]]:
    shop = Shop()
    fill(shop)
    rows = measure(shop.world(), "customer_values")
    return {row["customer_key"]: row for row in rows}


@pytest.fixture(scope="module")
def says(customers):
    """``says(customer, **figures)``: those figures of the customer, by name, are these."""

    def check(key: str, **expected: Any) -> None:
        found = {name: customers[key][name] for name in expected}
        wanted = {
            name: Decimal(value) if isinstance(found[name], Decimal) and value is not None else value
            for name, value in expected.items()
        }
        assert found == wanted

    return check


def test_a_window_of_twelve_months_begins_the_day_after_the_same_day(says):
    says(
        "edge of the year", net_sales_12m_amount=6, visits_12m_count=2, net_sales_24m_amount=7, recency_days=0
    )
    says("edge of the year", tenure_days=365, visits_lifetime_count=3, average_visit_lifetime_amount="2.3333")


def test_the_trend_is_the_last_six_months_by_the_six_before(says):
    says("trend", net_sales_6m_amount=90, net_sales_before_6m_amount=200, sales_trend_6m_multiple="0.45")
    says("gaps", net_sales_before_6m_amount=0, sales_trend_6m_multiple=None)


def test_a_ratio_is_cut_off_so_that_it_reaches_no_threshold_by_rounding(says):
    says("a cent short", sales_trend_6m_multiple="0.499999")
    says("hardly returns", return_12m_ratio="0.299999")
    says("nearly big", visits_12m_count=3, average_visit_lifetime_amount="99999.9999")


def test_quarters_are_the_four_spans_of_three_months_that_end_with_the_date(says):
    says("every quarter", active_quarters_12m_count=4)
    says("three quarters", active_quarters_12m_count=3)


def test_the_median_gap_is_between_days_with_a_visit(says):
    says("gaps", median_gap_days=4, visits_lifetime_count=5)
    says("trend", median_gap_days=1)
    says("free order", median_gap_days=None)


def test_returns_take_their_discount_and_cost_with_them(says):
    says("returner", returned_12m_amount=315, returns_12m_count=2, return_12m_ratio="0.84")
    says("returner", net_sales_12m_amount=60, discount_12m_amount=6, discount_12m_ratio="0.090909")
    says("returner", margin_12m_amount=15, profit_12m_amount=15, cost_known_12m_ratio="0.75")
    says("returner", largest_unreturned_receipt_amount=20, largest_visit_amount=45)


def test_weeks_without_a_gap_are_counted_up_to_twelve_months(measure):
    lines = [sale(AS_OF - timedelta(days=7 * back), Decimal(10)) for back in range(70)]
    world = World(AS_OF, lines, [account(1, "c1", AS_OF)])
    assert measure(world, "customer_values")[0]["consecutive_weeks_count"] == 53


def test_what_was_refunded_of_web_orders_was_returned(measure):
    web = {"channel": "ecommerce"}
    lines = [
        sale(
            AS_OF, Decimal(40), receipt_no="part", amount=Decimal(100), taken_back_amount=Decimal(60), **web
        ),
        sale(AS_OF, Decimal(0), receipt_no="whole", amount=Decimal(50), taken_back_amount=Decimal(50), **web),
        sale(AS_OF, Decimal(30), receipt_no="kept", taken_back_amount=Decimal(0), **web),
    ]
    row = measure(World(AS_OF, lines, [account(1, "c1", AS_OF)]), "customer_values")[0]
    assert (row["returned_12m_amount"], row["returns_12m_count"]) == (110, 2)
    assert row["return_12m_ratio"] == Decimal("0.611111")
    assert (row["net_sales_12m_amount"], row["largest_unreturned_receipt_amount"]) == (70, 30)


def test_where_the_shop_states_costs_a_customer_without_any_has_no_profit(says):
    says("trend", margin_12m_amount=None, profit_12m_amount=0, cost_known_12m_ratio=0)


def test_sales_stand_for_profit_where_the_shop_states_no_cost(measure):
    world = World(AS_OF, [sale(AS_OF, Decimal(10))], [account(1, "c1", AS_OF)])
    row = measure(world, "customer_values")[0]
    assert (row["margin_12m_amount"], row["profit_12m_amount"], row["cost_known_12m_ratio"]) == (None, 10, 0)


def test_a_store_and_day_is_one_visit_and_every_web_order_its_own(says):
    says("both channels", pos_visits_12m_count=3, ecommerce_visits_12m_count=2, channels_12m_count=2)
    says("both channels", pos_net_sales_12m_amount=50, ecommerce_sales_12m_ratio="0.5")
    says("both channels", stores_12m_count=2, preferred_store_id="s2")


def test_the_preferred_category_has_the_largest_share_of_all_net_sales(says):
    says("categories", preferred_category="tea", preferred_category_12m_ratio="0.6", categories_12m_count=2)


def test_a_new_category_is_one_first_bought_after_the_first_purchase(says):
    says("categories", new_categories_12m_count=1)
    says("first basket", categories_12m_count=3, new_categories_12m_count=1)


def test_stored_value_is_used_by_the_month_and_in_ninety_days(says):
    says("stored value", stored_value_used_3m_amount=14, stored_value_used_90d_amount=12)
    says("stored value", stored_value_used_months_count=2, stored_value_opened_days=10)
    says("stored value", points_balance="12.5", age_years=26, membership_days=365, is_member=True)


def test_referrals_go_to_any_depth_and_end_in_a_circle(says):
    says("a", referrals_made_count=1, referrals_converted_count=1, referred_net_sales_12m_amount=7)
    says("a", referral_network_count=2, referral_network_net_sales_12m_amount=107)
    says("c", referrals_made_count=1, referrals_converted_count=0, referral_network_count=2)
    says("d", referrals_made_count=0, referral_network_count=0)


def test_a_closing_closes_the_oldest_open_complaint(says):
    says("served", complaints_12m_count=2, open_complaints_count=2, oldest_open_complaint_days=58)


def test_contacts_minutes_and_surveys_are_counted_and_the_newest_word_stands(says):
    says("served", contacts_12m_count=1, last_contact_days=27, service_minutes_12m_count=45)
    says(
        "served",
        surveys_12m_count=2,
        satisfaction_multiple="1.25",
        recommend_score=9,
        personality_tag="silent",
    )


def test_the_card_whose_record_is_newest_speaks(says):
    says("two cards", gender="x", membership_days=1154, has_contact_consent=False, is_reachable=False)


def test_what_a_card_said_then_is_what_counts_then(measure):
    shop = Shop()
    fill(shop)
    rows = measure(shop.world())
    then = {row["as_of_date"]: row["gender"] for row in rows if row["customer_key"] == "two cards"}
    assert (then[date(2026, 1, 31)], then[date(2026, 2, 28)]) == ("f", "x")


def test_a_prospect_closes_in_the_smallest_number_of_months_that_reaches_the_day(says):
    says("prospect", is_prospect_only=True, is_member=False, is_reachable=True, prospect_closes_in_months=2)
    says("gaps", is_prospect_only=False, prospect_closes_in_months=None)


def test_an_order_of_zero_value_is_no_visit(says):
    says("free order", visits_lifetime_count=0, first_purchase_date=None, net_sales_lifetime_amount=0)
    says("free order", average_visit_12m_amount=None, return_12m_ratio=None, visits_12m_per_month=0)


def test_an_order_of_zero_value_is_a_purchase_and_one_taken_back_is_none(warehouse):
    free = sale(AS_OF, Decimal(0), receipt_no="free")
    undone = sale(AS_OF, Decimal(9), 2, receipt_no="undone")
    owners = [account(1, "free", AS_OF), account(2, "undone", AS_OF)]
    warehouse.fill(World(AS_OF, [free, undone, refund(undone)], owners))
    warehouse.build("int_customer_visits_summed")
    found = {row["customer_key"]: row["is_purchase"] for row in warehouse.rows("int_customer_visits_summed")}
    assert found == {"free": True, "undone": False}
