"""What is said in both languages: the shape of a section's texts, and the words that many sections share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from clientele.report.formats import Language


class Words(NamedTuple):
    """One thing said in both languages; ``{names}`` are filled when it is said."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


Texts = Mapping[str, Words]


class Speaker(Protocol):
    """Says a text by its key, its places filled."""

    def __call__(self, key: str, /, **places: object) -> str: ...


def speaker(texts: Texts, language: Language) -> Speaker:
    """A speaker of the section's texts and the common ones."""
    known = {**COMMON, **texts}

    def say(key: str, /, **places: object) -> str:
        return known[key].of(language).format(**places)

    return say


COMMON: Final[Texts] = {
    "customers": Words("客户数", "Customers"),
    "customers_ratio": Words("客户占比", "Share of customers"),
    "net_sales_12m": Words("近12个月净销售额", "Net sales, 12 months"),
    "net_sales_ratio": Words("净销售额占比", "Share of net sales"),
    "scheme": Words("方案", "Scheme"),
    "tier": Words("等级", "Tier"),
    "from_tier": Words("原等级", "From"),
    "to_tier": Words("现等级", "To"),
    "customer": Words("客户编号", "Customer key"),
    "reason": Words("原因", "Reason"),
    "total": Words("合计", "Total"),
    "change": Words("增减", "Change"),
    "last_purchase": Words("最近购买", "Last purchase"),
    "month": Words("月份", "Month"),
    "up": Words("升级", "Up"),
    "down": Words("降级", "Down"),
    "same": Words("不变", "Unchanged"),
    "new": Words("新进入", "New"),
    "left": Words("已离开", "Left"),
}

_WINDOWS: Final[Mapping[str, Words]] = {
    "1m": Words("近1个月", "last month"),
    "3m": Words("近3个月", "last 3 months"),
    "6m": Words("近6个月", "last 6 months"),
    "12m": Words("近12个月", "last 12 months"),
    "24m": Words("近24个月", "last 24 months"),
    "lifetime": Words("累计", "all time"),
}
_METRICS: Final[Mapping[str, Words]] = {
    "net_sales_amount": Words("净消费额", "net sales"),
    "visits_count": Words("消费次数", "visits"),
    "average_visit_amount": Words("次均消费额", "average visit"),
    "visits_per_month": Words("月均消费次数", "visits a month"),
    "contacts_count": Words("联系次数", "contacts"),
    "last_visit_amount": Words("最近一次消费额", "last visit's amount"),
    "recency_days": Words("距最近购买天数", "days since the last purchase"),
    "tenure_days": Words("首次购买至今天数", "days since the first purchase"),
    "growth_value": Words("成长值", "growth value"),
    "predicted_repurchase_ratio": Words("预计复购概率", "predicted chance of buying again"),
    "predicted_value_amount": Words("预计价值", "predicted value"),
    "points_balance": Words("积分余额", "points"),
    "referrals_converted_count": Words("推荐成交人数", "referrals that bought"),
    "referrals_made_count": Words("推荐人数", "referrals"),
    "largest_visit_amount": Words("最大单次消费额", "largest visit"),
    "active_quarters_count": Words("有消费的季度数", "quarters with a purchase"),
    "stored_value_balance_amount": Words("储值余额", "stored-value balance"),
    "stored_value_used_months_count": Words("使用储值的月数", "months with use of stored value"),
    "margin_amount": Words("毛利", "margin"),
    "profit_amount": Words("利润", "profit"),
    "cumulative_share_before_pct": Words("之前客户的累计占比（%）", "cumulative share before, %"),
}
_WINDOW: Final = re.compile(r"_(1m|3m|6m|12m|24m|lifetime)(?=_|$)")


def metric_name(metric: str, language: Language) -> str:
    """A figure's name for readers; its own name where there is none."""
    window = _WINDOW.search(metric)
    name = _METRICS.get(_WINDOW.sub("", metric, count=1))
    if name is None:
        return metric
    if window is None:
        return name.of(language)
    span = _WINDOWS[window[1]].of(language)
    return f"{span}{name.zh}" if language == "zh" else f"{name.en}, {span}"
