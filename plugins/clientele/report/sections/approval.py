"""Who approved the review, when, under which hash, and how it came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("批准", "Approval"),
    "not_sealed": Words(
        "{date} 的评审尚未批准封存；以下等级按规则与当前数据计算，可能随更正变化。",
        "No review of {date} has been approved and sealed: the tiers are what the rules give on the data "
        "known now, and "
        "corrections may change them.",
    ),
    "sealed": Words(
        "评审 {review} 由 {by} 于 {at} 批准并封存。",
        "Review {review} was approved and sealed by {by} on {at}.",
    ),
    "sealed_unattended": Words(
        "评审 {review} 于 {at} 在各项结果检查通过后由系统批准并封存（{by}）。",
        "Review {review} was approved unattended on {at}, all outcome checks having passed, and sealed "
        "({by}).",
    ),
    "sealed_schemes": Words("封存的方案", "Schemes sealed"),
    "version": Words("版本", "Version"),
    "decisions": Words("决定数", "Decisions"),
    "upgraded": Words("升级", "Upgraded"),
    "kept": Words("维持", "Kept"),
    "downgraded": Words("降级", "Downgraded"),
    "digest": Words("内容摘要", "Digest"),
    "record": Words(
        "记录哈希 {record}；前一条 {previous}。", "Record hash {record}; the one before {previous}."
    ),
    "first_record": Words("无", "none"),
    "outcomes": Words("结果检查的依据", "What the outcome checks looked at"),
    "upgraded_ratio": Words("升级占比", "Share upgraded"),
    "downgraded_ratio": Words("降级占比", "Share downgraded"),
    "usual_ratio": Words("以往常见", "Usual"),
    "near_ratio": Words("临近标准占比", "Near a threshold"),
    "limit": Words("上限", "Limit"),
    "falling_ratio": Words("降级者净销售额占比", "Net sales of those who fall"),
}


@dataclass(frozen=True)
class Sealed:
    """A sealed review of one scheme; ``decided_at`` is UTC."""

    review_id: str
    scheme_id: str
    scheme_version: int
    decisions_count: int
    new_count: int
    upgraded_count: int
    kept_count: int
    downgraded_count: int
    left_count: int
    decisions_digest: str
    decided_by: str
    decided_at: datetime
    decision_mode: str
    record_hash: str
    previous_record_hash: str | None


@dataclass(frozen=True)
class Outcome:
    """What the checks of a review's outcome looked at; ratios are 0 to 1."""

    scheme_id: str
    customers_count: int
    previous_customers_count: int
    upgraded_count: int
    upgraded_ratio: Decimal | None
    downgraded_count: int
    downgraded_ratio: Decimal | None
    usual_downgraded_ratio: Decimal | None
    near_threshold_ratio: Decimal | None
    falling_net_sales_12m_ratio: Decimal | None
    upgraded_limit_ratio: Decimal | None
    downgraded_limit_ratio: Decimal | None
    near_threshold_limit_ratio: Decimal | None
    falling_net_sales_limit_ratio: Decimal | None
    limits_from_customers_count: int | None

    @property
    def is_over_a_limit(self) -> bool:
        """Whether a ratio is over its limit, in a scheme of so many customers before that its limits hold."""
        pairs = (
            (self.upgraded_ratio, self.upgraded_limit_ratio),
            (self.downgraded_ratio, self.downgraded_limit_ratio),
            (self.near_threshold_ratio, self.near_threshold_limit_ratio),
            (self.falling_net_sales_12m_ratio, self.falling_net_sales_limit_ratio),
        )
        return self.previous_customers_count >= (self.limits_from_customers_count or 0) and any(
            ratio is not None and limit is not None and ratio > limit for ratio, limit in pairs
        )


_SEALED = """
select
    review_id,
    scheme_id,
    scheme_version,
    decisions_count,
    new_count,
    upgraded_count,
    kept_count,
    downgraded_count,
    left_count,
    decisions_digest,
    decided_by,
    decided_at,
    decision_mode,
    record_hash,
    previous_record_hash
from tier_reviews
where as_of_date = $as_of_date
order by sequence_number desc, scheme_id
"""

_OUTCOMES = """
select
    scheme_id,
    customers_count,
    previous_customers_count,
    upgraded_count,
    upgraded_ratio,
    downgraded_count,
    downgraded_ratio,
    usual_downgraded_ratio,
    near_threshold_ratio,
    falling_net_sales_12m_ratio,
    upgraded_limit_ratio,
    downgraded_limit_ratio,
    near_threshold_limit_ratio,
    falling_net_sales_limit_ratio,
    limits_from_customers_count
from review_outcomes
where as_of_date = $as_of_date
order by scheme_id
"""


