"""What the figures behind a tier are called for readers, and their units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clientele.tiers.files import load_schemes
from clientele.tiers.metrics import METRICS
from clientele.tiers.scheme import CumulativeShareScheme, QuantileScoresScheme, RankShareScheme, Scheme

#: Unit of shares of 100, which a method makes and no scheme file can ask for.
PERCENTAGE: Final = "pct"


@dataclass(frozen=True)
class Measure:
    """What a figure is called in both languages, and its unit: that of a metric, ``pct``, or none."""

    zh: str
    en: str
    unit: str = ""


#: Code of a figure -> what it is.
Measures = Mapping[str, Measure]
#: Id and version of a scheme -> its figures.
SchemeMeasures = Mapping[tuple[str, int], Measures]

_WINDOWS: Final[Mapping[str, tuple[str, str]]] = {
    "1m": ("近1个月", "last month"),
    "3m": ("近3个月", "last 3 months"),
    "6m": ("近6个月", "last 6 months"),
    "12m": ("近12个月", "last 12 months"),
    "24m": ("近24个月", "last 24 months"),
    "lifetime": ("累计", "all time"),
}
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "net_sales_amount": ("净消费额", "net sales"),
    "visits_count": ("消费次数", "visits"),
    "average_visit_amount": ("次均消费额", "average visit"),
    "visits_per_month": ("月均消费次数", "visits a month"),
    "contacts_count": ("联系次数", "contacts"),
    "last_visit_amount": ("最近一次消费额", "last visit's amount"),
    "recency_days": ("距最近购买天数", "days since the last purchase"),
    "tenure_days": ("首次购买至今天数", "days since the first purchase"),
    "predicted_repurchase_ratio": ("预计复购概率", "predicted chance of buying again"),
    "predicted_value_amount": ("预计价值", "predicted value"),
    "points_balance": ("积分余额", "points"),
    "referrals_converted_count": ("推荐成交人数", "referrals that bought"),
    "referrals_made_count": ("推荐人数", "referrals"),
    "largest_visit_amount": ("最大单次消费额", "largest visit"),
    "active_quarters_count": ("有消费的季度数", "quarters with a purchase"),
    "stored_value_balance_amount": ("储值余额", "stored-value balance"),
    "stored_value_used_months_count": ("使用储值的月数", "months with use of stored value"),
    "margin_amount": ("毛利", "margin"),
    "profit_amount": ("利润", "profit"),
    # What the methods make, in the words of their reasons.
    "cumulative_share_before_pct": ("排在此客户之前的累计占比", "cumulative share before this customer"),
    "customers_share_before_pct": ("排在此客户之前的顾客占比", "share of customers before this one"),
    "no_earlier_rule": ("不符合前面的任何一条规则", "none of the rules before holds"),
    "referrer_of": ("介绍过的客户的等级", "tier of a customer referred"),
}
_WINDOW: Final = re.compile(r"_(1m|3m|6m|12m|24m|lifetime)(?=_|$)")


def measures_in(folder: Path) -> dict[tuple[str, int], dict[str, Measure]]:
    """The figures of every scheme file. Raises InvalidSchemesError where one cannot be used."""
    return {(scheme.id, scheme.version): measures_of(scheme) for scheme in load_schemes(folder).values()}


def measures_of(scheme: Scheme) -> dict[str, Measure]:
    """What decides in a scheme and is named by its file: metrics, figures of its own, and its method's."""
    stated = {entry.metric: Measure(entry.name.zh, entry.name.en, entry.unit) for entry in scheme.basis}
    stated |= {entry.code: Measure(entry.name.zh, entry.name.en, entry.unit) for entry in scheme.figures}
    return {**stated, **dict(_made_by_method(scheme, stated))}


def measure_named(code: str) -> Measure:
    """A figure by its code alone, where no scheme file names it; its words, where nothing else does."""
    window = _WINDOW.search(code)
    zh, en = _NAMES.get(_WINDOW.sub("", code, count=1), (None, None))
    unit = METRICS[code].unit if code in METRICS else PERCENTAGE if code.endswith("_pct") else ""
    if zh is None or en is None:
        return Measure(code.replace("_", " "), code.replace("_", " "), unit)
    if window is None:
        return Measure(zh, en, unit)
    span_zh, span_en = _WINDOWS[window[1]]
    return Measure(f"{span_zh}{zh}", f"{en}, {span_en}", unit)


def _made_by_method(scheme: Scheme, stated: Measures) -> Iterator[tuple[str, Measure]]:
    """What only this scheme's method makes: its name follows from the file."""
    if isinstance(scheme, CumulativeShareScheme | RankShareScheme):
        shared = stated[scheme.metric]
        yield (
            f"{scheme.metric}_total",
            Measure(f"全体{shared.zh}合计", f"{shared.en} of everybody together", shared.unit),
        )
    if isinstance(scheme, QuantileScoresScheme):
        codes = "".join(score.code for score in scheme.scores)
        yield f"{codes.lower()}_scores", Measure(f"{codes} 得分", f"{codes} scores")
