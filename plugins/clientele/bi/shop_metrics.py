"""Metrics of customers, sales, files and checks."""

from __future__ import annotations

from clientele.bi.datasets import AVERAGE, MONEY, SHARE, Metric
from clientele.bi.texts import Text
from clientele.bi.tier_metrics import CURRENCY, CUSTOMERS, NET_SALES, RATIO

LINES = Text("行", "rows")
CHECKS = Text("项检查", "checks")


def rows(table_zh: str = "行数", table_en: str = "Rows") -> Metric:
    """How many rows there are; every dataset has it."""
    return Metric(
        "rows_count",
        "count(*)",
        Text(table_zh, table_en),
        Text("筛选出的行数", "Rows that the filters leave"),
        LINES,
    )


def _checks(name: str, condition: str, zh: str, en: str) -> Metric:
    counted = f"sum(case when {condition} then 1 else 0 end)"
    return Metric(name, counted, Text(zh, en), Text(f"{zh}的检查", f"Checks: {en.lower()}"), CHECKS)


QUALITY = (
    Metric(
        "checks_count",
        "count(*)",
        Text("检查项", "Checks"),
        Text("本次发布前做过的检查", "Checks made before this release"),
        CHECKS,
    ),
    _checks("passed_count", "is_successful", "通过", "Passed"),
    _checks(
        "blocking_failed_count",
        "not is_successful and severity = 'blocking'",
        "阻断项未通过",
        "Blocking, failed",
    ),
    _checks(
        "warning_failed_count",
        "not is_successful and severity = 'warning'",
        "警告项未通过",
        "Warnings, failed",
    ),
    Metric(
        "failed_rows_count",
        "sum(failed_count)",
        Text("不合格行数", "Rows that failed"),
        Text("各项检查中不合格的行数之和", "Rows that failed, over the checks; one row may fail several"),
        LINES,
    ),
)


def _ledger_rows(name: str, column: str, zh: str, en: str) -> Metric:
    return Metric(
        name, f"sum({column})", Text(zh, en), Text(f"{zh}的行", f"Rows of files: {en.lower()}"), LINES
    )


LOADS = (
    Metric(
        "files_count",
        "count(distinct load_id)",
        Text("文件数", "Files"),
        Text("收到的文件", "Files taken in or refused"),
        Text("个文件", "files"),
    ),
    _ledger_rows("rows_in_count", "rows_in_count", "收到", "Came in"),
    _ledger_rows("rows_loaded_count", "rows_loaded_count", "计入", "Count"),
    _ledger_rows("rows_duplicate_count", "rows_duplicate_count", "重复", "Duplicate"),
    _ledger_rows("rows_superseded_count", "rows_superseded_count", "被替换", "Superseded"),
    _ledger_rows("rows_quarantined_count", "rows_quarantined_count", "隔离", "Quarantined"),
    Metric(
        "quarantined_ratio",
        "cast(sum(rows_quarantined_count) as double precision) / nullif(sum(rows_in_count), 0)",
        Text("隔离率", "Quarantined share"),
        Text("隔离的行占收到的行", "Rows set aside by rows that came in"),
        RATIO,
        ".2%",
    ),
)

FEED_DAYS = (
    Metric(
        "lines_count",
        "sum(lines_count)",
        Text("销售行数", "Sale lines"),
        Text("当天的销售行", "Sale lines of the days, of files in force"),
        Text("行", "sale lines"),
    ),
    Metric(
        "days_to_newest_count",
        "min(days_to_newest_count)",
        Text("落后天数", "Days behind"),
        Text("该数据源最后一天距最新一天", "From a feed's last day to the newest of all feeds"),
        Text("天", "days"),
    ),
)

SALES = (
    Metric(
        "net_sales_amount",
        "sum(net_sales_amount)",
        Text("净销售额", "Net sales"),
        Text(
            "截至该日，含匿名；只在一种货币内可以相加",
            "Up to the date, anonymous ones included; of one currency",
        ),
        CURRENCY,
        MONEY,
    ),
    Metric(
        "anonymous_sales_ratio",
        "cast(sum(anonymous_net_sales_amount) as double precision) / nullif(sum(net_sales_amount), 0)",
        Text("匿名销售占比", "Anonymous share of sales"),
        Text(
            "不属于任何已知客户的净销售额比例", "Net sales that belong to no known customer by all net sales"
        ),
        RATIO,
        SHARE,
    ),
)

VALUES = (
    Metric(
        "customers_count",
        "count(*)",
        Text("客户数", "Customers"),
        Text("客户", "Customers known by the date"),
        CUSTOMERS,
    ),
    NET_SALES,
    Metric(
        "average_net_sales_12m_amount",
        "avg(net_sales_12m_amount)",
        Text("人均净消费额", "Net sales per customer"),
        Text("近12个月净消费额的平均", "Net sales of twelve months, on average"),
        CURRENCY,
        MONEY,
    ),
    Metric(
        "average_visits_12m_count",
        "avg(visits_12m_count)",
        Text("人均到店次数", "Visits per customer"),
        Text("近12个月到店次数的平均", "Visits in twelve months, on average"),
        Text("次", "visits"),
        AVERAGE,
    ),
)

MEMBERS = (
    Metric(
        "customers_count",
        "count(*)",
        Text("客户数", "Customers"),
        Text("客户", "Customers known by the date"),
        CUSTOMERS,
    ),
    Metric(
        "member_ratio",
        "cast(sum(case when is_member then 1 else 0 end) as double precision) / nullif(count(*), 0)",
        Text("会员占比", "Members' share"),
        Text("持卡客户的比例", "Customers who hold a card by all customers"),
        RATIO,
        SHARE,
    ),
)

CONCENTRATION = (
    Metric(
        "net_sales_12m_ratio",
        "max(net_sales_12m_ratio)",
        Text("销售占比", "Share of net sales"),
        Text(
            "最大的一部分客户占净消费额的比例",
            "Part of the net sales of twelve months that the largest buyers make",
        ),
        RATIO,
        SHARE,
    ),
)
