"""What is said in both languages: the shape of a section's texts, and the words that many sections share."""

from __future__ import annotations

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
