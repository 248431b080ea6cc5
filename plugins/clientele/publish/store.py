"""The published folder: where releases lie, which one is current, and how another becomes current.

    published/releases/r000001/     immutable once it has this name
    published/current               symbolic link to the current release; replacing it is the commit
    published/clientele.duckdb ...  symbolic links through ``current`` that never change
    reports/                        copies of the reports, of earlier releases too

``settle`` repairs and completes: what a killed publish left is undone when it died before the commit and
finished when it died after it.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from clientele.durable import point, sync, sync_tree
from clientele.errors import UnavailableError
from clientele.failpoints import failpoint
from clientele.publish.record import RECORD, Release, read_release, release_name
from clientele.settings import Settings

DATABASE: Final = "clientele.duckdb"
PARQUET: Final = "parquet"
CRM: Final = "crm"
REPORT: Final = "report"
_STABLE_NAMES: Final = (DATABASE, PARQUET, CRM, REPORT, RECORD)
_BUILDING: Final = ".building-"
_DISCARDED: Final = ".discarded-"
_LOCK_SECONDS: Final = 1800
_READ_ONLY: Final = 0o444


@contextmanager
def publish_lock(settings: Settings) -> Iterator[None]:
    """Only one process at a time changes the published folder; the system frees the lock of a dead one.

    Raises UnavailableError when another publish does not finish in half an hour.
    """
    _releases(settings).mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.published / ".publish.lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise UnavailableError("another publish is still under way", remedy="wait for it") from error


def current_release(settings: Settings) -> Release | None:
    """The release that readers see; None before the first one.

    Raises UnavailableError when its record cannot be read.
    """
    link = settings.published / "current"
    if not link.is_symlink():
        return None
    directory = settings.published / link.readlink()
    try:
        return read_release(directory)
    except UnavailableError as error:
        raise UnavailableError(error.message, remedy=way_back(settings, directory.name)) from error


def kept_folders(settings: Settings) -> list[Path]:
    """The folders of the releases that are kept, the newest first; settled, the current one is the first."""
    return sorted(_releases(settings).glob("r*"), reverse=True)


def way_back(settings: Settings, release_id: str) -> str:
    """What to do when the files of the current release ``release_id`` are damaged or gone.

    No run can publish after it: a release tells what changed since the one before.
    """
    earlier = [path.name for path in kept_folders(settings) if path.name < release_id]
    if earlier:
        link = f"ln -sfn releases/{earlier[0]} {settings.published / 'current'}"
        return f"show the release before: {link} and then `clientele run`, which publishes {release_id} anew"
    return f"remove {settings.published} and then `clientele run`, which publishes it anew"


def start_building(settings: Settings, run_id: str) -> Path:
    """An empty directory in which a release is made, invisible to readers."""
    directory = _releases(settings) / f"{_BUILDING}{run_id}"
    directory.mkdir()
    return directory


def commit(settings: Settings, building: Path, release_id: str) -> None:
    """Make the finished release in ``building`` the current one."""
    for path in building.rglob("*"):
        if path.is_file():
            # Opened for writing, the database would be locked for all others and get a log beside it.
            path.chmod(_READ_ONLY)
    sync_tree(building)
    building.rename(_releases(settings) / release_id)
    sync(_releases(settings))
    failpoint(settings, "publish_renamed")
    _point_stable_names(settings)
    failpoint(settings, "publish_linked")
    point(settings.published / "current", f"releases/{release_id}")


def settle(settings: Settings) -> None:
    """Bring the published folder into the one state that belongs to its current release.

    Changes nothing when it is in that state. Raises UnavailableError when ``current`` was lost.
    """
    releases = _releases(settings)
    for leftover in [*releases.glob(f"{_BUILDING}*"), *releases.glob(f"{_DISCARDED}*")]:
        shutil.rmtree(leftover)
    release = current_release(settings)
    names = sorted(path.name for path in releases.iterdir())
    uncommitted = [name for name in names if release is None or name > release.release_id]
    if release is None and uncommitted not in ([], [release_name(1)]):
        raise UnavailableError(
            f"{settings.published / 'current'} is missing beside {len(uncommitted)} releases",
            remedy=f"link it to the release to show, such as releases/{uncommitted[-1]}",
        )
    for name in uncommitted:
        _discard(releases / name)
    if release is None:
        return
    _point_stable_names(settings)
    _copy_reports(release.directory / REPORT, settings.reports)
    # A reader may be about to open the release it just found current, so its predecessor always stays.
    kept = max(settings.keep_releases, 2)
    for name in [name for name in names if name <= release.release_id][:-kept]:
        _discard(releases / name)


def missing_names(settings: Settings) -> list[str]:
    """The stable names that readers open and that do not lead through ``current``."""
    links = {name: settings.published / name for name in _STABLE_NAMES}
    return [
        name
        for name, link in links.items()
        if not link.is_symlink() or str(link.readlink()) != f"current/{name}"
    ]


def _releases(settings: Settings) -> Path:
    return settings.published / "releases"


def _point_stable_names(settings: Settings) -> None:
    for name in _STABLE_NAMES:
        point(settings.published / name, f"current/{name}")


def _discard(release: Path) -> None:
    """Remove a release under another name, so that none is ever seen half removed."""
    discarded = release.with_name(_DISCARDED + release.name)
    release.rename(discarded)
    shutil.rmtree(discarded)


def _copy_reports(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    # Of a release that lost its reports nothing can be copied; the next one brings its own.
    if not source.is_dir():
        return
    for report in sorted(source.iterdir()):
        copy = target / report.name
        if not (copy.exists() and filecmp.cmp(report, copy, shallow=False)):
            beside = target / f".{report.name}.part"
            shutil.copyfile(report, beside)
            beside.replace(copy)
