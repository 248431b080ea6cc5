"""Export files written piece by piece under a ``.part`` name and renamed when whole."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clientele.sample.timeline import Period, Timeline

_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True)
class ExportFile:
    """One file of a feed; a name that ends with ``.gz`` is compressed."""

    feed: str
    name: str
    header: str


def till_names(timeline: Timeline) -> list[str]:
    """Names by the last day covered, so that the order of names is the order of time.

    Every third month is compressed, as if one of the shop's servers did so.
    """
    names = []
    for position, period in enumerate(timeline.till_periods):
        is_compressed = period.first != period.last and position % 3 == 0
        names.append(f"pos_sales_{_last_date(timeline, period)}.csv{'.gz' if is_compressed else ''}")
    return names


def web_names(timeline: Timeline) -> list[str]:
    return [f"ecommerce_orders_{_last_date(timeline, period)}.csv" for period in timeline.month_periods]


def event_names(timeline: Timeline) -> list[str]:
    return [f"service_events_{_last_date(timeline, period)}.csv" for period in timeline.month_periods]


def prospect_names(timeline: Timeline) -> list[str]:
    return [f"prospects_{_last_date(timeline, period)}.csv" for period in timeline.quarter_periods]


def override_names(timeline: Timeline) -> list[str]:
    return [f"tier_overrides_{_last_date(timeline, period)}.csv" for period in timeline.quarter_periods]


def member_names(timeline: Timeline) -> list[str]:
    """The full list of the day before the history, then one file of changes per month."""
    changes = [f"members_{_last_date(timeline, period)}.csv" for period in timeline.month_periods]
    return [f"members_{timeline.date_of(-1).isoformat()}_full.csv", *changes]


def _last_date(timeline: Timeline, period: Period) -> str:
    return timeline.date_of(period.last).isoformat()


class ExportWriter:
    """Appends lines to the files of one feed; nothing of a file stays in memory.

    Raises OSError where the folder cannot be written.
    """

    def __init__(self, folder: Path, files: Sequence[ExportFile]) -> None:
        self.files = files
        self._parts = [folder / f"{file.name}.part" for file in files]
        self._has_rows = [False] * len(files)
        for part, file in zip(self._parts, files, strict=True):
            part.write_bytes(f"{file.header}\n".encode())

    def append(self, position: int, lines: Iterable[str]) -> None:
        """Add whole lines to the file at ``position``."""
        text = "\n".join(lines)
        if text:
            self._has_rows[position] = True
            with self._parts[position].open("ab", buffering=_BUFFER_BYTES) as part:
                part.write(f"{text}\n".encode())

    def finish(self) -> None:
        """Give every file its name, in order; a period without rows has no file."""
        for part, file, has_rows in zip(self._parts, self.files, self._has_rows, strict=True):
            if not has_rows:
                part.unlink()
                continue
            if file.name.endswith(".gz"):
                _compress(part)
            part.rename(part.with_name(file.name))


def _compress(part: Path) -> None:
    """Compress in place; without a name and a time inside, so that the bytes depend on the content alone."""
    packed = part.with_name(f"{part.name}.gz.part")
    with (
        part.open("rb") as source,
        packed.open("wb") as target,
        gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=target, mtime=0) as archive,
    ):
        shutil.copyfileobj(source, archive, _BUFFER_BYTES)
    packed.replace(part)
