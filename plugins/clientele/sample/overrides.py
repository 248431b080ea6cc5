"""Decisions of the staff about single members' tiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.mishaps import Flaw
from clientele.sample.people import People, member_no
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.records import RecordRows, record_rows
from clientele.sample.rendering import spoil
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline

OVERRIDE_HEADER = (
    "override_id,member_no,scheme_id,tier_code,kind,reason,requested_by,valid_from_date,valid_until_date"
)
_COLUMNS = OVERRIDE_HEADER.split(",")
_FLAWS = tuple(flaw for flaw in Flaw if flaw != Flaw.NONE)
#: Scheme and tier.
TIERS = (
    ("value_pyramid", "angel"),
    ("value_pyramid", "main"),
    ("value_pyramid", "ordinary"),
    ("membership_tier", "diamond"),
    ("membership_tier", "gold"),
    ("membership_tier", "silver"),
)
FLOOR, FREEZE = range(2)
KINDS = ("floor", "freeze")
_REASONS = ("老客户家属", "投诉补偿", "企业合作", "店庆活动")
_STAFF = ("店长", "客服主管", "区域经理")
NO_DAY = -1


@dataclass(frozen=True)
class Overrides:
    """One element per override; days count from day 0, ``until_day`` is ``NO_DAY`` without an end."""

    person: IntArray
    number: IntArray
    tier: IntArray
    kind: IntArray
    from_day: IntArray
    until_day: IntArray

    def is_in_force(self, day: int) -> BoolArray:
        in_force: BoolArray = (self.from_day <= day) & ((self.until_day == NO_DAY) | (self.until_day >= day))
        return in_force


def draw_overrides(draws: Draws, timeline: Timeline, people: People) -> Overrides:
    """One in twenty-five members has one, of the first card."""
    person = np.flatnonzero(people.is_member & draws.happens("has_override", 40, people.number))
    number = people.number[person]
    start = np.maximum(people.joined[person] // SECONDS_PER_DAY, 0)
    from_day = start + draws.below("override_day", timeline.last_day - start + 1, number)
    until_day = from_day + draws.below("override_days", 500, number)
    return Overrides(
        person=person,
        number=number,
        tier=draws.below("override_tier", len(TIERS), number),
        kind=draws.choose("override_kind", (70, 30), number),
        from_day=from_day,
        until_day=np.where(draws.happens("override_open", 300, number), NO_DAY, until_day),
    )


def override_rows(draws: Draws, timeline: Timeline, overrides: Overrides) -> RecordRows:
    return record_rows(
        draws,
        timeline,
        "tier_overrides",
        timeline.quarter_periods,
        overrides.number,
        np.zeros_like(overrides.number),
        overrides.from_day * SECONDS_PER_DAY,
        _FLAWS,
        is_small=True,
        has_times=False,
    )


def override_lines(timeline: Timeline, overrides: Overrides, rows: RecordRows) -> list[str]:
    """One CSV line per row, in the order of ``rows``. A wrong row names another tier."""
    lines = []
    for row, position in enumerate(rows.record.tolist()):
        number, until_day = int(overrides.number[position]), int(overrides.until_day[position])
        tier = int(overrides.tier[position]) + (0 if rows.is_right[row] else 1)
        fields = (
            override_id(number),
            member_no(number),
            *TIERS[tier % len(TIERS)],
            KINDS[overrides.kind[position]],
            _REASONS[number % len(_REASONS)],
            _STAFF[number % len(_STAFF)],
            timeline.date_of(int(overrides.from_day[position])).isoformat(),
            timeline.date_of(until_day).isoformat() if until_day != NO_DAY else "",
        )
        flaw = int(rows.flaw[row])
        lines.append(
            spoil(
                ",".join(fields),
                flaw,
                _COLUMNS,
                key="override_id",
                amount="valid_until_date",
                time="valid_from_date",
                kind="scheme_id",
            )
        )
    return lines


def override_id(number: int) -> str:
    return f"T{number:08d}"
