"""The environment variables under which Airflow runs on one CLIENTELE_HOME without any service."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import fields
from pathlib import Path

from clientele.settings import PREFIX, PROJECT, Settings

#: Telemetry of Airflow, dbt and Great Expectations is off wherever this project starts them.
TELEMETRY_OFF = {
    "DO_NOT_TRACK": "1",
    "SCARF_ANALYTICS": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


def airflow_home(settings: Settings) -> Path:
    """The folder of Airflow's metadata, logs and passwords: inside CLIENTELE_HOME, disposable."""
    return settings.home / "airflow"


def airflow_environment(settings: Settings) -> dict[str, str]:
    """What Airflow and its tasks need to work on ``settings``; makes the folder and the secrets once."""
    home = airflow_home(settings)
    home.mkdir(parents=True, exist_ok=True)
    return (
        TELEMETRY_OFF
        | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW_CONFIG": str(PROJECT / "airflow.cfg"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(settings.dags),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            # The processes of one Airflow sign and check each other's requests with the same secret.
            "AIRFLOW__API_AUTH__JWT_SECRET": _secret(home / "jwt.secret"),
            "AIRFLOW__CORE__FERNET_KEY": _secret(home / "fernet.secret"),
        }
        | _clientele_variables(settings)
    )


def _clientele_variables(settings: Settings) -> dict[str, str]:
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return {PREFIX + name.upper(): str(value) for name, value in values.items() if value is not None}


def _secret(path: Path) -> str:
    """The secret kept in ``path``; the first caller makes it, readable by its owner only."""
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(urlsafe_b64encode(secrets.token_bytes(32)))
        # Of two that start at once, the first to link wins, and both read the whole of its secret.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        Path(draft).unlink()
    return path.read_text(encoding="ascii")
