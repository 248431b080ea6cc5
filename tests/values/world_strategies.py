"""Hypothesis strategies of small worlds that meet every edge often: month ends, same days, ties, loops."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from worlds import SOURCE, Row, World, account, card, event, refund, sale

AS_OF_DATES = (date(2026, 2, 28), date(2024, 2, 29), date(2025, 8, 31), date(2026, 3, 17), date(2026, 4, 30))
CUSTOMERS = 4
#: Accounts 1 to 8, two to a customer; the second of customer 4 is a web account.
ACCOUNTS = {number: f"c{(number + 1) // 2}" for number in range(1, 2 * CUSTOMERS + 1)}

amounts = st.sampled_from([Decimal(text) for text in ("0", "0.01", "5", "10", "10.50", "99.99", "1000")])
maybe_flags = st.sampled_from([None, True, False])


@st.composite
def days(draw: st.DrawFn, as_of: date) -> date:
    """Days around the bounds of the windows, and any others."""
    if draw(st.booleans()):
        months = draw(st.sampled_from([0, 1, 2, 3, 6, 9, 12, 13, 24]))
        year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
        last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
        bound = date(year, month + 1, min(as_of.day, last))
        return bound + timedelta(days=draw(st.sampled_from([0, 1, -1, 2])))
    return as_of + timedelta(days=draw(st.integers(-800, 20)))


@st.composite
def receipts(draw: st.DrawFn, as_of: date, number: int) -> list[Row]:
    """The lines of receipt ``number``, perhaps with returns of some of them."""
    account_number = draw(st.sampled_from([*ACCOUNTS, None]))
    web = account_number == 8 or draw(st.integers(0, 3)) == 0
    kind = {"account_type": "ecommerce"} if account_number == 8 else {}
    common = {
        "channel": "ecommerce" if web else "pos",
        "receipt_no": f"r{number}",
        "store_id": None if web else draw(st.sampled_from(["s1", "s2", None])),
        "currency_code": draw(st.sampled_from(["CNY", "CNY", "CNY", "CNY", "USD"])),
        "email_hash": "hash" if web and draw(st.booleans()) else None,
        **kind,
    }
    day = draw(days(as_of))
    lines: list[Row] = []
    for line in range(draw(st.integers(1, 3))):
        net = draw(amounts)
        taken_back = (
            draw(st.sampled_from([None, Decimal(0), Decimal("2.5"), net])) if web and net > 0 else None
        )
        lines.append(
            sale(
                day,
                net - (taken_back or 0),
                account_number,
                line_no=str(line),
                amount=net,
                taken_back_amount=taken_back,
                category=draw(st.sampled_from([None, "tea", "bread", "milk"])),
                discount_amount=draw(st.sampled_from([None, Decimal(0), Decimal("1.5")])),
                cost_amount=draw(st.sampled_from([None, None, Decimal("0.7"), Decimal(4)])),
                payment_method=draw(st.sampled_from([None, "stored_value", "cash"])),
                **common,
            )
        )
    if draw(st.integers(0, 4)) == 0:
        other = {"currency_code": draw(st.sampled_from([common["currency_code"], "USD"]))}
        lines.append(sale(day, Decimal("-1.25"), account_number, line_no="discount", **(common | other)))
    for sold in list(lines):
        if draw(st.integers(0, 3)) == 0 and sold["net_sales_amount"] > 0:
            back = day + timedelta(days=draw(st.integers(0, 40)))
            named = draw(st.sampled_from([sold["receipt_no"], "unknown", None]))
            lines.append(refund(sold, business_date=back, original_receipt_no=named))
    return lines


@st.composite
def cards_of(draw: st.DrawFn, as_of: date, number: int) -> list[Row]:
    """One or two versions of the card of account ``number``."""
    changed = [date(1900, 1, 1), *draw(st.sampled_from([[], [draw(days(as_of))]]))]
    joined = draw(st.one_of(st.none(), days(as_of)))
    versions = []
    for place, valid_from in enumerate(changed):
        versions.append(
            card(
                number,
                valid_from_date=valid_from,
                valid_to_date=changed[place + 1] if place + 1 < len(changed) else None,
                joined_date=joined,
                gender=draw(st.sampled_from([None, "f", "m"])),
                birth_year=draw(st.sampled_from([None, 1980, 2004])),
                phone_hash=draw(st.sampled_from([None, "hash"])),
                has_contact_consent=draw(maybe_flags),
                points_balance=draw(st.sampled_from([None, Decimal("12.5")])),
                stored_value_opened_date=draw(st.one_of(st.none(), days(as_of))),
                overdue_days=draw(st.sampled_from([None, 0, 31])),
                buyer_type=draw(st.sampled_from([None, "business"])),
                has_supply_agreement=draw(maybe_flags),
                referrer_account_id=draw(st.sampled_from([None, *(str(other) for other in ACCOUNTS), "99"])),
                updated_at=draw(
                    st.sampled_from([None, date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)])
                ),
            )
        )
    return versions


@st.composite
def worlds(draw: st.DrawFn) -> World:
    as_of = draw(st.sampled_from(AS_OF_DATES))
    lines = [line for number in range(draw(st.integers(1, 12))) for line in draw(receipts(as_of, number))]
    cards = [
        said
        for number in ACCOUNTS
        if number != 8 and draw(st.booleans())
        for said in draw(cards_of(as_of, number))
    ]
    events = [
        event(
            number,
            draw(days(as_of)),
            draw(st.sampled_from(["contact", "complaint", "complaint_closed", "survey", "note", "service"])),
            draw(st.sampled_from([1, 2, 3])),
            minutes=draw(st.sampled_from([None, 20])),
            score_expected=draw(st.sampled_from([None, Decimal(0), Decimal(4), Decimal(5)])),
            score_perceived=draw(st.sampled_from([None, Decimal(3), Decimal(5)])),
            recommend_score=draw(st.sampled_from([None, 0, 9])),
            tag=draw(st.sampled_from([None, "silent", "proud"])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    prospects = [
        {
            "source": SOURCE,
            "prospect_id": f"p{number}",
            "account_reference": "prospect:9",
            "phone_hash": draw(st.sampled_from([None, "hash"])),
            "created_date": draw(days(as_of)),
            "expected_close_date": draw(
                st.one_of(st.none(), st.integers(-40, 200).map(lambda ahead: as_of + timedelta(days=ahead)))
            ),
        }
        for number in range(draw(st.integers(0, 2)))
    ]
    accounts = [
        account(number, customer, draw(days(as_of)), "ecommerce" if number == 8 else "member")
        for number, customer in ACCOUNTS.items()
    ]
    prospect_owner = draw(st.sampled_from(["c1", "c5"]))
    accounts.append(account(9, prospect_owner, draw(days(as_of)), "prospect"))
    return World(as_of, lines, accounts, cards, events, prospects)


def few(examples: int) -> settings:
    """Settings of a property that builds a warehouse for each of so many worlds."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,
        ],
    )
