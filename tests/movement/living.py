"""Customers made up by a test, and the compiled models over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb
from clubs import CLUBS, SHIPPED

#: Filled by the tests; the project's models of these names say only which columns they have.
GIVEN = (
    "int_as_of_dates",
    "int_customer_visits_summed",
    "int_accounts_resolved",
    "int_members_loaded",
    "int_tier_overrides_loaded",
    "int_feeds_present",
    "int_referrals",
)
#: What the scheme files say, the same for every test.
OF_THE_FILES = ("int_scheme_tiers", "int_scheme_policies", "int_scheme_rules")
#: From the rows given to the tiers the rules give, in the order in which each reads the ones before.
COMPUTED = (
    "int_customer_values_by_date",
    *CLUBS,
    *SHIPPED,
    "int_tier_overrides_resolved",
    "int_evaluation_days",
    "int_customer_values_between_reviews",
    "int_tiers_between_reviews",
)
DECIDED = ("int_evaluation_points", "int_tier_decisions", "tier_history")


def month_ends(first: str, last: str) -> list[date]:
    """The last days of the months from ``first`` to ``last``, both as YYYY-MM."""
    year, month = map(int, first.split("-"))
    end = tuple(map(int, last.split("-")))
    days = []
    while (year, month) <= end:
        following = (year + month // 12, month % 12 + 1)
        days.append(date.fromordinal(date(*following, 1).toordinal() - 1))
        year, month = following
    return days


class Movement:
    """The compiled models over rows of a test."""

    def __init__(self, compiled: Mapping[str, str]) -> None:
        self._compiled = compiled
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("attach ':memory:' as movement")
        self.connection.execute("use movement.main")
        for model in (*GIVEN, *OF_THE_FILES):
            self.make(model)

    def make(self, *models: str) -> None:
        """Build the tables of the models anew."""
        for model in models:
            self.connection.execute(f"create or replace table {model} as {self._compiled[model]}")

    def fill(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Replace the rows of a table; columns that a row leaves out are null."""
        self.connection.execute(f"delete from {table}")
        rows = list(rows)
        for names in {tuple(row) for row in rows}:
            alike = [row for row in rows if tuple(row) == names]
            places = ", ".join([f"({', '.join('?' * len(names))})"] * len(alike))
            self.connection.execute(
                f"insert into {table} ({', '.join(names)}) values {places}",
                [value for row in alike for value in row.values()],
            )

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        result = self.connection.execute(sql, parameters)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def live(
        self,
        purchases: Iterable[tuple[str, str, float]],
        *,
        until: str,
        since: str = "2024-01",
        joined: Mapping[str, str] | None = None,
        overrides: Iterable[Mapping[str, Any]] = (),
        same_customer: Mapping[str, str] | None = None,
        known_from: Mapping[str, str] | None = None,
    ) -> None:
        """Let customers live: ``purchases`` are (account, day, amount); the last common date is ``until``.

        An account is a customer of its own unless ``same_customer`` says whose it is.
        """
        purchases = list(purchases)
        same = same_customer or {}
        days = [day for day in month_ends(since, until[:7]) if str(day) < until]
        self.fill(
            "int_as_of_dates",
            [
                {"as_of_date": day, "is_current": str(day) == until, "is_recent": True}
                for day in [*days, date.fromisoformat(until)]
            ],
        )
        accounts = sorted({account for account, _, _ in purchases} | set(joined or {}))
        self.fill(
            "int_accounts_resolved",
            [
                {
                    "source": "test",
                    "account_reference": account,
                    "account_type": "member",
                    "customer_key": same.get(account, account),
                    "known_from_date": (known_from or {}).get(account, "2023-01-01"),
                }
                for account in accounts
            ],
        )
        self.fill(
            "int_members_loaded",
            [
                {"source": "test", "account_reference": account, "joined_date": day}
                for account, day in (joined or {}).items()
            ],
        )
        self.fill(
            "int_customer_visits_summed",
            [
                {
                    "customer_key": same.get(account, account),
                    "channel": "pos",
                    "business_date": day,
                    "visit_place": account,
                    "is_visit": amount > 0,
                    "net_sales_amount": amount,
                }
                for account, day, amount in purchases
            ],
        )
        self.fill("int_tier_overrides_loaded", [{"source": "test", **row} for row in overrides])
        self.make(*COMPUTED, *DECIDED)

    def decisions(self, scheme_id: str, customer: str = "c") -> list[tuple[str, str | None, str]]:
        """Day, tier code and outcome of every decision, in order."""
        return [
            (str(row["decided_on_date"]), row["tier_code"], row["outcome"])
            for row in self.rows(
                "select decided_on_date, tier_code, outcome from int_tier_decisions"
                " left join int_scheme_tiers using (scheme_id, tier_rank)"
                " where scheme_id = ? and customer_key = ? order by decided_on_date",
                [scheme_id, customer],
            )
        ]

    def history(self, scheme_id: str, customer: str = "c") -> list[tuple[str, str, str | None]]:
        """Tier code, first day and the day after the last of every tier held, in order."""
        return [
            (
                row["tier_code"],
                str(row["valid_from_date"]),
                row["valid_to_date"] and str(row["valid_to_date"]),
            )
            for row in self.rows(
                "select tier_code, valid_from_date, valid_to_date from tier_history"
                " where scheme_id = ? and customer_key = ? order by valid_from_date",
                [scheme_id, customer],
            )
        ]
