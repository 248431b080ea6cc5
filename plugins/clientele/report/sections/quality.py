"""The checks of the run behind the release: how many passed, and every one that did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Source
from clientele.report.words import Speaker, Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("数据质量", "Data quality"),
    "quality_passed": Words("全部 {count} 项检查通过。", "All {count} checks passed."),
    "quality_failed": Words(
        "{passed} 项检查通过，{warned} 项警告，{blocked} 项未通过。",
        "{passed} checks passed, {warned} gave a warning, {blocked} failed.",
    ),
    "quality_none": Words("本期没有检查记录。", "No checks are recorded for this release."),
    "checks": Words("各关口的检查", "Checks at each boundary"),
    "boundary": Words("关口", "Boundary"),
    "boundary_sources": Words("进来的数据", "What came in"),
    "boundary_built": Words("算出的结果", "What was built"),
    "boundary_outcome": Words("评审的结果", "What the review brings"),
    "passed": Words("通过", "Passed"),
    "warned": Words("警告", "Warnings"),
    "blocked": Words("未通过", "Failed"),
    "failed_checks": Words("未通过或警告的检查", "Checks that failed or gave a warning"),
    "check": Words("检查", "Check"),
    "severity": Words("级别", "Severity"),
    "severity_warning": Words("警告", "Warning"),
    "severity_blocking": Words("阻断", "Blocking"),
    "column": Words("列", "Column"),
    "failed": Words("不符", "Failed"),
    "checked": Words("检查数", "Checked"),
    "details": Words("说明", "Details"),
}


@dataclass(frozen=True)
class CheckTally:
    """How the checks of one boundary went."""

    boundary: str
    passed_count: int
    warned_count: int
    blocked_count: int


@dataclass(frozen=True)
class FailedCheck:
    """A check that did not pass."""

    severity: str
    check_name: str | None
    table_name: str | None
    column_name: str | None
    checked_count: int | None
    failed_count: int | None
    details: str | None


_CHECK_TALLIES = """
select
    boundary,
    count(*) filter (where is_successful) as passed_count,
    count(*) filter (where is_successful is distinct from true and severity = 'warning') as warned_count,
    count(*) filter (where is_successful is distinct from true and severity is distinct from 'warning')
        as blocked_count
from quality_results
group by boundary
order by boundary
"""

_FAILED_CHECKS = """
select
    severity,
    coalesce(check_name, check_id) as check_name,
    table_name,
    column_name,
    checked_count,
    failed_count,
    details
from quality_results
where is_successful is distinct from true
order by severity, boundary, suite_name, check_id
"""


@dataclass(frozen=True)
class Quality:
    """Tallies by boundary and the checks that did not pass."""

    tallies: tuple[CheckTally, ...]
    failed: tuple[FailedCheck, ...]


def read(source: Source) -> Quality:
    """The results of the release's checks."""
    return Quality(
        tuple(source.rows(CheckTally, _CHECK_TALLIES)), tuple(source.rows(FailedCheck, _FAILED_CHECKS))
    )


def statement(quality: Quality, language: Language) -> Text:
    """One line on how the checks went."""
    words = speaker(TEXTS, language)
    if not quality.tallies:
        return Text(words("quality_none"), style="statement", tone="bad")
    passed = sum(tally.passed_count for tally in quality.tallies)
    warned = sum(tally.warned_count for tally in quality.tallies)
    blocked = sum(tally.blocked_count for tally in quality.tallies)
    if warned or blocked:
        said = words(
            "quality_failed",
            passed=formats.count(passed),
            warned=formats.count(warned),
            blocked=formats.count(blocked),
        )
        return Text(said, style="statement", tone="bad")
    return Text(words("quality_passed", count=formats.count(passed)), style="statement", tone="good")


def say(quality: Quality, language: Language) -> Section:
    """The checks by boundary, and those that did not pass."""
    words = speaker(TEXTS, language)
    blocks: list[Block] = [statement(quality, language)]
    if quality.tallies:
        blocks.append(
            Table(
                caption=words("checks"),
                columns=(
                    Column(words("boundary")),
                    Column(words("passed"), "count"),
                    Column(words("warned"), "count"),
                    Column(words("blocked"), "count"),
                ),
                rows=tuple(
                    (
                        _named(f"boundary_{tally.boundary}", tally.boundary, words),
                        tally.passed_count,
                        tally.warned_count,
                        tally.blocked_count,
                    )
                    for tally in quality.tallies
                ),
            )
        )
    if quality.failed:
        blocks.append(_failed(quality, words))
    return Section("quality", words("title"), tuple(blocks), starts_page=True)


def _failed(quality: Quality, words: Speaker) -> Table:
    return Table(
        caption=words("failed_checks"),
        columns=(
            Column(words("check"), is_wide=True),
            Column(words("severity")),
            Column(words("column"), "code"),
            Column(words("failed"), "count"),
            Column(words("checked"), "count"),
            Column(words("details"), is_wide=True),
        ),
        rows=tuple(
            (
                check.check_name,
                _named(f"severity_{check.severity}", check.severity, words),
                ".".join(name for name in (check.table_name, check.column_name) if name),
                check.failed_count,
                check.checked_count,
                check.details,
            )
            for check in quality.failed
        ),
    )


def _named(key: str, code: str, words: Speaker) -> str:
    return words(key) if key in TEXTS else code
