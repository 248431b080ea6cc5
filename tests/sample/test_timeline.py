from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from clientele.sample.timeline import NO_TIME, Timeline, months_earlier


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 2, 28), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_months_earlier_stops_at_the_end_of_a_shorter_month(day: date, months: int, earlier: date) -> None:
    assert months_earlier(day, months) == earlier


def test_the_history_is_whole_months_up_to_the_end() -> None:
    timeline = Timeline(end=date(2026, 6, 30), months=24)
    assert timeline.first == date(2024, 7, 1)
    assert timeline.date_of(timeline.last_day) == date(2026, 6, 30)
    assert timeline.date_of(timeline.window_start) == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("end", "months", "files"),
    [(date(2026, 6, 30), 24, 31), (date(2026, 3, 5), 2, 8), (date(2026, 3, 3), 1, 3)],
)
def test_till_files_cover_every_day_once_and_the_last_week_by_day(end: date, months: int, files: int) -> None:
    timeline = Timeline(end=end, months=months)
    periods = timeline.till_periods
    covered = [day for period in periods for day in range(period.first, period.last + 1)]
    assert covered == list(range(timeline.last_day + 1))
    assert len(periods) == files
    assert all(period.first == period.last for period in periods[-7:])
    assert timeline.file_of_day(periods).tolist() == [
        number for number, period in enumerate(periods) for _ in range(period.first, period.last + 1)
    ]


def test_times_are_one_instant_in_every_style() -> None:
    timeline = Timeline(end=date(2026, 6, 30), months=1)
    seconds = np.full(3, 4 * 86_400 + 3_661)
    local, offset, utc = timeline.time_texts(seconds, np.arange(3))
    assert (local, offset, utc) == (
        "2026-06-05T01:01:01",
        "2026-06-05T01:01:01+08:00",
        "2026-06-04T17:01:01Z",
    )
    zone = ZoneInfo("Asia/Shanghai")
    assert datetime.fromisoformat(utc) == datetime.fromisoformat(local).replace(tzinfo=zone)


def test_an_unknown_time_is_empty() -> None:
    timeline = Timeline(end=date(2026, 6, 30), months=1)
    assert timeline.time_texts(np.array([NO_TIME]), np.array([2])) == [""]
