"""What sections say of what they do not show: figures not published of a date, rows beyond the first."""

from __future__ import annotations

from typing import Final

from clientele.report import formats
from clientele.report.blocks import Section, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "not_then": Words(
        "这些数字只在发布日 {release_date} 计算，{date} 的没有公布。",
        "These figures are computed for the release's own date, {release_date}, not published for {date}.",
    ),
    "rest": Words("仅列前 {shown} 位，另有 {rest} 位。", "The first {shown}; {rest} more are not listed."),
}


def absent(anchor: str, title: str, text: str) -> Section:
    """A section that says only why it has nothing to show."""
    return Section(anchor, title, (Text(text, style="absent"),))


def not_then(scope: Scope, language: Language) -> str:
    """That figures are published of the release's own date alone."""
    return speaker(TEXTS, language)(
        "not_then",
        release_date=formats.day(scope.release.as_of_date, language),
        date=formats.day(scope.as_of_date, language),
    )


def rest(shown: int, total: int, language: Language) -> str | None:
    """How many customers a list leaves out; None where it has all."""
    if total <= shown:
        return None
    return speaker(TEXTS, language)("rest", shown=shown, rest=formats.count(total - shown))
