"""Where schemes disagree: customers by their tier in one scheme and in another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Column, Section, Shade, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections.absences import absent, of_release
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("方案之间的分歧", "Where schemes disagree"),
    "none": Words("没有相互比较的方案。", "No schemes are compared with each other."),
    "pair": Words("{rows}（行）与{columns}（列）", "{rows} (rows) and {columns} (columns)"),
    "best": Words(
        "“{row_tier}”的 {count} 位客户中有 {share} 也在{columns}的“{column_tier}”。",
        "Of the {count} customers in “{row_tier}”, {share} are also in “{column_tier}” of {columns}.",
    ),
}


@dataclass(frozen=True)
class Both:
    """Customers who are in a tier of one scheme and in a tier of another."""

    scheme_id: str
    tier_code: str
    other_scheme_id: str
    other_tier_code: str
    customers_count: int


_BOTH = """
select scheme_id, tier_code, other_scheme_id, other_tier_code, customers_count
from tier_disagreements
where as_of_date = $release_date
order by scheme_id, other_scheme_id, tier_code, other_tier_code
"""


@dataclass(frozen=True)
class Held:
    """A tier that anybody is in."""

    scheme_id: str
    tier_code: str
    tier_name_zh: str
    tier_name_en: str

    @property
    def name(self) -> Words:
        return Words(self.tier_name_zh, self.tier_name_en)


_HELD = """
select scheme_id, tier_code, tier_name_zh, tier_name_en
from tier_sizes
where as_of_date = $release_date and customers_count > 0
order by scheme_id, tier_rank desc, tier_code
"""


@dataclass(frozen=True)
class Disagreements:
    """The pairs of schemes that are compared, and the tiers of each scheme, the best first."""

    scope: Scope
    rows: tuple[Both, ...]
    tiers: tuple[Held, ...]

    def tiers_of(self, scheme_id: str) -> list[Held]:
        return [tier for tier in self.tiers if tier.scheme_id == scheme_id]


def read(source: Source) -> Disagreements:
    """The compared schemes as of the release's date, the only one they are published for."""
    return Disagreements(source.scope, tuple(source.rows(Both, _BOTH)), tuple(source.rows(Held, _HELD)))


def say(found: Disagreements, language: Language) -> Section:
    """A matrix for each pair of schemes, and what becomes of the best tier of the one in the other."""
    words = speaker(TEXTS, language)
    pairs: dict[tuple[str, str], list[Both]] = defaultdict(list)
    for row in found.rows:
        pairs[row.scheme_id, row.other_scheme_id].append(row)
    if not pairs:
        return absent("disagreement", words("title"), words("none"))
    blocks = [block for rows in pairs.values() for block in _pair(rows, found, language)]
    return Section(
        "disagreement", words("title"), (*of_release(found.scope, language), *blocks), starts_page=True
    )


def _pair(rows: Sequence[Both], found: Disagreements, language: Language) -> list[Block]:
    words = speaker(TEXTS, language)
    first = rows[0]
    titles = {scheme.scheme_id: scheme.title.of(language) for scheme in found.scope.schemes}
    row_tiers = found.tiers_of(first.scheme_id)
    column_tiers = found.tiers_of(first.other_scheme_id)
    counts = {(row.tier_code, row.other_tier_code): row.customers_count for row in rows}
    in_row: dict[str, int] = defaultdict(int)
    for row in rows:
        in_row[row.tier_code] += row.customers_count

    def cell(row_code: str, column_code: str) -> Shade:
        count = counts.get((row_code, column_code), 0)
        if not count:
            return Shade(None, "plain", 0.0)
        return Shade(count, "good", count / in_row[row_code])

    columns = titles.get(first.other_scheme_id, first.other_scheme_id)
    matrix = Table(
        caption=words("pair", rows=titles.get(first.scheme_id, first.scheme_id), columns=columns),
        style="matrix",
        columns=(
            Column(words("tier")),
            *(Column(tier.name.of(language), "count") for tier in column_tiers),
            Column(words("total"), "count"),
        ),
        rows=tuple(
            (
                tier.name.of(language),
                *(cell(tier.tier_code, other.tier_code) for other in column_tiers),
                in_row[tier.tier_code],
            )
            for tier in row_tiers
        ),
    )
    if not row_tiers or not column_tiers or not in_row[row_tiers[0].tier_code]:
        return [matrix]
    best, other = row_tiers[0], column_tiers[0]
    share = counts.get((best.tier_code, other.tier_code), 0) / in_row[best.tier_code]
    sentence = words(
        "best",
        count=formats.count(in_row[best.tier_code]),
        row_tier=best.name.of(language),
        column_tier=other.name.of(language),
        columns=columns,
        share=f"{share:.1%}",
    )
    return [matrix, Text(sentence, style="note")]
