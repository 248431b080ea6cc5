"""The task of a simulation: what it asks for, what it returns, and what it never tries twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from clientele import simulation
from clientele.errors import UnavailableError

PARAMS = {"scheme_text": "models: []", "scheme_file": "", "from_date": "2026-01-01", "to_date": "2026-06-30"}


@pytest.fixture
def simulate(dag_bag):
    """The task's function; Airflow is imported once its home is set."""
    from clientele.orchestration import tasks

    return tasks.simulate


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    recorded: list[tuple] = []

    def recording(settings, text, first, last, progress, *, against):
        recorded.append((text, first, last, against))
        return SimpleNamespace(folder=settings.reports / "simulations" / "one")

    monkeypatch.setattr(simulation, "simulate", recording)
    return recorded


def test_the_parameters_of_the_run_are_simulated(simulate, asked: list[tuple]) -> None:
    assert simulate(PARAMS) == "reports/simulations/one"
    assert simulate({**PARAMS, "against": "membership_tier"})
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    assert asked == [("models: []", first, last, None), ("models: []", first, last, "membership_tier")]


def test_a_file_that_the_worker_can_read_does_as_well(simulate, asked: list[tuple], tmp_path: Path) -> None:
    (tmp_path / "club.yml").write_text("models: [1]", encoding="utf-8")
    simulate({**PARAMS, "scheme_text": None, "scheme_file": str(tmp_path / "club.yml")})
    assert asked[0][0] == "models: [1]"


def test_wrong_parameters_are_not_tried_again(simulate, asked: list[tuple]) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="as its text or as its file"):
        simulate({**PARAMS, "scheme_file": "/also/a/file"})


def test_what_may_pass_is_tried_again(simulate, asked: list[tuple], monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_arguments, **_options):
        raise UnavailableError("the simulation is already under way")

    monkeypatch.setattr(simulation, "simulate", busy)
    with pytest.raises(UnavailableError):
        simulate(PARAMS)
