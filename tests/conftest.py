"""What tests of several folders share: a sample shop that went the whole way through the real DAGs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CUSTOMERS = 1200
MONTHS = 14


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a folder in one worker, so that what they share is made once.

    Tests of killed runs begin with the shop that went the whole way; the scheduler's own shop stands apart.
    """
    folder_of = {"faults": "end_to_end"}
    for item in items:
        folder = item.path.relative_to(config.rootpath / "tests").parts[0]
        group = "scheduler" if item.path.name == "test_scheduler.py" else folder_of.get(folder, folder)
        item.add_marker(pytest.mark.xdist_group(group))


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
def sample_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The sample shop, generated and run through the Airflow DAGs once for the whole session."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    for arguments in (
        ["sample", "--customers", str(CUSTOMERS), "--months", str(MONTHS)],
        ["run", "--via-airflow"],
    ):
        done = shop.clientele(*arguments)
        assert done.returncode == 0, done.stderr[-4000:]
    return shop
