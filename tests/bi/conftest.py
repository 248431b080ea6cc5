"""The contracts of the published tables, and a database that has them, empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from clientele.bi.contracts import Contract, read_contracts

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def contracts() -> dict[str, Contract]:
    return read_contracts(PROJECT / "dbt_project" / "marts")


@pytest.fixture(scope="session")
def empty(contracts: dict[str, Contract]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables by their contracts, in the schema that PostgreSQL shows them in."""
    with duckdb.connect() as connection:
        connection.execute("create schema clientele")
        for table, contract in contracts.items():
            columns = ", ".join(f'"{name}" {column.data_type}' for name, column in contract.columns.items())
            connection.execute(f"create table clientele.{table} ({columns})")
        yield connection


@pytest.fixture
def database(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, to be filled by a test; emptied after it."""
    empty.begin()
    yield empty
    empty.rollback()
