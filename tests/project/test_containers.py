"""The compose file and the Dockerfile, as far as they can be checked without running containers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = PROJECT / "docker-compose.yml"
SECRETS = {"POSTGRES_PASSWORD", "AIRFLOW_FERNET_KEY", "AIRFLOW_JWT_SECRET", "CLIENTELE_SECRET_KEY"}
AIRFLOW_SERVICES = {"airflow-init", "api-server", "scheduler", "dag-processor", "triggerer"}
#: They do their work and end.
STEPS = {"airflow-init", "bi-database", "bi-bundle", "superset-init"}
SUPERSET_SERVICES = {"bi-database", "bi-bundle", "superset-init", "superset"}
SUPERSET_SECRETS = {"SUPERSET_SECRET_KEY", "SUPERSET_ADMIN_PASSWORD", "ANALYST_PASSWORD"}


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def docker_compose_is_there() -> bool:
    docker = shutil.which("docker")
    return (
        bool(docker)
        and not subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode
    )


def complaints(compose_file: Path) -> str:
    """What docker compose, or else the compose specification's schema, says against the file."""
    if docker_compose_is_there():
        command = ["docker", "compose", "--file", str(compose_file), "config", "--quiet"]
    else:
        command = [
            str(Path(sys.executable).with_name("check-jsonschema")),
            "--builtin-schema",
            "vendor.compose-spec",
            str(compose_file),
        ]
    done = subprocess.run(
        command,
        env=os.environ | dict.fromkeys(SECRETS, "x"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_the_compose_file_is_valid():
    assert complaints(COMPOSE) == ""


def test_a_compose_file_with_a_wrong_key_is_not(tmp_path):
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("interval:", "intervall:"), encoding="utf-8")
    assert "intervall" in complaints(wrong)


def test_every_part_of_airflow_is_there_with_postgres(compose):
    in_profiles = {name for name, service in compose["services"].items() if "profiles" in service}
    assert set(compose["services"]) - in_profiles == AIRFLOW_SERVICES | {"postgres"}
    for name in AIRFLOW_SERVICES:
        environment = compose["services"][name]["environment"]
        assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql+psycopg2://")


def test_every_lasting_service_has_a_healthcheck(compose):
    for name, service in compose["services"].items():
        if name in STEPS:
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"][0] == "CMD", name


def test_secrets_have_no_default(compose):
    text = COMPOSE.read_text(encoding="utf-8")
    for secret in SECRETS:
        uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
        assert uses, secret
        assert all(use.startswith(":?") for use in uses), secret
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^([A-Z_]+)=$", example)) == SECRETS
    assert not re.search(r"(?m)^[A-Z_]+=.", example)


def test_only_the_scheduler_holds_the_data_and_the_key_to_it(compose):
    holders = {
        name
        for name, service in compose["services"].items()
        if any(volume.endswith(":/data") for volume in service.get("volumes", []))
    }
    keepers = {
        name
        for name, service in compose["services"].items()
        if "CLIENTELE_SECRET_KEY" in service["environment"]
    }
    assert holders == keepers == {"scheduler"}


def test_images_are_chosen_by_variables_and_ports_open_to_this_machine_only(compose):
    for service in compose["services"].values():
        assert re.fullmatch(r"\$\{\w+:-[\w/.-]+\}:\$\{\w+:-[\w.-]+\}", service["image"])
        for port in service.get("ports", []):
            assert re.match(r"\$\{(AIRFLOW|SUPERSET)_ADDRESS:-127\.0\.0\.1\}:", port)


def test_the_image_installs_from_the_locks_and_runs_as_an_ordinary_user():
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["ARG PYTHON_TAG=3.11-slim-bookworm", "FROM python:${PYTHON_TAG}"]
    assert not any(line.lower().startswith("# syntax") for line in lines)
    text = "\n".join(lines)
    assert text.count("--require-hashes") == 1
    assert "requirements/runtime.lock" in text
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["clientele"]
    assert text.index("USER clientele") > text.rindex("RUN ")


def test_superset_comes_by_its_profile_alone(compose):
    in_profile = {
        name for name, service in compose["services"].items() if service.get("profiles") == ["superset"]
    }
    assert in_profile == SUPERSET_SERVICES
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    text = COMPOSE.read_text(encoding="utf-8")
    for secret in SUPERSET_SECRETS:
        # Required by the services that use it: the file is read whole also where the profile is not wanted.
        assert re.findall(rf"(?<!\$)\$\{{{secret}([^}}]*)\}}", text)
        assert set(re.findall(rf"(?<!\$)\$\{{{secret}([^}}]*)\}}", text)) == {":-"}
        assert f"# {secret}=\n" in example
    prepare = (PROJECT / "bi" / "superset" / "prepare.sh").read_text(encoding="utf-8")
    assert '"${SUPERSET_ADMIN_PASSWORD:?}"' in prepare
    assert "$${ANALYST_PASSWORD:?" in text


def test_superset_reads_with_the_rights_of_a_reader(compose):
    for name in ("superset-init", "superset"):
        url = compose["services"][name]["environment"]["CLIENTELE_BI_URL"]
        assert url.startswith("postgresql://analyst:")
    roles = (PROJECT / "bi" / "postgres" / "roles.sql").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^grant (\w+) to analyst;", roles) == ["clientele_reader"]
