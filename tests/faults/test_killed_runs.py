"""A run killed at any point, then the next run: the release is that of an undisturbed run."""

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


@pytest.fixture
def shop_before_its_first_release(sample_shop, tmp_path: Path, parsed) -> Path:
    """A home with the sample shop's lake and nothing built or published from it yet."""
    home = tmp_path / "home"
    parsed(home)
    for folder in ("lake", "landing"):
        shutil.copytree(sample_shop.home / folder, home / folder)
    return home


def content_digest(home: Path) -> str:
    return json.loads((home / "published" / "release.json").read_text(encoding="utf-8"))["content_digest"]


def test_killed_while_dbt_builds_and_again_while_it_publishes(sample_shop, shop_before_its_first_release):
    home = shop_before_its_first_release
    environment = {
        **os.environ,
        "CLIENTELE_HOME": str(home),
        "CLIENTELE_SETTLE_SECONDS": "0",
    }
    command = [sys.executable, "-m", "clientele.cli", "run"]
    with subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL) as run:
        deadline = time.monotonic() + 120
        while not list(home.glob("warehouse/runs/*/target/dbt.log")):
            assert run.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
    assert not (home / "published" / "current").exists()

    killed = subprocess.run(
        command,
        env={**environment, "CLIENTELE_FAILPOINT": "publish_renamed"},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == 137
    assert not (home / "published" / "current").exists()

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert content_digest(home) == content_digest(sample_shop.home)
    assert [path.name for path in (home / "warehouse" / "runs").iterdir()] == ["run_000003"]


def test_a_run_with_nothing_new_changes_nothing_that_is_published(sample_shop):
    before = snapshot(sample_shop.home / "published")
    done = sample_shop.clientele("run")
    assert done.returncode == 0, done.stderr[-3000:]
    assert snapshot(sample_shop.home / "published") == before


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.name != ".publish.lock"
    }
