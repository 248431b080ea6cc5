"""Rows of feeds whose records are one row each, and what befalls them on their way into the files.

At most one thing befalls a record, so that the outcome of each row is known when it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientele.sample.mishaps import UNLUCKY_PEOPLE, Flaw, Mishap, Outcome
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.timeline import NO_TIME, SECONDS_PER_DAY, Period, Timeline

_MISHAPS = (
    Mishap.NONE,
    Mishap.REPEATED,
    Mishap.REPEATED_LATER,
    Mishap.LATE,
    Mishap.CORRECTED,
    Mishap.DISPUTED,
    Mishap.UNREADABLE,
)
#: Records of a thousand to which each befalls, and those of the first people and of small feeds.
_USUAL = (987, 2, 2, 3, 4, 1, 1)
_OFTEN = (780, 35, 35, 30, 55, 25, 40)
_NEEDS_LATER_FILE = (Mishap.REPEATED_LATER, Mishap.LATE, Mishap.CORRECTED)


@dataclass(frozen=True)
class RecordRows:
    """One element per row: ``record`` is a position, ``is_right`` false where the row tells something wrong.

    ``updated`` is in seconds since day 0, ``NO_TIME`` where the feed does not tell.
    """

    record: IntArray
    is_right: BoolArray
    updated: IntArray
    file: IntArray
    outcome: IntArray
    flaw: IntArray

    def take(self, chosen: BoolArray) -> RecordRows:
        return RecordRows(**{name: values[chosen] for name, values in vars(self).items()})

    def change(self, **columns: IntArray | int | bool) -> RecordRows:
        """A copy with columns replaced; a single value goes to every row."""
        size = self.record.shape
        return replace(self, **{name: np.broadcast_to(values, size) for name, values in columns.items()})

    @property
    def loaded(self) -> IntArray:
        """Positions of the records of which a row counts."""
        return np.sort(self.record[self.outcome == Outcome.LOADED])


def record_rows(
    draws: Draws,
    timeline: Timeline,
    feed: str,
    periods: Sequence[Period],
    number: IntArray,
    slot: IntArray,
    time: IntArray,
    flaws: Sequence[Flaw],
    *,
    is_small: bool,
    has_times: bool,
    must_stand: BoolArray | None = None,
) -> RecordRows:
    """The rows of records with these keys (a person's number and a slot) that happened at ``time``.

    ``flaws`` are those that the feed's columns can have; mishaps are many where it ``is_small``; it
    ``has_times`` of update or not. A record that ``must_stand`` is neither disputed nor unreadable.
    """
    keys = (number, slot)
    day = time // SECONDS_PER_DAY
    file = timeline.file_of_day(list(periods))[day]
    later_file = file + 1 + draws.below(f"{feed}_later_file", 2, *keys)
    has_later_file = later_file < len(periods)
    later_file = np.minimum(later_file, len(periods) - 1)
    ends = np.array([period.last for period in periods])
    updated = time + 60 + draws.below(f"{feed}_updated", 540, *keys)
    later_updated = (
        ends[later_file] * SECONDS_PER_DAY + 22 * 3600 + draws.below(f"{feed}_later_updated", 3600, *keys)
    )

    usual = np.array(_MISHAPS)[draws.choose(f"{feed}_mishap", _USUAL, *keys)]
    often = np.array(_MISHAPS)[draws.choose(f"{feed}_mishap", _OFTEN, *keys)]
    befell = often if is_small else np.where(number < UNLUCKY_PEOPLE, often, usual)
    impossible = np.isin(befell, _NEEDS_LATER_FILE) & ~has_later_file
    if must_stand is not None:
        impossible |= must_stand & np.isin(befell, (Mishap.DISPUTED, Mishap.UNREADABLE))
    befell = np.where(impossible, Mishap.NONE, befell)

    is_disputed, is_unreadable = befell == Mishap.DISPUTED, befell == Mishap.UNREADABLE
    flaw = np.array(flaws)[draws.below(f"{feed}_flaw", len(flaws), *keys)]
    rows = RecordRows(
        record=np.arange(len(number)),
        is_right=np.ones(len(number), dtype=bool),
        updated=np.where(befell == Mishap.CORRECTED, later_updated, updated),
        file=np.where(np.isin(befell, (Mishap.LATE, Mishap.CORRECTED)), later_file, file),
        outcome=np.where(is_disputed | is_unreadable, Outcome.QUARANTINED, Outcome.LOADED),
        flaw=np.where(is_unreadable, flaw, Flaw.NONE),
    )
    corrected, repeated = befell == Mishap.CORRECTED, befell == Mishap.REPEATED
    repeated_later = befell == Mishap.REPEATED_LATER
    wrong_before = rows.take(corrected).change(
        is_right=False, updated=updated[corrected], file=file[corrected], outcome=Outcome.SUPERSEDED
    )
    within = rows.take(repeated).change(outcome=Outcome.DUPLICATE)
    across = rows.take(repeated_later).change(outcome=Outcome.DUPLICATE, file=later_file[repeated_later])
    parts = [rows, wrong_before, rows.take(is_disputed).change(is_right=False), within, across]
    joined = RecordRows(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(rows)}
    )
    return joined if has_times else joined.change(updated=NO_TIME)
