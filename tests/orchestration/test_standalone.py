"""The local Airflow's few words to people; starting and stopping it is tested in end_to_end."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from clientele.errors import UnavailableError
from clientele.orchestration.standalone import ADDRESS, LocalAirflow
from clientele.settings import Settings


def standalone(port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clientele.orchestration.standalone", port],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_in_use_or_out_of_range_is_one_line_with_a_way_out():
    with socket.create_server((ADDRESS, 0)) as server:
        for port in (str(server.getsockname()[1]), "70000"):
            done = standalone(port)
            assert done.returncode == 2
            assert done.stderr.startswith(
                f"clientele: cannot listen on port {port} of 127.0.0.1 (choose another"
            )
            assert done.stderr.count("\n") == 1


def test_a_port_that_is_none_is_said():
    done = standalone("http")
    assert (done.returncode, done.stderr) == (2, "clientele: PORT=http is not a port number\n")


def test_a_part_that_cannot_start_is_named_with_its_log_and_nothing_is_left(tmp_path):
    airflow = LocalAirflow(
        Settings(home=tmp_path), 1, {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:///relative.db"}
    )
    with pytest.raises(UnavailableError, match="metadata could not be migrated") as raised, airflow:
        pass
    assert str(tmp_path / "airflow" / "logs" / "db.log") in str(raised.value)
    assert "relative" in (tmp_path / "airflow" / "logs" / "db.log").read_text()
