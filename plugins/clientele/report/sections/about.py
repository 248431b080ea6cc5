"""What the report is of: the release, the data it knows, and what its words mean."""

from __future__ import annotations

from typing import Final

from clientele.report import formats
from clientele.report.blocks import Column, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.reading import Scope
from clientele.report.words import Texts, Words, speaker

TEXTS: Final[Texts] = {
    "title": Words("关于本报告", "About this report"),
    "facts": Words("本报告依据的发布", "The release behind it"),
    "what": Words("项目", "What"),
    "value": Words("内容", "Which"),
    "release": Words("发布编号", "Release"),
    "previous_release": Words("上一发布", "Previous release"),
    "as_of_date": Words("截止日期", "As of"),
    "known_load": Words("已知数据至", "Knows the data up to"),
    "known_load_value": Words("第 {load} 次装载", "load {load}"),
    "published_at": Words("发布时间", "Published"),
    "run": Words("运行编号", "Run"),
    "digest": Words("内容摘要", "Content digest"),
    "definitions": Words(
        "净销售额已扣除退货，含税与否以导出文件为准；近12个月从十二个月前同日的次日起，到截止日期（含）为止。"
        "全部数字来自同一次发布的公开表。",
        "Net sales are net of returns, with tax as exported. The last 12 months begin the day after the "
        "same day a year "
        "earlier and end on the as-of date, inclusive. All figures come from the published tables of one "
        "release.",
    ),
    "keys_only": Words(
        "客户只以内部编号出现，不含姓名或任何联系方式，可以分享。",
        "Customers appear by internal key only, without names or contact data: it may be shared.",
    ),
    "masked_names": Words(
        "客户姓名只留首字，其余遮盖，不含任何联系方式。",
        "Of customers' names only the first character is shown; there is no contact data.",
    ),
    "full_names": Words(
        "员工版：含客户姓名，仅供内部使用，用后请删除，不得分享。",
        "Staff edition: it holds customers' names. For staff alone; delete it when done, never share it.",
    ),
}


def say(scope: Scope, names: str, language: Language) -> Section:
    """The facts of the release; ``names`` is the key of what is said on customers' names."""
    words = speaker(TEXTS, language)
    release = scope.release
    return Section(
        "about",
        words("title"),
        (
            Table(
                caption=words("facts"),
                columns=(Column(words("what")), Column(words("value"), is_wide=True)),
                rows=(
                    (words("release"), release.release_id),
                    (words("previous_release"), release.previous_release_id),
                    (words("as_of_date"), formats.day(scope.as_of_date, language)),
                    (
                        words("known_load"),
                        words("known_load_value", load=formats.count(release.known_load_id)),
                    ),
                    (words("published_at"), formats.instant(release.published_at, language)),
                    (words("run"), release.run_id),
                    (words("digest"), release.content_digest),
                ),
            ),
            Text(words("definitions"), style="note"),
            Text(words(names), style="note"),
        ),
    )
