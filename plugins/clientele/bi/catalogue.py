"""The datasets: the published tables that BI may read, and queries that put their figures side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from clientele.bi import shop_metrics, tier_metrics
from clientele.bi.contracts import Column
from clientele.bi.datasets import Dataset
from clientele.publish.postgres import NOT_FOR_READERS
from clientele.publish.tables import PUBLISHED_TABLES

TIER_SIZES: Final = Dataset(
    "tier_sizes_ranked",
    tier_metrics.TIER_SIZES,
    is_query=True,
    tables=("tier_sizes",),
    takes=(
        *("as_of_date", "scheme_id", "scheme_title_zh", "scheme_title_en", "tier_code", "tier_rank"),
        *("customers_count", "net_sales_12m_amount"),
    ),
    computed={
        "ranked_tier_zh": Column("varchar", "Rank and Chinese name of the tier"),
        "ranked_tier_en": Column("varchar", "Rank and English name of the tier"),
        "scheme_customers_count": Column("bigint", "Customers of the scheme at the date"),
        "scheme_net_sales_12m_amount": Column(
            "decimal(38, 4)",
            "Net sales of the scheme in the twelve months that end with the date, in the shop's currency",
        ),
        "is_current": Column("boolean", "Whether the date is that of the release"),
        "is_top_tier": Column("boolean", "Whether the tier is the scheme's highest"),
    },
    time_column="as_of_date",
)

TIER_MOVEMENTS: Final = Dataset(
    "tier_movements_ranked",
    tier_metrics.TIER_MOVEMENTS,
    is_query=True,
    tables=("tier_movements", "tier_sizes"),
    takes=(
        *("as_of_date", "previous_as_of_date", "scheme_id", "scheme_title_zh", "scheme_title_en"),
        *("customers_count", "net_sales_12m_amount"),
    ),
    computed={
        "from_tier_zh": Column("varchar", "Rank and Chinese name of the tier before"),
        "from_tier_en": Column("varchar", "Rank and English name of the tier before"),
        "to_tier_zh": Column("varchar", "Rank and Chinese name of the tier now"),
        "to_tier_en": Column("varchar", "Rank and English name of the tier now"),
        "direction": Column("varchar", "new, upgraded, stayed, downgraded or left"),
    },
    time_column="as_of_date",
)

RELATIONSHIP: Final = Dataset(
    "relationship_months",
    tier_metrics.RELATIONSHIP,
    is_query=True,
    tables=("relationship_monthly",),
    takes=(
        *("month_date", "is_complete", "currency_code", "buyers_count", "new_count", "kept_count"),
        *(
            "won_back_count",
            "lost_count",
            "active_count",
            "churn_ratio",
            "average_tenure_months",
            "repeat_ratio",
        ),
    ),
    computed={"is_latest_complete": Column("boolean", "Whether it is the last month that has ended")},
    time_column="month_date",
)

SCHEME_STATES: Final = Dataset(
    "scheme_states_titled",
    tier_metrics.SCHEME_STATES,
    is_query=True,
    tables=("scheme_states", "tier_sizes"),
    takes=(
        *("scheme_id", "scheme_version", "scheme_title_zh", "scheme_title_en", "state", "missing_needs"),
        *("customers_count", "as_of_date"),
    ),
)

REVIEW_OUTCOMES: Final = Dataset(
    "review_outcomes_titled",
    tier_metrics.REVIEW_OUTCOMES,
    is_query=True,
    tables=("review_outcomes", "tier_sizes"),
    takes=(
        *("as_of_date", "scheme_id", "scheme_title_zh", "scheme_title_en", "customers_count"),
        *("previous_customers_count", "upgraded_count", "downgraded_count", "usual_upgraded_ratio"),
        *("usual_downgraded_ratio", "downgraded_limit_ratio"),
    ),
    time_column="as_of_date",
)

RETENTION: Final = Dataset(
    "retention_monthly",
    tier_metrics.RETENTION,
    time_column="month_date",
)

CONCENTRATION: Final = Dataset(
    "concentration_curve",
    shop_metrics.CONCENTRATION,
    time_column="as_of_date",
)

QUALITY: Final = Dataset("quality_results", shop_metrics.QUALITY)
LOADS: Final = Dataset("load_ledger", shop_metrics.LOADS, time_column="loaded_at")
QUARANTINE: Final = Dataset("quarantined_rows", (shop_metrics.rows("隔离的行", "Rows set aside"),))
FEED_DAYS: Final = Dataset("feed_days", shop_metrics.FEED_DAYS, time_column="business_date")
SALES: Final = Dataset("sales_totals", shop_metrics.SALES)
RELEASES: Final = Dataset("releases", (shop_metrics.rows("发布数", "Releases"),), time_column="published_at")
VALUES: Final = Dataset("customer_values", shop_metrics.VALUES)
REVIEWS: Final = Dataset("tier_reviews", tier_metrics.REVIEWS, time_column="as_of_date")
CUSTOMERS: Final = Dataset("customers", shop_metrics.MEMBERS)

_DECLARED: Final = (
    TIER_SIZES,
    TIER_MOVEMENTS,
    RELATIONSHIP,
    SCHEME_STATES,
    REVIEW_OUTCOMES,
    REVIEWS,
    RETENTION,
    CONCENTRATION,
    QUALITY,
    LOADS,
    QUARANTINE,
    FEED_DAYS,
    SALES,
    RELEASES,
    VALUES,
    CUSTOMERS,
)


def datasets() -> list[Dataset]:
    """Those declared here and, for every other published table that readers may read, the table as it is."""
    declared = {dataset.name for dataset in _DECLARED}
    return [*_DECLARED, *(_plain(table) for table in _readable() if table not in declared)]


def _readable() -> Iterable[str]:
    return (table for table in PUBLISHED_TABLES if table not in NOT_FOR_READERS)


def _plain(table: str) -> Dataset:
    return Dataset(table, (shop_metrics.rows(),))
