"""The real shops' data, where it can be had, taken the whole way once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from clientele import pipeline
from clientele.real_data import REAL_DATA, deliver
from clientele.settings import PROJECT, Settings

#: What these tests are about; the other data sets are followed where their sources are tested.
SHOPS = ("complete_journey", "online_retail")


def beside_the_project(name: str) -> Path | None:
    """The folder of a data set that lies beside the project."""
    folder = PROJECT.parent / "shared" / "data" / name
    return folder if folder.is_dir() else None


@dataclass(frozen=True)
class Shops:
    """Both shops in one lake, built and published as one release."""

    delivered: frozenset[str]
    published: duckdb.DuckDBPyConnection
    candidate: duckdb.DuckDBPyConnection

    def need(self, name: str) -> Shops:
        if name not in self.delivered:
            pytest.skip(f"the data of {REAL_DATA[name].title} is not here")
        return self


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], None]) -> Iterator[Shops]:
    """One run over both: the dollars of one and the pounds of the other must not meet anywhere."""
    settings = Settings(
        home=tmp_path_factory.mktemp("real_shops"),
        business_time_zone=REAL_DATA["complete_journey"].business_time_zone,
        settle_seconds=0,
    )
    delivered = set()
    for name in SHOPS:
        data = REAL_DATA[name]
        folder = beside_the_project(name)
        if folder is not None or (data.package and find_spec(data.package)):
            deliver(name, settings.landing, folder)
            delivered.add(name)
    if not delivered:
        pytest.skip("no real data is here")
    pipeline.ingest(settings, None, lambda _: None)
    parsed(settings.home)
    run_id = pipeline.prepare(settings, None)
    pipeline.check(settings, run_id, "sources")
    pipeline.build(settings, run_id, lambda _: None)
    pipeline.check(settings, run_id, "built")
    pipeline.publish(settings, run_id)
    candidate = pipeline.open_candidate(settings, run_id)
    with (
        duckdb.connect(str(settings.published / "clientele.duckdb"), read_only=True) as published,
        duckdb.connect(str(candidate.database), read_only=True) as built,
    ):
        yield Shops(frozenset(delivered), published, built)


@pytest.fixture
def complete_journey(shops: Shops) -> Shops:
    return shops.need("complete_journey")


@pytest.fixture
def online_retail(shops: Shops) -> Shops:
    return shops.need("online_retail")
