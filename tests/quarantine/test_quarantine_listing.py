from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from quarantine_shop import say_quarantined

from clientele.errors import UnavailableError
from clientele.quarantine.listing import list_groups, list_open_rows
from clientele.settings import Settings


def test_rows_are_counted_by_file_reason_and_column(settings: Settings) -> None:
    groups = [
        (group.load_id, group.reason_code, group.column_name, group.rows_count, group.first_row_number)
        for group in list_groups(settings)
    ]
    assert groups == [(1, "not_a_decimal", "net_amount", 2, 1), (1, "too_few_fields", None, 1, 3)]


@pytest.mark.parametrize(
    ("chosen", "rows_count"),
    [
        ({"source": "generic"}, 3),
        ({"source": "other"}, 0),
        ({"reason_code": "too_few_fields"}, 1),
        ({"load_id": 1}, 3),
        ({"load_id": 2}, 0),
    ],
)
def test_rows_can_be_chosen(settings: Settings, chosen: dict, rows_count: int) -> None:
    assert sum(group.rows_count for group in list_groups(settings, **chosen)) == rows_count


def test_the_newest_build_tells_and_a_broken_one_is_passed_over(settings: Settings) -> None:
    newer = settings.warehouse / "runs" / "run_000002" / "warehouse.duckdb"
    say_quarantined(newer, [(1, 2, "kind", "unknown_kind"), (1, 3, None, "too_few_fields")], [(1, 2)])
    for number, content in ((3, b"no database"), (4, b"")):
        broken = settings.warehouse / "runs" / f"run_{number:06d}" / "warehouse.duckdb"
        broken.parent.mkdir()
        broken.write_bytes(content)
    unbuilt = settings.warehouse / "runs" / "run_000005" / "warehouse.duckdb"
    unbuilt.parent.mkdir()
    duckdb.connect(str(unbuilt)).close()
    assert [(group.reason_code, group.redriven_rows_count) for group in list_groups(settings)] == [
        ("too_few_fields", 0),
        ("unknown_kind", 1),
    ]
    assert [row.row_number for row in list_open_rows(settings, 1)] == [3]


def test_what_is_published_tells_where_no_run_is_left(settings: Settings) -> None:
    alone = replace(settings, home=settings.home / "other")
    with pytest.raises(UnavailableError, match="no run has built"):
        list_groups(alone)
    say_quarantined(alone.published / "clientele.duckdb", [(1, 2, "kind", "unknown_kind")])
    assert [group.reason_code for group in list_groups(alone)] == ["unknown_kind"]
