"""The landing folder: which files lie there, and whether their writers are done with them."""

from __future__ import annotations

import os
import stat
import time
import unicodedata
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from pathlib import Path

_NEVER_EXPORTS = (".done", ".part", ".tmp")
#: Stands in the root of a volume, closed to all but its administrator.
_OF_THE_FILE_SYSTEM = "lost+found"


@dataclass(frozen=True)
class LandedFile:
    """A file under ``landing/<source>/``; ``file_name`` is relative to that folder, with ``/``.

    ``problem`` is (reason code, reason) for a name that is not a readable file of this folder.
    """

    source: str
    file_name: str
    path: Path
    size_bytes: int = 0
    modified_ns: int = 0
    inode: int = 0
    problem: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"{self.source}/{self.file_name}"

    @property
    def is_declared_done(self) -> bool:
        """Whether its writer has put ``<file>.done`` beside it."""
        return self.path.with_name(self.path.name + ".done").exists()

    def is_unchanged(self) -> bool:
        """Whether it still is what it was when it was listed."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        seen = (self.size_bytes, self.modified_ns, self.inode)
        return (now.st_size, now.st_mtime_ns, now.st_ino) == seen


def list_files(
    landing: Path, source: str, on_error: Callable[[OSError], None] | None = None
) -> list[LandedFile]:
    """Everything under ``landing/<source>/`` that may be an export, by name; links are not followed out.

    ``on_error`` is told of each folder that cannot be listed.
    """
    root = landing / source
    found = []
    for folder, folders, names in os.walk(root, onerror=on_error):
        folders[:] = [name for name in folders if not name.startswith(".") and name != _OF_THE_FILE_SYSTEM]
        linked_folders = [name for name in folders if (Path(folder) / name).is_symlink()]
        found += [
            _look(root, source, Path(folder) / name)
            for name in [*names, *linked_folders]
            if _may_be_export(name)
        ]
    return sorted(found, key=lambda file: file.file_name)


def list_strays(landing: Path, sources: Container[str]) -> list[LandedFile]:
    """Files outside the folders of ``sources``: to be refused, so that nobody waits for them."""
    found = []
    for path in sorted(landing.iterdir()):
        name = printable(path.name)
        if path.is_dir() and name == path.name and name not in sources and not name.startswith("."):
            found += list_files(landing, name)
        elif not path.is_dir() and _may_be_export(path.name):
            problem = ("unknown_source", "it does not lie in the folder of a source, such as generic/")
            found.append(LandedFile(landing.name, name, path, problem=problem))
    return found


def unsettled(
    files: Iterable[LandedFile], settle_seconds: float, sleep: Callable[[float], None] = time.sleep
) -> set[LandedFile]:
    """The files that changed between two looks ``settle_seconds`` apart.

    A ``.done`` beside a file spares it the second look.
    """
    undeclared = [file for file in files if file.problem is None and not file.is_declared_done]
    if undeclared and settle_seconds > 0:
        sleep(settle_seconds)
    return {file for file in undeclared if not file.is_unchanged()}


def printable(text: str) -> str:
    """A name with everything escaped that a terminal, a log or UTF-8 would not take."""
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _may_be_export(name: str) -> bool:
    return not name.startswith(".") and not name.casefold().endswith(_NEVER_EXPORTS)


def _look(root: Path, source: str, path: Path) -> LandedFile:
    relative = path.relative_to(root).as_posix()
    name = printable(relative)
    problem = None
    if name != relative:
        problem = ("unprintable_name", "its name has characters that cannot be shown")
    elif not path.resolve().is_relative_to(root.resolve()):
        problem = ("outside_landing", "it is a link that leads out of the landing folder")
    if problem is None:
        try:
            seen = path.stat()
        except OSError:
            problem = ("unreadable_file", "it cannot be opened")
        else:
            if stat.S_ISREG(seen.st_mode):
                return LandedFile(source, name, path, seen.st_size, seen.st_mtime_ns, seen.st_ino)
            problem = ("not_a_file", "it is no regular file")
    return LandedFile(source, name, path, problem=problem)
