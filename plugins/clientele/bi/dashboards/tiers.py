"""Tier overview: the tiers of one scheme now and over time."""

from __future__ import annotations

from typing import Final

from clientele.bi import catalogue as data
from clientele.bi.charts import Chart, Field
from clientele.bi.layout import Dashboard, Row, number, scheme_filter
from clientele.bi.texts import Text, same

_TIER = Field(Text("ranked_tier_zh", "ranked_tier_en"), Text("层级", "Tier"))
_TOP = Field(same("lpad(cast(top_pct as varchar), 2, ' ') || '%'"), Text("最大的", "Largest"))
_SCHEME = Field(Text("scheme_title_zh", "scheme_title_en"), Text("方案", "Scheme"))
_STATE = Field(
    Text(
        "case state when 'computed' then '已计算' when 'missing_feed' then '缺少数据' else '无适用客户' end",
        "case state when 'computed' then 'computed' when 'missing_feed' then 'lacks data' else 'nobody' end",
    ),
    Text("状态", "State"),
)
_MISSING = Field(same("coalesce(missing_needs, '')"), Text("缺少的数据", "What is missing"))

TIERS: Final = Dashboard(
    "tiers",
    Text("客户分层总览", "Customer tiers"),
    Text(
        "每套方案现在各层级有多少客户、贡献多少销售额", "How many customers each tier has, and what they buy"
    ),
    rows=(
        Row(
            18,
            (
                number("tiers_customers", data.TIER_SIZES, "customers_count", "is_current"),
                number("tiers_net_sales", data.TIER_SIZES, "net_sales_12m_amount", "is_current"),
                number("tiers_top_share", data.TIER_SIZES, "top_tier_sales_ratio", "is_current"),
                number("tiers_average", data.TIER_SIZES, "average_net_sales_12m_amount", "is_current"),
            ),
        ),
        Row(
            44,
            (
                (
                    5,
                    Chart(
                        "tiers_by_customers",
                        Text("各层级客户数", "Customers by tier"),
                        "pie",
                        data.TIER_SIZES,
                        ["customers_count"],
                        by=[_TIER],
                        where="is_current",
                    ),
                ),
                (
                    7,
                    Chart(
                        "tiers_now",
                        Text("各层级现状", "Tiers now"),
                        "table",
                        data.TIER_SIZES,
                        [
                            "customers_count",
                            "customers_ratio",
                            "net_sales_12m_amount",
                            "net_sales_12m_ratio",
                            "average_net_sales_12m_amount",
                        ],
                        by=[_TIER],
                        where="is_current",
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
                        "tiers_customers_by_month",
                        Text("层级客户数变化", "Customers by tier over time"),
                        "months",
                        data.TIER_SIZES,
                        ["customers_count"],
                        x="as_of_date",
                        by=[_TIER],
                        stacked=True,
                    ),
                ),
                (
                    6,
                    Chart(
                        "tiers_sales_share_by_month",
                        Text("层级销售占比变化", "Share of net sales over time"),
                        "lines",
                        data.TIER_SIZES,
                        ["net_sales_12m_ratio"],
                        x="as_of_date",
                        by=[_TIER],
                    ),
                ),
            ),
        ),
        Row(
            50,
            (
                (
                    5,
                    Chart(
                        "tiers_concentration",
                        Text("最大客户的销售占比", "Share of sales of the largest buyers"),
                        "lines",
                        data.CONCENTRATION,
                        ["net_sales_12m_ratio"],
                        x="as_of_date",
                        by=[_TOP],
                    ),
                ),
                (
                    7,
                    Chart(
                        "tiers_schemes",
                        Text("全部方案", "All schemes"),
                        "table",
                        data.SCHEME_STATES,
                        ["customers_count"],
                        by=[_SCHEME, _STATE, _MISSING],
                    ),
                ),
            ),
        ),
    ),
    filters=(scheme_filter(data.TIER_SIZES, not_for=["tiers_schemes"]),),
)
