"""Customers made up by a test, and the compiled models over them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from clubs import CLUBS, SHIPPED

from clientele.lake.sealed import SEALED_FILES, mount_sealed
from clientele.settings import load_settings

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
    "int_sealed_customers",
    "int_sealed_states",
    "int_scheme_dates",
    *CLUBS,
    *SHIPPED,
    "int_tier_overrides_resolved",
    "int_evaluation_days",
    "int_customer_values_between_reviews",
    "int_tiers_between_reviews",
)
DECIDED = (
    "int_sealed_decisions",
    "int_dated_tiers_followed",
    "int_evaluation_points",
    "int_tier_decisions_made",
    "int_tier_decisions",
    "tier_history",
)


def run_dbt(project: Path, *arguments: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments, "--profiles-dir", "."],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


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
        mount_sealed(self.connection, load_settings({}))
        # Tables take what a test seals; the views of the lake read files.
        for name in SEALED_FILES:
            self.connection.execute(f"create table kept as from lake.sealed_{name}")
            self.connection.execute(f"drop view lake.sealed_{name}")
            self.connection.execute(f"create table lake.sealed_{name} as from kept")
            self.connection.execute("drop table kept")
        for model in (*GIVEN, *OF_THE_FILES):
            self.make(model)

    def make(self, *models: str) -> None:
        """Build the tables of the models anew."""
        for model in models:
            self.connection.execute(f"create or replace table {model} as {self._compiled[model]}")

    def plan(self, model: str) -> str:
        """How the engine would make the model of the rows that are there, as JSON."""
        (row,) = self.connection.execute(f"explain (format json) {self._compiled[model]}").fetchall()
        return str(row[1])

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
        recent_since: str = "",
        joined: Mapping[str, str] | None = None,
        overrides: Iterable[Mapping[str, Any]] = (),
        same_customer: Mapping[str, str] | None = None,
        known_from: Mapping[str, str] | None = None,
        proposed: Iterable[str] = (),
    ) -> None:
        """Let customers live: ``purchases`` are (account, day, amount); the last common date is ``until``.

        An account is a customer of its own unless ``same_customer`` says whose it is. ``proposed`` are the
        month ends whose reviews are decided on although others have been sealed.
        """
        purchases = list(purchases)
        same = same_customer or {}
        days = [day for day in month_ends(since, until[:7]) if str(day) < until]
        self.fill(
            "int_as_of_dates",
            [
                {"as_of_date": day, "is_current": str(day) == until, "is_recent": str(day) >= recent_since}
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
        self.fill("lake.proposed_review_dates", [{"as_of_date": day} for day in proposed])
        self.fill("int_tier_overrides_loaded", [{"source": "test", **row} for row in overrides])
        self.make(*COMPUTED, *DECIDED)

    def seal(self, *scheme_ids: str) -> None:
        """Seal the review of the current date: everything decided that was not sealed before."""
        (day,) = self.rows("select as_of_date from int_as_of_dates where is_current")
        (last,) = self.rows("select coalesce(max(sequence_number), 0) as number from lake.sealed_reviews")
        review = {"number": last["number"] + 1, "day": day["as_of_date"], "schemes": list(scheme_ids)}
        for name, columns in SEALED_FILES.items():
            model, condition = {
                "decisions": ("int_tier_decisions_made", "scheme_id in $schemes"),
                "accounts": ("int_accounts_resolved", "true"),
                "scheme_tiers": ("int_scheme_tiers", "is_version_in_use and scheme_id in $schemes"),
            }.get(name, (None, None))
            if model:
                self.connection.execute(
                    f"insert into lake.sealed_{name} select $number, {', '.join(columns)} from {model}"
                    f" where {condition}",
                    {key: value for key, value in review.items() if f"${key}" in f"$number {condition}"},
                )
        self.connection.execute(
            "insert into lake.sealed_reviews"
            " (sequence_number, review_id, as_of_date, scheme_id, scheme_version)"
            " select $number, $day, $day, scheme_id, max(scheme_version) from int_scheme_tiers"
            " where is_version_in_use and scheme_id in $schemes group by scheme_id",
            review,
        )

    def forget_reviews(self) -> None:
        for name in ("reviews", *SEALED_FILES):
            self.connection.execute(f"delete from lake.sealed_{name}")

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
