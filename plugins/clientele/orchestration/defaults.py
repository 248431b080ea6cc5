"""What every DAG of this project shares: names, tags, assets, schedule, retries. Imported at parse time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from airflow.sdk import Asset, CronTriggerTimetable


class Tag(StrEnum):
    """The only tags a DAG may carry: what it does, and the source that it is about."""

    INGEST = "ingest"
    RELEASE = "release"

    GENERIC = "generic"
    COMPLETE_JOURNEY = "complete_journey"
    ONLINE_RETAIL = "online_retail"
    SHOPIFY = "shopify"
    SQUARE = "square"
    TOAST = "toast"
    WOOCOMMERCE = "woocommerce"
    MAGENTO = "magento"
    CHINESE_POS = "chinese_pos"
    TAOBAO = "taobao"
    TA_FENG = "ta_feng"
    OLIST = "olist"
    CDNOW = "cdnow"
    POSLOG = "poslog"


#: Sources with an ingest DAG of their own; each is a folder of landing/ and of dbt_project/staging/.
SOURCES = tuple(tag.value for tag in Tag if tag not in (Tag.INGEST, Tag.RELEASE))

RELEASE_DAG_ID = "release_on_ingest"

#: Emitted by `publish`: a new release can be read.
PUBLISHED_RELEASE = Asset("published/release")


def ingest_dag_id(source: str) -> str:
    """The DAG that takes in the exports of one source."""
    return f"ingest_{source}_daily"


def lake_asset(source: str) -> Asset:
    """Emitted when a source's ingest wrote at least one new record to the lake."""
    return Asset(f"lake/{source}")


#: 00:30 of the next day in Shanghai: the business day is over and its exports are due.
DAILY_AFTER_BUSINESS_DAY = CronTriggerTimetable("30 16 * * *", timezone="UTC")

#: Arguments of every DAG. One run at a time: the lake and the warehouse have one writer.
DAG_DEFAULTS: dict[str, Any] = {
    "start_date": datetime(2025, 1, 1, tzinfo=UTC),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": {
        "owner": "customer-data",
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=10),
    },
}
