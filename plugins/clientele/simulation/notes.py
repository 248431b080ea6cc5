"""What has to be said beside the figures: what they are shaped by, and what is missing from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from clientele.simulation.happened import Happened
from clientele.simulation.thresholds import Words
from clientele.simulation.tried import Tried


@dataclass(frozen=True)
class Facts:
    """What a simulation came upon.

    ``first_month_end`` is the first date that was asked for, ``dates`` those computed and ``compared_dates``
    those of them that the release covers. ``codes_met`` are the tiers that customers had (None: none).
    ``published_hash`` is what was published under the version that is tried.
    """

    first_month_end: date
    dates: Sequence[date]
    compared_dates: Sequence[date]
    missing_needs: Sequence[str]
    codes_met: frozenset[str | None]
    published_hash: str | None
    sealed_dates: Sequence[date]


def notes_on(tried: Tried, happened: Happened, facts: Facts) -> Iterator[Words]:
    """Every remark, the one that always holds first."""
    yield Words(
        f"过去的消费行为受当时实行的方案“{happened.title.zh}”影响：等级、权益和提醒若不同，客户本可能有不同的消费。"
        "模拟回答的是“按这套规则，这些人会被分到哪里”，不是“客户会怎样改变”。",
        f"Past behaviour was shaped by the scheme then in force, {happened.title.en}: with other tiers,"
        " benefits and reminders customers might have bought otherwise. The simulation says where these rules"
        " would have put the customers, not how the customers would have changed.",
    )
    yield from _missing(happened, facts)
    yield from _differing(tried, happened, facts)
    yield from _costs(tried, happened)


def _missing(happened: Happened, facts: Facts) -> Iterator[Words]:
    if facts.missing_needs:
        needs = ", ".join(facts.missing_needs)
        yield Words(
            f"缺少所需数据：{needs}。方案因此没有为任何人分级。",
            f"The feeds lack what the scheme needs: {needs}. So it places nobody.",
        )
    if not facts.dates or facts.dates[0] > facts.first_month_end:
        first = facts.dates[0] if facts.dates else None
        yield Words(
            f"{first} 之前没有可计算的月份：销售数据由此开始，或评审只追溯到此（review_months）。"
            if first
            else "所选期间内没有可计算的月份。",
            f"No month before {first} can be computed: the sales begin there, or reviews are traced back no"
            " further (review_months)."
            if first
            else "No month of the period can be computed.",
        )
    if len(facts.compared_dates) < len(facts.dates):
        yield Words(
            f"当前发布自 {happened.first_date} 起才记载“{happened.title.zh}”的等级；"
            "更早的月份没有可对照的事实。",
            f"The current release knows the tiers of {happened.title.en} from {happened.first_date} only;"
            " earlier months have nothing to be held against.",
        )


def _differing(tried: Tried, happened: Happened, facts: Facts) -> Iterator[Words]:
    codes = {tier.code for tier in tried.scheme.tiers}
    strangers = sorted(code for code in facts.codes_met if code is not None and code not in codes)
    if strangers:
        listed = ", ".join(strangers)
        yield Words(
            f"升降按等级代码对照；原方案的 {listed} 在模拟方案中没有对应等级，其客户既不算升也不算降。",
            f"Rises and falls go by the codes of the tiers. The simulated scheme has no {listed}:"
            " customers who were there count as neither.",
        )
    if happened.scheme_id != tried.scheme.id and happened.overrides_count:
        yield Words(
            f"实际等级中有 {happened.overrides_count} 条人工指定；"
            f"它们只对方案 {happened.scheme_id} 有效，模拟中没有。",
            f"What happened includes {happened.overrides_count} overrides by staff; they are for"
            f" {happened.scheme_id} alone, so the simulation has none of them.",
        )
    if facts.sealed_dates:
        last = facts.sealed_dates[-1]
        yield Words(
            f"该方案截至 {last} 的评审已封存。模拟视新规则如同一直实行；"
            "投产后已封存的决定不变，新规则自其后的评审起生效。",
            f"Reviews of this scheme up to {last} are sealed. The simulation runs as if these rules had been"
            " in force throughout; in production what is sealed stays, and they decide from the next review.",
        )
    if facts.published_hash not in (None, tried.content_hash):
        yield Words(
            f"版本 {tried.scheme.version} 已以不同内容发布过：投产前须提高版本号。",
            f"Version {tried.scheme.version} has been published with another content: raise it before the"
            " file goes into production.",
        )


def _costs(tried: Tried, happened: Happened) -> Iterator[Words]:
    simulated = [
        tier.code
        for tier in tried.scheme.tiers
        if all(benefit.cost_amount is None for benefit in tier.benefits)
    ]
    before = [tier.tier_code for tier in happened.tiers if tier.yearly_cost_amount is None]
    sides = ((tried.scheme.id, tuple(simulated)), (happened.scheme_id, tuple(before)))
    for scheme_id, codes in dict.fromkeys(sides):
        if codes:
            listed = ", ".join(codes)
            yield Words(
                f"方案 {scheme_id} 的 {listed} 没有写明权益成本（cost_amount），成本中不含它们。",
                f"The benefits of {listed} in {scheme_id} state no cost_amount: none is counted for them.",
            )
    if happened.costs_version not in (None, happened.version):
        yield Words(
            f"实际一方的权益成本取自方案文件的版本 {happened.costs_version}；"
            f"最近发布的是版本 {happened.version}。",
            f"The costs of what happened are those of the scheme's file, version {happened.costs_version};"
            f" version {happened.version} was published last.",
        )
