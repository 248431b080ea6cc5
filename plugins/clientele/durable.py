"""Files that are whole or not there, also after a power cut, and replaced without a reader noticing."""

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
    sync(path.parent)


def sync(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Force everything under ``folder`` to the disk, the innermost first."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(parent) / name)
        sync(Path(parent))


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
    sync(path.parent)


@contextmanager
def private_draft(path: Path) -> Iterator[Path]:
    """The draft of ``path``, made empty, readable by its owner alone; gets its name when the block ends.

    Whoever writes to it must not replace it. After an error nothing is left of it.
    """
    make_folder(path.absolute().parent)
    draft = draft_of(path)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        sync(draft)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    keep_draft(path)


def write_once(path: Path, content: bytes) -> None:
    """Write a file under a name that must be free; raises FileExistsError otherwise."""
    with open_draft(path) as file:
        file.write(content)
    os.link(draft_of(path), path)
    draft_of(path).unlink()
    sync(path.parent)


def write_durably(path: Path, text: str) -> None:
    """Replace ``path`` with ``text``: a reader, or a restart, finds the old text or the new, whole."""
    with open_draft(path) as file:
        file.write(text.encode())
    keep_draft(path)


def point(link: Path, target: str) -> bool:
    """Let the symbolic link ``link`` lead to ``target``; False when it already did.

    The link is replaced by rename, so it leads to the old target or the new one at every instant.
    """
    if link.is_symlink() and str(link.readlink()) == target:
        return False
    draft_of(link).unlink(missing_ok=True)
    draft_of(link).symlink_to(target)
    keep_draft(link)
    return True
