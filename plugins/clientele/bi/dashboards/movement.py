"""Movement: who went from which tier to which between two dates."""

from __future__ import annotations

from typing import Final

from clientele.bi import catalogue as data
from clientele.bi.charts import Chart, Field
from clientele.bi.layout import Dashboard, Filter, Row, number, scheme_filter
from clientele.bi.texts import Text, same

_FROM = Field(Text("from_tier_zh", "from_tier_en"), Text("变动前", "Before"))
_TO = Field(Text("to_tier_zh", "to_tier_en"), Text("变动后", "Now"))
#: A flow has no circles when the tiers before and now have names of their own.
_TO_APART = Field(Text("'→ ' || to_tier_zh", "'→ ' || to_tier_en"), Text("变动后", "Now"))
_OVER_TIME = ("movement_by_date", "movement_ratios", "movement_reviews")

MOVEMENT: Final = Dashboard(
    "movement",
    Text("客户升降级", "Tier movement"),
    Text(
        "从上一日期到所选日期，谁升级、降级、新进入或退出", "Who rose, fell, came and left between two dates"
    ),
    rows=(
        Row(
            18,
            (
                number("movement_upgraded", data.TIER_MOVEMENTS, "upgraded_count"),
                number("movement_downgraded", data.TIER_MOVEMENTS, "downgraded_count"),
                number("movement_joined", data.TIER_MOVEMENTS, "joined_count"),
                number("movement_left", data.TIER_MOVEMENTS, "left_count"),
            ),
        ),
        Row(
            50,
            (
                (
                    6,
                    Chart(
                        "movement_flow",
                        Text("层级流向", "Flow between tiers"),
                        "flow",
                        data.TIER_MOVEMENTS,
                        ["customers_count"],
                        by=[_FROM, _TO_APART],
                    ),
                ),
                (
                    6,
                    Chart(
                        "movement_matrix",
                        Text("层级转移矩阵（客户数）", "Customers by tier before and now"),
                        "matrix",
                        data.TIER_MOVEMENTS,
                        ["customers_count"],
                        x=_TO,
                        by=[_FROM],
                        further={"left_margin": 140},
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
                        "movement_by_date",
                        Text("历次变动", "Movement over time"),
                        "months",
                        data.TIER_MOVEMENTS,
                        ["upgraded_count", "downgraded_count", "joined_count", "left_count"],
                        x="as_of_date",
                    ),
                ),
                (
                    6,
                    Chart(
                        "movement_ratios",
                        Text("升级率与降级率", "Upgraded and downgraded shares"),
                        "lines",
                        data.TIER_MOVEMENTS,
                        ["upgraded_ratio", "downgraded_ratio"],
                        x="as_of_date",
                    ),
                ),
            ),
        ),
        Row(
            44,
            (
                (
                    6,
                    Chart(
                        "movement_table",
                        Text("变动明细与销售额", "Moves and the sales behind them"),
                        "table",
                        data.TIER_MOVEMENTS,
                        ["customers_count", "net_sales_12m_amount"],
                        by=[_FROM, _TO],
                    ),
                ),
                (
                    6,
                    Chart(
                        "movement_reviews",
                        Text(
                            "历次评审的降级率与通常水平", "Downgraded share of each review beside the usual"
                        ),
                        "lines",
                        data.REVIEW_OUTCOMES,
                        ["downgraded_ratio", "usual_downgraded_ratio", "downgraded_limit_ratio"],
                        x="as_of_date",
                    ),
                ),
            ),
        ),
    ),
    filters=(
        scheme_filter(data.TIER_MOVEMENTS),
        Filter("date", Text("日期", "Date"), data.TIER_MOVEMENTS, same("as_of_date"), not_for=_OVER_TIME),
    ),
)
