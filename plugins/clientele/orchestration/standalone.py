"""A local Airflow with its page, its scheduler and the DAGs: `python -m clientele.orchestration.standalone`.

For one person on one machine: SQLite metadata, one administrator, reachable from this machine only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from clientele.orchestration.environment import airflow_environment
from clientele.settings import inherited_environment, load_settings


def main() -> None:
    """Become `airflow standalone`; it ends with Ctrl-C."""
    settings = load_settings()
    environment = airflow_environment(settings)
    port = inherited_environment().get("AIRFLOW__API__PORT", "8080")
    programs = Path(sys.executable).parent
    # Airflow starts its parts by name, so the environment's programs have to come first.
    path = os.pathsep.join([str(programs), inherited_environment().get("PATH", os.defpath)])
    print(
        f"Airflow will answer at http://127.0.0.1:{port} in about half a minute; it ends with Ctrl-C.\n"
        f"User: admin. Password: {environment['AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE']}\n"
        f"The DAGs are paused at first: switch on an ingest DAG and release_on_ingest.\n"
        f"Exports are taken from {settings.landing}.",
        file=sys.stderr,
        flush=True,
    )
    os.execve(  # noqa: S606 (a program of this environment, no shell)
        programs / "airflow",
        ["airflow", "standalone"],
        inherited_environment() | environment | {"PATH": path},
    )


if __name__ == "__main__":
    main()
