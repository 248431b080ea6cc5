"""The sample's calendar: days counted from the first day of the history, and the file each is exported in."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np

from clientele.sample.randomness import BoolArray, IntArray

SECONDS_PER_DAY = 86_400
#: Asia/Shanghai has kept this offset, without daylight saving, since 1991.
UTC_OFFSET_SECONDS = 8 * 3600
DAILY_FILES = 7
#: Members joined up to this long before the history begins.
DAYS_BEFORE = 3_000
#: Marks a row that says nothing of when it was updated.
NO_TIME = np.iinfo(np.int64).min
#: The months in which seasonal customers shop.
SEASON_MONTHS = frozenset({11, 12, 1, 2})


def months_earlier(day: date, months: int) -> date:
    """The same day ``months`` earlier, or the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Period:
    """The days one export file covers, first and last included, as day numbers."""

    first: int
    last: int


@dataclass(frozen=True)
class Timeline:
    """``months`` calendar months that end on ``end`` (the last of them may be cut short by it)."""

    end: date
    months: int

    @cached_property
    def first(self) -> date:
        return months_earlier(self.end.replace(day=1), self.months - 1)

    @cached_property
    def last_day(self) -> int:
        """The number of the day ``end``; the first day of the history is 0."""
        return (self.end - self.first).days

    @cached_property
    def window_start(self) -> int:
        """The day before the twelve months that end on ``end``; negative when the history is shorter."""
        return (months_earlier(self.end, 12) - self.first).days

    def date_of(self, day: int) -> date:
        return self.first + timedelta(days=day)

    @cached_property
    def month_periods(self) -> list[Period]:
        last_month = self.end.replace(day=1)
        starts = [months_earlier(last_month, back) for back in reversed(range(self.months))]
        firsts = [(start - self.first).days for start in starts]
        return [Period(first, after - 1) for first, after in pairwise([*firsts, self.last_day + 1])]

    @cached_property
    def quarter_periods(self) -> list[Period]:
        """Every three months of the history; the last of them may be fewer."""
        months = self.month_periods
        return [
            Period(months[first].first, months[min(first + 3, len(months)) - 1].last)
            for first in range(0, len(months), 3)
        ]

    @cached_property
    def till_periods(self) -> list[Period]:
        """POS files: one per month, and one per day for the last week."""
        week = max(0, self.last_day - DAILY_FILES + 1)
        whole = [Period(p.first, min(p.last, week - 1)) for p in self.month_periods if p.first < week]
        return whole + [Period(day, day) for day in range(week, self.last_day + 1)]

    def file_of_day(self, periods: list[Period]) -> IntArray:
        """For every day of the history the position of its period."""
        return np.repeat(np.arange(len(periods)), [period.last - period.first + 1 for period in periods])

    @cached_property
    def season_days(self) -> IntArray:
        days = np.arange(self.last_day + 1)
        inside: BoolArray = np.array([self.date_of(int(day)).month in SEASON_MONTHS for day in days])
        chosen = days[inside]
        return chosen if len(chosen) else days

    @cached_property
    def _day_texts(self) -> list[str]:
        return [self.date_of(day).isoformat() for day in range(-DAYS_BEFORE, self.last_day + 2)]

    @cached_property
    def _clock_texts(self) -> list[str]:
        minutes = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)]
        return [f"{minute}:{second:02d}" for minute in minutes for second in range(60)]

    def time_texts(self, seconds: IntArray, styles: IntArray) -> list[str]:
        """ISO 8601 for seconds since the local midnight of day 0; an unknown time is empty.

        Style 0 is local time without an offset, 1 local with ``+08:00``, 2 UTC with ``Z``.
        """
        days, clocks = self._day_texts, self._clock_texts
        endings = ("", "+08:00", "Z")
        known = seconds != NO_TIME
        shifted = np.where(known, seconds - np.where(styles == 2, UTC_OFFSET_SECONDS, 0), 0)
        day_numbers = (shifted // SECONDS_PER_DAY + DAYS_BEFORE).tolist()
        second_numbers = (shifted % SECONDS_PER_DAY).tolist()
        return [
            f"{days[day]}T{clocks[second]}{endings[style]}" if is_known else ""
            for day, second, style, is_known in zip(
                day_numbers, second_numbers, styles.tolist(), known.tolist(), strict=True
            )
        ]
