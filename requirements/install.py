"""Bring a virtual environment to the state of a lock file: `install.py VENV LOCK`, run in the repository.

Needs nothing but a Python that has `venv`, and can be read by an old one, which then says that it is too old.
"""

import collections
import re
import subprocess
import sys
import time
from pathlib import Path

NEEDED = (3, 11)
#: Every file is checked against the hash in the lock, nothing is resolved and nothing compiled: of all the
#: modules Python compiles the fifth that is used, when it is used first.
PIP_OPTIONS = [
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--no-deps", "--no-compile"),
]
PINNED = ["--require-hashes", "--only-binary", ":all:", "--requirement"]


def say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def works(python):
    """Whether the environment is whole: not of a Python that is gone, nor cut short while it was made."""
    try:
        return not subprocess.call([python, "-c", "import pip"], stderr=subprocess.DEVNULL)
    except OSError:
        return False


def run(command, count=None):
    """Run a command quietly, with a line for every 50 of ``count`` packages; on failure show how it ended."""
    tail = collections.deque(maxlen=15)
    seen = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    ) as process:
        for line in process.stdout:
            tail.append(line.rstrip())
            if count and line.startswith("Collecting "):
                seen += 1
                if seen % 50 == 0:
                    say(f"  {seen} of {count} packages fetched")
            elif count and line.startswith("Installing collected packages"):
                say("  unpacking")
    if process.returncode:
        say("\n".join(tail))
        say("failed: " + " ".join(command[:5]) + " ...")
    return process.returncode == 0


def main():
    venv, lock = sys.argv[1:3]
    if sys.version_info < NEEDED:
        say(f"clientele needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}")
        say("name another one: make PYTHON=python3.12 ...")
        return 2
    started = time.time()
    python = str(Path(venv, "bin", "python"))
    if not works(python) and not run([sys.executable, "-m", "venv", "--clear", venv]):
        say(f"could not make {venv}; on Debian and Ubuntu: apt install python3-venv")
        return 3
    count = len(re.findall(r"(?m)^[a-z0-9].*==", Path(lock).read_text(encoding="ascii")))
    say(f"installing {lock} ({count} packages) into {venv} ...")
    pip = [python, "-m", "pip", "install", *PIP_OPTIONS]
    if not run([*pip, *PINNED, lock], count):
        say(f"could not install {lock}; run the same command again once the package index can be reached")
        return 3
    if not run([*pip, "--no-build-isolation", "--no-index", "--editable", "."]):
        return 3
    say(f"installed in {time.time() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
