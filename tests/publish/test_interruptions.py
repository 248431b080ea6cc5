"""Kills at every named point, and readers that never stop reading."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from candidates import Shop, Tier, quality_row, write_candidate
from publishing import publisher

from clientele.failpoints import KILLED_EXIT_CODE
from clientele.publish.record import Release
from clientele.publish.release import publish
from clientele.publish.store import current_release
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import Settings
from clientele.warehouse.fence import next_token

TESTS = Path(__file__).parent

PUBLISH_AND_DIE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from candidates import quality_row
from publishing import DESCRIPTIONS, PUBLISHED_AT, render_page
from clientele.publish.release import publish
from clientele.settings import Settings
home, token, failpoint = Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
publish(
    Settings(home=home, keep_releases=3, threads=1, failpoint=failpoint),
    home / "candidate.duckdb",
    run_id=f"run_{token:06d}",
    token=token,
    quality_results=[quality_row()],
    descriptions=DESCRIPTIONS,
    render_report=render_page,
    published_at=PUBLISHED_AT,
)
"""

READ_FOR_EVER = """
import sys, time
from pathlib import Path
import duckdb
duckdb.execute("set threads = 1")
published, stop = Path(sys.argv[1]), Path(sys.argv[2])
tables = [table for table in sys.argv[3].split(",") if table != "releases"]
ids = " union all ".join(f"select release_id from {table}" for table in tables)
seen, reads = set(), 0
while not stop.exists():
    database = str(published / "clientele.duckdb")
    with duckdb.connect(database, read_only=True, config={"threads": 1}) as connection:
        found = connection.execute(ids).fetchall()
        latest = connection.execute("select max(release_id) from releases").fetchall()
    # Many files are one release when they are reached through one reading of the link.
    release = (published / "current").resolve()
    files = [str(release / "parquet" / f"{table}.parquet") for table in tables]
    parquet = duckdb.execute("select distinct release_id from read_parquet(?, union_by_name=true)", [files])
    if set(found) != set(latest) or parquet.fetchall() != [(release.name,)]:
        sys.exit(f"mixed: {set(found)} {latest}")
    seen.add(latest[0][0])
    reads += 1
    time.sleep(0.03)
print(reads, len(seen))
"""

#: Named point -> release that readers see after a kill there.
POINTS = {
    "publish_started": "r000001",
    "publish_database_written": "r000001",
    "publish_parquet_written": "r000001",
    "publish_crm_written": "r000001",
    "publish_report_written": "r000001",
    "publish_recorded": "r000001",
    "publish_renamed": "r000001",
    "publish_linked": "r000001",
    "publish_committed": "r000002",
}

CHANGED = Shop(
    amounts={"c1": "100.0100", "c3": "7.0000"}, tiers=(Tier("c1", "B", 2), Tier("c3")), known_load_id=2
)


def kill_a_publish(settings, failpoint: str) -> int:
    command = [sys.executable, "-c", PUBLISH_AND_DIE, str(TESTS), str(settings.home)]
    finished = subprocess.run(
        [*command, str(next_token(settings)), failpoint], check=False, capture_output=True, text=True
    )
    return finished.returncode


def crm_files(release: Release) -> dict[str, bytes]:
    files = (path for path in (release.directory / "crm").rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def undisturbed(home_of_first_release, tmp_path_factory):
    """The second release as it is when nothing disturbs it."""
    home = shutil.copytree(
        home_of_first_release, tmp_path_factory.mktemp("undisturbed") / "home", symlinks=True
    )
    return publisher(Settings(home=home, threads=1))(CHANGED)


@pytest.mark.parametrize("point", POINTS)
def test_after_a_kill_the_next_publish_is_as_if_nothing_had_happened(
    settings, first_release, publish_shop, undisturbed, point
):
    write_candidate(settings.home / "candidate.duckdb", CHANGED)

    assert kill_a_publish(settings, point) == KILLED_EXIT_CODE
    assert current_release(settings).release_id == POINTS[point]
    with duckdb.connect(str(settings.published / "clientele.duckdb"), read_only=True) as connection:
        assert connection.execute("select distinct release_id from customers").fetchall() == [
            (POINTS[point],)
        ]

    release = publish_shop(CHANGED)
    assert release.is_unchanged == (POINTS[point] == "r000002")
    assert release.release_id == "r000002"
    assert release.content_digest == undisturbed.content_digest
    assert {**release.tables, "releases": None} == {**undisturbed.tables, "releases": None}
    assert crm_files(release) == crm_files(undisturbed)
    entries = {path.name for path in (settings.published / "releases").iterdir()}
    assert entries == {"r000001", "r000002"}
    report = "tier_review_2024-06-30.en.html"
    assert (settings.reports / report).read_bytes() == (release.directory / "report" / report).read_bytes()
    assert not [path for path in settings.published.iterdir() if path.name.endswith(".part")]


def test_the_named_points_are_all_tried():
    sources = Path(sys.modules["clientele.publish.store"].__file__).parent.glob("*.py")
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    assert text.count('failpoint(settings, "publish_') == len(POINTS)
    assert all(f'failpoint(settings, "{point}")' in text for point in POINTS)


def test_a_kill_in_the_very_first_publish_leaves_nothing_and_the_next_one_starts_over(settings, publish_shop):
    settings.home.mkdir()
    write_candidate(settings.home / "candidate.duckdb", Shop())
    assert kill_a_publish(settings, "publish_linked") == KILLED_EXIT_CODE
    assert current_release(settings) is None
    assert not (settings.published / "clientele.duckdb").exists()
    assert publish_shop(Shop()).release_id == "r000001"


def test_readers_see_whole_releases_during_fifty_publishes(settings, first_release, tmp_path):
    candidate = write_candidate(tmp_path / "candidate.duckdb", Shop())
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READ_FOR_EVER, settings.published, stop, ",".join(PUBLISHED_TABLES)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for number in range(50):
            with duckdb.connect(str(candidate)) as connection:
                connection.execute("update customer_values set net_sales_12m_amount = ?", [number])
            token = next_token(settings)
            publish(
                replace(settings, keep_releases=20),
                candidate,
                run_id=f"run_{token:06d}",
                token=token,
                quality_results=[quality_row()],
                descriptions={},
            )
    finally:
        stop.touch()
        output, errors = reader.communicate(timeout=30)
    assert reader.returncode == 0, errors
    reads, releases = map(int, output.split())
    assert reads >= 25
    assert releases >= 10


def test_current_is_replaced_and_never_missing(settings, first_release, publish_shop):
    targets, looking, stop = set(), threading.Event(), threading.Event()

    def watch() -> None:
        is_last_look = False
        while not is_last_look:
            is_last_look = stop.is_set()
            try:
                targets.add((settings.published / "current").readlink().name)
            except FileNotFoundError:
                targets.add("missing")
            looking.set()
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    looking.wait()
    publish_shop(Shop().selling("c1", "1.0000"))
    stop.set()
    watcher.join()
    assert targets == {"r000001", "r000002"}
