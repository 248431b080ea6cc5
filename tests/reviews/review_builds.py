"""Stands in for a build: the tables that a review seals, with decisions of one's own choosing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from clientele.lake.reviews import read_reviews
from clientele.lake.sealed import SEALED_FILES
from clientele.reviews.proposal import Finding
from clientele.settings import Settings
from clientele.warehouse.candidate import Candidate

DATES = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))
WARNING = Finding(
    suite_name="review_outcomes.warning",
    check_id="falls_as_usual",
    check_name="Not many more fall than usual",
    severity="warning",
    details="1 found",
)


class Builds:
    """Fills candidates: every customer of every scheme has a tier at every month end up to the date.

    ``counted`` is how many there were, ``tiers`` the rank of a customer at a date, ``findings`` what the
    checks of the outcome object to, ``last_sale`` the day of the last sale (None: there is none).
    """

    def __init__(self) -> None:
        self.counted = 0
        self.variables: Mapping[str, Any] | None = None
        self.findings: tuple[Finding, ...] = ()
        self.tiers: dict[str, int] = {"c1": 1, "c2": 2}
        self.schemes = ("appliance_spend", "value_pyramid")
        self.last_sale: date | None = date(2026, 4, 1)

    def __call__(
        self,
        settings: Settings,
        candidate: Candidate,
        progress: Any,
        variables: Mapping[str, Any] | None = None,
    ) -> tuple[Finding, ...]:
        self.counted += 1
        self.variables = variables
        known = read_reviews(settings, candidate.known_sequence_number)
        sealed_through = {
            scheme_id: record.as_of_date
            for record in known
            if record.kind == "sealed"
            for scheme_id in record.scheme_ids
        }
        with duckdb.connect(str(candidate.database)) as connection:
            connection.execute("create schema intermediate")
            for name, table in {
                "decisions": "int_tier_decisions_made",
                "moves": "int_tier_moves_counted",
                "accounts": "int_accounts_resolved",
                "scheme_rules": "int_scheme_rules",
                "scheme_tiers": "int_scheme_tiers",
                "scheme_changes": "int_scheme_changes",
            }.items():
                columns = ", ".join(f"{column} {kind}" for column, kind in SEALED_FILES[name].items())
                connection.execute(f"create table intermediate.{table} ({columns})")
            connection.execute("create table intermediate.int_sale_days_bounded (last_date date)")
            connection.execute("insert into intermediate.int_sale_days_bounded values (?)", [self.last_sale])
            connection.execute("create table review_outcomes (as_of_date date, scheme_id varchar)")
            for scheme_id in self.schemes:
                connection.execute(
                    "insert into intermediate.int_scheme_tiers"
                    " (scheme_id, scheme_version, tier_code, tier_rank)"
                    " values ($id, 1, 'low', 1), ($id, 1, 'high', 2)",
                    {"id": scheme_id},
                )
                for day in DATES:
                    if candidate.as_of_date is not None and day <= candidate.as_of_date:
                        connection.execute("insert into review_outcomes values (?, ?)", [day, scheme_id])
                        if day > sealed_through.get(scheme_id, date.min):
                            self._decide(connection, scheme_id, day)
        return self.findings

    def _decide(self, connection: duckdb.DuckDBPyConnection, scheme_id: str, day: date) -> None:
        for customer_key, rank in self.tiers.items():
            connection.execute(
                "insert into intermediate.int_tier_decisions_made"
                " (scheme_id, scheme_version, customer_key, decided_on_date, is_common_date, is_review,"
                " tier_rank, previous_date_tier_rank, outcome)"
                " values (?, 1, ?, ?, true, true, ?, ?, ?)",
                [
                    scheme_id, customer_key, day, rank, None if day == DATES[0] else rank,
                    "new" if day == DATES[0] else "kept",
                ],
            )  # fmt: skip
