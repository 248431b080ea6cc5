"""Steps in processes of their own, so that the processor seconds and the highest memory of each are known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

Figures = dict[str, Any]
#: The figures that a process has, as tables head them.
HEADINGS = ("seconds", "processor seconds", "peak memory, MiB")


class ProcessFailedError(SystemExit):
    """A measured process did not do its work; without a handler the measurement ends with the message."""


def measured(
    name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
) -> tuple[Figures, str]:
    """Seconds, processor seconds and highest memory of a process and of all that it started; its output.

    What it writes as errors is shown. Raises ProcessFailedError unless it succeeds.
    """
    # A process begins with the highest memory of the one that started it, and this one may have held much:
    # a small Python between them starts it.
    starter = subprocess.run(
        [sys.executable, "-I", "-S", __file__, *command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    output, _, last_line = starter.stdout.rstrip("\n").rpartition("\n")
    figures = json.loads(last_line)
    status = figures.pop("exit_status")
    if status:
        raise ProcessFailedError(f"{name} failed with exit status {status}")
    return figures, output


def start(command: Sequence[str]) -> None:
    """Run a command and print its figures as one line after what it prints."""
    started = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    figures = {
        "seconds": round(time.perf_counter() - started, 2),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_memory_bytes": usage.ru_maxrss * 1024,
        "exit_status": process.returncode,
    }
    print(f"\n{json.dumps(figures)}")


def together(steps: Sequence[Figures]) -> Figures:
    """Steps that run one after another: their times added up, the highest of their memory."""
    return {
        "seconds": round(sum(step["seconds"] for step in steps), 2),
        "processor_seconds": round(sum(step["processor_seconds"] for step in steps), 2),
        "peak_memory_bytes": max(step["peak_memory_bytes"] for step in steps),
    }


def cells(figures: Figures) -> tuple[float, float, int]:
    """The cells of a table below ``HEADINGS``."""
    mebibytes = round(figures["peak_memory_bytes"] / 1024**2)
    return round(figures["seconds"], 1), round(figures["processor_seconds"], 1), mebibytes


if __name__ == "__main__":
    start(sys.argv[1:])
