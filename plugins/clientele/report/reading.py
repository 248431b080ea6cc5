"""Reads a published release: one connection, one date, and the parameters that every query may name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

import duckdb

from clientele.errors import ConfigurationError, UnavailableError
from clientele.report.words import Words
from clientele.tiers import Measure, Measures, SchemeMeasures, measure_named

Row = TypeVar("Row")

#: Shown whole even where no policy and no comparison names it: the first page of the book.
PYRAMID = "value_pyramid"
#: So few schemes are all shown whole; of more, those that decide something.
SHOWN_WHOLE = 8
#: How many dates a development over time shows: a year and the month it is compared with.
DATES_SHOWN = 13


@dataclass(frozen=True)
class Limits:
    """What reading may take of the machine: memory such as ``4GB``, and threads; None leaves it to DuckDB."""

    memory: str | None = None
    threads: int | None = None

    @property
    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        limits = {"memory_limit": self.memory, "threads": self.threads}
        return {name: value for name, value in limits.items() if value is not None}


NO_LIMITS: Final = Limits()
NO_MEASURES: Final[SchemeMeasures] = MappingProxyType({})


@dataclass(frozen=True)
class Release:
    """The release the report is about."""

    release_id: str
    run_id: str
    as_of_date: date
    known_load_id: int | None
    previous_release_id: str | None
    content_digest: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class Scheme:
    """A scheme that has tiers at the date; ``is_main``: shown with its movements and customers.

    ``measures`` are the figures that its file names; none where the file is of another version by now.
    """

    scheme_id: str
    scheme_version: int
    scheme_title_zh: str
    scheme_title_en: str
    is_main: bool
    has_policy: bool
    measures: Measures = field(default_factory=dict)

    @property
    def title(self) -> Words:
        return Words(self.scheme_title_zh, self.scheme_title_en)

    def measure(self, code: str) -> Measure:
        """What the figure that decided is, by the scheme's file or else by its code."""
        return self.measures.get(code) or measure_named(code)


@dataclass(frozen=True)
class Scope:
    """The date a report is about, what it is compared with, and the schemes that have tiers at it."""

    release: Release
    as_of_date: date
    previous_date: date | None
    last_year_date: date | None
    schemes: tuple[Scheme, ...]

    @property
    def is_current(self) -> bool:
        """Whether the date is the release's own, for which every figure is published."""
        return self.as_of_date == self.release.as_of_date

    @property
    def main_schemes(self) -> tuple[Scheme, ...]:
        return tuple(scheme for scheme in self.schemes if scheme.is_main)


class Source:
    """A release's tables, read-only. Queries may name ``$as_of_date``, ``$previous_date``,
    ``$last_year_date``, ``$release_date``, ``$scheme_ids`` and ``$main_scheme_ids`` beside their own
    parameters."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
        self.scope = scope
        self._connection = connection
        self._parameters: dict[str, object] = {
            "as_of_date": scope.as_of_date,
            "previous_date": scope.previous_date,
            "last_year_date": scope.last_year_date,
            "release_date": scope.release.as_of_date,
            "scheme_ids": [scheme.scheme_id for scheme in scope.schemes],
            "main_scheme_ids": [scheme.scheme_id for scheme in scope.main_schemes],
        }

    def rows(self, row_type: type[Row], sql: str, **parameters: object) -> list[Row]:
        """The rows of a query, its columns named as the fields of ``row_type``."""
        return _rows(self._connection, row_type, sql, {**self._parameters, **parameters})

    def row(self, row_type: type[Row], sql: str, **parameters: object) -> Row:
        """The one row of a query that always has one."""
        return self.rows(row_type, sql, **parameters)[0]

    def has(self, table: str, *columns: str) -> bool:
        """Whether the release has the table with these columns: what came later is not in old releases."""
        return _has(self._connection, table, columns)


def _has(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> bool:
    found = connection.execute(
        "select column_name from information_schema.columns"
        " where table_name = $table and table_schema = current_schema()",
        {"table": table},
    ).fetchall()
    return bool(found) and set(columns) <= {name for (name,) in found}


def _rows(
    connection: duckdb.DuckDBPyConnection, row_type: type[Row], sql: str, parameters: dict[str, object]
) -> list[Row]:
    named = set(re.findall(r"\$([a-z_]+)", sql))
    given = {name: value for name, value in parameters.items() if name in named}
    result = connection.execute(sql, given) if given else connection.execute(sql)
    names = [column[0] for column in result.description or []]
    return [row_type(**dict(zip(names, values, strict=True))) for values in result.fetchall()]


_RELEASE = """
with latest as (
    select * from releases order by sequence_number desc, release_id limit 1
)

select
    release_id,
    run_id,
    coalesce(as_of_date, (select max(as_of_date) from customer_values)) as as_of_date,
    known_load_id,
    previous_release_id,
    content_digest,
    published_at
from latest
"""

_DATES = """
select distinct as_of_date
from (
    select as_of_date from tier_sizes
    union all
    select as_of_date from customer_values_monthly
)
order by as_of_date
"""

_NEWEST_REVIEW = "select max(as_of_date) as as_of_date from tier_reviews"

# A scheme with a policy keeps every decision, others those of the last two dates and of sealed reviews only.
# The tiers of a scheme that lacks data have sizes too, all 0: that is not what it would say with the data.
_SCHEMES = """
with policies as (
    select distinct scheme_id
    from tier_decisions
    where decided_on_date < $before_date and (scheme_id, decided_on_date) not in ({sealed})
),

