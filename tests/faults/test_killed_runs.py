"""Runs killed while they build and publish: the next one releases what an undisturbed one does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clientele import pipeline
from clientele.settings import Settings

PUBLISH = "from clientele import pipeline, settings; pipeline.publish(settings.load_settings(), {run_id!r})"


def environment_of(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "CLIENTELE_HOME": str(home), "CLIENTELE_SETTLE_SECONDS": "0", **more}


def content_digest(home: Path) -> str:
    return json.loads((home / "published" / "release.json").read_text(encoding="utf-8"))["content_digest"]


def run_ids(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "warehouse" / "runs").iterdir())


@pytest.fixture(scope="module")
def killed_twice(sample_shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where nothing is published: one run was killed while it published, one while dbt built.

    The first is that of the sample shop up to its publish, so that the steps before need not be taken again.
    """
    home = tmp_path_factory.mktemp("killed")
    for folder in ("lake", "landing", "warehouse"):
        shutil.copytree(sample_shop.home / folder, home / folder)
    (run_id,) = run_ids(home)
    publish = [sys.executable, "-c", PUBLISH.format(run_id=run_id)]
    killed = subprocess.run(
        publish, env=environment_of(home, CLIENTELE_FAILPOINT="publish_renamed"), check=False
    )
    assert killed.returncode == 137
    assert not (home / "published" / "current").exists()

    command = [sys.executable, "-m", "clientele.cli", "run"]
    with subprocess.Popen(
        command, env=environment_of(home), start_new_session=True, stderr=subprocess.DEVNULL
    ) as run:
        deadline = time.monotonic() + 120
        while not list(home.glob("warehouse/runs/run_000002/target/dbt.log")):
            assert run.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
    assert not (home / "published" / "current").exists()
    return home


@pytest.fixture(scope="module")
def recovered(sample_shop, killed_twice: Path) -> Path:
    """The same home after the next run, which goes through the DAGs in one process."""
    done = sample_shop.clientele("run", "--via-airflow", CLIENTELE_HOME=str(killed_twice))
    assert done.returncode == 0, done.stderr[-3000:]
    return killed_twice


def test_after_kills_the_next_run_publishes_what_an_undisturbed_one_does(sample_shop, recovered):
    assert content_digest(recovered) == content_digest(sample_shop.home)
    assert run_ids(recovered) == ["run_000003"]


def test_a_run_with_nothing_new_changes_nothing_that_is_published(sample_shop, recovered, tmp_path):
    """The run after the kills took in nothing new; here it publishes where the sample shop's release is."""
    shutil.copytree(sample_shop.home / "published", tmp_path / "published", symlinks=True)
    shutil.copytree(recovered / "warehouse", tmp_path / "warehouse")
    before = snapshot(tmp_path / "published")
    assert pipeline.publish(Settings(home=tmp_path), "run_000003").is_unchanged
    assert snapshot(tmp_path / "published") == before


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.name != ".publish.lock"
    }
