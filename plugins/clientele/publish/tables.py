"""The published tables and their keys: the one list the whole project goes by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Table name -> key columns, one row per key. ``release_id`` comes in front of every table, unnamed here.
PUBLISHED_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "customers": ("customer_key",),
        "customer_accounts": ("source", "account_type", "account_id"),
        "shared_keys": ("key_type", "key_value"),
        "customer_values": ("customer_key",),
        "customer_values_monthly": ("customer_key", "as_of_date"),
        "retention_monthly": ("cohort_month_date", "month_date"),
        "relationship_monthly": ("month_date",),
        "concentration_curve": ("as_of_date", "top_pct"),
        "prediction_models": ("model", "currency_code", "parameter"),
        "customer_visits": ("customer_key", "business_date", "channel", "visit_place"),
        "customer_tiers": ("customer_key", "scheme_id"),
        "tier_history": ("customer_key", "scheme_id", "valid_from_date"),
        "tier_decisions": ("customer_key", "scheme_id", "decided_on_date"),
        "tier_reviews": ("review_id", "scheme_id"),
        "tier_restatements": ("found_in_review_id", "scheme_id", "customer_key"),
        "tier_movements": ("as_of_date", "scheme_id", "from_tier_code", "to_tier_code"),
        "tier_sizes": ("as_of_date", "scheme_id", "tier_code"),
        "review_outcomes": ("as_of_date", "scheme_id"),
        "tier_disagreements": ("scheme_id", "tier_code", "other_scheme_id", "other_tier_code"),
        "scheme_states": ("scheme_id",),
        "sales_totals": ("source", "channel", "currency_code"),
        "sales_line_totals": (
            "source",
            "currency_code",
            "channel",
            "line_kind",
            "line_type",
            "outcome",
            "has_customer",
            "quantity_unit",
            "is_negative_quantity",
            "is_zero_quantity",
            "is_price_positive",
        ),
        "load_ledger": ("load_id", "currency_code"),
        "quarantined_rows": ("load_id", "row_number"),
        "feed_days": ("source", "feed", "business_date"),
        "quality_results": ("boundary", "suite_name", "check_id"),
        "releases": ("release_id",),
    }
)

#: Filled from the results of the run's checks; the build leaves it empty.
QUALITY_RESULTS: Final = "quality_results"
#: Filled with one row per release ever published; the build leaves it empty.
RELEASES: Final = "releases"
