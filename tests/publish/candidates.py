"""Hand-made candidates: every published table as the build leaves it, small, of any content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

WINDOWS = ("1m", "3m", "6m", "12m", "24m", "lifetime")

DECLARATIONS: Mapping[str, str] = {
    "customers": """customer_key varchar not null, first_seen_source varchar, accounts_count integer,
        is_member boolean, gender varchar, birth_year integer, home_store_id varchar, joined_date date,
        member_status varchar, card_tier varchar, has_contact_consent boolean, first_purchase_date date,
        last_purchase_date date""",
    "customer_accounts": """source varchar not null, account_type varchar not null,
        account_id varchar not null, customer_key varchar, known_from_date date, first_seen_load_id bigint,
        linked_by varchar, linked_to_source varchar, linked_to_account_type varchar,
        linked_to_account_id varchar, linked_on_date date, linked_by_load_id bigint""",
    "shared_keys": """key_type varchar not null, key_value varchar not null, accounts_count bigint,
        cards_count bigint, sources varchar""",
    "customer_values": "customer_key varchar not null, as_of_date date not null, currency_code varchar, "
    + ", ".join(f"net_sales_{window}_amount decimal(18, 4)" for window in WINDOWS)
    + ", "
    + ", ".join(f"visits_{window}_count bigint" for window in WINDOWS)
    + """, first_purchase_date date, last_purchase_date date, recency_days integer,
        last_visit_amount decimal(18, 4), largest_visit_amount decimal(18, 4),
        average_visit_12m_amount decimal(18, 4), visits_12m_per_month decimal(9, 4),
        consecutive_weeks_count integer, return_12m_ratio decimal(9, 6)""",
    "customer_values_monthly": """customer_key varchar not null, as_of_date date not null,
        net_sales_12m_amount decimal(18, 4), visits_12m_count bigint""",
    "retention_monthly": """cohort_month_date date not null, month_date date not null,
        months_since_first integer, currency_code varchar, customers_count bigint, active_count bigint,
        retained_ratio decimal(9, 6), net_sales_amount decimal(38, 4)""",
    "relationship_monthly": """month_date date not null, is_complete boolean, currency_code varchar,
        buyers_count bigint, new_count bigint, kept_count bigint, won_back_count bigint, lost_count bigint,
        active_count bigint, churn_ratio decimal(9, 6)""",
    "concentration_curve": """as_of_date date not null, top_pct integer not null, currency_code varchar,
        customers_count bigint, net_sales_12m_amount decimal(38, 4), net_sales_12m_ratio decimal(9, 6)""",
    "prediction_models": """model varchar not null, currency_code varchar not null,
        parameter varchar not null, as_of_date date, value decimal(28, 10), customers_count bigint,
        repeaters_count bigint, reason varchar""",
    "customer_tiers": """customer_key varchar not null, as_of_date date, scheme_id varchar not null,
        scheme_version integer, tier_code varchar not null, tier_rank integer, tier_name_zh varchar,
        tier_name_en varchar, valid_from_date date, previous_tier_code varchar, previous_tier_rank integer,
        outcome varchar, computed_tier_code varchar, override_id varchar, deciding_criterion varchar,
        deciding_value decimal(28, 6), threshold_value decimal(28, 6), reason_zh varchar,
        reason_en varchar""",
    "customer_visits": """customer_key varchar not null, business_date date not null,
        channel varchar not null, visit_place varchar not null, is_visit boolean,
        net_sales_amount decimal(18, 4), returned_amount decimal(18, 4)""",
    "tier_decisions": """customer_key varchar not null, scheme_id varchar not null,
        decided_on_date date not null, scheme_version integer, is_review boolean, outcome varchar,
        previous_tier_code varchar, previous_tier_rank integer, computed_tier_code varchar,
        computed_tier_rank integer, tier_code varchar, tier_rank integer, override_id varchar,
        override_reason varchar, override_requested_by varchar,
        deciding_criterion varchar, deciding_value decimal(28, 6), threshold_value decimal(28, 6),
        shortfall_value decimal(28, 6), change_metric varchar, change_value decimal(28, 6),
        change_tier_code varchar""",
    "tier_reviews": """review_id varchar not null, sequence_number bigint not null, as_of_date date not null,
        scheme_id varchar not null, scheme_version integer, scheme_content_hash varchar, known_load_id bigint,
        decisions_count bigint, new_count bigint, upgraded_count bigint, kept_count bigint,
        downgraded_count bigint, merged_count bigint, left_count bigint, decisions_digest varchar,
        decided_by varchar, decided_at timestamp, decision_mode varchar, record_hash varchar,
        previous_record_hash varchar""",
    "tier_restatements": """review_id varchar not null, found_in_review_id varchar not null,
        scheme_id varchar not null, customer_key varchar not null, tier_code_then varchar,
        tier_code_now varchar, tier_rank_then integer, tier_rank_now integer, cause varchar,
        rows_count bigint, load_ids varchar, row_numbers varchar""",
    "tier_disagreements": """as_of_date date, scheme_id varchar not null, tier_code varchar not null,
        other_scheme_id varchar not null, other_tier_code varchar not null, customers_count bigint,
        net_sales_12m_amount decimal(38, 4)""",
    "scheme_states": """scheme_id varchar not null, scheme_version integer, state varchar,
        missing_needs varchar, customers_count bigint, as_of_date date""",
    "tier_history": """customer_key varchar not null, scheme_id varchar not null, scheme_version integer,
        tier_code varchar, tier_rank integer, tier_name_zh varchar, tier_name_en varchar,
        valid_from_date date not null, valid_to_date date""",
    "tier_movements": """as_of_date date not null, previous_as_of_date date, scheme_id varchar not null,
        scheme_version integer, from_tier_code varchar not null, from_tier_rank integer,
        to_tier_code varchar not null, to_tier_rank integer, customers_count bigint,
        net_sales_12m_amount decimal(38, 4)""",
    "tier_sizes": """as_of_date date not null, scheme_id varchar not null, scheme_version integer,
        scheme_title_zh varchar, scheme_title_en varchar, tier_code varchar not null, tier_rank integer,
        tier_name_zh varchar, tier_name_en varchar, customers_count bigint, customers_ratio decimal(9, 6),
        net_sales_12m_amount decimal(38, 4), net_sales_12m_ratio decimal(9, 6)""",
    "review_outcomes": """as_of_date date not null, scheme_id varchar not null, scheme_version integer,
        judged_count bigint, customers_count bigint, upgraded_count bigint, downgraded_count bigint,
        downgraded_ratio decimal(9, 6), downgraded_limit_ratio decimal(9, 6)""",
    "sales_totals": """source varchar not null, channel varchar not null, currency_code varchar not null,
        receipts_count bigint, anonymous_receipts_count bigint, accounts_count bigint,
        net_sales_amount decimal(38, 4), anonymous_net_sales_amount decimal(38, 4),
        net_sales_after_date_amount decimal(38, 4)""",
    "sales_line_totals": """source varchar, currency_code varchar, channel varchar, line_kind varchar,
        line_type varchar, outcome varchar, has_customer boolean, quantity_unit varchar,
        is_negative_quantity boolean, is_zero_quantity boolean, is_price_positive boolean,
        lines_count bigint, amount decimal(38, 4), net_sales_amount decimal(38, 4),
        receipts_count bigint""",
    "load_ledger": """load_id bigint not null, source varchar, feed varchar, file_name varchar,
        file_sha256 varchar, status varchar, reason_code varchar, reason varchar,
        superseded_by_load_id bigint, duplicate_of_load_id bigint, currency_code varchar not null,
        rows_in_count bigint, rows_loaded_count bigint, rows_duplicate_count bigint,
        rows_superseded_count bigint, rows_quarantined_count bigint, rows_after_date_count bigint,
        amount_in decimal(38, 4), amount_loaded decimal(38, 4),
        amount_duplicate decimal(38, 4), amount_superseded decimal(38, 4), amount_quarantined decimal(38, 4),
        loaded_at timestamp""",
    "quarantined_rows": """load_id bigint not null, row_number bigint not null, source varchar, feed varchar,
        file_name varchar, column_name varchar, reason_code varchar, reason varchar, currency_code varchar,
        amount decimal(18, 4), row_text varchar, redriven_by_load_id bigint""",
    "feed_days": """source varchar not null, feed varchar not null, business_date date not null,
        volume_check varchar, lines_count bigint, usual_lines_count bigint, days_since_previous_count bigint,
        usual_days_since_previous_count bigint, history_days_count bigint, days_to_newest_count bigint,
        is_newest_of_feed boolean""",
    "quality_results": """boundary varchar not null, suite_name varchar not null, check_id varchar not null,
        check_name varchar, table_name varchar, column_name varchar, severity varchar, is_successful boolean,
        checked_count bigint, failed_count bigint, details varchar""",
    "releases": """release_id varchar not null, sequence_number integer, run_id varchar, as_of_date date,
        known_load_id bigint, previous_release_id varchar, content_digest varchar, published_at timestamp""",
}


@dataclass(frozen=True)
class Tier:
    """A customer's tier in a scheme."""

    customer_key: str
    tier_code: str = "A"
    tier_rank: int = 3
    scheme_id: str = "value_pyramid"
    scheme_version: int = 1
    tier_name_zh: str = "重要"
    tier_name_en: str = "top"
    reason_zh: str = "排名第 1"
    reason_en: str = "ranked 1st"
    valid_from_date: str = "2024-06-30"


