"""What every DAG of this project shares: names, tags, assets, schedule, retries. Imported at parse time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from airflow.sdk import Asset, CronDataIntervalTimetable, CronTriggerTimetable, Param


class Tag(StrEnum):
    """The only tags a DAG may carry: what it does, and the source that it is about."""

    INGEST = "ingest"
    RELEASE = "release"
    REVIEW = "review"
    SIMULATION = "simulation"

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
SOURCES = tuple(tag.value for tag in Tag if tag not in (Tag.INGEST, Tag.RELEASE, Tag.REVIEW, Tag.SIMULATION))

RELEASE_DAG_ID = "release_on_ingest"

#: Emitted by `publish`: a new release can be read.
PUBLISHED_RELEASE = Asset("published/release")

#: Emitted when a release with a newly sealed review can be read; its event names the review's date.
PUBLISHED_REVIEW = Asset("published/review")


def ingest_dag_id(source: str) -> str:
    """The DAG that takes in the exports of one source."""
    return f"ingest_{source}_daily"


def lake_asset(source: str) -> Asset:
    """Emitted when a source's ingest wrote at least one new record to the lake."""
    return Asset(f"lake/{source}")


#: 00:30 of the next day in Shanghai: the business day is over and its exports are due.
DAILY_AFTER_BUSINESS_DAY = CronTriggerTimetable("30 16 * * *", timezone="UTC")

#: 10:00 in Shanghai on the first: the exports of the month's last day are in, and somebody is there to ask.
#: A run belongs to the month before, so that late runs and backfills review the same month's end.
MONTHLY_ON_THE_FIRST = CronDataIntervalTimetable("0 2 1 * *", timezone="UTC")

#: How long a review waits to be decided in Airflow. Afterwards it can be decided by command.
REVIEW_RESPONSE_TIMEOUT = timedelta(days=14)

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


def as_of_date_param(description: str) -> Param:
    """The parameter ``as_of_date``: an ISO date, or nothing."""
    return Param(None, type=["null", "string"], format="date", description=description)


def review_params() -> dict[str, Param]:
    """The parameters of a review."""
    return {
        "as_of_date": as_of_date_param("Month's end to review; empty: the last one before the run."),
        "scheme_ids": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            description="Schemes to review; empty: all in use.",
        ),
        "is_only_proposed": Param(
            default=False,
            type="boolean",
            description="Propose only: wait for nobody, seal nothing; the command approves or rejects.",
        ),
    }


def simulation_params() -> dict[str, Param]:
    """The parameters of a simulation: a scheme, as a text or a file, and the days it is tried between."""
    text: dict[str, Any] = {"type": ["null", "string"]}
    return {
        "scheme_text": Param(None, **text, format="multiline", description="The scheme's file, as text."),
        "scheme_file": Param(None, **text, description="Or a file that the worker can read."),
        "from_date": Param(type="string", format="date", description="First day."),
        "to_date": Param(type="string", format="date", description="Last day."),
        "against": Param(
            None, **text, description="Published scheme that one of a new id is held against; empty: none."
        ),
    }
