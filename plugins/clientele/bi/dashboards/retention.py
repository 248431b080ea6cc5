"""Retention: whether customers come again, and how many are lost."""

from __future__ import annotations

from typing import Final

from clientele.bi import catalogue as data
from clientele.bi.charts import Chart, Field
from clientele.bi.layout import Dashboard, Row, number
from clientele.bi.texts import Text, same

_COHORT = Field(
    same("substr(cast(cohort_month_date as varchar), 1, 7)"), Text("首次购买月", "First purchase in")
)
_SINCE = Field(same("months_since_first"), Text("此后第几个月", "Months since"))

RETENTION: Final = Dashboard(
    "retention",
    Text("客户留存", "Customer retention"),
    Text("新客户是否再来，多少客户被留住、赢回或流失", "Whether customers come again, and how many are lost"),
    rows=(
        Row(
            18,
            (
                number("retention_active", data.RELATIONSHIP, "active_count", "is_latest_complete"),
                number("retention_churn", data.RELATIONSHIP, "churn_ratio", "is_latest_complete"),
                number("retention_repeat", data.RELATIONSHIP, "repeat_ratio", "is_latest_complete"),
                number("retention_tenure", data.RELATIONSHIP, "average_tenure_months", "is_latest_complete"),
            ),
        ),
        Row(
            60,
            (
                (
                    12,
                    Chart(
                        "retention_cohorts",
                        Text("各月新客户的留存率", "Retained share by month of first purchase"),
                        "matrix",
                        data.RETENTION,
                        ["retained_ratio"],
                        x=_SINCE,
                        by=[_COHORT],
                        further={"left_margin": 75},
                    ),
                ),
            ),
        ),
        Row(
            46,
            (
                (
                    6,
                    Chart(
                        "retention_curve",
                        Text("留存曲线（全部同期群）", "Retained share over all cohorts"),
                        "bars",
                        data.RETENTION,
                        ["retained_ratio"],
                        x=_SINCE,
                        where="months_since_first > 0",
                    ),
                ),
                (
                    6,
                    Chart(
                        "retention_buyers",
                        Text("每月购买客户构成", "Buyers of each month"),
                        "months",
                        data.RELATIONSHIP,
                        ["new_count", "kept_count", "won_back_count"],
                        x="month_date",
                        stacked=True,
                    ),
                ),
            ),
        ),
        Row(
            46,
            (
                (
                    6,
                    Chart(
                        "retention_base",
                        Text("活跃客户与流失客户", "Active and lost customers"),
                        "lines",
                        data.RELATIONSHIP,
                        ["active_count", "lost_count"],
                        x="month_date",
                    ),
                ),
                (
                    6,
                    Chart(
                        "retention_rates",
                        Text("复购率与流失率", "Repeat share and churn"),
                        "lines",
                        data.RELATIONSHIP,
                        ["repeat_ratio", "churn_ratio"],
                        x="month_date",
                    ),
                ),
            ),
        ),
    ),
)
