"""The schemes: all at a glance, the main ones one by one, the others by their tiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Cell, Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scheme, Scope, Source
from clientele.report.sections import movement, movers, thresholds, tiers
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "by_scheme": Words("主要方案一览", "The main schemes at a glance"),
    "best_tier": Words("最高等级", "Best tier"),
    "no_schemes": Words("该日期没有计算任何等级方案。", "No tier scheme was computed for this date."),
    "version": Words(
        "{scheme_id}，第 {version} 版 · {customers} 位客户",
        "{scheme_id}, version {version} · {customers} customers",
    ),
    "others": Words("其他方案", "Other schemes"),
    "others_intro": Words(
        "这些方案描述客户，不移动会员等级；用 clientele report --scheme 可查看任何一个的变动与客户。",
        "These describe customers and move no card; `clientele report --scheme` shows any of them with its "
        "movements.",
    ),
    "missing": Words("未能计算的方案", "Schemes that could not be computed"),
    "scheme_id": Words("方案代码", "Scheme id"),
    "lacks": Words("缺少的数据", "What is missing"),
}


@dataclass(frozen=True)
class Missing:
    """A scheme that lacks data, and which."""

    scheme_id: str
    scheme_title_zh: str | None
    scheme_title_en: str | None
    missing_needs: str | None

    @property
    def title(self) -> Words:
        return Words(self.scheme_title_zh or self.scheme_id, self.scheme_title_en or self.scheme_id)


_MISSING = """
with titles as (
    select
        scheme_id,
        any_value(scheme_title_zh order by scheme_version desc) as scheme_title_zh,
        any_value(scheme_title_en order by scheme_version desc) as scheme_title_en
    from tier_sizes
    where as_of_date = $as_of_date
    group by scheme_id
)

select scheme_states.scheme_id, titles.scheme_title_zh, titles.scheme_title_en, scheme_states.missing_needs
from scheme_states
left join titles
    on scheme_states.scheme_id = titles.scheme_id
where scheme_states.state = 'missing_feed' and scheme_states.scheme_id not in (select unnest($scheme_ids))
order by scheme_states.scheme_id
"""


@dataclass(frozen=True)
class Schemes:
    """All that is said about schemes."""

    scope: Scope
    sizes: tiers.Sizes
    movements: movement.Movements
    movers: list[movers.Mover]
    near: list[thresholds.Near]
    missing: list[Missing]


def read(source: Source) -> Schemes:
    """Tiers, movements, movers and who is near a threshold."""
    return Schemes(
        source.scope,
        tiers.read(source),
        movement.read(source),
        movers.read(source),
        thresholds.read(source),
        source.rows(Missing, _MISSING),
    )


def at_a_glance(found: Schemes, language: Language) -> Block:
    """One row per main scheme: its best tier and who moved."""
    words = speaker(TEXTS, language)
    if not found.scope.schemes:
        return Text(words("no_schemes"), style="absent")
    rows = []
    for scheme in found.scope.main_schemes:
        best = found.sizes.now(scheme.scheme_id)[0]
        row: list[Cell] = [
            scheme.title.of(language),
            best.name.of(language),
            best.customers_count,
            best.net_sales_12m_ratio,
        ]
        sums = found.movements.sums(scheme.scheme_id)
        is_compared = found.movements.compared_with(scheme.scheme_id) is not None
        row += [sums[way].customers_count if is_compared else None for way in movement.DIRECTIONS]
        rows.append(tuple(row))
    return Table(
        caption=words("by_scheme"),
        columns=(
            Column(words("scheme"), is_wide=True),
            Column(words("best_tier")),
            Column(words("customers"), "count"),
            Column(words("net_sales_ratio"), "ratio"),
            *(Column(words(way), "count", tone=movement.TONES[way]) for way in movement.DIRECTIONS),
        ),
        rows=tuple(rows),
    )


def say(found: Schemes, language: Language) -> list[Section]:
    """A section per main scheme."""
    return [
        _section(found, scheme, number, language)
        for number, scheme in enumerate(found.scope.main_schemes, start=1)
    ]


def _section(found: Schemes, scheme: Scheme, number: int, language: Language) -> Section:
    words = speaker(TEXTS, language)
    customers = sum(tier.customers_count for tier in found.sizes.now(scheme.scheme_id))
    known_as = words(
        "version",
        scheme_id=scheme.scheme_id,
        version=scheme.scheme_version,
        customers=formats.count(customers),
    )
    compared_with = found.movements.compared_with(scheme.scheme_id)
    moved = movers.say(found.movers, found.sizes, scheme, language) if compared_with else []
    return Section(
        anchor=f"scheme-{number}",
        title=scheme.title.of(language),
        starts_page=True,
        blocks=(
            Text(known_as, style="note"),
            *tiers.say(found.sizes, scheme.scheme_id, language),
            *movement.say(found.movements, found.sizes, scheme, language),
            *moved,
            *thresholds.say(found.near, found.sizes, scheme, language),
        ),
    )


def say_others(found: Schemes, language: Language) -> list[Section]:
    """The tiers of the schemes that are not shown whole, and what could not be computed."""
    words = speaker(TEXTS, language)
    others = [scheme for scheme in found.scope.schemes if not scheme.is_main]
    blocks: list[Block] = []
    if others:
        blocks += [
            Text(words("others_intro"), style="note"),
            Table(
                caption=words("others"),
                columns=(
                    Column(words("scheme"), is_wide=True),
                    Column(words("tier")),
                    Column(words("customers"), "count"),
                    Column(words("customers_ratio"), "ratio"),
                    Column(words("net_sales_12m"), "amount"),
                    Column(words("net_sales_ratio"), "ratio"),
                ),
                rows=tuple(
                    (
                        scheme.title.of(language) if place == 0 else None,
                        tier.name.of(language),
                        tier.customers_count,
                        tier.customers_ratio,
                        tier.net_sales_12m_amount,
                        tier.net_sales_12m_ratio,
                    )
                    for scheme in others
                    for place, tier in enumerate(found.sizes.now(scheme.scheme_id))
                ),
            ),
        ]
    if found.missing:
        blocks.append(
            Table(
                caption=words("missing"),
                columns=(
                    Column(words("scheme"), is_wide=True),
                    Column(words("scheme_id"), "code"),
                    Column(words("lacks"), is_wide=True),
                ),
                rows=tuple(
                    (row.title.of(language), row.scheme_id, row.missing_needs) for row in found.missing
                ),
            )
        )
    return [Section("others", words("others"), tuple(blocks), starts_page=True)] if blocks else []
