"""What is known now that would have changed a sealed review: how many tiers, why, and whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clientele.report.blocks import Column, Section, Table
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import absent, rest
from clientele.report.sections.tiers import Sizes
from clientele.report.words import Texts, Words, speaker

RESTATEMENTS_SHOWN: Final = 15

TEXTS: Final[Texts] = {
    "title": Words("自上次以来的更正", "Restatements since last time"),
    "nothing_sealed": Words(
        "还没有封存的评审，无从更正。", "No review has been sealed yet, so there is nothing to restate."
    ),
    "nothing_restated": Words(
        "提出下一次评审时重算，已封存的评审没有任何等级会不同。",
        "Decided again when the review after it was proposed, no tier of a sealed review was different.",
    ),
    "by_cause": Words("会不同的等级，按原因", "Tiers that would be different, by cause"),
    "review": Words("评审", "Review"),
    "cause": Words("原因", "Cause"),
    "rises": Words("会更高", "Would be higher"),
    "falls": Words("会更低", "Would be lower"),
    "restated_list": Words("受影响的客户", "Customers affected"),
    "then": Words("当时等级", "Tier then"),
    "now": Words("现在会是", "Would now be"),
    "rows": Words("有关的行（装载:行）", "Rows responsible (load:row)"),
    "cause_late_line": Words("迟到的销售行", "late sales line"),
    "cause_late_record": Words("迟到的记录", "late record"),
    "cause_correction": Words("更正", "correction"),
    "cause_return": Words("退货", "return"),
    "cause_merge": Words("客户合并", "customers merged"),
    "cause_unmerge": Words("客户拆分", "customers separated"),
    "cause_erasure": Words("个人数据删除", "erasure"),
    "cause_override": Words("人工指定", "override"),
    "cause_scheme_edit": Words("方案修改", "scheme edited"),
    "cause_place_among_others": Words("名次因他人变化", "place among others"),
}


@dataclass(frozen=True)
class Cause:
    """Restatements of a review by scheme and cause."""

    review_id: str
    scheme_id: str
    cause: str
    customers_count: int
    rises_count: int
    falls_count: int


@dataclass(frozen=True)
class Restatement:
    """A customer whose tier at a sealed review would be another with what is known now."""

    review_id: str
    scheme_id: str
    customer_key: str
    tier_code_then: str | None
    tier_code_now: str | None
    cause: str
    row_numbers: str | None
    restated_count: int


@dataclass(frozen=True)
class _Sealed:
    reviews_count: int


_REVIEWS = """
select count(distinct review_id) as reviews_count
from tier_reviews
where as_of_date <= $as_of_date
"""

# Both: what the newest review up to the date found, when it was proposed, of the one before.
_CAUSES = """
select
    review_id,
    scheme_id,
    cause,
    count(distinct customer_key) as customers_count,
    count(distinct customer_key) filter (
        where coalesce(tier_rank_now, 0) > coalesce(tier_rank_then, 0)
    ) as rises_count,
    count(distinct customer_key) filter (
        where coalesce(tier_rank_now, 0) < coalesce(tier_rank_then, 0)
    ) as falls_count
from tier_restatements
where
    found_in_review_id in (
        select review_id
        from tier_reviews
        where as_of_date = (select max(as_of_date) from tier_reviews where as_of_date <= $as_of_date)
    )
group by review_id, scheme_id, cause
order by review_id desc, scheme_id, cause
"""

_RESTATED = """
select
    review_id,
    scheme_id,
    customer_key,
    tier_code_then,
    tier_code_now,
    cause,
    row_numbers,
    count(*) over () as restated_count
from tier_restatements
where
    found_in_review_id in (
        select review_id
        from tier_reviews
        where as_of_date = (select max(as_of_date) from tier_reviews where as_of_date <= $as_of_date)
    )
order by review_id desc, scheme_id, customer_key, cause
limit $restatements_shown
"""


@dataclass(frozen=True)
class Restated:
    """What was restated, by cause and by customer; ``reviews_count``: how many are sealed up to the date."""

    scope: Scope
    causes: tuple[Cause, ...]
    customers: tuple[Restatement, ...]
    reviews_count: int


def read(source: Source) -> Restated:
    """The restatements of a release; nothing, in one from before reviews were."""
    if not (source.has("tier_reviews") and source.has("tier_restatements")):
        return Restated(source.scope, (), (), 0)
    return Restated(
        source.scope,
        tuple(source.rows(Cause, _CAUSES)),
        tuple(source.rows(Restatement, _RESTATED, restatements_shown=RESTATEMENTS_SHOWN)),
        source.row(_Sealed, _REVIEWS).reviews_count,
    )


def say(found: Restated, sizes: Sizes, language: Language) -> Section:
    """How many tiers of sealed reviews would be different now, why, and whose."""
    words = speaker(TEXTS, language)
    if not found.causes:
        key = "nothing_restated" if found.reviews_count else "nothing_sealed"
        return absent("restatements", words("title"), words(key))
    titles = {scheme.scheme_id: scheme.title.of(language) for scheme in found.scope.schemes}

    def cause(code: str) -> str:
        return words(f"cause_{code}") if f"cause_{code}" in TEXTS else code

    def tier(scheme_id: str, code: str | None) -> str | None:
        name = sizes.names(scheme_id).get(code or "")
        return name.of(language) if name else code

    by_cause = Table(
        caption=words("by_cause"),
        columns=(
            Column(words("review")),
            Column(words("scheme"), is_wide=True),
            Column(words("cause")),
            Column(words("customers"), "count"),
            Column(words("rises"), "count", tone="good"),
            Column(words("falls"), "count", tone="bad"),
        ),
        rows=tuple(
            (
                row.review_id,
                titles.get(row.scheme_id, row.scheme_id),
                cause(row.cause),
                row.customers_count,
                row.rises_count,
                row.falls_count,
            )
            for row in found.causes
        ),
    )
    customers = Table(
        caption=words("restated_list"),
        columns=(
            Column(words("customer"), "customer"),
            Column(words("review")),
            Column(words("scheme")),
            Column(words("then")),
            Column(words("now")),
            Column(words("cause")),
            Column(words("rows"), "text", is_wide=True),
        ),
        rows=tuple(
            (
                row.customer_key,
                row.review_id,
                titles.get(row.scheme_id, row.scheme_id),
                tier(row.scheme_id, row.tier_code_then),
                tier(row.scheme_id, row.tier_code_now),
                cause(row.cause),
                row.row_numbers,
            )
            for row in found.customers
        ),
        note=rest(len(found.customers), found.customers[0].restated_count, language),
    )
    return Section("restatements", words("title"), (by_cause, customers))