@dataclass(frozen=True)
class Approval:
    """The sealed reviews of the date, the newest first, and how they came out."""

    scope: Scope
    sealed: tuple[Sealed, ...]
    outcomes: tuple[Outcome, ...]


def read(source: Source) -> Approval:
    """What a release holds of the date's reviews; nothing, in one from before they were."""
    return Approval(
        source.scope,
        tuple(source.rows(Sealed, _SEALED)) if source.has("tier_reviews") else (),
        tuple(source.rows(Outcome, _OUTCOMES)) if source.has("review_outcomes") else (),
    )


def say(found: Approval, language: Language) -> Section:
    """Who approved the review, when, what was sealed under which hash, and how it came out."""
    words = speaker(TEXTS, language)
    blocks: list[Block] = []
    if not found.sealed:
        blocks.append(statement(found, language))
    for review_id in dict.fromkeys(row.review_id for row in found.sealed):
        blocks += _sealed([row for row in found.sealed if row.review_id == review_id], found.scope, language)
    if found.outcomes:
        blocks.append(_outcomes(found.outcomes, found.scope, language))
    return Section("approval", words("title"), tuple(blocks))


def statement(found: Approval, language: Language) -> Text:
    """One line on whether the tiers are approved."""
    words = speaker(TEXTS, language)
    if not found.sealed:
        return Text(words("not_sealed", date=formats.day(found.scope.as_of_date, language)), style="absent")
    return _decided(found.sealed[0], language)


def _titles(scope: Scope, language: Language) -> dict[str, str]:
    return {scheme.scheme_id: scheme.title.of(language) for scheme in scope.schemes}


def _sealed(rows: Sequence[Sealed], scope: Scope, language: Language) -> list[Block]:
    words = speaker(TEXTS, language)
    titles = _titles(scope, language)
    first = rows[0]
    return [
        _decided(first, language),
        Table(
            caption=words("sealed_schemes"),
            columns=(
                Column(words("scheme"), is_wide=True),
                Column(words("version"), "count"),
                Column(words("decisions"), "count"),
                Column(words("new"), "count"),
                Column(words("upgraded"), "count", tone="good"),
                Column(words("kept"), "count"),
                Column(words("downgraded"), "count", tone="bad"),
                Column(words("left"), "count"),
                Column(words("digest"), "code"),
            ),
            rows=tuple(
                (
                    titles.get(row.scheme_id, row.scheme_id),
                    row.scheme_version,
                    row.decisions_count,
                    row.new_count,
                    row.upgraded_count,
                    row.kept_count,
                    row.downgraded_count,
                    row.left_count,
                    row.decisions_digest,
                )
                for row in rows
            ),
            note=words(
                "record",
                record=first.record_hash,
                previous=first.previous_record_hash or words("first_record"),
            ),
        ),
    ]


def _decided(review: Sealed, language: Language) -> Text:
    words = speaker(TEXTS, language)
    said = words(
        "sealed" if review.decision_mode == "person" else "sealed_unattended",
        review=review.review_id,
        by=review.decided_by,
        at=formats.instant(review.decided_at, language),
    )
    return Text(said, style="statement", tone="good")


def _outcomes(rows: Sequence[Outcome], scope: Scope, language: Language) -> Table:
    words = speaker(TEXTS, language)
    titles = _titles(scope, language)
    return Table(
        caption=words("outcomes"),
        columns=(
            Column(words("scheme"), is_wide=True),
            Column(words("customers"), "count"),
            Column(words("upgraded"), "count", tone="good"),
            Column(words("upgraded_ratio"), "ratio"),
            Column(words("limit"), "ratio"),
            Column(words("downgraded"), "count", tone="bad"),
            Column(words("downgraded_ratio"), "ratio"),
            Column(words("usual_ratio"), "ratio"),
            Column(words("limit"), "ratio"),
            Column(words("near_ratio"), "ratio"),
            Column(words("limit"), "ratio"),
            Column(words("falling_ratio"), "ratio"),
            Column(words("limit"), "ratio"),
        ),
        rows=tuple(
            (
                titles.get(row.scheme_id, row.scheme_id),
                row.customers_count,
                row.upgraded_count,
                row.upgraded_ratio,
                row.upgraded_limit_ratio,
                row.downgraded_count,
                row.downgraded_ratio,
                row.usual_downgraded_ratio,
                row.downgraded_limit_ratio,
                row.near_threshold_ratio,
                row.near_threshold_limit_ratio,
                row.falling_net_sales_12m_ratio,
                row.falling_net_sales_limit_ratio,
            )
            for row in rows
        ),
        alarms=frozenset(place for place, row in enumerate(rows) if row.is_over_a_limit),
    )
