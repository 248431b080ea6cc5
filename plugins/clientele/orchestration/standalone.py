"""A local Airflow with page, scheduler and the DAGs: `python -m clientele.orchestration.standalone PORT`.

For one person on one machine: SQLite metadata, one administrator, reachable from this machine only. Airflow's
own `standalone` is not used: Ctrl-C reaches its parts twice, once from the terminal and once from it, and its
scheduler then never ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from clientele.errors import ClienteleError, ConfigurationError, UnavailableError
from clientele.orchestration.environment import airflow_environment, airflow_home
from clientele.settings import Settings, inherited_environment, load_settings

ADDRESS = "127.0.0.1"
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer")
START_SECONDS = 120
STOP_SECONDS = 15


class LocalAirflow:
    """Airflow's parts as processes of this one, each with a log ``airflow/logs/<part>.log`` of its own.

    ``overrides`` are further environment variables. Used as a context manager it migrates the metadata and
    starts the parts, and leaves none of them behind.
    """

    def __init__(self, settings: Settings, port: int, overrides: dict[str, str] | None = None) -> None:
        self.url = f"http://{ADDRESS}:{port}"
        self.logs = airflow_home(settings) / "logs"
        self.environment = (
            inherited_environment()
            | airflow_environment(settings)
            | {
                "AIRFLOW__API__HOST": ADDRESS,
                "AIRFLOW__API__PORT": str(port),
                "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            }
            | (overrides or {})
        )
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> LocalAirflow:
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            self._migrate()
            for part in PARTS:
                self._processes[part] = self._start(part)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    def require_running(self) -> None:
        """Raise UnavailableError naming the first part that has ended."""
        for part, process in self._processes.items():
            if process.poll() is not None:
                raise UnavailableError(f"Airflow's {part} has ended", remedy=f"see {self.logs / part}.log")

    def is_healthy(self) -> bool:
        """Whether the API server answers that every part is alive."""
        health = f"{self.url}/api/v2/monitor/health"
        try:
            with urllib.request.urlopen(health, timeout=5) as answer:  # noqa: S310 (an http address)
                report = json.load(answer)
        except (OSError, ValueError):
            return False
        return all(part["status"] == "healthy" for part in report.values())

    def _migrate(self) -> None:
        if self._start("db", "migrate").wait() != 0:
            raise UnavailableError(
                "Airflow's metadata could not be migrated", remedy=f"see {self.logs}/db.log"
            )

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.logs / f"{arguments[0]}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches this process only, which then ends each part once.
                start_new_session=True,
            )

    def _stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main(port: int) -> None:
    """Run a local Airflow until Ctrl-C."""
    require_free(port)
    settings = load_settings()
    _say("Airflow starts ...")
    with LocalAirflow(settings, port) as airflow:
        deadline = time.monotonic() + START_SECONDS
        while not airflow.is_healthy():
            airflow.require_running()
            if time.monotonic() > deadline:
                raise UnavailableError("Airflow did not start in time", remedy=f"see {airflow.logs}")
            time.sleep(1)
        _say(f"Airflow answers at {airflow.url} and ends with Ctrl-C; logs in {airflow.logs}")
        _say(f"user admin, password in {airflow_home(settings) / 'passwords.json'}")
        _say("the DAGs start paused: switch on an ingest DAG and release_on_ingest")
        _say(f"exports are taken from {settings.landing}")
        while True:
            airflow.require_running()
            time.sleep(1)


def require_free(port: int) -> None:
    """Raise ConfigurationError unless this machine can listen on ``port``."""
    try:
        with socket.create_server((ADDRESS, port)):
            pass
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            f"cannot listen on port {port} of {ADDRESS}", remedy="choose another one: make airflow PORT=8081"
        ) from error


def _port(text: str) -> int:
    if not text.isdecimal():
        raise ConfigurationError(f"PORT={text} is not a port number")
    return int(text)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Asked to end either way, it ends the parts first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(_port(sys.argv[1]))
    except KeyboardInterrupt:
        _say("Airflow has ended")
    except ClienteleError as error:
        _say(f"clientele: {error}")
        sys.exit(error.exit_code)
