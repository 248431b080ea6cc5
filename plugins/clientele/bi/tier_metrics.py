"""Metrics of tiers, movement and retention."""

from __future__ import annotations

from clientele.bi.datasets import AVERAGE, MONEY, SHARE, Metric
from clientele.bi.texts import Text

CUSTOMERS = Text("人", "customers")
CURRENCY = Text("店铺货币", "the shop's currency")
RATIO = Text("比例，0至1", "ratio, 0 to 1")


NET_SALES = Metric(
    "net_sales_12m_amount",
    "sum(net_sales_12m_amount)",
    Text("近12个月净消费额", "Net sales, 12 months"),
    Text(
        "截至该日近12个月扣除退货后的销售额", "Sales less returns in the twelve months that end with the date"
    ),
    CURRENCY,
    MONEY,
)

_CUSTOMERS = Metric(
    "customers_count",
    "sum(customers_count)",
    Text("客户数", "Customers"),
    Text(
        "层级中的客户数；只在一个日期和一套方案内可以相加",
        "Customers in the tiers; adds up within one date and one scheme only",
    ),
    CUSTOMERS,
)

TIER_SIZES = (
    _CUSTOMERS,
    NET_SALES,
    Metric(
        "customers_ratio",
        "cast(sum(customers_count) as double precision) / nullif(sum(scheme_customers_count), 0)",
        Text("客户占比", "Share of customers"),
        Text("占该方案全部客户的比例", "Part of all customers of the scheme at the date; of one tier or day"),
        RATIO,
        SHARE,
    ),
    Metric(
        "net_sales_12m_ratio",
        "cast(sum(net_sales_12m_amount) as double precision) / nullif(sum(scheme_net_sales_12m_amount), 0)",
        Text("净消费额占比", "Share of net sales"),
        Text("占该方案近12个月净消费额的比例", "Part of the scheme's net sales of twelve months at the date"),
        RATIO,
        SHARE,
    ),
    Metric(
        "average_net_sales_12m_amount",
        "cast(sum(net_sales_12m_amount) as double precision) / nullif(sum(customers_count), 0)",
        Text("人均净消费额", "Sales per customer"),
        Text("近12个月净消费额除以客户数", "Net sales of twelve months by customers"),
        CURRENCY,
        MONEY,
    ),
    Metric(
        "top_tier_sales_ratio",
        "cast(sum(case when is_top_tier then net_sales_12m_amount else 0 end) as double precision)"
        " / nullif(sum(net_sales_12m_amount), 0)",
        Text("最高层级的销售占比", "Top tier's sales share"),
        Text(
            "最高层级客户占近12个月净消费额的比例",
            "Part of the net sales of twelve months that its customers make",
        ),
        RATIO,
        SHARE,
    ),
)


def _moved(name: str, title: Text, meaning: Text, direction: str) -> Metric:
    counted = f"sum(case when direction = '{direction}' then customers_count else 0 end)"
    return Metric(name, counted, title, meaning, CUSTOMERS)


TIER_MOVEMENTS = (
    Metric(
        "customers_count",
        "sum(customers_count)",
        Text("客户数", "Customers"),
        Text(
            "这样变动的客户数，含未变动者",
            "Customers who went this way since the date before, stayed included",
        ),
        CUSTOMERS,
    ),
    NET_SALES,
    _moved(
        "upgraded_count",
        Text("升级", "Upgraded"),
        Text("升入更高层级的客户", "Customers in a higher tier than at the date before"),
        "upgraded",
    ),
    _moved(
        "downgraded_count",
        Text("降级", "Downgraded"),
        Text("降入更低层级的客户", "Customers in a lower tier than at the date before"),
        "downgraded",
    ),
    _moved(
        "joined_count",
        Text("新进入", "New"),
        Text("此前不在该方案中的客户", "Customers who were not in the scheme at the date before"),
        "new",
    ),
    _moved(
        "left_count",
        Text("退出", "Left"),
        Text("不再属于该方案的客户", "Customers who are no longer in the scheme"),
        "left",
    ),
    Metric(
        "upgraded_ratio",
        "cast(sum(case when direction = 'upgraded' then customers_count else 0 end) as double precision)"
        " / nullif(sum(case when direction <> 'new' then customers_count else 0 end), 0)",
        Text("升级率", "Upgraded share"),
        Text("占上期客户的比例", "Upgraded customers by those in the scheme at the date before"),
        RATIO,
        SHARE,
    ),
    Metric(
        "downgraded_ratio",
        "cast(sum(case when direction = 'downgraded' then customers_count else 0 end) as double precision)"
        " / nullif(sum(case when direction <> 'new' then customers_count else 0 end), 0)",
        Text("降级率", "Downgraded share"),
        Text("占上期客户的比例", "Downgraded customers by those in the scheme at the date before"),
        RATIO,
        SHARE,
    ),
)

