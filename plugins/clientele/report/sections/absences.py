"""What sections say of what they do not show: figures kept of no earlier date, rows beyond the first."""

from __future__ import annotations

from typing import Final

from clientele.report import formats
from clientele.report.blocks import Section, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "of_release": Words(
        "以下为发布日 {release_date} 的数字；{date} 的没有保存。",
        "These figures are as of {release_date}, the release's own date; those of {date} are not kept.",
    ),
    "rest": Words("仅列前 {shown} 位，另有 {rest} 位。", "The first {shown}; {rest} more are not listed."),
}


def absent(anchor: str, title: str, text: str) -> Section:
    """A section that says only why it has nothing to show."""
    return Section(anchor, title, (Text(text, style="absent"),))


def of_release(scope: Scope, language: Language) -> tuple[Text, ...]:
    """That the figures below are of the release's own date, where the report is about another."""
    if scope.is_current:
        return ()
    said = speaker(TEXTS, language)(
        "of_release",
        release_date=formats.day(scope.release.as_of_date, language),
        date=formats.day(scope.as_of_date, language),
    )
    return (Text(said, style="note"),)


def rest(shown: int, total: int, language: Language) -> str | None:
    """How many customers a list leaves out; None where it has all."""
    if total <= shown:
        return None
    return speaker(TEXTS, language)("rest", shown=shown, rest=formats.count(total - shown))
