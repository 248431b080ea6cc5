"""What every bench says alike: the machine, the results as JSON, tables as the documentation shows them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

MEBIBYTE = 1024**2


def machine() -> dict[str, Any]:
    """What the figures were taken on, and how busy it was."""
    names = (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return {
        "processor": next(names, "unknown: unknown").partition(":")[2].strip(),
        "processors": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "system": platform.system(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "load_average_1m": round(os.getloadavg()[0], 1),
    }


def write_report(output: Path, before: dict[str, Any], **figures: Any) -> None:
    """Write ``figures`` as JSON with the time and the machine."""
    measured_at = datetime.now(UTC).isoformat(timespec="seconds")
    report = {"measured_at": measured_at, "machine": before, **figures}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def write_measured(output: Path, before: dict[str, Any], **figures: Any) -> None:
    """Write ``figures`` likewise, and print the machine and where they are."""
    write_report(output, before, **figures)
    print_machine(before)
    print(f"written to {output}")


def print_machine(before: dict[str, Any]) -> None:
    print(f"\n{before['processor']}, {before['processors']} processors, load {before['load_average_1m']}")


def markdown(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; numbers with separators of thousands, nothing where there is None."""
    lines = [list(headings), *([_cell(value) for value in row] for row in rows)]
    written = [f"| {' | '.join(cells)} |" for cells in lines]
    return "\n".join([written[0], "|---" * len(headings) + "|", *written[1:]])


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table, an empty line before it."""
    print(f"\n{markdown(headings, rows)}")


def ratio(part: float, whole: float) -> float | None:
    """How many times ``whole`` a figure is, to three digits or as many as there are before the point."""
    if not whole:
        return None
    times = part / whole
    return round(times, 2 if times < 10 else 1 if times < 100 else None)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)