@dataclass(frozen=True)
class Shop:
    """What a candidate says."""

    amounts: Mapping[str, str] = field(default_factory=lambda: {"c1": "100.0000", "c2": "20.5000"})
    tiers: tuple[Tier, ...] = (Tier("c1"), Tier("c2", "B", 2))
    as_of_date: str = "2024-06-30"
    known_load_id: int = 1
    loaded_at: str = "2024-07-01 00:00:00"

    def selling(self, customer_key: str, amount: str) -> Shop:
        return replace(self, amounts={**self.amounts, customer_key: amount})


def quality_row(**changes: object) -> dict[str, object]:
    """A successful check as a row of ``quality_results``."""
    return {
        "boundary": "built",
        "suite_name": "customers.blocking",
        "check_id": "check_1",
        "check_name": "customer_key is unique",
        "table_name": "customers",
        "column_name": "customer_key",
        "severity": "blocking",
        "is_successful": True,
        "checked_count": 2,
        "failed_count": 0,
        "details": None,
        **changes,
    }


def write_candidate(database: Path, shop: Shop, *, is_reversed: bool = False) -> Path:
    """Write ``shop`` as a candidate; ``is_reversed`` inserts every table's rows the other way round."""
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database), config={"threads": 1}) as connection:
        connection.begin()
        connection.execute("create schema lake")
        connection.execute(
            "create table lake.run_parameters as select null::date as as_of_date,"
            f" 'UTC' as business_time_zone, {shop.known_load_id}::bigint as known_load_id"
        )
        for table, declaration in DECLARATIONS.items():
            connection.execute(f"create table {table} ({declaration})")
        for table, rows in _rows(shop).items():
            for row in reversed(rows) if is_reversed else rows:
                marks = ", ".join("?" * len(row))
                connection.execute(
                    f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
                )
        connection.commit()
    return database


