"""The other tools that benches measure beside, in an environment of their own, and steps run in processes."""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "peers.txt"


def peers_python(home: Path) -> str | None:
    """The Python that has the other tools, installed below ``home`` on first use; None, said why, without."""
    folder = home / "peers"
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return str(python)
    print(f"installing {REQUIREMENTS.name} into {folder} ...", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    installed = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        print("the other tools cannot be installed, so they are not measured:")
        print("\n".join(installed.stderr.splitlines()[-5:]))
        return None
    stamp.write_text(wanted, encoding="utf-8")
    return str(python)


def run_step(python: str | None, script: str, arguments: list[str], timeout: float) -> dict[str, Any] | str:
    """What ``script --step`` printed as JSON, or why there is nothing."""
    if python is None:
        return "not installed"
    try:
        done = subprocess.run(
            [python, script, *arguments], capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {timeout:.0f} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:200]
    outcome: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return outcome
