"""Build the candidate: one dbt process makes and tests every model.

DuckDB allows one writing process, and a process per model would pay an interpreter start and a lock each.
dbt reads only the project files that have changed since its last run: what it made of them goes from run to
run as ``warehouse/partial_parse.msgpack``, which may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from clientele.duck import connect
from clientele.errors import GateFailedError, UnavailableError
from clientele.settings import Settings, inherited_environment
from clientele.warehouse import staged
from clientele.warehouse.candidate import Candidate
from clientele.warehouse.fence import is_current

Progress = Callable[[str], None]

_STEP = re.compile(r"\b(\d+) of (\d+) (OK|PASS|FAIL|ERROR|WARN|SKIP)\b")
_FAILED_STATUSES = {"error", "fail", "runtime error"}
_RESULTS = "run_results.json"
_WORKER = "clientele.warehouse.dbt_worker"
#: What the engine or the system says when it has no room, or cannot read or write.
_COULD_NOT = re.compile(
    r"\b(?:IO|Out of Memory) Error: |No space left on device|Disk quota exceeded|Read-only file system"
)
_SALE_DAYS: Final = ("intermediate", "int_sale_days_bounded")
_LOADED_FEEDS: Final = """
select string_agg(format('{}/{} ({:,} rows)', source, feed, rows_count), ', ' order by source, feed)
from (
    select source, feed, sum(row_count)::bigint as rows_count
    from lake.loads
    where status = 'accepted' and superseded_by_load_id is null
    group by source, feed
)
"""


def dbt_environment(settings: Settings, database: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Environment of a dbt process that works on ``database``; without the secret key, telemetry off."""
    return {
        **{name: value for name, value in base.items() if name != "CLIENTELE_SECRET_KEY"},
        "CLIENTELE_DBT_DATABASE": str(database),
        "CLIENTELE_DBT_THREADS": str(settings.threads),
        "CLIENTELE_DBT_MEMORY_LIMIT": settings.memory_limit,
        "CLIENTELE_DBT_TEMP_DIRECTORY": str(database.parent / "spill"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def dbt_command(
    settings: Settings, arguments: Sequence[str], target: Path, module: str = "dbt.cli.main"
) -> list[str]:
    """The command line of dbt on this project with its artifacts and logs under ``target``.

    ``module`` is what runs it: dbt's own, or another that takes its arguments.
    """
    return [
        sys.executable,
        "-m",
        module,
        *arguments,
        "--project-dir",
        str(settings.dbt_project),
        "--profiles-dir",
        str(settings.dbt_project),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
        "--no-use-colors",
    ]


@contextmanager
def dbt_process(
    settings: Settings, database: Path, target: Path, arguments: Sequence[str]
) -> Iterator[subprocess.Popen[str]]:
    """dbt at work on ``database``; both its streams come as lines. What it parsed is kept for the next one.

    It works in the folder of the database and knows it by its name alone: dbt parses everything anew when a
    connection's path is another than the last time. It ends when this process does, also when that is killed.
    """
    target.mkdir(parents=True, exist_ok=True)
    parsed = parsed_project(settings)
    with suppress(FileNotFoundError):
        shutil.copyfile(parsed, target / parsed.name)
    with (
        _lifeline() as lifeline,
        subprocess.Popen(
            dbt_command(settings, arguments, target, _WORKER),
            env=dbt_environment(settings, Path(database.name), inherited_environment()),
            cwd=database.parent,
            stdin=lifeline,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        yield process
    if process.returncode in (0, 1) and (target / parsed.name).exists():
        draft = parsed.with_name(f"{parsed.name}.{process.pid}")
        shutil.copyfile(target / parsed.name, draft)
        draft.replace(parsed)


@contextmanager
def _lifeline() -> Iterator[int]:
    """The end to read from of a pipe that stays open as long as this process is alive."""
    to_read, to_write = os.pipe()
    try:
        yield to_read
    finally:
        os.close(to_read)
        os.close(to_write)


def parsed_project(settings: Settings) -> Path:
    """What dbt made of the project's files in the last run; no run needs it. A copy keeps its own."""
    is_copy = settings.dbt_project != Settings.dbt_project
    return (settings.dbt_project if is_copy else settings.warehouse) / "partial_parse.msgpack"


def build(
    settings: Settings,
    candidate: Candidate,
    progress: Progress,
    *,
    select: Sequence[str] = (),
    with_tests: bool = True,
    variables: Mapping[str, object] | None = None,
) -> None:
    """Build and test every model in the candidate.

    ``select`` are dbt's selectors, such as ``+int_tier_decisions``; by default everything is built.
    ``variables`` go before those of the project.

    Raises GateFailedError where no sale counts, or else naming the first model or test that failed,
    UnavailableError when dbt could not run at all, memory or disk did not suffice or a file of staged rows
    cannot be read. What was staged is kept whether or not all passed.
    """
    last = ""
    excluded = ["unit_test"] if with_tests else ["unit_test", "test"]
    arguments = ["build", *(part for kind in excluded for part in ("--exclude-resource-type", kind))]
    if select:
        arguments += ["--select", *select]
    if variables:
        arguments += ["--vars", json.dumps(variables)]
    with dbt_process(settings, candidate.database, candidate.target, arguments) as process:
        for line in process.stdout or ():
            # Without room dbt cannot write its log either, and ends in many lines about that.
            if not _COULD_NOT.search(last):
                last = line.strip() or last
            step = _STEP.search(line)
            if step and (int(step[1]) % 25 == 0 or step[3] in {"FAIL", "ERROR", "WARN"}):
                progress(f"dbt {step[1]} of {step[2]}: {step[3]}")
    raise_on_unreadable(settings, candidate)
    read: frozenset[str] = frozenset()
    if process.returncode in (0, 1):
        read = staged.keep(settings, candidate.directory, candidate.database)
        raise_on_no_sales(settings, candidate)
    raise_on_failure(candidate.target, process.returncode, last)
    if not select and is_current(settings, candidate.token):
        staged.discard_others(settings, read)


def raise_on_unreadable(settings: Settings, candidate: Candidate) -> None:
    """Raise UnavailableError when a file of staged rows could not be read: no verdict on the data."""
    folder = str(staged.folder_of(candidate.directory).absolute())
    for _, message in _failures(candidate.target):
        if folder in message:
            raise staged.unreadable(settings, message)


def raise_on_no_sales(settings: Settings, candidate: Candidate) -> None:
    """Raise GateFailedError when the built candidate has no sale, or none that gives the date not asked for.

    Values have neither a date nor a currency then, and what tests and checks say of that helps nobody.
    """
    if not candidate.database.is_file():
        return
    with connect(candidate.database, settings, read_only=True) as connection:
        built = "select count(*) from duckdb_tables() where (schema_name, table_name) = ($1, $2)"
        if connection.execute(built, _SALE_DAYS).fetchone() == (0,):
            return
        days = connection.execute(f"select first_date, last_date from {'.'.join(_SALE_DAYS)}").fetchone()  # noqa: S608
        loaded = connection.execute(_LOADED_FEEDS).fetchone()
    first_date, last_date = days or (None, None)
    if first_date is None:
        raise GateFailedError(
            f"there is no sale to compute values from; loaded are: {(loaded and loaded[0]) or 'no rows'}",
            remedy=f"drop an export of sales into {settings.landing}/<source>/, such as pos_sales*.csv or"
            f" ecommerce_orders*.csv into {settings.landing}/generic/; `clientele quarantine list` shows rows"
            " that were set aside",
        )
    if last_date is None and candidate.as_of_date is None:
        raise GateFailedError(
            f"every sale is dated later than its file came, the first {first_date}: there is no date",
            remedy="correct the exports and drop them again; where this machine's clock was wrong, ask for a"
            " date with `--as-of`",
        )


def raise_on_failure(target: Path, return_code: int, last_line: str) -> None:
    """Judge a finished dbt process by its exit code and the artifacts in ``target``."""
    log = target / "dbt.log"
    if return_code not in (0, 1) or not (target / _RESULTS).exists():
        raise UnavailableError(f"dbt could not run: {last_line}", remedy=f"see {log}")
    failed = _failures(target)
    if return_code == 0 and not failed:
        return
    for node, message in [*failed, ("dbt", _on_one_line(last_line))]:
        if _COULD_NOT.search(message):
            raise UnavailableError(
                f"the build could not go on at {node}: {message}", remedy=f"nothing was published; see {log}"
            )
    node, message = failed[0] if failed else ("dbt", _on_one_line(last_line))
    others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    raise GateFailedError(
        f"the build failed at {node}{others}: {message}", remedy=f"nothing was published; see {log}"
    )


def _failures(target: Path) -> list[tuple[str, str]]:
    """Id and message of every node that failed, in dbt's order; none where dbt left no whole results."""
    try:
        results = json.loads((target / _RESULTS).read_text(encoding="utf-8"))["results"]
    except (FileNotFoundError, ValueError):
        return []
    return [
        (result["unique_id"], _on_one_line(str(result["message"])))
        for result in results
        if result["status"] in _FAILED_STATUSES
    ]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