def _rows(shop: Shop) -> dict[str, list[dict[str, object]]]:
    customers = list(shop.amounts)
    scheme: dict[str, object] = {"scheme_id": "value_pyramid", "scheme_version": 1}
    return {
        "customers": [{"customer_key": key, "gender": None, "accounts_count": 1} for key in customers],
        "customer_accounts": [
            {"source": "generic", "account_type": "member", "account_id": f"m-{key}", "customer_key": key}
            for key in customers
        ],
        "shared_keys": [
            {"key_type": "phone", "key_value": value, "accounts_count": 9, "cards_count": 8}
            for value in ("0a1b", "9f8e")
        ],
        "customer_values": [
            {"customer_key": key, "as_of_date": shop.as_of_date, "net_sales_12m_amount": amount}
            for key, amount in shop.amounts.items()
        ],
        "customer_values_monthly": [
            {"customer_key": key, "as_of_date": shop.as_of_date, "net_sales_12m_amount": amount}
            for key, amount in shop.amounts.items()
        ],
        "retention_monthly": [
            {"cohort_month_date": "2024-05-01", "month_date": month, "customers_count": 2, "active_count": 1}
            for month in ("2024-05-01", "2024-06-01")
        ],
        "relationship_monthly": [
            {"month_date": month, "buyers_count": 2} for month in ("2024-05-01", "2024-06-01")
        ],
        "concentration_curve": [
            {"as_of_date": shop.as_of_date, "top_pct": share, "customers_count": 1} for share in (1, 20)
        ],
        "prediction_models": [
            {"model": "bg_nbd", "currency_code": "CNY", "parameter": name, "value": "0.2425929072"}
            for name in ("r", "alpha")
        ],
        "customer_tiers": [{"as_of_date": shop.as_of_date, **vars(tier)} for tier in shop.tiers],
        "tier_history": [
            {**scheme, "customer_key": key, "tier_code": "A", "valid_from_date": day}
            for key in customers
            for day in ("2024-05-31", "2024-06-30")
        ],
        "tier_decisions": [
            {**scheme, "customer_key": key, "tier_code": "A", "decided_on_date": shop.as_of_date}
            for key in customers
        ],
        "tier_reviews": [
            {**scheme, "review_id": day, "sequence_number": number, "as_of_date": day}
            for number, day in enumerate(("2024-05-31", "2024-06-30"), start=1)
        ],
        "tier_restatements": [
            {
                "review_id": "2024-05-31",
                "found_in_review_id": "2024-06-30",
                "scheme_id": scheme["scheme_id"],
                "customer_key": key,
            }
            for key in customers
        ],
        "tier_disagreements": [
            {"scheme_id": "a", "tier_code": "A", "other_scheme_id": "b", "other_tier_code": code}
            for code in ("x", "y")
        ],
        "scheme_states": [
            {"scheme_id": name, "state": "computed", "as_of_date": shop.as_of_date} for name in ("a", "b")
        ],
        "customer_visits": [
            {"customer_key": key, "business_date": day, "channel": "pos", "visit_place": "s1"}
            for key in customers
            for day in ("2024-05-30", "2024-06-30")
        ],
        "tier_movements": [
            {**scheme, "as_of_date": shop.as_of_date, "from_tier_code": "(new)", "to_tier_code": code}
            for code in ("A", "B")
        ],
        "tier_sizes": [
            {**scheme, "as_of_date": shop.as_of_date, "tier_code": code, "customers_count": 1}
            for code in ("A", "B")
        ],
        "review_outcomes": [
            {**scheme, "as_of_date": day, "downgraded_count": 1} for day in ("2024-05-31", "2024-06-30")
        ],
        "sales_totals": [
            {"source": "generic", "channel": channel, "currency_code": "CNY", "receipts_count": 2}
            for channel in ("pos", "ecommerce")
        ],
        "sales_line_totals": [
            {
                "source": "generic",
                "currency_code": "CNY",
                "channel": channel,
                "line_kind": "sale",
                "line_type": "product",
                "outcome": "loaded",
                "has_customer": True,
                "quantity_unit": "piece",
                "is_negative_quantity": False,
                "is_zero_quantity": False,
                "is_price_positive": True,
                "lines_count": 3,
            }
            for channel in ("pos", "ecommerce")
        ],
        "load_ledger": [
            {"load_id": load_id, "currency_code": "CNY", "rows_in_count": 3, "loaded_at": shop.loaded_at}
            for load_id in range(1, shop.known_load_id + 1)
        ],
        "feed_days": [
            {"source": "generic", "feed": "pos_sales", "business_date": day, "lines_count": 3}
            for day in ("2024-06-29", "2024-06-30")
        ],
        "quarantined_rows": [{"load_id": 1, "row_number": row, "amount": "1.0000"} for row in (4, 9)],
    }
