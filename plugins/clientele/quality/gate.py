"""The gate at a boundary: check, store, show, and stop what must not pass."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from clientele.errors import GateFailedError, UnavailableError
from clientele.quality.dbt_tests import dbt_results
from clientele.quality.index import write_index
from clientele.quality.results import CheckResult, load_results, write_results
from clientele.quality.suites import load_checkpoint
from clientele.settings import Settings

__all__ = ["CheckResult", "check", "dbt_results", "load_results"]

#: How many failed checks the message of a closed gate names; the rest are counted.
FAILURES_SHOWN = 5


def check(settings: Settings, database: Path, boundary: str, results: Path) -> list[CheckResult]:
    """Run all suites of ``boundary`` on the DuckDB file ``database``, opened read-only.

    Writes ``results/<boundary>.json`` and the Data Docs in ``settings.reports/data_docs``, then returns the
    results, warnings among them. Of two checks at once the pages of the later one stay, whole.

    Raises GateFailedError when a blocking check failed or any check could not be judged, naming suite, check,
    table, column, counts and the offending files and rows; and when the suites themselves cannot be read.
    Raises UnavailableError when the file cannot be opened.
    """
    checkpoint = load_checkpoint(settings.expectations, boundary)
    if not database.is_file():
        raise UnavailableError(f"{database} does not exist", remedy="build before checking")
    from clientele.quality.validation import run_checkpoint  # importing it takes seconds

    documentation = _documentation(settings)
    documentation.mkdir(parents=True, exist_ok=True)
    results.mkdir(parents=True, exist_ok=True)
    # What a killed check leaves goes with its candidate; among the reports nobody would ever remove it.
    with tempfile.TemporaryDirectory(dir=results, prefix=".") as scratch:
        pages = Path(scratch) / boundary
        outcome = run_checkpoint(
            checkpoint, database, threads=settings.threads, memory_limit=settings.memory_limit, pages=pages
        )
        write_results(pages / "results.json", outcome)
        with documentation_lock(settings):
            write_results(results / f"{boundary}.json", outcome)
            shutil.rmtree(documentation / boundary, ignore_errors=True)
            shutil.move(pages, documentation)
            write_index(documentation)
    require_passed(boundary, outcome, settings.data_docs_address)
    return outcome


def documentation_lock(settings: Settings) -> FileLock:
    """Held by whoever exchanges pages of the Data Docs: all runs and proposals of a home share them."""
    return FileLock(_documentation(settings) / ".lock")


def require_passed(boundary: str, outcome: list[CheckResult], documentation: str) -> None:
    """Raise GateFailedError when ``outcome`` holds nothing or a blocking failure.

    ``documentation`` is the address of the Data Docs, for the person who reads the message.
    """
    if not outcome:
        raise GateFailedError(f"the gate {boundary!r} checked nothing")
    failures = [result for result in outcome if result.is_blocking_failure]
    if not failures:
        return
    named = "; ".join(_line(failure) for failure in failures[:FAILURES_SHOWN])
    more = f"; and {len(failures) - FAILURES_SHOWN} more" if len(failures) > FAILURES_SHOWN else ""
    raise GateFailedError(
        f"the gate {boundary!r} is closed by {len(failures)} of {len(outcome)} checks: {named}{more}",
        remedy=f"see {documentation}#{boundary}",
    )


def _documentation(settings: Settings) -> Path:
    return settings.reports / "data_docs"


def _line(failure: CheckResult) -> str:
    column = f".{failure.column_name}" if failure.column_name else ""
    return f"{failure.suite_name} {failure.check_id} on {failure.table_name}{column}: {failure.details}"
