"""One lake with the exports of every shop system of the West, taken in and built once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import test_magento
import test_shopify
import test_square
import test_toast
import test_woocommerce

from clientele.duck import connect
from clientele.lake.ingest import ingest
from clientele.settings import Settings
from clientele.warehouse.build import dbt_process
from clientele.warehouse.candidate import begin

_TABLES = (
    "load_ledger",
    "quarantined_rows",
    "sales_line_totals",
    "sales_totals",
    "customers",
    "customer_accounts",
)


@dataclass(frozen=True)
class Built:
    """A lake that took in exports, and the tables built on it."""

    settings: Settings
    database: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.database.execute(sql).fetchall()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], None]) -> Iterator[Built]:
    """Every file of every module of this folder, taken in and built with the data tests of the models."""
    settings = Settings(
        home=tmp_path_factory.mktemp("western_shops"),
        business_time_zone="America/New_York",
        phone_region="US",
        settle_seconds=0,
    )
    parsed(settings.home)
    for module in (test_shopify, test_square, test_toast, test_woocommerce, test_magento):
        _deliver(settings.landing / module.SOURCE, module.FILES)
    refused = [file for file in ingest(settings).files if file.status != "accepted"]
    assert refused == []
    candidate = begin(settings, None)
    selected = ["--select", *(f"+{table}" for table in _TABLES), "--exclude-resource-type", "unit_test"]
    selected += ["--indirect-selection", "cautious"]
    with dbt_process(settings, candidate.database, candidate.target, ["build", *selected]) as dbt:
        said, _ = dbt.communicate()
    assert dbt.returncode == 0, said[-4000:]
    with connect(candidate.database, settings) as connection:
        yield Built(settings, connection)


def _deliver(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
