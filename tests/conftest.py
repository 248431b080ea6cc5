"""What tests of several folders share: a sample shop that a real Airflow took the whole way."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from filelock import FileLock
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from clientele.settings import Settings
from clientele.warehouse.build import dbt_process, parsed_project
from scheduled_airflow import WatchedAirflow, free_port

CUSTOMERS = 1200
MONTHS = 14
INGEST, RELEASE = "ingest_generic_daily", "release_on_ingest"
DEADLINE_SECONDS = 300

# Thousands of tests, Airflow and Great Expectations are in memory and in use to the end: at Python's own
# thresholds looking at them again and again takes a twentieth of the time.
gc.set_threshold(100_000, 50, 50)


#: What takes longest, the longest first: begun last, it would run alone while the other worker is done.
LONGEST_FIRST = (
    "end_to_end",
    "real_data",
    "publish",
    "reviews",
    "quality",
    "warehouse",
    "movement",
    "simulation",
    "orchestration",
    "report",
    "lake",
    "tiers",
    "dbt",
    "bench",
    "sources/test_same_shop.py",
    "dags",
    "sources/east",
    "sources/west",
    "identity",
    "values",
    "quarantine",
    "value",
    "sample",
)
#: Tests of killed runs begin with the shop that went the whole way.
TOGETHER_WITH = {"faults": "end_to_end"}


class FolderScheduling(LoadScopeScheduling):
    """Keeps the tests of a group in one worker, so that what they share is made once.

    The marker ``xdist_group`` does not: with pytest 9 the name it adds to a test's id is lost.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group(Path(nodeid.partition("::")[0]).relative_to("tests"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FolderScheduling:
    return FolderScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the groups that take longest first."""
    rank = {group: place for place, group in enumerate(LONGEST_FIRST)}
    folder = config.rootpath / "tests"
    items.sort(key=lambda item: rank.get(_group(item.path.relative_to(folder)), len(rank)))


def pytest_collection_finish() -> None:
    """Take what is in memory now, the tests themselves, out of the garbage collector's sight."""
    gc.collect()
    gc.freeze()


def _group(path: Path) -> str:
    """The folder of a test, below ``tests``; a part of it where that is listed by itself."""
    parts = [path.as_posix(), *(parent.as_posix() for parent in path.parents)]
    group = next((part for part in parts if part in LONGEST_FIRST), path.parts[0])
    return TOGETHER_WITH.get(group, group)


@dataclass(frozen=True)
class Shop:
    """A home folder and the way to run the command on it."""

    home: Path

    @property
    def database(self) -> Path:
        return self.home / "published" / "clientele.duckdb"

    @property
    def truth(self) -> Path:
        return self.home / "truth"

    def clientele(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``clientele`` with this shop's home; never raises."""
        return run_clientele(self.home, arguments, **environment)


@dataclass(frozen=True)
class ScheduledShop(Shop):
    """A shop that Airflow took the whole way: the tasks of its two DAGs, and what was left running."""

    ingest: list[tuple]
    release: list[tuple]
    logs: str = field(repr=False)
    left_behind: tuple[str, ...]
    customers: int


def run_clientele(
    home: Path, arguments: Sequence[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELE_")}
    return subprocess.run(
        [sys.executable, "-m", "clientele.cli", *arguments],
        env={**inherited, "CLIENTELE_HOME": str(home), "CLIENTELE_SETTLE_SECONDS": "0", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """``parsed(home)``: dbt has parsed the project there already; it does so once for all workers.

    Returns the folder of the manifests that it wrote.
    """
    together = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        together = together.parent
    made = Settings(home=together / "parsed")
    with FileLock(together / "parsed.lock"):
        if not parsed_project(made).exists():
            made.warehouse.mkdir(parents=True)
            with dbt_process(
                made, made.warehouse / "warehouse.duckdb", made.home / "target", ["parse"]
            ) as dbt:
                said, _ = dbt.communicate()
            assert parsed_project(made).exists(), said[-4000:]

    def give(home: Path) -> Path:
        place = parsed_project(Settings(home=home))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(parsed_project(made), place)
        return made.home / "target"

    return give


@pytest.fixture(scope="session")
def sample_shop(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], Path]) -> ScheduledShop:
    """The sample shop, generated and taken the whole way by a real Airflow once for the whole session.

    The first try of its ingest fails, since a file is where the lake should be.
    """
    settings = Settings(home=tmp_path_factory.mktemp("shop"), settle_seconds=0)
    parsed(settings.home)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    ports = {f"AIRFLOW__LOGGING__{name}_LOG_SERVER_PORT": str(free_port()) for name in ("WORKER", "TRIGGER")}
    # The files of the DAGs stay as they are: each is read once, not every half minute.
    once = {"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": str(DEADLINE_SECONDS)}
    with WatchedAirflow(settings, free_port(), ports | once) as airflow:
        sizes = ["--customers", str(CUSTOMERS), "--months", str(MONTHS)]
        done = run_clientele(settings.home, ["sample", *sizes])
        assert done.returncode == 0, done.stderr[-4000:]
        settings.lake.write_text("a file where the lake should be\n")
        deadline = time.monotonic() + DEADLINE_SECONDS
        airflow.wait("DAGs in the database", lambda: airflow.knows({INGEST, RELEASE}), deadline)
        airflow.switch_on({INGEST, RELEASE})
        airflow.wait(
            "failed try of ingest",
            lambda: any(state == "up_for_retry" for *_, state, _ in airflow.states(INGEST)),
            deadline,
        )
        airflow.wait("sign of life of every part", airflow.is_healthy, deadline)
        settings.lake.unlink()
        airflow.wait(
            "end of the release",
            lambda: any(state in {"success", "failed"} for _, state, *_ in airflow.states(RELEASE)),
            deadline,
        )
        found = airflow.states(INGEST), airflow.states(RELEASE), airflow.tails()
        own = psutil.Process().children(recursive=True)
    left = (child for child in own if child.pid not in before and child.is_running())
    return ScheduledShop(settings.home, *found, tuple(map(str, left)), CUSTOMERS)
