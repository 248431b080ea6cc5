"""A local Airflow with its page, its scheduler and the DAGs: `python -m clientele.orchestration.standalone`.

Its argument is the port to answer on.

For one person on one machine: SQLite metadata, one administrator, reachable from this machine only.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from clientele.errors import ClienteleError, ConfigurationError
from clientele.orchestration.environment import airflow_environment
from clientele.settings import inherited_environment, load_settings

ADDRESS = "127.0.0.1"


def main(port: str) -> None:
    """Become `airflow standalone`, which ends with Ctrl-C."""
    require_free(port)
    settings = load_settings()
    programs = Path(sys.executable).parent
    inherited = inherited_environment()
    environment = (
        inherited
        | airflow_environment(settings)
        | {
            "AIRFLOW__API__HOST": ADDRESS,
            "AIRFLOW__API__PORT": port,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{ADDRESS}:{port}/execution/",
            # Airflow starts its parts by name, so this environment's programs have to come first.
            "PATH": os.pathsep.join([str(programs), inherited.get("PATH", os.defpath)]),
        }
    )
    print(
        f"Airflow answers at http://{ADDRESS}:{port} in about half a minute, and ends with Ctrl-C.\n"
        f"User admin, password in {environment['AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE']}\n"
        f"The DAGs start paused: switch on an ingest DAG and release_on_ingest.\n"
        f"Exports are taken from {settings.landing}",
        file=sys.stderr,
        flush=True,
    )
    os.execve(programs / "airflow", ["airflow", "standalone"], environment)  # noqa: S606 (no shell meant)


def require_free(port: str) -> None:
    """Raise ConfigurationError unless this machine can listen on ``port``."""
    try:
        with socket.create_server((ADDRESS, int(port))):
            pass
    except (OSError, OverflowError, ValueError) as error:
        raise ConfigurationError(
            f"cannot listen on port {port} of {ADDRESS}", remedy="choose another one: make airflow PORT=8081"
        ) from error


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except ClienteleError as error:
        print(f"clientele: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
