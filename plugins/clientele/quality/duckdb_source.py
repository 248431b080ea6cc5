"""Great Expectations on DuckDB: a data source that answers what the two libraries do not agree on.

Tried with great-expectations 1.24.1, duckdb-engine 0.17.0, SQLAlchemy 2.1 and duckdb 1.5.5. Each answer below
has a test that fails once the obstacle is gone upstream; then the answer goes too:

- a connection that stays open, ``DuckdbExecutionEngine.get_connection``;
- column names read from the catalogue, ``DuckdbExecutionEngine.get_inspector``.

Regular-expression and LIKE expectations know no DuckDB dialect either. They are not answered: such an
expectation errors, and an error blocks. Write the check as SQL with ``regexp_full_match``.

Importing this module imports Great Expectations, which takes seconds: import it inside functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import sqlalchemy
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine


class _Columns:
    """The part of a SQLAlchemy inspector that Great Expectations asks, answered from DuckDB's own catalogue.

    Reflection by duckdb-engine goes through PostgreSQL's catalogue, where SQLAlchemy 2.1 reads relations that
    DuckDB does not have. The types stay unknown: a check of a column's type errors, and so blocks.
    """

    def __init__(self, engine: DuckdbExecutionEngine) -> None:
        self.dialect = engine.dialect
        self._engine = engine

    def get_pk_constraint(self, **_: str | None) -> dict[str, Any]:
        return {"constrained_columns": []}

    def get_columns(self, table_name: str, schema: str | None = None) -> list[dict[str, Any]]:
        names = sqlalchemy.text(
            "select column_name from information_schema.columns"
            " where table_catalog = current_database() and table_schema = :schema and table_name = :table"
            " order by ordinal_position"
        ).bindparams(schema=schema or "main", table=table_name)
        with self._engine.get_connection() as connection:
            return [
                {"name": name, "type": sqlalchemy.types.NullType()}
                for (name,) in connection.execute(names).fetchall()
            ]


class DuckdbExecutionEngine(SqlAlchemyExecutionEngine):
    """Runs every metric of a boundary in DuckDB, over one connection."""

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        """The one connection, open until ``close``.

        The parent gives the connection back to its pool before it fetches. The pool then rolls back, DuckDB
        drops the pending result and every metric ends in ``IndexError: list index out of range``.
        """
        if self._connection is None:
            self._connection = self.engine.connect()
        try:
            yield self._connection
        except Exception:
            # DuckDB answers nothing more in a transaction in which a query failed.
            self._connection.rollback()
            raise

    def get_inspector(self) -> Any:
        return _Columns(self)

    def close(self) -> None:
        """Give the connection and the file back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()


_EngineType = type[SqlAlchemyExecutionEngine]


class DuckdbDatasource(SQLDatasource):
    """One schema of one DuckDB file. Defining the class registers ``data_sources.add_duckdb``."""

    _EXTRA_EXCLUDED_EXEC_ENG_ARGS: ClassVar[set[str]] = {"database_schema"}

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment] # the parent's literal is "sql"
    database_schema: str

    @property
    def execution_engine_type(self) -> _EngineType:
        return DuckdbExecutionEngine

    @property
    def schema_(self) -> str:
        return self.database_schema


def add_database(
    context: AbstractDataContext, database: Path, schema: str, threads: int, memory_limit: str
) -> DuckdbDatasource:
    """Add ``schema`` of the file ``database`` to ``context``, opened read-only.

    The path goes to the driver as an argument, so nothing in it is read as a URL or as a ``$VARIABLE``.
    """
    arguments = {
        "database": str(database),
        "read_only": True,
        "config": {"threads": threads, "memory_limit": memory_limit},
    }
    source: DuckdbDatasource = context.data_sources.add_duckdb(
        "warehouse",
        connection_string="duckdb://",
        database_schema=schema,
        kwargs={"connect_args": arguments},
    )
    return source