RETENTION = (
    Metric(
        "cohort_customers_count",
        "sum(customers_count)",
        Text("同期群客户数", "Customers of the cohorts"),
        Text(
            "首次购买在这些月份的客户",
            "Customers who first bought in the months; adds up within one month since",
        ),
        CUSTOMERS,
    ),
    Metric(
        "returning_count",
        "sum(active_count)",
        Text("到店客户数", "Customers who came"),
        Text("其中当月有消费的客户", "Those of them with a visit in the month"),
        CUSTOMERS,
    ),
    Metric(
        "retained_ratio",
        "cast(sum(active_count) as double precision) / nullif(sum(customers_count), 0)",
        Text("留存率", "Retained share"),
        Text(
            "当月有消费的客户占同期群的比例", "Customers with a visit in the month by customers of the cohort"
        ),
        RATIO,
        SHARE,
    ),
    Metric(
        "net_sales_amount",
        "sum(net_sales_amount)",
        Text("净消费额", "Net sales"),
        Text("同期群在当月的净消费额", "Net sales of the cohorts in the months"),
        CURRENCY,
        MONEY,
    ),
)


def _customers_of(column: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Metric:
    return Metric(column, f"sum({column})", Text(zh, en), Text(meaning_zh, meaning_en), CUSTOMERS)


RELATIONSHIP = (
    _customers_of(
        "buyers_count", "购买客户", "Buyers", "当月有消费的客户", "Customers with a visit in the month"
    ),
    _customers_of(
        "new_count", "新客户", "New", "当月首次消费的客户", "Customers whose first visit was in the month"
    ),
    _customers_of(
        "kept_count",
        "老客户",
        "Kept",
        "此前活跃且当月有消费的客户",
        "Customers with a visit who were active before",
    ),
    _customers_of(
        "won_back_count",
        "赢回客户",
        "Won back",
        "流失后又来消费的客户",
        "Customers with a visit who had been lost",
    ),
    _customers_of(
        "lost_count",
        "流失客户",
        "Lost",
        "当月不再活跃的客户",
        "Customers active before the month, not at its end",
    ),
    _customers_of(
        "active_count", "活跃客户", "Active", "月末活跃的客户", "Customers active at the end of the month"
    ),
    Metric(
        "churn_ratio",
        "max(churn_ratio)",
        Text("流失率", "Churn"),
        Text("流失客户除以上月末活跃客户", "Lost customers by those active at the end of the month before"),
        RATIO,
        SHARE,
    ),
    Metric(
        "repeat_ratio",
        "max(repeat_ratio)",
        Text("复购率", "Repeat share"),
        Text("近12个月购买客户中来过多次者", "Part of the buyers of twelve months who came more than once"),
        RATIO,
        SHARE,
    ),
    Metric(
        "average_tenure_months",
        "max(average_tenure_months)",
        Text("平均客龄（月）", "Average tenure (months)"),
        Text("活跃客户自首次购买以来", "Calendar months since the first purchase, over the active customers"),
        Text("月", "months"),
        AVERAGE,
    ),
)

SCHEME_STATES = (
    Metric(
        "customers_count",
        "sum(customers_count)",
        Text("客户数", "Customers"),
        Text("该方案分层的客户", "Customers whom the scheme places; adds up within one scheme only"),
        CUSTOMERS,
    ),
)

REVIEW_OUTCOMES = (
    Metric(
        "downgraded_ratio",
        "cast(sum(downgraded_count) as double precision) / nullif(sum(previous_customers_count), 0)",
        Text("降级率", "Downgraded share"),
        Text("评审中降级的客户占上期客户的比例", "Customers whom the review moves down by those before"),
        RATIO,
        SHARE,
    ),
    Metric(
        "usual_downgraded_ratio",
        "max(usual_downgraded_ratio)",
        Text("通常", "Usual"),
        Text(
            "该方案以往评审降级率的中位数", "Median over the scheme's earlier reviews; of one scheme and date"
        ),
        RATIO,
        SHARE,
    ),
    Metric(
        "downgraded_limit_ratio",
        "max(downgraded_limit_ratio)",
        Text("上限", "Limit"),
        Text("超过即须有人过目", "Over it somebody has to look at the review; of one scheme and date"),
        RATIO,
        SHARE,
    ),
)


def _decisions(column: str, zh: str, en: str) -> Metric:
    meaning = Text(f"已封存评审中的决定：{zh}", f"Decisions of sealed reviews: {en.lower()}")
    return Metric(column, f"sum({column})", Text(zh, en), meaning, Text("项决定", "decisions"))


REVIEWS = (
    Metric(
        "reviews_count",
        "count(distinct review_id)",
        Text("评审次数", "Reviews"),
        Text("已封存的评审", "Sealed reviews"),
        Text("次", "reviews"),
    ),
    _decisions("decisions_count", "全部", "All"),
    _decisions("upgraded_count", "升级", "Upgraded"),
    _decisions("downgraded_count", "降级", "Downgraded"),
    _decisions("kept_count", "保级", "Kept"),
)
