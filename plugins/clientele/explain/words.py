"""An explanation as text, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal

from clientele.explain.facts import Decision, Name, TierExplanation, Visit
from clientele.lake.landing import printable
from clientele.tiers import Measure, measure_named
from clientele.tiers.measures import PERCENTAGE

Language = Literal["zh", "en"]

_OUTCOMES: Final = {
    "zh": {
        "new": "新进入",
        "upgraded": "升级",
        "kept": "维持",
        "downgraded": "降级",
        "held_by_grace": "宽限期内维持",
        "held_by_minimum_hold": "最短保级期内维持",
        "held_by_maximum_downgrades": "降级次数已满，维持",
        "held_by_override": "人工指定，维持",
        "waiting_for_review": "等待评审",
        "merged": "与另一客户合并",
        "left": "离开",
    },
    "en": {
        "new": "new",
        "upgraded": "upgraded",
        "kept": "kept",
        "downgraded": "downgraded",
        "held_by_grace": "kept during the grace period",
        "held_by_minimum_hold": "kept for its minimum time",
        "held_by_maximum_downgrades": "kept, having fallen as often as it may for now",
        "held_by_override": "kept by an override of the staff",
        "waiting_for_review": "waiting for the next review",
        "merged": "merged with another customer",
        "left": "left",
    },
}
_UNITS: Final = {
    "zh": {
        "visits": "次",
        "visits_per_month": "次/月",
        "times": "次",
        "people": "人",
        "points": "分",
        "weeks": "周",
        "days": "天",
        "months": "个月",
        "years": "岁",
    },
    "en": {
        "visits": "visits",
        "visits_per_month": "visits a month",
        "times": "times",
        "people": "people",
        "points": "points",
        "weeks": "weeks",
        "days": "days",
        "months": "months",
        "years": "years",
    },
}
_TEXTS: Final = {
    "zh": {
        "head": "客户 {customer}，方案 {scheme}（{id}），发布 {release}，截至 {day}",
        "tier": "等级：{tier}，自 {since} 起",
        "reason": "原因：{reason}",
        "decision": "决定：{day} {outcome}（{kind}，方案第 {version} 版）",
        "review": "评审",
        "between": "评审之外",
        "held": "最早于 {day} 可能降级",
        "computed": "按规则计算的等级：{tier}",
        "override": "人工指定：{override}",
        "figure": "依据：{name} {value}",
        "threshold": "标准：{value}",
        "shortfall": "尚差：{value}",
        "change": "{name}变化 {value}，规则将给出 {tier}",
        "no_decision": "该日期的决定未在发布中保留，仅有等级历史",
        "history": "等级历史：",
        "spell": "  {tier}：{since} 至 {until}（第 {version} 版）",
        "still": "今",
        "visits": "{window}的到店与订单：{count} 笔，净额 {amount}",
        "window": "近 {months} 个月",
        "always": "全部",
        "visit": "  {day} {channel} {place}：{amount}{returned}",
        "returned": "（退货 {amount}）",
        "more": "  …以及更早的 {count} 笔",
    },
    "en": {
        "head": "Customer {customer}, scheme {scheme} ({id}), release {release}, as of {day}",
        "tier": "Tier: {tier}, since {since}",
        "reason": "Why: {reason}",
        "decision": "Decision: {day} {outcome} ({kind}, version {version} of the scheme)",
        "review": "review",
        "between": "between reviews",
        "held": "It may fall on {day} at the earliest",
        "computed": "The rules alone give: {tier}",
        "override": "Override: {override}",
        "figure": "Figure: {name} {value}",
        "threshold": "Threshold: {value}",
        "shortfall": "Short by: {value}",
        "change": "{name}: with a change of {value} the rules would give {tier}",
        "no_decision": "The release keeps no decision of that date, only the history of tiers",
        "history": "History of tiers:",
        "spell": "  {tier}: {since} to {until} (version {version})",
        "still": "now",
        "visits": "Visits and orders {window}: {count}, net {amount}",
        "window": "of the last {months} months",
        "always": "of all time",
        "visit": "  {day} {channel} {place}: {amount}{returned}",
        "returned": " ({amount} returned)",
        "more": "  ... and {count} earlier ones",
    },
}


def as_text(explained: TierExplanation, language: Language) -> str:
    """The explanation in lines, in one language; codes of tiers stand where the release names nothing."""
    return "\n".join(_lines(explained, language))


def _lines(explained: TierExplanation, language: Language) -> Iterator[str]:
    texts = _TEXTS[language]
    yield texts["head"].format(
        customer=printable(explained.customer_key),
        scheme=_said(explained.title, language),
        id=explained.scheme_id,
        release=explained.release_id,
        day=explained.as_of_date,
    )
    yield texts["tier"].format(
        tier=_tier(explained, explained.tier_code, language), since=explained.valid_from_date
    )
    if explained.reason:
        yield texts["reason"].format(reason=_said(explained.reason, language).strip())
    if explained.decision is None:
        yield texts["no_decision"]
    else:
        yield from _decision_lines(explained, explained.decision, language)
    yield texts["history"]
    for spell in explained.history:
        yield texts["spell"].format(
            tier=_tier(explained, spell.tier_code, language),
            since=spell.valid_from_date,
            until=spell.valid_to_date or texts["still"],
            version=spell.scheme_version,
        )
    yield from _visit_lines(explained, language)


def _decision_lines(explained: TierExplanation, decision: Decision, language: Language) -> Iterator[str]:
    texts = _TEXTS[language]
    yield texts["decision"].format(
        day=decision.decided_on_date,
        outcome=_OUTCOMES[language].get(decision.outcome, decision.outcome),
        kind=texts["review" if decision.is_review else "between"],
        version=decision.scheme_version,
    )
    if explained.held_until_date:
        yield texts["held"].format(day=explained.held_until_date)
    if decision.computed_tier_code and decision.computed_tier_code != decision.tier_code:
        yield texts["computed"].format(tier=_tier(explained, decision.computed_tier_code, language))
    if decision.override_id:
        yield texts["override"].format(override=printable(decision.override_id))
    criterion = decision.deciding_criterion
    if criterion and decision.deciding_value is not None:
        yield texts["figure"].format(
            name=_measure(explained, criterion, language),
            value=_figure(explained, criterion, decision.deciding_value, language),
        )
    for key, value in (("threshold", decision.threshold_value), ("shortfall", decision.shortfall_value)):
        if criterion and value is not None:
            yield texts[key].format(value=_figure(explained, criterion, value, language))
    if decision.change_metric and decision.change_value is not None and decision.change_tier_code:
        change = _figure(explained, decision.change_metric, decision.change_value, language)
        yield texts["change"].format(
            name=_measure(explained, decision.change_metric, language),
            value=change if decision.change_value < 0 else f"+{change}",
            tier=_tier(explained, decision.change_tier_code, language),
        )


def _visit_lines(explained: TierExplanation, language: Language) -> Iterator[str]:
    texts = _TEXTS[language]
    months = explained.window_months
    yield texts["visits"].format(
        window=texts["window"].format(months=months) if months else texts["always"],
        count=explained.visits_count,
        amount=_money(explained, explained.visits_net_sales_amount),
    )
    for visit in explained.visits:
        yield texts["visit"].format(
            day=visit.business_date,
            channel=visit.channel,
            place=printable(visit.visit_place),
            amount=_money(explained, visit.net_sales_amount),
            returned=_returned(explained, visit, language),
        )
    if more := explained.visits_count - len(explained.visits):
        yield texts["more"].format(count=more)


def _returned(explained: TierExplanation, visit: Visit, language: Language) -> str:
    if not visit.returned_amount:
        return ""
    return _TEXTS[language]["returned"].format(amount=_money(explained, visit.returned_amount))


def _tier(explained: TierExplanation, code: str, language: Language) -> str:
    name = explained.tier_names.get(code)
    return f"{_said(name, language)} ({code})" if name else code


def _measure(explained: TierExplanation, metric: str, language: Language) -> str:
    return _said(_measure_of(explained, metric), language)


def _measure_of(explained: TierExplanation, metric: str) -> Measure:
    return explained.measures.get(metric) or measure_named(metric)


def _figure(explained: TierExplanation, metric: str, value: Decimal, language: Language) -> str:
    unit = _measure_of(explained, metric).unit
    if unit == "money":
        return _money(explained, value)
    if unit == PERCENTAGE:
        return f"{_plain(value)}%"
    return f"{_plain(value)} {_UNITS[language].get(unit, '')}".rstrip()


def _money(explained: TierExplanation, value: Decimal) -> str:
    """Two decimals, or as many more as there are: a figure never reads as a threshold it has not reached."""
    cents = f"{value:.2f}"
    return f"{cents if Decimal(cents) == value else _plain(value)} {explained.currency_code or ''}".rstrip()


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _said(name: Name | Measure, language: Language) -> str:
    return name.zh if language == "zh" else name.en
