"""What a check finds, and where within the scheme."""

from __future__ import annotations

from typing import NamedTuple

Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """What is wrong at a place within the scheme."""

    path: Path
    reason: str
