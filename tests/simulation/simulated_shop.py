"""A small shop with the guide's scheme in production beside one of the project's."""

from __future__ import annotations

import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

from clientele import cli
from clientele.duck import connect, path_literal
from clientele.durable import point
from clientele.lake.ingest import ingest
from clientele.publish.record import RECORD, Release, release_name, to_json
from clientele.publish.store import DATABASE
from clientele.sample import generate
from clientele.settings import Settings
from clientele.tiers import versions_in
from clientele.warehouse.build import build
from clientele.warehouse.candidate import Candidate, begin
from clientele.warehouse.overlay import overlay
from project_parts import keep_sources

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
(SCHEME,) = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
(COMMAND,) = re.findall(r"^clientele (simulate .*)$", GUIDE, re.MULTILINE)
PUBLISHED = ("tier_history", "tier_sizes", "tier_decisions")


@dataclass(frozen=True)
class Simulated:
    """The shop after the guide's command: what it printed as JSON, and where its files lie."""

    settings: Settings
    as_json: str
    said: str

    @property
    def folder(self) -> Path:
        return self.settings.reports / "simulations" / "spending_club_v1_2026-01-01_2026-06-30"

    @property
    def production(self) -> Path:
        return self.settings.published / "current" / DATABASE


def make_shop(home: Path) -> Settings:
    """The shop with a current release of both schemes."""
    settings = Settings(home=home, settle_seconds=0)
    generate(
        settings.landing / "generic",
        home / "truth",
        customers=120,
        months=10,
        end=date(2026, 6, 30),
        seed=5,
        progress=lambda _line: None,
    )
    ingest(settings, None, lambda _line: None, now=datetime(2026, 7, 1, tzinfo=UTC))
    with_both = overlay(
        settings, home / "production", {"spending_club": SCHEME}, only=["membership_tier", "spending_club"]
    )
    keep_sources(with_both.dbt_project, ["generic"])
    candidate = begin(with_both, None)
    build(
        with_both,
        candidate,
        lambda _line: None,
        select=[f"+{table}" for table in PUBLISHED],
        with_tests=False,
    )
    publish(settings, candidate)
    return settings


def publish(settings: Settings, candidate: Candidate) -> None:
    """A release of the tables that a simulation reads, without the checks and all other tables."""
    folder = settings.published / "releases" / release_name(1)
    folder.mkdir(parents=True)
    with connect(folder / DATABASE, settings) as connection:
        connection.execute(f"attach {path_literal(candidate.database)} as candidate (read_only)")
        for table in PUBLISHED:
            connection.execute(f"create table {table} as from candidate.main.{table}")
    release = Release(
        release_id=release_name(1),
        sequence_number=1,
        previous_release_id=None,
        run_id=candidate.run_id,
        token=candidate.token,
        as_of_date=date(2026, 6, 30),
        known_load_id=candidate.known_load_id,
        content_digest="",
        tables={},
        published_at=datetime(2026, 7, 1, tzinfo=UTC),
        directory=folder,
        scheme_versions=versions_in(settings.dbt_project / "tiers"),
    )
    (folder / RECORD).write_text(to_json(release), encoding="utf-8")
    point(settings.published / "current", f"releases/{release.release_id}")


def run(arguments: list[str]) -> tuple[str, str]:
    """What a command writes to stdout and to stderr, as JSON and as text."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main([*arguments, "--json"])
    assert code == 0, err.getvalue()
    return out.getvalue(), err.getvalue()
