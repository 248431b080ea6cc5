"""The outcome of one check, as stored between steps and published in ``quality_results``.

A result carries counts, names and the keys of files and rows, never a customer's values.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from clientele.errors import UnavailableError

Severity = Literal["blocking", "warning"]


@dataclass(frozen=True)
class CheckResult:
    """One row of ``quality_results``; key: ``boundary``, ``suite_name``, ``check_id``.

    ``checked_count`` and ``failed_count`` are rows, unless the check is about the table as a whole: then
    ``failed_count`` is the number of rows its query found, or 1. ``details`` is one line, or None.
    """

    boundary: str
    suite_name: str
    check_id: str
    check_name: str
    table_name: str
    column_name: str | None
    severity: Severity
    is_successful: bool
    checked_count: int
    failed_count: int
    details: str | None

    @property
    def is_blocking_failure(self) -> bool:
        return self.severity == "blocking" and not self.is_successful


def write_results(path: Path, results: Sequence[CheckResult]) -> None:
    """Write ``path`` (JSON, a list of objects) whole: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(
        json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    beside.replace(path)


def read_results(path: Path) -> list[CheckResult]:
    """Read one file that ``write_results`` wrote.

    Raises UnavailableError naming the file when it is missing or is not such a file.
    """
    names = [field.name for field in fields(CheckResult)]
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(rows, list):
            raise TypeError("not a list")  # noqa: TRY301 - told like every other wrong content
        return [CheckResult(**{name: row[name] for name in names}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(
            f"the check results in {path} cannot be read: {type(error).__name__}",
            remedy="run the checks of this boundary again",
        ) from error


def load_results(results: Path) -> list[CheckResult]:
    """Every result stored in the folder ``results``, in the order of boundary file, then of its checks.

    Raises UnavailableError when the folder holds none: a release without checks is not a checked release.
    """
    paths = sorted(results.glob("*.json"))
    if not paths:
        raise UnavailableError(f"{results} holds no check results", remedy="run the checks before publishing")
    return [result for path in paths for result in read_results(path)]
