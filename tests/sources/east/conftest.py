"""All exports of this folder taken in and built once, with the real ones that lie beside the project."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import east_exports
import pytest

from clientele import pipeline
from clientele.settings import PROJECT, Settings
from clientele.warehouse.build import dbt_process

_REAL = {"cdnow": "CDNOW_master.txt", "poslog": "retalix_r10_sainsburys_1.xml"}
_TABLES = ("load_ledger", "quarantined_rows", "sales_line_totals", "sales_totals", "customer_accounts")


@dataclass(frozen=True)
class EastShop:
    """The built tables, and which real exports are among them."""

    home: Path
    built: duckdb.DuckDBPyConnection
    real: frozenset[str]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.built.execute(query).fetchall()

    def lines(self, source: str, columns: str, condition: str = "true") -> list[tuple[Any, ...]]:
        """Columns of a source's lines with what became of them, in the order they came."""
        return self.figures(source, columns, condition, "order by load_id, row_number")

    def figures(self, source: str, columns: str, condition: str, ending: str = "") -> list[tuple[Any, ...]]:
        """Columns computed from a source's lines and what became of them."""
        return self.rows(
            f"select {columns} from intermediate.int_sale_lines_unioned as lines"
            " inner join (select * exclude (business_date) from intermediate.int_rows_accounted) as accounted"
            " using (load_id, row_number)"
            " inner join lake.loads as loads using (load_id)"
            f" where lines.source = '{source}' and ({condition}) {ending}"
        )

    def need_real(self, name: str) -> None:
        if name not in self.real:
            pytest.skip(f"{_REAL[name]} does not lie beside the project")


@pytest.fixture(scope="session")
def east_shop(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Path], None]) -> Iterator[EastShop]:
    settings = Settings(home=tmp_path_factory.mktemp("east"), settle_seconds=0)
    parsed(settings.home)
    east_exports.write_exports(settings.landing)
    real = set()
    for source, name in _REAL.items():
        original = PROJECT.parent / "shared" / "data" / source / name
        if original.is_file():
            shutil.copyfile(original, settings.landing / source / name)
            real.add(source)
    result = pipeline.ingest(settings, None, lambda _: None)
    assert {file.status for file in result.files} == {"accepted"}, result.files
    candidate = pipeline.open_candidate(settings, pipeline.prepare(settings, None))
    arguments = ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    arguments += ["--select", *(f"+{table}" for table in _TABLES)]
    with dbt_process(settings, candidate.database, candidate.target, arguments) as dbt:
        said, _ = dbt.communicate()
    assert dbt.returncode == 0, said[-3000:]
    with duckdb.connect(str(candidate.database), read_only=True) as built:
        yield EastShop(settings.home, built, frozenset(real))
