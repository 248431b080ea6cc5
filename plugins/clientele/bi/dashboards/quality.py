"""Data quality: the checks of the release, and where every row went."""

from __future__ import annotations

from typing import Final

from clientele.bi import catalogue as data
from clientele.bi.charts import Chart, Field
from clientele.bi.layout import Dashboard, Row, number
from clientele.bi.texts import Text, same

_SEVERITY = Field(
    Text("case severity when 'blocking' then '阻断' else '警告' end", "severity"), Text("级别", "Severity")
)
_BOUNDARY = Field(
    Text("case boundary when 'sources' then '来源' when 'built' then '结果' else boundary end", "boundary"),
    Text("环节", "Boundary"),
)
_FEED = Field(same("source || '/' || feed"), Text("数据源", "Feed"))
_REASON = Field(same("reason_code"), Text("原因", "Reason"))

QUALITY: Final = Dashboard(
    "quality",
    Text("数据质量", "Data quality"),
    Text(
        "本次发布做了哪些检查，每个文件的每一行去了哪里",
        "What was checked, and where each row of each file went",
    ),
    rows=(
        Row(
            18,
            (
                number("quality_checks", data.QUALITY, "checks_count"),
                number("quality_blocking", data.QUALITY, "blocking_failed_count"),
                number("quality_warnings", data.QUALITY, "warning_failed_count"),
                number("quality_quarantined", data.LOADS, "quarantined_ratio"),
            ),
        ),
        Row(
            44,
            (
                (
                    6,
                    Chart(
                        "quality_by_boundary",
                        Text("检查结果", "Results of the checks"),
                        "table",
                        data.QUALITY,
                        ["checks_count", "passed_count", "blocking_failed_count", "warning_failed_count"],
                        by=[_BOUNDARY, _SEVERITY],
                    ),
                ),
                (
                    6,
                    Chart(
                        "quality_rows_by_feed",
                        Text("各数据源的行去了哪里", "Where the rows of each feed went"),
                        "table",
                        data.LOADS,
                        [
                            "files_count",
                            "rows_in_count",
                            "rows_loaded_count",
                            "rows_duplicate_count",
                            "rows_superseded_count",
                            "rows_quarantined_count",
                        ],
                        by=[_FEED],
                    ),
                ),
            ),
        ),
        Row(
            46,
            (
                (
                    6,
                    Chart(
                        "quality_quarantine",
                        Text("隔离的原因", "Why rows were set aside"),
                        "bars",
                        data.QUARANTINE,
                        ["rows_count"],
                        x=_REASON,
                        further={"orientation": "horizontal"},
                    ),
                ),
                (
                    6,
                    Chart(
                        "quality_lines_by_week",
                        Text("每周销售行数", "Sale lines of each week"),
                        "weeks",
                        data.FEED_DAYS,
                        ["lines_count"],
                        x="business_date",
                        by=[_FEED],
                    ),
                ),
            ),
        ),
        Row(
            44,
            (
                (
                    6,
                    Chart(
                        "quality_failed",
                        Text("不合格行最多的检查", "Checks with most rows that failed"),
                        "table",
                        data.QUALITY,
                        ["failed_rows_count"],
                        by=[
                            Field(same("table_name"), Text("表", "Table")),
                            Field(same("check_name"), Text("检查内容", "Check")),
                            _SEVERITY,
                        ],
                        where="failed_count > 0",
                    ),
                ),
                (
                    6,
                    Chart(
                        "quality_releases",
                        Text("发布记录", "Releases"),
                        "table",
                        data.RELEASES,
                        by=[
                            Field(same("release_id"), Text("发布", "Release")),
                            Field(same("cast(as_of_date as varchar)"), Text("截至日期", "As of")),
                            Field(
                                same("substr(cast(published_at as varchar), 1, 16)"),
                                Text("发布时间（UTC）", "Published at (UTC)"),
                            ),
                        ],
                    ),
                ),
            ),
        ),
    ),
)
