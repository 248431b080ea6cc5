"""Models as dbt compiled them for one shop, run on the lake of another: in a second and without dbt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb


def run_models(connection: duckdb.DuckDBPyConnection, built: Path, results: Path) -> None:
    """Make every model of ``results`` (dbt's run_results.json) with the seeds of ``built``, a database.

    dbt lists models in the order in which it finished them: each after those that it reads.
    """
    connection.execute(f"attach '{built}' as built (read_only)")
    for (seed,) in connection.execute(
        "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'seeds'"
    ).fetchall():
        connection.execute("create schema if not exists seeds")
        connection.execute(f"create table seeds.{seed} as from built.seeds.{seed}")
    connection.execute("detach built")
    for result in json.loads(results.read_text(encoding="utf-8"))["results"]:
        if result["unique_id"].startswith("model."):
            _make(connection, result["relation_name"], result["compiled_code"])


def _make(connection: duckdb.DuckDBPyConnection, relation: str, code: str) -> None:
    _, schema, _ = relation.split(".")
    connection.execute(f"create schema if not exists {schema}")
    if "def model(" not in code:
        connection.execute(f"create table {relation} as {code}")
        return
    names: dict[str, Any] = {"__name__": "model"}
    exec(code, names)
    refs = names["dbtObj"](lambda table: connection.query(f"from {table}"))
    frame = names["model"](refs, connection)
    connection.register("frame", frame)
    connection.execute(f"create table {relation} as from frame")
    connection.unregister("frame")
