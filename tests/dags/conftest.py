"""The DAG files, loaded by an Airflow of its own: a temporary home and an empty metadata database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clientele.orchestration.environment import airflow_environment
from clientele.settings import Settings

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def dag_bag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagBag]:
    settings = Settings(home=tmp_path_factory.mktemp("airflow"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in airflow_environment(settings).items():
            patch.setenv(name, value)
        # Airflow reads its configuration when it is imported, so not before here.
        assert "airflow" not in sys.modules, "a test has imported Airflow before its home was set"
        from airflow.dag_processing.dagbag import DagBag
        from airflow.utils.db import initdb

        initdb()
        yield DagBag(settings.dags)
