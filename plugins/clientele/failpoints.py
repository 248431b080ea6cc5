"""Named places where a test may kill the process, to show that the next run repairs everything."""

from __future__ import annotations

import os

from clientele.settings import Settings

#: What a shell reports for a process ended by SIGKILL.
KILLED_EXIT_CODE = 137


def failpoint(settings: Settings, name: str) -> None:
    """End the process at once, without any cleaning up, when ``settings.failpoint`` is ``name``."""
    if settings.failpoint == name:
        os._exit(KILLED_EXIT_CODE)
