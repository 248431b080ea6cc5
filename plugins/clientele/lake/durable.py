"""Files that are whole or not there, also after a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

DRAFT_SUFFIX = ".tmp"


def draft_of(path: Path) -> Path:
    """Where ``path`` is written before it gets its name."""
    return path.with_name(path.name + DRAFT_SUFFIX)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it so that they last."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=mode, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def open_draft(path: Path) -> Iterator[BinaryIO]:
    """The draft of ``path``, open for writing; its content is on disk when the block ends."""
    with draft_of(path).open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def keep_draft(path: Path) -> None:
    """Give the draft its name, in place of whatever had it."""
    draft_of(path).replace(path)
    sync_folder(path.parent)


def write_once(path: Path, content: bytes) -> None:
    """Write a file under a name that must be free; raises FileExistsError otherwise."""
    with open_draft(path) as file:
        file.write(content)
    os.link(draft_of(path), path)
    draft_of(path).unlink()
    sync_folder(path.parent)
