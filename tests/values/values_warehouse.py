"""An in-memory database in which the compiled models of values run over a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from worlds import INPUTS, World

#: Name of the database that the compiled SQL names.
DATABASE = "worlds"


@dataclass(frozen=True)
class CompiledModel:
    """A model as dbt compiled it, and the names of what it reads."""

    name: str
    sql: str
    inputs: frozenset[str]


class Warehouse:
    """An in-memory database that holds one world at a time.

    ``fill`` replaces the inputs, ``build`` runs the models that ``names`` need, ``rows`` reads a table.
    """

    def __init__(self, models: Sequence[CompiledModel], threads: int = 1) -> None:
        self._models = models
        self._connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
        self._connection.execute(f"attach ':memory:' as {DATABASE}")
        self._connection.execute(f"use {DATABASE}")
        self._connection.execute("create schema lake")

    def fill(self, world: World) -> None:
        self.set_dates([world.as_of_date])
        for table, rows in world.inputs().items():
            columns = INPUTS[table if table in INPUTS else "int_member_versions_dated"]
            self.insert(table, columns, rows)

    def set_dates(self, dates: Sequence[Any]) -> None:
        self.insert("lake.run_parameters", {"as_of_date": "date"}, [{"as_of_date": day} for day in dates])

    def insert(self, table: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._connection.execute(f"create or replace table {table} ({declared})")
        if rows:
            marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(rows))
            self._connection.execute(
                f"insert into {table} values {marks}", [row.get(name) for row in rows for name in columns]
            )

    def build(self, *names: str) -> None:
        needed = set(names)
        for model in reversed(self._models):
            if model.name in needed:
                needed |= model.inputs
        for model in self._models:
            if model.name in needed:
                self.build_only(model.name)

    def build_only(self, name: str) -> None:
        """Run one model over the tables as they stand."""
        model = next(model for model in self._models if model.name == name)
        self._connection.execute(f"create or replace table {name} as {model.sql}")

    def rows(self, table: str) -> list[dict[str, Any]]:
        result = self._connection.execute(f"select * from {table} order by all")
        names = [column[0] for column in result.description]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    def close(self) -> None:
        self._connection.close()
