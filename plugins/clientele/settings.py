"""Settings: the one module that reads the environment."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clientele.errors import ConfigurationError

PREFIX = "CLIENTELE_"
#: The repository: the folder that holds dags/, dbt_project/, expectations/ and plugins/.
PROJECT = Path(__file__).resolve().parents[2]

#: What DuckDB takes for a limit. It also takes a negative one, for no limit at all.
_MEMORY = re.compile(r"(?=.*[1-9])\d+(\.\d+)?\s*[KMGT]i?B", re.IGNORECASE)
#: More than any machine has; a thousand million end DuckDB's process without a word.
_MOST_THREADS = 1024


@dataclass(frozen=True)
class Settings:
    """Where the shop's data lives and how this installation behaves.

    ``home`` holds landing/, lake/, warehouse/, published/ and reports/. ``dbt_project`` is another one where
    something is tried out.
    """

    home: Path
    business_time_zone: str = "Asia/Shanghai"
    phone_region: str = "CN"
    settle_seconds: float = 1.0
    keep_releases: int = 5
    keep_originals_days: int = 35
    threads: int = 2
    memory_limit: str = "3GB"
    secret_key: str | None = field(default=None, repr=False)
    postgres_url: str | None = field(default=None, repr=False)
    docs_url: str | None = None
    approve_unattended: bool = False
    report_masked_names: bool = False
    failpoint: str | None = None
    dbt_project: Path = PROJECT / "dbt_project"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def data_docs_address(self) -> str:
        """Where people read the Data Docs: below ``docs_url`` where they are served, else the file itself."""
        served = self.docs_url or (self.reports / "data_docs").absolute().as_uri()
        return f"{served.rstrip('/')}/index.html"

    @property
    def expectations(self) -> Path:
        return PROJECT / "expectations"

    @property
    def dags(self) -> Path:
        return PROJECT / "dags"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``CLIENTELE_*`` variables; ``CLIENTELE_HOME`` defaults to ``./.clientele``.

    Raises ConfigurationError naming the variable whose value cannot be used.
    """
    env = os.environ if environment is None else environment

    def text(name: str, default: str) -> str:
        return env.get(PREFIX + name) or default

    def number(name: str, default: float, low: float) -> float:
        raw = text(name, str(default))
        try:
            value = float(raw)
        except ValueError:
            value = low - 1
        if not low <= value < math.inf:
            raise ConfigurationError(
                f"{PREFIX}{name}={raw!r} is not a number of at least {low:g}",
                remedy=f"unset it for the default of {default:g}",
            )
        return value

    def whole(name: str, default: int, low: int, high: int = sys.maxsize) -> int:
        raw = text(name, str(default))
        # What Python takes for a number besides digits, such as 2.7, 1e9 or 1_000, nobody means here.
        if not (raw.strip().isdecimal() and low <= int(raw) <= high):
            bound = f"of at least {low}" if high == sys.maxsize else f"from {low} to {high}"
            raise ConfigurationError(
                f"{PREFIX}{name}={raw!r} is not a whole number {bound}",
                remedy=f"unset it for the default of {default}",
            )
        return int(raw)

    def switch(name: str) -> bool:
        raw = text(name, "false").casefold()
        if raw not in {"true", "false"}:
            raise ConfigurationError(f"{PREFIX}{name}={raw!r} is neither true nor false")
        return raw == "true"

    return Settings(
        home=Path(text("HOME", ".clientele")).expanduser().resolve(),
        business_time_zone=_time_zone(text("BUSINESS_TIME_ZONE", Settings.business_time_zone)),
        phone_region=_phone_region(text("PHONE_REGION", Settings.phone_region)),
        settle_seconds=number("SETTLE_SECONDS", Settings.settle_seconds, 0),
        keep_releases=whole("KEEP_RELEASES", Settings.keep_releases, 1),
        keep_originals_days=whole("KEEP_ORIGINALS_DAYS", Settings.keep_originals_days, 0),
        threads=whole("THREADS", Settings.threads, 1, _MOST_THREADS),
        memory_limit=_memory_limit(text("MEMORY_LIMIT", Settings.memory_limit)),
        secret_key=env.get(PREFIX + "SECRET_KEY") or None,
        postgres_url=env.get(PREFIX + "POSTGRES_URL") or None,
        docs_url=env.get(PREFIX + "DOCS_URL") or None,
        approve_unattended=switch("APPROVE_UNATTENDED"),
        report_masked_names=switch("REPORT_MASKED_NAMES"),
        failpoint=env.get(PREFIX + "FAILPOINT") or None,
    )


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{PREFIX}BUSINESS_TIME_ZONE={name!r} is not a time zone",
            remedy="use a name such as Asia/Shanghai",
        ) from error
    return name


def _phone_region(code: str) -> str:
    """Of a country that is not known no number is read, and nobody would ever be found by a phone."""
    if code != Settings.phone_region:
        # Importing it takes a short command a tenth longer.
        from phonenumbers import SUPPORTED_REGIONS

        if code not in SUPPORTED_REGIONS:
            raise ConfigurationError(
                f"{PREFIX}PHONE_REGION={code!r} is not the code of a country",
                remedy="use two capital letters of ISO 3166 such as CN or GB",
            )
    return code


def _memory_limit(size: str) -> str:
    if not _MEMORY.fullmatch(size):
        raise ConfigurationError(
            f"{PREFIX}MEMORY_LIMIT={size!r} is not a size of memory", remedy="use one such as 3GB or 1500MB"
        )
    return size


def inherited_environment() -> dict[str, str]:
    """A copy of this process's environment, for the processes it starts."""
    return dict(os.environ)
