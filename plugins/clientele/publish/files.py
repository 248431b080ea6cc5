"""Writing that survives a power cut, and replacing that a reader never catches half done."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Force a file's bytes, or a directory's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(directory: Path) -> None:
    """Force everything under ``directory`` to the disk, the innermost first."""
    for parent, _, names in os.walk(directory, topdown=False):
        for name in names:
            sync(Path(parent) / name)
        sync(Path(parent))


def write_durably(path: Path, text: str) -> None:
    """Replace ``path`` with ``text``: a reader, or a restart, finds the old text or the new, whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    sync(beside)
    beside.replace(path)
    sync(path.parent)


def point(link: Path, target: str) -> bool:
    """Let the symbolic link ``link`` lead to ``target``; False when it already did.

    The link is replaced by rename, so it leads to the old target or the new one at every instant.
    """
    if link.is_symlink() and str(link.readlink()) == target:
        return False
    beside = link.with_name(f".{link.name}.part")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync(link.parent)
    return True
