"""The environment Airflow gets: it leads a task back to the same settings, and its secrets stay."""

from __future__ import annotations

import dataclasses
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clientele.orchestration.environment import airflow_environment
from clientele.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        business_time_zone="Europe/London",
        keep_releases=2,
        settle_seconds=0.25,
        secret_key="x" * 32,
        docs_url="https://quality.example",
    )


def test_a_task_loads_the_settings_its_run_was_started_with(settings):
    loaded = load_settings(airflow_environment(settings))
    assert loaded == settings
    assert loaded.secret_key == settings.secret_key


def test_a_setting_that_is_not_set_stays_so(settings):
    environment = airflow_environment(dataclasses.replace(settings, secret_key=None))
    assert "CLIENTELE_SECRET_KEY" not in environment
    assert load_settings(environment).secret_key is None


def test_secrets_are_made_once_for_their_owner_only_also_when_two_start_at_once(settings):
    with ThreadPoolExecutor(8) as pool:
        environments = list(pool.map(airflow_environment, [settings] * 8))
    for name in ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY"):
        (secret,) = {environment[name] for environment in environments}
        assert len(secret) == 44
        assert secret == airflow_environment(settings)[name]
    kept = sorted((settings.home / "airflow").glob("*.secret*"))
    assert [path.name for path in kept] == ["fernet.secret", "jwt.secret"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_nothing_of_airflow_lies_outside_of_the_home(settings):
    environment = airflow_environment(settings)
    for name in ("AIRFLOW_HOME", "AIRFLOW__CORE__PLUGINS_FOLDER", "AIRFLOW__LOGGING__BASE_LOG_FOLDER"):
        assert Path(environment[name]).is_relative_to(settings.home)
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith(f"sqlite:///{settings.home}/")