compared as (
    select scheme_id from tier_disagreements
    union
    select other_scheme_id from tier_disagreements
)

select
    scheme_id,
    max(scheme_version) as scheme_version,
    any_value(scheme_title_zh order by scheme_version desc) as scheme_title_zh,
    any_value(scheme_title_en order by scheme_version desc) as scheme_title_en,
    scheme_id in (select scheme_id from policies) as has_policy,
    scheme_id in (select scheme_id from policies) or scheme_id in (select scheme_id from compared) as is_main
from tier_sizes
where as_of_date = $as_of_date
group by scheme_id
having
    sum(customers_count) > 0
    or scheme_id not in (select scheme_id from scheme_states where state = 'missing_feed')
order by scheme_id
"""
_SEALED = "select scheme_id, as_of_date from tier_reviews"
_NOTHING_SEALED = "select null, null where false"


@contextmanager
def open_release(
    database: Path,
    as_of_date: date | None = None,
    scheme_ids: Sequence[str] = (),
    limits: Limits = NO_LIMITS,
    measures: SchemeMeasures = NO_MEASURES,
) -> Iterator[Source]:
    """Open a published DuckDB file, read-only, at a date whose tiers it holds.

    Without a date it is that of the newest sealed review, or else the release's own. ``scheme_ids`` are the
    schemes to show whole; where none is named, all if they are few, or else those with a policy, those that
    are compared with each other, and the pyramid. ``measures`` name the figures of schemes.

    Raises UnavailableError when the file cannot be read, lacks a published table or holds no release, and
    ConfigurationError for a date or a scheme it has no tiers of.
    """
    try:
        with duckdb.connect(str(database), read_only=True, config=limits.config) as connection:
            yield Source(connection, _scope(connection, as_of_date, scheme_ids, measures))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UnavailableError(
            f"cannot read the published tables in {database}: {reason}",
            remedy="publish a release with `clientele run` first",
        ) from error


@dataclass(frozen=True)
class _Dated:
    as_of_date: date | None


def _scope(
    connection: duckdb.DuckDBPyConnection,
    as_of_date: date | None,
    scheme_ids: Sequence[str],
    measures: SchemeMeasures,
) -> Scope:
    releases = _rows(connection, Release, _RELEASE, {})
    if not releases or releases[0].as_of_date is None:
        raise UnavailableError(
            "the published tables hold no release to report on",
            remedy="publish a release with `clientele run` first",
        )
    release = releases[0]
    dates = [row.as_of_date for row in _rows(connection, _Dated, _DATES, {}) if row.as_of_date is not None]
    chosen = as_of_date or _newest_review(connection, dates) or release.as_of_date
    if chosen not in {*dates, release.as_of_date}:
        raise ConfigurationError(
            f"the release has no tiers of {chosen}",
            remedy=f"use one of: {', '.join(map(str, dates[-DATES_SHOWN:])) or release.as_of_date}",
        )
    earlier = [day for day in dates if day < release.as_of_date]
    has_reviews = _has(connection, "tier_reviews", ["scheme_id", "as_of_date"])
    schemes = _rows(
        connection,
        Scheme,
        _SCHEMES.format(sealed=_SEALED if has_reviews else _NOTHING_SEALED),
        {
            "as_of_date": chosen,
            "before_date": max(earlier, default=release.as_of_date),
        },
    )
    schemes.sort(key=lambda scheme: (scheme.scheme_id != PYRAMID, not scheme.has_policy, scheme.scheme_id))
    return Scope(
        release=release,
        as_of_date=chosen,
        previous_date=max((day for day in dates if day < chosen), default=None),
        last_year_date=next((day for day in dates if day == _year_before(chosen)), None),
        schemes=tuple(
            replace(scheme, measures=measures.get((scheme.scheme_id, scheme.scheme_version), {}))
            for scheme in _with_main(schemes, scheme_ids)
        ),
    )


def _newest_review(connection: duckdb.DuckDBPyConnection, dates: Sequence[date]) -> date | None:
    if not _has(connection, "tier_reviews", ["as_of_date"]):
        return None
    (newest,) = _rows(connection, _Dated, _NEWEST_REVIEW, {})
    return newest.as_of_date if newest.as_of_date in dates else None


def _with_main(schemes: Sequence[Scheme], scheme_ids: Sequence[str]) -> Iterator[Scheme]:
    unknown = sorted(set(scheme_ids) - {scheme.scheme_id for scheme in schemes})
    if unknown:
        raise ConfigurationError(
            f"the release has no tiers of {', '.join(unknown)} at that date",
            remedy="see scheme_states for what each scheme lacks",
        )
    shows_all = len(schemes) <= SHOWN_WHOLE or not any(scheme.is_main for scheme in schemes)
    for scheme in schemes:
        is_main = shows_all or scheme.is_main or scheme.scheme_id == PYRAMID
        if scheme_ids:
            is_main = scheme.scheme_id in scheme_ids
        yield replace(scheme, is_main=is_main)


def _year_before(day: date) -> date:
    """The same day a year earlier; the end of a month stays the end."""
    is_end = (date.fromordinal(day.toordinal() + 1)).month != day.month
    first = date(day.year - 1, day.month, 1)
    if not is_end:
        return first.replace(day=day.day)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
