"""The side build of a simulation: the models of production over the same loads, with the scheme tried.

It lies in ``warehouse/simulations/<name>/`` until the simulation is done: the copy of the dbt project, and a
candidate that can never be published.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
from filelock import FileLock, Timeout
from ruamel.yaml import YAML

from clientele.duck import connect, path_literal
from clientele.errors import UnavailableError
from clientele.publish.record import Release
from clientele.publish.store import DATABASE
from clientele.settings import Settings
from clientele.simulation.thresholds import Variant, file_of
from clientele.simulation.tried import Tried
from clientele.warehouse.build import build
from clientele.warehouse.candidate import Candidate, begin_aside
from clientele.warehouse.overlay import overlay

Progress = Callable[[str], None]

#: Reviews that were sealed are no part of a simulation: the scheme decides as if it had always been there.
_NO_REVIEW: Final = 0


def variant_model(variant: Variant) -> str:
    """The name of the model of a variant in the copy of the project."""
    return f"variant_{variant.threshold.number:03d}_{variant.direction}"


def simulation_name(tried: Tried, from_date: date, to_date: date) -> str:
    """What the folders of a simulation are called."""
    return f"{tried.scheme.id}_v{tried.scheme.version}_{from_date}_{to_date}"


def months_between(earlier: date, later: date) -> int:
    """From the calendar month of one day to that of another."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


@contextmanager
def side_build(
    settings: Settings,
    release: Release,
    tried: Tried,
    variants: Sequence[Variant],
    from_date: date,
    to_date: date,
    progress: Progress,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the side build, with the release attached as ``published``; both go when it closes.

    It knows the loads that the release knew, so that both sides saw the same; one that failed stays, for its
    logs. Raises GateFailedError where a model fails, UnavailableError while the same simulation is under way.
    """
    name = simulation_name(tried, from_date, to_date)
    folder = settings.warehouse / "simulations" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise UnavailableError(f"the simulation {name} is already under way", remedy="wait for it") from error
    try:
        candidate = _build(settings, release, tried, variants, (folder, from_date, to_date), progress)
        with connect(candidate.database, settings) as connection:
            published = path_literal(release.directory / DATABASE)
            connection.execute(f"attach {published} as published (read_only)")
            # Variants are views: from now on they look at the last date alone.
            connection.execute("update intermediate.int_as_of_dates set is_recent = is_current")
            yield connection
        shutil.rmtree(folder)
    finally:
        lock.release()


def _build(
    settings: Settings,
    release: Release,
    tried: Tried,
    variants: Sequence[Variant],
    place: tuple[Path, date, date],
    progress: Progress,
) -> Candidate:
    folder, from_date, to_date = place
    scheme = tried.scheme
    models = {variant_model(each): _text(each) for each in variants if each.content is not None}
    progress(f"copy the project with {scheme.id} version {scheme.version} and {len(models)} variants of it")
    aside = overlay(settings, folder / "project", {scheme.id: tried.text, **models}, only=[scheme.id])
    _make_views(aside, list(models))
    candidate = begin_aside(
        aside,
        folder / "candidate",
        to_date,
        known_load_id=release.known_load_id,
        known_sequence_number=_NO_REVIEW,
    )
    # A scheme with a policy is followed from as far back as in production; another knows no past.
    months = months_between(from_date, to_date)
    variables = None if scheme.policy else {"review_months": months, "recent_months": months}
    progress(f"build as of {to_date}")
    select = ["+tier_history", *models]
    build(aside, candidate, progress, select=select, with_tests=False, variables=variables)
    return candidate


def _text(variant: Variant) -> str:
    """The file of a variant: JSON, which every version of YAML reads alike."""
    return json.dumps(file_of(variant.content or {}, variant_model(variant)), ensure_ascii=False, indent=1)


def _make_views(aside: Settings, models: Sequence[str]) -> None:
    """Have dbt make views of these models: they are asked once, about one date."""
    yaml = YAML()
    file = aside.dbt_project / "dbt_project.yml"
    project: dict[str, Any] = yaml.load(file)
    project["models"]["clientele"].update({name: {"+materialized": "view"} for name in models})
    yaml.dump(project, file)
