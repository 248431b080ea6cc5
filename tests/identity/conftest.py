"""The models of identity as dbt compiles them, run over small logs of rows that a test writes down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
import yaml
from identity_project import DBT_PROJECT, MODELS, compiled_models
from identity_reference import Account, Row

#: The contract of a staging model says which columns the table under test has.
STAGED = {
    "int_sale_lines_unioned": "stg_generic__pos_sales",
    "int_members_unioned": "stg_generic__members",
    "stg_prospects": "stg_generic__prospects",
}
_SERVICE_ROWS = """
create or replace view int_service_rows_unioned as
select source, feed, prospect_id as record_id, load_id, row_number, position_id, updated_at, payload_hash,
    rejected_column, rejected_reason_code
from stg_prospects
"""


@dataclass(frozen=True)
class Identity:
    """A database with the models' SQL; everything that `resolve` makes stays until the next one."""

    connection: duckdb.DuckDBPyConnection
    models: dict[str, str]

    def resolve(self, log: Sequence[Sequence[Row]]) -> dict[Account, dict[str, Any]]:
        """The rows of ``int_accounts_resolved`` of a log of loads, by account."""
        for table in STAGED:
            self.connection.execute(f"delete from {table}")
        for load_id, load in enumerate(log, 1):
            for row_number, row in enumerate(load, 1):
                self._insert(row, load_id, row_number)
        for model in MODELS:
            self.connection.execute(f"create or replace table {model} as {self.models[model]}")
        return {
            (row["source"], row["account_reference"]): row for row in self.rows("from int_accounts_resolved")
        }

    def links(self, keys: Iterable[tuple[int, str, str]]) -> dict[int, dict[str, Any]]:
        """The rows of ``int_account_links`` by account number; keys are (account number, type, value)."""
        self.connection.execute(
            "create or replace table int_account_keys_guarded as"
            " select *, 2 as accounts_count, 2 as cards_count, false as is_shared,"
            " date '2026-01-01' as known_from_date, 1 as known_by_load_id"
            " from (select unnest($1) as account_number, unnest($2) as key_type, unnest($3) as key_value)",
            [list(column) for column in zip(*keys, strict=True)],
        )
        return {row["account_number"]: row for row in self.rows(self.models["int_account_links"])}

    def rows(self, query: str) -> list[dict[str, Any]]:
        result = self.connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    def _insert(self, row: Row, load_id: int, row_number: int) -> None:
        table, values = row.staged()
        values |= {"load_id": load_id, "row_number": row_number, "position_id": load_id}
        places = ", ".join("?" for _ in values)
        self.connection.execute(
            f"insert into {table} ({', '.join(values)}) values ({places})", list(values.values())
        )


def open_identity(models: dict[str, str]) -> Identity:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as identity")
    connection.execute("use identity")
    connection.execute("create schema lake")
    connection.execute("create table lake.run_parameters as select 'UTC' as business_time_zone")
    for table, model in STAGED.items():
        contract = DBT_PROJECT / "staging" / "generic" / f"{model}.yml"
        columns = yaml.safe_load(contract.read_text(encoding="utf-8"))["models"][0]["columns"]
        declarations = ", ".join(f"{column['name']} {column['data_type']}" for column in columns)
        connection.execute(f"create table {table} ({declarations})")
    connection.execute(_SERVICE_ROWS)
    return Identity(connection, models)


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Identity]:
    opened = open_identity(compiled_models(tmp_path_factory.mktemp("identity") / "project"))
    yield opened
    opened.connection.close()
