"""Small worlds: everything the values are computed from, as plain rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

Row = Mapping[str, Any]

#: Columns of the tables that the models of values read, with their types.
INPUTS: Mapping[str, Mapping[str, str]] = {
    "int_sale_lines_loaded": {
        "source": "varchar",
        "channel": "varchar",
        "receipt_no": "varchar",
        "line_no": "varchar",
        "original_receipt_no": "varchar",
        "account_type": "varchar",
        "account_id": "varchar",
        "phone_hash": "varchar",
        "email_hash": "varchar",
        "store_id": "varchar",
        "occurred_at": "timestamp",
        "business_date": "date",
        "category": "varchar",
        "amount": "decimal(18, 4)",
        "net_sales_amount": "decimal(18, 4)",
        "taken_back_amount": "decimal(18, 4)",
        "discount_amount": "decimal(18, 4)",
        "cost_amount": "decimal(18, 4)",
        "currency_code": "varchar",
        "line_kind": "varchar",
        "payment_method": "varchar",
        "first_load_id": "bigint",
        "load_id": "bigint",
    },
    "int_accounts_resolved": {
        "source": "varchar",
        "account_type": "varchar",
        "account_id": "varchar",
        "account_reference": "varchar",
        "account_number": "bigint",
        "customer_key": "varchar",
        "known_from_date": "date",
    },
    "int_member_versions_dated": {
        "source": "varchar",
        "account_reference": "varchar",
        "account_type": "varchar",
        "valid_from_date": "date",
        "valid_to_date": "date",
        "phone_hash": "varchar",
        "email_hash": "varchar",
        "gender": "varchar",
        "birth_year": "integer",
        "joined_date": "date",
        "member_status": "varchar",
        "card_tier": "varchar",
        "has_contact_consent": "boolean",
        "points_balance": "decimal(18, 4)",
        "stored_value_balance_amount": "decimal(18, 4)",
        "stored_value_opened_date": "date",
        "referrer_account_id": "varchar",
        "buyer_type": "varchar",
        "has_supply_agreement": "boolean",
        "is_platform_account": "boolean",
        "has_social_value": "boolean",
        "has_breached_agreement": "boolean",
        "overdue_days": "integer",
        "overdue_amount": "decimal(18, 4)",
        "updated_at": "timestamp",
    },
    "int_service_events_loaded": {
        "source": "varchar",
        "event_id": "varchar",
        "account_reference": "varchar",
        "business_date": "date",
        "event_type": "varchar",
        "minutes": "integer",
        "score_expected": "decimal(9, 2)",
        "score_perceived": "decimal(9, 2)",
        "recommend_score": "integer",
        "tag": "varchar",
    },
    "int_prospects_loaded": {
        "source": "varchar",
        "prospect_id": "varchar",
        "account_reference": "varchar",
        "phone_hash": "varchar",
        "email_hash": "varchar",
        "created_date": "date",
        "expected_close_date": "date",
    },
    "int_customer_predictions": {
        "customer_key": "varchar",
        "as_of_date": "date",
        "predicted_purchases_12m_count": "decimal(18, 4)",
        "predicted_alive_ratio": "decimal(9, 6)",
        "predicted_repurchase_12m_ratio": "decimal(9, 6)",
        "predicted_visit_amount": "decimal(18, 4)",
        "predicted_sales_12m_amount": "decimal(18, 4)",
        "predicted_value_12m_amount": "decimal(18, 4)",
        "heuristic_sales_12m_amount": "decimal(18, 4)",
        "is_heuristically_active": "boolean",
        "predicted_reason": "varchar",
    },
}
SOURCE = "shop"


@dataclass(frozen=True)
class World:
    """A shop as of a date; its parts are rows of ``INPUTS``, null where a row leaves a column out."""

    as_of_date: date
    lines: Sequence[Row] = ()
    accounts: Sequence[Row] = ()
    cards: Sequence[Row] = ()
    events: Sequence[Row] = ()
    prospects: Sequence[Row] = ()
    predictions: Sequence[Row] = field(default=())

    def with_lines(self, *lines: Row) -> World:
        """The same world with ``lines`` besides."""
        return replace(self, lines=[*self.lines, *lines])

    def inputs(self) -> dict[str, Sequence[Row]]:
        """Rows by input table; of the versions of a card, the last stands in ``int_members_loaded``."""
        newest = [card for card in self.cards if card.get("valid_to_date") is None]
        return {
            "int_sale_lines_loaded": self.lines,
            "int_accounts_resolved": self.accounts,
            "int_member_versions_dated": self.cards,
            "int_members_loaded": newest,
            "int_service_events_loaded": self.events,
            "int_prospects_loaded": self.prospects,
            "int_customer_predictions": self.predictions,
        }


def account(number: int, customer: str, known_from: date, kind: str = "member") -> Row:
    """Account ``number`` of ``customer``."""
    return {
        "source": SOURCE,
        "account_type": kind,
        "account_id": str(number),
        "account_reference": f"{kind}:{number}",
        "account_number": number,
        "customer_key": customer,
        "known_from_date": known_from,
    }


def card(number: int, **said: Any) -> Row:
    """What the card of account ``number`` says, from the beginning unless ``valid_from_date`` is given."""
    return {
        "source": SOURCE,
        "account_reference": f"member:{number}",
        "account_type": "member",
        "valid_from_date": date(1900, 1, 1),
        **said,
    }


def sale(day: date, net: Any, number: int | None = 1, **more: Any) -> Row:
    """A sale line of ``net`` to account ``number`` on ``day``, on its own receipt unless one is given."""
    line = {
        "source": SOURCE,
        "channel": "pos",
        "receipt_no": f"r{number}-{day}-{net}",
        "line_no": "1",
        "store_id": "s1",
        "business_date": day,
        "amount": net,
        "net_sales_amount": net,
        "currency_code": "CNY",
        "line_kind": "sale",
        **more,
    }
    if number is not None:
        line = {"account_type": "member", "account_id": str(number), **line}
    return line


def refund(of: Row, **more: Any) -> Row:
    """The return of all of the sale line ``of``, on its own receipt, naming the one it takes back."""
    return {
        **of,
        "line_kind": "return",
        "net_sales_amount": -of["net_sales_amount"],
        "taken_back_amount": None,
        "original_receipt_no": of["receipt_no"],
        "receipt_no": f"back-{of['receipt_no']}-{of['line_no']}",
        **more,
    }


def event(number: int, day: date, kind: str, account_number: int = 1, **more: Any) -> Row:
    """Service event ``number`` of the member of account ``account_number``."""
    return {
        "source": SOURCE,
        "event_id": f"e{number:03}",
        "account_reference": f"member:{account_number}",
        "business_date": day,
        "event_type": kind,
        **more,
    }
