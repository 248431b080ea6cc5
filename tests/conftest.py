"""What tests of several folders share: a sample shop that went the whole way through the real DAGs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from clientele.settings import Settings
from clientele.warehouse.build import dbt_process, parsed_project

CUSTOMERS = 1200
MONTHS = 14


#: What takes longest, the longest first: begun last, it would run alone while the other worker is done.
LONGEST_FIRST = (
    "end_to_end",
    "end_to_end/test_scheduler.py",
    "real_data",
    "publish",
    "reviews",
    "simulation",
    "report",
    "orchestration",
    "dbt",
    "tiers",
    "lake",
    "sources/east",
    "sources/west",
    "sources/test_same_shop.py",
    "quality",
    "dags",
    "values",
    "movement",
    "identity",
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
def sample_shop(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], Path]) -> Shop:
    """The sample shop, generated and run through the Airflow DAGs once for the whole session."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    parsed(shop.home)
    for arguments in (
        ["sample", "--customers", str(CUSTOMERS), "--months", str(MONTHS)],
        ["run", "--via-airflow"],
    ):
        done = shop.clientele(*arguments)
        assert done.returncode == 0, done.stderr[-4000:]
    return shop
