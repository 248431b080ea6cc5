"""The sections of the report, in order: each reads its own tables and says its own words.

A section module reads (``read``: queries to plain facts) and says (``say``: facts to blocks in one language).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Edition, Section
from clientele.report.formats import Language
from clientele.report.reading import Scope, Source
from clientele.report.sections import (
    about,
    approval,
    concentration,
    disagreement,
    dormant,
    headlines,
    loads,
    quality,
    referrals,
    relationship,
    restatements,
    risk,
    schemes,
    service,
)
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("客户等级评审", "Tier review"),
    "overview": Words("总览", "Overview"),
    "as_of": Words("截至 {date}", "As of {date}"),
    "compared_with": Words("与 {date} 对比", "compared with {date}"),
    "contents": Words("目录", "Contents"),
    "name": Words("姓名", "Name"),
    "other_language": Words("English", "中文"),
    "chart_data": Words("图表数据", "Chart data"),
}


@dataclass(frozen=True)
class Facts:
    """Everything the report says, as read from one release."""

    scope: Scope
    headlines: headlines.Headlines
    schemes: schemes.Schemes
    concentration: concentration.Curve
    risk: risk.Risk
    dormant: dormant.StoredValue
    relations: relationship.Relations
    referrals: referrals.Referrals
    service: service.Service
    disagreements: disagreement.Disagreements
    approval: approval.Approval
    restated: restatements.Restated
    quality: quality.Quality
    loads: loads.Loads


def read(source: Source) -> Facts:
    """Read every section's facts."""
    return Facts(
        scope=source.scope,
        headlines=headlines.read(source),
        schemes=schemes.read(source),
        concentration=concentration.read(source),
        risk=risk.read(source),
        dormant=dormant.read(source),
        relations=relationship.read(source),
        referrals=referrals.read(source),
        service=service.read(source),
        disagreements=disagreement.read(source),
        approval=approval.read(source),
        restated=restatements.read(source),
        quality=quality.read(source),
        loads=loads.read(source),
    )


def say(facts: Facts, language: Language, names: str = "keys_only") -> Edition:
    """The whole report in one language; ``names`` says what it holds of names, a key of ``about.TEXTS``."""
    words = speaker(TEXTS, language)
    scope = facts.scope
    sizes = facts.schemes.sizes
    subtitle = words("as_of", date=formats.day(scope.as_of_date, language))
    if scope.previous_date is not None:
        comma = "，" if language == "zh" else ", "
        subtitle += comma + words("compared_with", date=formats.day(scope.previous_date, language))
    overview = Section(
        anchor="overview",
        title=words("overview"),
        blocks=(
            *headlines.say(facts.headlines, language),
            schemes.at_a_glance(facts.schemes, language),
            approval.statement(facts.approval, language),
            quality.statement(facts.quality, language),
            loads.statement(facts.loads, language),
        ),
    )
    return Edition(
        language=language,
        title=words("title"),
        subtitle=subtitle,
        sections=(
            overview,
            approval.say(facts.approval, language),
            restatements.say(facts.restated, sizes, language),
            concentration.say(facts.concentration, language),
            *schemes.say(facts.schemes, language),
            risk.say(facts.risk, language),
            dormant.say(facts.dormant, language),
            relationship.say(facts.relations, language),
            referrals.say(facts.referrals, language),
            *service.say(facts.service, language),
            disagreement.say(facts.disagreements, language),
            *schemes.say_others(facts.schemes, language),
            quality.say(facts.quality, language),
            loads.say(facts.loads, language),
            about.say(scope, names, language),
        ),
        labels={key: text.of(language) for key, text in TEXTS.items()},
    )
